"""Bars and matrices: what they say and how large they are to be, checked as far as no printer has to be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from posdevkit.errors import BadDocument

from .checks import instance, one_of, text_of, whole
from .style import ALIGNS, Align

__all__ = ["Barcode", "QrCode", "Symbol", "SymbolKind", "Symbology"]

SymbolKind = Literal[
    "PDF417",
    "DATAMATRIX",
    "AZTEC",
    "MAXICODE",
    "MICRO-QR",
    "DATABAR-STACKED",
    "DATABAR-STACKED-OMNI",
    "DATABAR-EXPANDED-STACKED",
]


class Symbology(Enum):
    """One-dimensional symbologies: nine that every printer of the last twenty years knows, then those of GS1."""

    UPC_A = "UPC-A"
    UPC_E = "UPC-E"
    EAN13 = "EAN13"
    EAN8 = "EAN8"
    CODE39 = "CODE39"
    ITF = "ITF"
    CODABAR = "CODABAR"
    CODE93 = "CODE93"
    CODE128 = "CODE128"
    GS1_128 = "GS1-128"
    DATABAR = "DATABAR"
    DATABAR_TRUNCATED = "DATABAR-TRUNCATED"
    DATABAR_LIMITED = "DATABAR-LIMITED"
    DATABAR_EXPANDED = "DATABAR-EXPANDED"


@dataclass(frozen=True, slots=True)
class Barcode:
    """A one-dimensional symbol. Alphabet, length and check digit of its data are checked when it is laid out.

    GS1-128 and DataBar Expanded take application identifiers in parentheses, `(01)05701234567899(10)A1`; the other
    DataBars a GTIN of 14 digits, or 13 without the check digit. What a model cannot draw itself is sent as dots.
    """

    data: str
    symbology: Symbology = Symbology.CODE128
    height: int = 80
    """Bar height in dots, 1 to 255."""
    module: int = 2
    """Width of the narrow bar in dots, 2 to 6."""
    text: Literal["none", "above", "below", "both"] = "below"
    align: Align = "center"

    def __post_init__(self) -> None:
        text_of(self.data, "a barcode's data")
        instance(self.symbology, Symbology, "a barcode is of a Symbology", "Give one, such as Symbology.EAN13.")
        whole(self.height, 1, 255, "a barcode's height is 1 to 255 dots")
        whole(self.module, 2, 6, "a barcode's module is 2 to 6 dots")
        one_of(self.text, ("none", "above", "below", "both"), "where a barcode's text stands")
        one_of(self.align, ALIGNS, "align")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code, model 2. Text is encoded as UTF-8."""

    data: str
    module: int = 6
    """Width of a module in dots, 1 to 16."""
    level: Literal["L", "M", "Q", "H"] = "M"
    align: Align = "center"

    def __post_init__(self) -> None:
        text_of(self.data, "a QR code's data")
        if not self.data:
            raise BadDocument("a QR code needs data")
        whole(self.module, 1, 16, "a QR code's module is 1 to 16 dots")
        one_of(self.level, ("L", "M", "Q", "H"), "a QR code's level")
        one_of(self.align, ALIGNS, "align")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A two-dimensional symbol other than a QR code. Text is encoded as UTF-8; what fits is checked at layout.

    The stacked DataBars take what the flat ones take: a GTIN, the expanded one elements such as `(01)05701234567899`.

    What a model cannot draw itself is sent as dots, except MaxiCode, whose size is fixed in millimetres.
    """

    data: str
    kind: SymbolKind = "DATAMATRIX"
    module: int = 3
    """Width of a module in dots, 2 to 16 (PDF417 and the stacked DataBars: 2 to 8). MaxiCode has a size of its own."""
    correction: int | None = None
    """PDF417: level 0 to 8. AZTEC: 5 to 95 per cent. MICRO-QR: 0 to 2 for L, M and Q. None: what is usual."""
    columns: int | None = None
    """PDF417: data columns, 1 to 30; None: as many as make it wider than high and fit the paper."""
    align: Align = "center"

    def __post_init__(self) -> None:
        text_of(self.data, "a symbol's data")
        if not self.data:
            raise BadDocument("a symbol needs data")
        one_of(self.kind, tuple(_CORRECTIONS), "a symbol's kind")
        most = 8 if self.kind == "PDF417" or self.kind.startswith("DATABAR") else 16
        whole(self.module, 2, most, f"a {self.kind} symbol's module is 2 to {most} dots")
        if self.correction is not None:
            if not (allowed := _CORRECTIONS[self.kind]):
                raise BadDocument(f"a {self.kind} symbol's correction cannot be chosen, not {self.correction!r}")
            says = f"a {self.kind} symbol's correction is {allowed[0]} to {allowed[-1]}"
            whole(self.correction, allowed[0], allowed[-1], says)
        if self.columns is not None:
            if self.kind != "PDF417":
                raise BadDocument(f"columns are for PDF417 only, not {self.columns!r} for {self.kind}")
            whole(self.columns, 1, 30, "columns are 1 to 30")
        one_of(self.align, ALIGNS, "align")


_CORRECTIONS: Mapping[SymbolKind, range] = {
    "PDF417": range(9),
    "DATAMATRIX": range(0),
    "AZTEC": range(5, 96),
    "MAXICODE": range(0),
    "MICRO-QR": range(3),
    "DATABAR-STACKED": range(0),
    "DATABAR-STACKED-OMNI": range(0),
    "DATABAR-EXPANDED-STACKED": range(0),
}
