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
    PageBar,
    PagePart,
    Picture,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintLogo,
    PrintPage,
    PrintQr,
    PrintRaster,
    PrintSymbol,
    RawBytes,
    Run,
    SoundBuzzer,
    SpaceLines,
)
from .pages import below_base_line, placed, prints_pages
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
    "PageBar",
    "PagePart",
    "Picture",
    "PrintBarcode",
    "PrintBlock",
    "PrintLine",
    "PrintLogo",
    "PrintPage",
    "PrintQr",
    "PrintRaster",
    "PrintSymbol",
    "RawBytes",
    "Run",
    "SoundBuzzer",
    "SpaceLines",
    "barcode_width",
    "below_base_line",
    "cells",
    "char_cells",
    "charset_of",
    "check_barcode",
    "check_digit",
    "check_qr",
    "check_symbol",
    "code128_sets",
    "lay_out",
    "placed",
    "prints_pages",
    "qr_capacity",
    "qr_version",
    "qr_width",
    "wrap",
]
