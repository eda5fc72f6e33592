"""Stacked GS1 DataBar as the printer draws it (`GS ( k` with 51), and how large it or another symbol would be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast

from posdevkit.documents import Raster
from posdevkit.errors import BadDocument
from posdevkit.imaging import EXPANDED_STACKED, STACKED, STACKED_OMNI, scale, stacked_databar
from posdevkit.protocols.escpos.commands import matrix, stacked, symbols
from posdevkit.protocols.vocabulary import Command

from .marks import qr_picture
from .matrices import MATRIX_PRINTS, matrix_picture
from .settings import Setting
from .state import Modes

__all__ = ["ASKED_SIZES", "STACKED_SETTINGS", "stacked_picture", "symbol_asked_for"]

_NAMES: Final = {72: STACKED, 73: STACKED_OMNI, 76: EXPANDED_STACKED}
_ELEMENTS: Final = re.compile(r"(\([0-9]{2,4}\)[^()]+)+")
_DIGITS: Final = re.compile("[0-9]{13,14}")

C = TypeVar("C", bound=Command)


def _sets(kind: type[C], change: Callable[[Modes, C], None]) -> tuple[type[Command], Setting]:
    return kind, cast(Setting, change)


def _module(modes: Modes, command: stacked.StackedModuleSize) -> None:
    modes.stacked.module = command.dots


def _width(modes: Modes, command: stacked.StackedWidth) -> None:
    modes.stacked.width = command.dots


def _store(modes: Modes, command: stacked.StackedStore) -> None:
    modes.stacked.kind, modes.stacked.data = command.kind, command.data


STACKED_SETTINGS: Final[Mapping[type[Command], Setting]] = dict(
    (
        _sets(stacked.StackedModuleSize, _module),
        _sets(stacked.StackedWidth, _width),
        _sets(stacked.StackedStore, _store),
    )
)
"""By command class."""


def stacked_picture(modes: Modes) -> tuple[str, str, Raster] | None:
    """Name, content and dots of the stacked DataBar in the buffer; None where there is none or its data is no good."""
    wanted = modes.stacked
    name = _NAMES.get(wanted.kind)
    text = wanted.data.decode("latin-1").replace("{1", "")
    if name is None or not (_ELEMENTS if name == EXPANDED_STACKED else _DIGITS).fullmatch(text):
        return None
    try:
        found = stacked_databar(name, text, widest=wanted.width // wanted.module or None)
    except BadDocument:
        return None
    return name, text, scale(found, wanted.module, wanted.module)


def _stacked_size(modes: Modes) -> Raster | None:
    found = stacked_picture(modes)
    return found and found[2]


# Identifiers: Epson guide 10.01, p. 527, 538 and 546; Citizen CT-S280 command reference, p. 325.
ASKED_SIZES: Final[Mapping[type[Command], tuple[int, Callable[[Modes], Raster | None]]]] = {
    stacked.AskPdf417Size: (0x2F, lambda modes: matrix_picture(MATRIX_PRINTS[matrix.Pdf417Print], modes)),
    symbols.QrAskSize: (0x36, lambda modes: qr_picture(modes)),
    stacked.AskMaxiCodeSize: (0x37, lambda modes: matrix_picture(MATRIX_PRINTS[matrix.MaxiCodePrint], modes)),
    stacked.AskStackedSize: (0x4F, _stacked_size),
}
"""By the question: what the answer begins with, and the symbol in the buffer."""


def symbol_asked_for(command: Command, modes: Modes) -> tuple[int, Raster | None]:
    """The identifier of the answer to a question for a size, and the symbol; None where it cannot be drawn."""
    identifier, draw = ASKED_SIZES[type(command)]
    return identifier, draw(modes)
