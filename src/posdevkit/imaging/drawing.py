"""Symbols of a document as dots, for printers that cannot draw them by themselves."""

from __future__ import annotations

from posdevkit.documents import Barcode, QrCode, Raster, Symbol
from posdevkit.errors import DocumentTooWide

from .barcodes import barcode
from .matrices import EXPANDED_STACKED, STACKED, STACKED_OMNI, stacked_databar, symbol_matrix
from .symbols import qr_matrix, scale

__all__ = ["drawn"]


def drawn(symbol: Barcode | QrCode | Symbol, max_width: int) -> Raster:
    """The dots of a symbol that `layout` has checked, without its quiet zone.

    Raises DocumentTooWide where only the drawing shows how wide it is, MissingExtra for a library that is not there.
    """
    raster = _dots(symbol)
    if raster.width > max_width:
        raise DocumentTooWide(
            f"the symbol takes {raster.width} dots, the paper has {max_width}",
            remedy="Use a smaller module, shorten the data, or use wider paper.",
        )
    return raster


def _dots(symbol: Barcode | QrCode | Symbol) -> Raster:
    if isinstance(symbol, Barcode):
        return scale(barcode(symbol.symbology, symbol.data).row(symbol.module), 1, symbol.height)
    if isinstance(symbol, QrCode):
        matrix = qr_matrix(symbol.data.encode(), symbol.level)
    else:
        if symbol.kind in (STACKED, STACKED_OMNI, EXPANDED_STACKED):
            return scale(stacked_databar(symbol.kind, symbol.data), symbol.module, symbol.module)
        data = symbol.data.encode()
        matrix = symbol_matrix(symbol.kind, data, correction=symbol.correction, columns=symbol.columns)
    return scale(matrix, symbol.module, symbol.module)
