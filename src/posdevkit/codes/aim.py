"""AIM symbology identifiers, `]cm` (ISO/IEC 15424): which kind of symbol a scanner read, and what its first bytes mean.

Makers deviate (some send `]X` for EAN), so an unknown letter or modifier is a kind without a name, never an error.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["EAN", "GS1_CARRIERS", "NAMES", "split_aim", "symbology_of"]

EAN: Final = frozenset({"E0", "E1", "E2", "E3", "E4"})
"""EAN and UPC: 13 digits, an add-on of two or five alone, 13 digits with add-on, EAN-8."""

GS1_CARRIERS: Final = frozenset({"C1", "e0", "d2", "Q3", "Q4", "J1", "z1", "z4", "z7", "zA"})
"""Symbols whose data are GS1 element strings."""

NAMES: Final = {
    "A": "Code 39",
    "B": "Telepen",
    "C": "Code 128",
    "E": "EAN/UPC",
    "F": "Codabar",
    "G": "Code 93",
    "H": "Code 11",
    "I": "ITF",
    "J": "DotCode",
    "L": "PDF417",
    "M": "MSI",
    "Q": "QR Code",
    "R": "Straight 2 of 5",
    "S": "Straight 2 of 5",
    "U": "MaxiCode",
    "X": "other",
    "Z": "no barcode",
    "c": "Channel Code",
    "d": "Data Matrix",
    "e": "GS1 DataBar",
    "g": "Grid Matrix",
    "h": "Han Xin",
    "o": "OCR",
    "z": "Aztec",
}
"""By letter; what a modifier changes stands in the next table."""

_SPECIAL: Final = {
    "C1": "GS1-128",
    "C4": "ISBT 128",
    "E0": "EAN-13",
    "E3": "EAN-13 with add-on",
    "E4": "EAN-8",
    "J1": "GS1 DotCode",
    "Q3": "GS1 QR Code",
    "Q4": "GS1 QR Code",
    "d2": "GS1 Data Matrix",
}
_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")


def split_aim(data: bytes) -> tuple[str, bytes]:
    """The identifier without its bracket, `""` for none, and the data behind it."""
    if _IDENTIFIER.match(data):
        return data[1:3].decode("ascii"), data[3:]
    return "", data


def symbology_of(aim: str) -> str:
    """What to call the kind of symbol, `""` where that is not known."""
    return _SPECIAL.get(aim) or NAMES.get(aim[:1], "")
