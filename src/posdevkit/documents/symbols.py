"""Bars and matrices: what they say and how large they are to be, checked as far as no printer has to be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from posdevkit.errors import BadDocument

from .style import Align

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
        if not 1 <= self.height <= 255:
            raise BadDocument(f"a barcode's height is 1 to 255 dots, not {self.height}")
        if not 2 <= self.module <= 6:
            raise BadDocument(f"a barcode's module is 2 to 6 dots, not {self.module}")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code, model 2. Text is encoded as UTF-8."""

    data: str
    module: int = 6
    """Width of a module in dots, 1 to 16."""
    level: Literal["L", "M", "Q", "H"] = "M"
    align: Align = "center"

    def __post_init__(self) -> None:
        if not self.data:
            raise BadDocument("a QR code needs data")
        if not 1 <= self.module <= 16:
            raise BadDocument(f"a QR code's module is 1 to 16 dots, not {self.module}")
        if self.level not in ("L", "M", "Q", "H"):
            raise BadDocument(f"a QR code's level is L, M, Q or H, not {self.level!r}")


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
        if not self.data:
            raise BadDocument("a symbol needs data")
        if self.kind not in _CORRECTIONS:
            raise BadDocument(f"no symbol {self.kind!r}; known are {', '.join(_CORRECTIONS)}")
        most = 8 if self.kind == "PDF417" or self.kind.startswith("DATABAR") else 16
        if not 2 <= self.module <= most:
            raise BadDocument(f"a {self.kind} symbol's module is 2 to {most} dots, not {self.module}")
        if self.correction is not None and self.correction not in (allowed := _CORRECTIONS[self.kind]):
            range_ = f"is {allowed[0]} to {allowed[-1]}" if allowed else "cannot be chosen"
            raise BadDocument(f"a {self.kind} symbol's correction {range_}, not {self.correction}")
        if self.columns is not None and (self.kind != "PDF417" or not 1 <= self.columns <= 30):
            raise BadDocument(f"columns are 1 to 30 and for PDF417 only, not {self.columns} for {self.kind}")


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
