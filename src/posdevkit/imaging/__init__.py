"""Pixels: pictures to packed dots, symbols to modules, dots to PNG. Importing the room loads none of its libraries."""

from posdevkit.documents import Raster, Symbology

from .barcodes import Bars, barcode, barcode_modules
from .composite import COMPOSITES, composite_symbol
from .matrices import EXPANDED_STACKED, STACKED, STACKED_OMNI, stacked_columns, stacked_databar, symbol_matrix
from .picture import MAX_PIXELS, rasterize
from .png import png_bytes
from .qr_model1 import qr_model1_matrix
from .symbols import blank, qr_matrix, scale

__all__ = [
    "COMPOSITES",
    "EXPANDED_STACKED",
    "MAX_PIXELS",
    "STACKED",
    "STACKED_OMNI",
    "Bars",
    "Raster",
    "Symbology",
    "barcode",
    "barcode_modules",
    "blank",
    "composite_symbol",
    "png_bytes",
    "qr_matrix",
    "qr_model1_matrix",
    "rasterize",
    "scale",
    "stacked_columns",
    "stacked_databar",
    "symbol_matrix",
]
