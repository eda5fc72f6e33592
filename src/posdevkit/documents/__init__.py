"""What to print, free of any printer: receipts and labels made of frozen elements, and packed dots."""

from .elements import (
    LABEL_AND_AMOUNT,
    Align,
    Barcode,
    Column,
    Columns,
    Cut,
    Dither,
    Drawer,
    Element,
    Feed,
    Font,
    Image,
    QrCode,
    Raw,
    Rule,
    Style,
    Symbology,
    Text,
)
from .label import Label, LabelBarcode, LabelBox, LabelElement, LabelLine, LabelQr, LabelText, to_dots
from .plain import plain
from .raster import Raster
from .receipt import Receipt

__all__ = [
    "LABEL_AND_AMOUNT",
    "Align",
    "Barcode",
    "Column",
    "Columns",
    "Cut",
    "Dither",
    "Drawer",
    "Element",
    "Feed",
    "Font",
    "Image",
    "Label",
    "LabelBarcode",
    "LabelBox",
    "LabelElement",
    "LabelLine",
    "LabelQr",
    "LabelText",
    "QrCode",
    "Raster",
    "Raw",
    "Receipt",
    "Rule",
    "Style",
    "Symbology",
    "Text",
    "plain",
    "to_dots",
]
