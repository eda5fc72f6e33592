"""Stacked GS1 DataBar and GS1 Composite as the printer draws them (`GS ( k` with 51 and 52), and the sizes of symbols.

The kinds of a composite's parts: Epson guide, function 480. Its linear part is as high as the standard has it at the
least, whatever `GS h` says, and the truncated DataBar as high as the omnidirectional one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast

from posdevkit.documents import Font, Raster, Symbology
from posdevkit.errors import BadDocument
from posdevkit.imaging import (
    EXPANDED_STACKED,
    STACKED,
    STACKED_OMNI,
    barcode,
    composite_symbol,
    scale,
    stacked_columns,
    stacked_databar,
)
from posdevkit.protocols.escpos.commands import matrix, stacked, symbols
from posdevkit.protocols.vocabulary import Command

from .display import Item
from .line import aligned
from .marks import placed_symbol, qr_picture, readable
from .matrices import MATRIX_PRINTS, matrix_picture
from .settings import Setting
from .state import Modes

__all__ = ["ASKED_SIZES", "STACKED_SETTINGS", "place_composite", "stacked_picture", "symbol_asked_for"]

_NAMES: Final = {72: STACKED, 73: STACKED_OMNI, 76: EXPANDED_STACKED}
_LINEAR: Final = {
    65: "EAN8",
    66: "EAN13",
    67: "UPC-A",
    68: "UPC-E",
    69: "UPC-E",
    70: "DATABAR",
    71: "DATABAR-TRUNCATED",
    72: STACKED,
    73: STACKED_OMNI,
    74: "DATABAR-LIMITED",
    75: "DATABAR-EXPANDED",
    76: EXPANDED_STACKED,
    77: "GS1-128",
}
_LONG_UPC_E: Final = 69
_LENGTHS: Final = {65: 7, 66: 12, 67: 11, 68: 6, 69: 11, **dict.fromkeys(range(70, 75), 13)}
_COMPONENT, _CC_C = 49, 66
_FONTS: Final[tuple[Font, ...]] = ("A", "B", "C")
_ELEMENTS: Final = re.compile(r"(\([0-9]{2,4}\)[^()]+)+")
_DIGITS: Final = re.compile("[0-9]+")
_GTIN: Final = re.compile("[0-9]{13,14}")

C = TypeVar("C", bound=Command)


def _sets(kind: type[C], change: Callable[[Modes, C], None]) -> tuple[type[Command], Setting]:
    return kind, cast(Setting, change)


def _module(modes: Modes, command: stacked.StackedModuleSize) -> None:
    modes.stacked.module = command.dots


def _width(modes: Modes, command: stacked.StackedWidth) -> None:
    modes.stacked.width = command.dots


def _store(modes: Modes, command: stacked.StackedStore) -> None:
    modes.stacked.kind, modes.stacked.data = command.kind, command.data


def _composite_module(modes: Modes, command: stacked.CompositeModuleSize) -> None:
    modes.composite.module = command.dots


def _composite_width(modes: Modes, command: stacked.CompositeWidth) -> None:
    modes.composite.width = command.dots


def _composite_font(modes: Modes, command: stacked.CompositeReadableFont) -> None:
    modes.composite.font = command.font % 48 if command.font < 97 else 1


def _composite_store(modes: Modes, command: stacked.CompositeStore) -> None:
    if command.data[0] == _COMPONENT:
        modes.composite.component = command.data[1:]
    else:
        modes.composite.linear = command.data[1:]


STACKED_SETTINGS: Final[Mapping[type[Command], Setting]] = dict(
    (
        _sets(stacked.StackedModuleSize, _module),
        _sets(stacked.StackedWidth, _width),
        _sets(stacked.StackedStore, _store),
        _sets(stacked.CompositeModuleSize, _composite_module),
        _sets(stacked.CompositeWidth, _composite_width),
        _sets(stacked.CompositeReadableFont, _composite_font),
        _sets(stacked.CompositeStore, _composite_store),
    )
)
"""By command class."""


def stacked_picture(modes: Modes) -> tuple[str, str, Raster] | None:
    """Name, content and dots of the stacked DataBar in the buffer; None where there is none or its data is no good."""
    wanted = modes.stacked
    name = _NAMES.get(wanted.kind)
    text = wanted.data.decode("latin-1").replace("{1", "")
    if name is None or not (_ELEMENTS if name == EXPANDED_STACKED else _GTIN).fullmatch(text):
        return None
    try:
        found = stacked_databar(name, text, widest=wanted.width // wanted.module or None)
    except BadDocument:
        return None
    return name, text, scale(found, wanted.module, wanted.module)


def _stacked_size(modes: Modes) -> Raster | None:
    found = stacked_picture(modes)
    return found and found[2]


def composite_picture(modes: Modes) -> tuple[str, str, Raster] | None:
    """Name, what is read below it and dots of the composite in the buffer; None where a part lacks or is no good."""
    wanted = modes.composite
    if not wanted.linear or not wanted.component:
        return None
    kind, name = wanted.linear[0], _LINEAR.get(wanted.linear[0])
    if name is None:
        return None
    data, component = (part[1:].decode("latin-1").replace("{1", "") for part in (wanted.linear, wanted.component))
    digits = _LENGTHS.get(kind)
    if not (_ELEMENTS.fullmatch(data) if digits is None else _DIGITS.fullmatch(data) and len(data) == digits):
        return None
    columns = stacked_columns(wanted.width // wanted.module or None) if name == EXPANDED_STACKED else None
    try:
        if kind == _LONG_UPC_E:
            data = barcode(Symbology.UPC_E, data).text[1:7]
        found = composite_symbol(name, data, component, cc_c=wanted.component[0] == _CC_C, columns=columns)
    except BadDocument:
        return None
    return f"{name}-COMPOSITE", f"{data}{component}", scale(found, wanted.module, wanted.module)


def place_composite(modes: Modes, y: int) -> tuple[list[Item], int]:
    """The composite with what people read below it, and their height; nothing where it is too wide."""
    found = composite_picture(modes)
    if found is None:
        return [], 0
    name, text, picture = found
    items, height = placed_symbol(picture, modes, y, name, text)
    font = modes.composite.font
    if items and font:
        left = aligned(modes.placing, modes.area, picture.width)
        below = readable(text, modes, (left, picture.width), y + height, _FONTS[min(font, 3) - 1])
        items.append(below)
        height += below.height
    return items, height


def _composite_size(modes: Modes) -> Raster | None:
    found = composite_picture(modes)
    if found is None:
        return None
    _, height = place_composite(modes, 0)
    picture = found[2]
    return Raster(picture.width, height, bytes(picture.stride * height)) if height else picture


# Identifiers: Epson guide 10.01, p. 527, 538 and 546; Citizen CT-S280 command reference, p. 325;
# Epson ESC/POS command reference, gs_lparen_lk_fn482.
ASKED_SIZES: Final[Mapping[type[Command], tuple[int, Callable[[Modes], Raster | None]]]] = {
    stacked.AskPdf417Size: (0x2F, lambda modes: matrix_picture(MATRIX_PRINTS[matrix.Pdf417Print], modes)),
    symbols.QrAskSize: (0x36, qr_picture),
    stacked.AskMaxiCodeSize: (0x37, lambda modes: matrix_picture(MATRIX_PRINTS[matrix.MaxiCodePrint], modes)),
    stacked.AskStackedSize: (0x4F, _stacked_size),
    stacked.AskCompositeSize: (0x50, _composite_size),
}
"""By the question: what the answer begins with, and the symbol in the buffer."""


def symbol_asked_for(command: Command, modes: Modes) -> tuple[int, Raster | None]:
    """The identifier of the answer to a question for a size, and the symbol; None where it cannot be drawn."""
    identifier, draw = ASKED_SIZES[type(command)]
    return identifier, draw(modes)
