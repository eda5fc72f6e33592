"""Commands of Star's languages that change a mode and print nothing: one small function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast

from posdevkit.documents import Align, Raster
from posdevkit.protocols.star.commands import kanji, position, symbols, text
from posdevkit.protocols.vocabulary import Command

from .bits import cropped
from .settings import Setting
from .state import Modes

__all__ = ["SETTINGS", "digit"]

C = TypeVar("C", bound=Command)

_SETTINGS: dict[type[Command], Setting] = {}
SETTINGS: Final[Mapping[type[Command], Setting]] = _SETTINGS
"""By command class."""

_WIDE_SPACING: Final = 32
_NARROW_SPACING: Final = 24
_ALIGNS: Final[tuple[Align, ...]] = ("left", "center", "right")
_LEVELS: Final = ("L", "M", "Q", "H")


def _sets(kind: type[C]) -> Callable[[Callable[[Modes, C], None]], Callable[[Modes, C], None]]:
    def register(function: Callable[[Modes, C], None]) -> Callable[[Modes, C], None]:
        _SETTINGS[kind] = cast(Setting, function)
        return function

    return register


def digit(value: int) -> int:
    """Arguments may come as numbers or as their digits (48 is "0")."""
    return value - 48 if 48 <= value <= 57 else value


@_sets(text.SelectFont)
def _font(modes: Modes, command: text.SelectFont) -> None:
    number = digit(command.font)
    if number in (0, 1, 2):
        modes.font = "A" if number == 0 else "B"


@_sets(text.SelectCodePage)
def _page(modes: Modes, command: text.SelectCodePage) -> None:
    modes.choose_characters(command.page, modes.country)


@_sets(text.SelectInternationalSet)
def _country(modes: Modes, command: text.SelectInternationalSet) -> None:
    modes.choose_characters(modes.page, command.country)


@_sets(kanji.SetShiftJis)
def _shift_jis(modes: Modes, command: kanji.SetShiftJis) -> None:
    modes.shift_jis = digit(command.on) == 1


@_sets(text.SetRightSpacing)
def _spacing(modes: Modes, command: text.SetRightSpacing) -> None:
    modes.right_spacing = digit(command.dots)


@_sets(text.SetSize)
def _size(modes: Modes, command: text.SetSize) -> None:
    modes.width, modes.height = 1 + digit(command.wider), 1 + digit(command.taller)


@_sets(text.SetWidth)
def _width(modes: Modes, command: text.SetWidth) -> None:
    modes.width = 1 + digit(command.wider)


@_sets(text.SetHeight)
def _height(modes: Modes, command: text.SetHeight) -> None:
    modes.height = 1 + digit(command.taller)


@_sets(text.SetUnderline)
def _underline(modes: Modes, command: text.SetUnderline) -> None:
    modes.underline = modes.pair_underline = digit(command.on)


@_sets(text.DefineUserCharacter)
def _define(modes: Modes, command: text.DefineUserCharacter) -> None:
    modes.user.define(modes.font, command.code, cropped(Raster(16, 24, command.data), 12))


@_sets(text.DeleteUserCharacter)
def _delete(modes: Modes, command: text.DeleteUserCharacter) -> None:
    modes.user.cancel(modes.font, command.code)


@_sets(text.SelectUserCharacters)
def _user_characters(modes: Modes, command: text.SelectUserCharacters) -> None:
    modes.user.on = bool(digit(command.on))


@_sets(position.SetLineSpacing)
def _line_spacing(modes: Modes, command: position.SetLineSpacing) -> None:
    modes.line_spacing = _WIDE_SPACING if digit(command.mode) else _NARROW_SPACING


@_sets(position.SetNarrowSpacing)
def _narrow(modes: Modes, command: position.SetNarrowSpacing) -> None:
    modes.line_spacing = _NARROW_SPACING


@_sets(position.SetAlignment)
def _alignment(modes: Modes, command: position.SetAlignment) -> None:
    modes.align = _ALIGNS[digit(command.mode)]


def _cell(modes: Modes) -> int:
    return modes.style.cell_width + modes.right_spacing


@_sets(position.SetTabs)
def _tabs(modes: Modes, command: position.SetTabs) -> None:
    modes.tabs = tuple(column * _cell(modes) for column in command.stops)


@_sets(position.SetLeftMargin)
def _left(modes: Modes, command: position.SetLeftMargin) -> None:
    modes.left_margin = command.columns * _cell(modes)


@_sets(position.SetRightMargin)
def _right(modes: Modes, command: position.SetRightMargin) -> None:
    modes.area_width = max(0, command.columns * _cell(modes) - modes.left_margin)


def _switch(kind: type[Command], name: str, value: object) -> None:
    def switch(modes: Modes, command: Command) -> None:
        setattr(modes, name, value)

    _SETTINGS[kind] = switch


for _kind, _name, _value in (
    (kanji.JisOn, "pairs", True),
    (kanji.JisOff, "pairs", False),
    (text.BoldOn, "emphasis", True),
    (text.BoldOff, "emphasis", False),
    (text.ReverseOn, "reverse", True),
    (text.ReverseOff, "reverse", False),
    (text.UpsideDownOn, "upside_down", True),
    (text.UpsideDownOff, "upside_down", False),
    (text.DoubleWidth, "width", 2),
    (text.SingleWidth, "width", 1),
    (text.DoubleHeight, "height", 2),
    (text.SingleHeight, "height", 1),
):
    _switch(_kind, _name, _value)


@_sets(symbols.QrModel)
def _qr_model(modes: Modes, command: symbols.QrModel) -> None:
    modes.qr_model = command.model


@_sets(symbols.QrCorrection)
def _qr_level(modes: Modes, command: symbols.QrCorrection) -> None:
    modes.qr_level = _LEVELS[command.level]


@_sets(symbols.QrModuleSize)
def _qr_module(modes: Modes, command: symbols.QrModuleSize) -> None:
    modes.qr_module = command.dots


@_sets(symbols.QrStore)
def _qr_store(modes: Modes, command: symbols.QrStore) -> None:
    modes.qr_data = command.data
