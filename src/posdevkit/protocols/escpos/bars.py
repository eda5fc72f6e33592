"""Barcodes as `GS k` function B takes them: its number for each symbology, and how the data of each is spelt."""

from __future__ import annotations

from collections.abc import Callable

from posdevkit.documents import Barcode, Symbology
from posdevkit.layout.code128 import code128_sets
from posdevkit.layout.gs1 import spelt_for_printer

__all__ = ["SYMBOLOGIES", "spelt"]

SYMBOLOGIES = {
    Symbology.UPC_A: 65,
    Symbology.UPC_E: 66,
    Symbology.EAN13: 67,
    Symbology.EAN8: 68,
    Symbology.CODE39: 69,
    Symbology.ITF: 70,
    Symbology.CODABAR: 71,
    Symbology.CODE93: 72,
    Symbology.CODE128: 73,
    Symbology.GS1_128: 74,
    Symbology.DATABAR: 75,
    Symbology.DATABAR_TRUNCATED: 76,
    Symbology.DATABAR_LIMITED: 77,
    Symbology.DATABAR_EXPANDED: 78,
}


def _without_check_digit(gtin: str) -> bytes:
    # The printer adds identifier and check digit (Epson TM-U220 ePOS-Print XML manual, p. 82).
    return gtin[:-1].encode("ascii")


_SPELT: dict[Symbology, Callable[[str], bytes]] = {
    Symbology.CODE128: code128_sets,
    Symbology.GS1_128: spelt_for_printer,
    Symbology.DATABAR: _without_check_digit,
    Symbology.DATABAR_TRUNCATED: _without_check_digit,
    Symbology.DATABAR_LIMITED: _without_check_digit,
    Symbology.DATABAR_EXPANDED: spelt_for_printer,
}


def spelt(barcode: Barcode) -> bytes:
    """The data of a checked barcode, in the printer's spelling."""
    spell = _SPELT.get(barcode.symbology)
    return spell(barcode.data) if spell is not None else barcode.data.encode("ascii")
