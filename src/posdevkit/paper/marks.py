"""Symbols the printer draws by itself: barcodes with their readable characters, QR codes."""

from __future__ import annotations

from posdevkit.documents import Font, Raster, Symbology
from posdevkit.errors import BadDocument
from posdevkit.imaging import barcode, qr_matrix, qr_model1_matrix, scale, symbol_matrix
from posdevkit.imaging.barcodes import Bars

from .display import CellStyle, Item, Symbol, TextCells
from .line import aligned
from .state import Modes

__all__ = ["bars_of", "place_bars", "place_qr", "placed_symbol", "qr_picture", "readable"]

_OLD = ("UPC-A", "UPC-E", "EAN13", "EAN8", "CODE39", "ITF", "CODABAR")
_NEW = (*_OLD, "CODE93", "CODE128", "GS1-128", "DATABAR", "DATABAR-TRUNCATED", "DATABAR-LIMITED", "DATABAR-EXPANDED")
_NAMES = {**dict(enumerate(_OLD)), **dict(enumerate(_NEW, 65)), 79: "CODE128"}
_AUTOMATIC = 79
_FIRST, _MICRO = 1, 3
"""Models of `GS ( k` 65; model 2 is what everything else is taken for."""


def bars_of(symbology: int, data: bytes) -> tuple[str, Bars] | None:
    """Name and bars for the arguments of `GS k`; None where a printer refuses the data.

    DataBar but the expanded one comes without identifier and check digit.
    """
    name = _NAMES.get(symbology)
    if name is None:
        return None
    try:
        return name, barcode(Symbology(name), data.decode("latin-1") if symbology == _AUTOMATIC else data)
    except BadDocument:
        return None


def place_bars(name: str, bars: Bars, modes: Modes, y: int) -> tuple[list[Item], int]:
    """The barcode and its readable characters from `y` on, and their height; nothing where it is too wide."""
    area = modes.area
    row = bars.row(modes.barcode_module, modes.barcode_wide)
    if row.width > area[1]:
        return [], 0
    left = aligned(modes.placing, area, row.width)
    items: list[Item] = []
    top = y
    if modes.hri & 1:
        items.append(readable(bars.text, modes, (left, row.width), top))
        top += items[-1].height if isinstance(items[-1], TextCells) else 0
    items.append(Symbol(left, top, scale(row, 1, modes.barcode_height), name, bars.text))
    top += modes.barcode_height
    if modes.hri & 2:
        items.append(readable(bars.text, modes, (left, row.width), top))
        top += items[-1].height if isinstance(items[-1], TextCells) else 0
    return items, top - y


def readable(text: str, modes: Modes, under: tuple[int, int], y: int, font: Font | None = None) -> TextCells:
    """Characters centred on bars, and kept on the paper where they are wider; `font`: None for that of `GS f`."""
    font = modes.geometry.nearest(font or modes.hri_font)
    cell_width, cell_height = modes.geometry.cells[font]
    room = modes.pane[0] if modes.pane else modes.geometry.width
    text = text[: room // cell_width]
    width = cell_width * len(text)
    x = under[0] + (under[1] - width) // 2
    x = max(0, min(x, room - width))
    return TextCells(x, y, width, cell_height, text, CellStyle(font, cell_width, cell_height))


def placed_symbol(picture: Raster | None, modes: Modes, y: int, kind: str, text: str) -> tuple[list[Item], int]:
    """A two-dimensional symbol and its height; nothing where there is none or it does not fit the area."""
    if picture is None or picture.width > modes.area[1]:
        return [], 0
    left = aligned(modes.placing, modes.area, picture.width)
    return [Symbol(left, y, picture, kind, text)], picture.height


def qr_picture(modes: Modes) -> Raster | None:
    """The dots of the QR code in the symbol buffer; None where there is none or its data is too much."""
    if not modes.qr_data:
        return None
    try:
        if modes.qr_model == _MICRO:
            matrix = symbol_matrix("MICRO-QR", modes.qr_data, correction="LMQ".index(modes.qr_level.replace("H", "Q")))
        elif modes.qr_model == _FIRST:
            matrix = qr_model1_matrix(modes.qr_data, modes.qr_level)
        else:
            matrix = qr_matrix(modes.qr_data, modes.qr_level)
    except BadDocument:
        return None
    return scale(matrix, modes.qr_module, modes.qr_module)


def place_qr(modes: Modes, y: int) -> tuple[list[Item], int]:
    """The QR code in the symbol buffer and its height; nothing where there is none or it does not fit the area."""
    return placed_symbol(qr_picture(modes), modes, y, "QR", modes.qr_data.decode("utf-8", "replace"))
