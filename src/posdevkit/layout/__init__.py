"""From documents to print operations: wrapping, columns, code pages, and symbols checked against the paper."""

from .barcodes import barcode_width, check_barcode, check_digit
from .code128 import code128_sets
from .encode import Charset, charset_of
from .engine import Finding, Layout, lay_out
from .operations import (
    CutPaper,
    FeedLines,
    KickDrawer,
    Operation,
    Picture,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintQr,
    PrintRaster,
    RawBytes,
    Run,
    SpaceLines,
)
from .qrcodes import check_qr, qr_capacity, qr_version, qr_width
from .widths import cells, char_cells
from .wrap import wrap

__all__ = [
    "Charset",
    "CutPaper",
    "FeedLines",
    "Finding",
    "KickDrawer",
    "Layout",
    "Operation",
    "Picture",
    "PrintBarcode",
    "PrintBlock",
    "PrintLine",
    "PrintQr",
    "PrintRaster",
    "RawBytes",
    "Run",
    "SpaceLines",
    "barcode_width",
    "cells",
    "char_cells",
    "charset_of",
    "check_barcode",
    "check_digit",
    "check_qr",
    "code128_sets",
    "lay_out",
    "qr_capacity",
    "qr_version",
    "qr_width",
    "wrap",
]
