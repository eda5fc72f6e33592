"""From documents to print operations: wrapping, columns, code pages, and symbols checked against the paper."""

from .barcodes import barcode_width, check_barcode, check_digit
from .code128 import code128_sets
from .encode import Charset, charset_of
from .engine import lay_out
from .lettering import Letters, Missing
from .matrices import check_symbol
from .operations import (
    TWO_BYTES,
    CutPaper,
    DrawSymbol,
    DrawText,
    FeedLines,
    KickDrawer,
    Lettering,
    Operation,
    Picture,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintLogo,
    PrintQr,
    PrintRaster,
    PrintSymbol,
    RawBytes,
    Run,
    SoundBuzzer,
    SpaceLines,
)
from .qrcodes import check_qr, qr_capacity, qr_version, qr_width
from .result import Finding, Layout
from .widths import cells, char_cells
from .wrap import wrap

__all__ = [
    "TWO_BYTES",
    "Charset",
    "CutPaper",
    "DrawSymbol",
    "DrawText",
    "FeedLines",
    "Finding",
    "KickDrawer",
    "Layout",
    "Lettering",
    "Letters",
    "Missing",
    "Operation",
    "Picture",
    "PrintBarcode",
    "PrintBlock",
    "PrintLine",
    "PrintLogo",
    "PrintQr",
    "PrintRaster",
    "PrintSymbol",
    "RawBytes",
    "Run",
    "SoundBuzzer",
    "SpaceLines",
    "barcode_width",
    "cells",
    "char_cells",
    "charset_of",
    "check_barcode",
    "check_digit",
    "check_qr",
    "check_symbol",
    "code128_sets",
    "lay_out",
    "qr_capacity",
    "qr_version",
    "qr_width",
    "wrap",
]
