"""PDF417, Data Matrix, Aztec, MaxiCode, Micro QR and GS1 DataBar as modules, drawn by zxing-cpp.

Its writers (libzint) and its readers are code of different origin, so that reading back what it wrote proves something.
"""

from __future__ import annotations

from collections.abc import Mapping

from posdevkit.documents import Raster, SymbolKind
from posdevkit.errors import BadDocument

from .extras import need
from .symbols import raster_from_rows

__all__ = [
    "EXPANDED_STACKED",
    "STACKED",
    "STACKED_OMNI",
    "databar_modules",
    "stacked_columns",
    "stacked_databar",
    "symbol_matrix",
]

_EXTRA = "symbols"
_FORMATS: Mapping[SymbolKind, str] = {
    "PDF417": "PDF417",
    "DATAMATRIX": "DataMatrix",
    "AZTEC": "Aztec",
    "MAXICODE": "MaxiCode",
    "MICRO-QR": "MicroQRCode",
}
STACKED = "DATABAR-STACKED"
STACKED_OMNI = "DATABAR-STACKED-OMNI"
EXPANDED_STACKED = "DATABAR-EXPANDED-STACKED"
_STACKS = {STACKED: "DataBarStk", STACKED_OMNI: "DataBarStkOmni", EXPANDED_STACKED: "DataBarExpStk"}
_STACKED_WIDTHS = {4: 200, 3: 151, 2: 102, 1: 53}  # modules of a row, by its pairs of symbol characters
_DATABARS = {"DATABAR-LIMITED": "DataBarLtd", "DATABAR-EXPANDED": "DataBarExp"}


def symbol_matrix(
    kind: SymbolKind, data: bytes, *, correction: int | None = None, columns: int | None = None
) -> Raster:
    """The modules of a symbol without its quiet zone: one dot each, in a PDF417 rows three dots high.

    `correction` as `documents.Symbol` has it. A MaxiCode comes in dots of a fifth of a hexagon. Raises BadDocument if
    the data does not fit, MissingExtra without zxing-cpp.
    """
    options: dict[str, object] = {}
    if correction is not None:
        options["ec_level"] = (
            f"{correction}%" if kind == "AZTEC" else "LMQ"[correction] if kind == "MICRO-QR" else str(correction)
        )
    if columns:
        options["columns"] = columns
    if kind == "DATAMATRIX":
        options["force_square"] = True
    try:
        content: str | bytes = data.decode("utf-8")
    except UnicodeDecodeError:
        content = data
    return raster_from_rows(*_drawn(f"a {kind} symbol", _FORMATS[kind], content, options))


def databar_modules(name: str, data: str) -> str:
    """One row of a DataBar, "1" for black, from its first bar to its last, for a GTIN or bracketed GS1 elements."""
    rows, _ = _drawn(name, _DATABARS.get(name, "DataBarOmni"), data, {})
    return rows[0].strip("0")


def stacked_databar(name: str, data: str, *, widest: int | None = None) -> Raster:
    """The modules of a stacked DataBar, one dot each, as high as the standard has them: 13, 69, or 34 for each row.

    `data` is a GTIN with or without its check digit, or bracketed GS1 elements for the expanded one, whose rows are at
    most `widest` modules; None: 102, as printers have it. Raises BadDocument, MissingExtra without zxing-cpp.
    """
    options: dict[str, object] = {}
    if name == EXPANDED_STACKED:
        options["columns"] = stacked_columns(widest)
    rows, width = _drawn(name, _STACKS[name], data, options)
    return raster_from_rows(rows, width)


def stacked_columns(widest: int | None) -> int:
    """Pairs of characters in a row of the stacked expanded DataBar that is at most so many modules wide."""
    wanted = _STACKED_WIDTHS[2] if widest is None else widest
    return next((columns for columns, width in _STACKED_WIDTHS.items() if width <= wanted), 1)


def _drawn(name: str, format_name: str, content: str | bytes, options: Mapping[str, object]) -> tuple[list[str], int]:
    zxing = need("zxingcpp", name, _EXTRA)
    try:
        symbol = zxing.create_barcode(content, getattr(zxing.BarcodeFormat, format_name), **options)
    except (ValueError, RuntimeError) as problem:
        raise BadDocument(f"{name} cannot hold {len(content)} characters: {problem}") from problem
    pixels = memoryview(symbol.to_image(scale=1, add_quiet_zones=False))
    assert pixels.shape is not None
    height, width = pixels.shape
    dots = pixels.tobytes().translate(_BITS).decode("ascii")
    return [dots[row * width : (row + 1) * width] for row in range(height)], width


_BITS = bytes(ord("1") if value < 128 else ord("0") for value in range(256))
