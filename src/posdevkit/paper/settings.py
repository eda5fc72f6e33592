"""Commands that change a mode and print nothing: one small function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar, cast

from posdevkit.documents import Align, Font
from posdevkit.protocols.escpos.commands import kanji, position, symbols, text
from posdevkit.protocols.vocabulary import Command

from .bits import columns_to_rows
from .state import Modes, drawn_pair
from .user_characters import by_columns

__all__ = ["AT_LINE_START", "SETTINGS", "Setting"]

C = TypeVar("C", bound=Command)
Setting = Callable[[Modes, Command], None]

_SETTINGS: dict[type[Command], Setting] = {}
SETTINGS: Mapping[type[Command], Setting] = _SETTINGS
"""By command class."""

AT_LINE_START: frozenset[type[Command]] = frozenset(
    (text.SetJustification, text.SetUpsideDown, position.SetLeftMargin, position.SetPrintAreaWidth)
)
"""Commands that printers ignore while a line is half set."""

_FIRST_COLOR = 49
_DRAWN_PAIRS = 188
"""As many as the user areas of two code systems hold; what comes beyond is lost."""
_ALIGNS: tuple[Align, ...] = ("left", "center", "right")
_LEVELS: tuple[Literal["L", "M", "Q", "H"], ...] = ("L", "M", "Q", "H")


def _sets(kind: type[C]) -> Callable[[Callable[[Modes, C], None]], Callable[[Modes, C], None]]:
    def register(function: Callable[[Modes, C], None]) -> Callable[[Modes, C], None]:
        _SETTINGS[kind] = cast(Setting, function)
        return function

    return register


def _digit(value: int) -> int:
    """Arguments may come as numbers or as their digits (48 is "0")."""
    return value - 48 if value >= 48 else value


def _font(value: int) -> Font:
    """Fonts D and E are taken for C, the special ones for A; a font that the model lacks is the nearest larger."""
    number = _digit(value)
    return "A" if number == 0 or number > 4 else "B" if number == 1 else "C"


@_sets(text.SelectPrintMode)
def _print_mode(modes: Modes, command: text.SelectPrintMode) -> None:
    mode = command.mode
    modes.pair_size = modes.pair_size or (modes.width, modes.height)  # those have `FS !`
    modes.font = "B" if mode & 0x01 else "A"
    modes.emphasis = bool(mode & 0x08)
    modes.height = 2 if mode & 0x10 else 1
    modes.width = 2 if mode & 0x20 else 1
    modes.underline = (modes.underline or 1) if mode & 0x80 else 0


@_sets(text.SelectCharacterSize)
def _size(modes: Modes, command: text.SelectCharacterSize) -> None:
    modes.width, modes.height = command.width, command.height
    modes.pair_size = None


@_sets(text.SetBold)
def _bold(modes: Modes, command: text.SetBold) -> None:
    modes.emphasis = command.on


@_sets(text.SetDoubleStrike)
def _double_strike(modes: Modes, command: text.SetDoubleStrike) -> None:
    modes.double_strike = command.on


@_sets(text.SetUnderline)
def _underline(modes: Modes, command: text.SetUnderline) -> None:
    modes.underline = _digit(command.thickness)


@_sets(text.SetReverse)
def _reverse(modes: Modes, command: text.SetReverse) -> None:
    modes.reverse = command.on


@_sets(text.SetUpsideDown)
def _upside_down(modes: Modes, command: text.SetUpsideDown) -> None:
    modes.upside_down = command.on


@_sets(text.SetRotation)
def _rotation(modes: Modes, command: text.SetRotation) -> None:
    # The spacing of one or one and a half dots between turned characters is left out.
    modes.rotated = _digit(command.mode) != 0


@_sets(text.SelectColor)
def _color(modes: Modes, command: text.SelectColor) -> None:
    modes.second_color = _digit(command.color) == 1


@_sets(text.SelectCharacterEffect)
def _character_color(modes: Modes, command: text.SelectCharacterEffect) -> None:
    modes.second_color = command.color > _FIRST_COLOR


@_sets(text.SelectFont)
def _select_font(modes: Modes, command: text.SelectFont) -> None:
    modes.font = _font(command.font)


@_sets(text.SetRightSpacing)
def _right_spacing(modes: Modes, command: text.SetRightSpacing) -> None:
    modes.right_spacing = modes.across(command.units)


@_sets(text.SetJustification)
def _justification(modes: Modes, command: text.SetJustification) -> None:
    modes.align = _ALIGNS[_digit(command.mode)]


@_sets(text.SelectCodePage)
def _code_page(modes: Modes, command: text.SelectCodePage) -> None:
    modes.choose_characters(command.page, modes.country)


@_sets(text.SelectInternationalSet)
def _international(modes: Modes, command: text.SelectInternationalSet) -> None:
    modes.choose_characters(modes.page, command.country)


@_sets(kanji.KanjiMode)
def _pairs(modes: Modes, command: kanji.KanjiMode) -> None:
    modes.pairs = True


@_sets(kanji.CancelKanjiMode)
def _no_pairs(modes: Modes, command: kanji.CancelKanjiMode) -> None:
    modes.pairs = False


@_sets(kanji.SelectKanjiCode)
def _kanji_code(modes: Modes, command: kanji.SelectKanjiCode) -> None:
    modes.shift_jis = _digit(command.system) == 1


@_sets(kanji.SelectKanjiPrintMode)
def _pair_mode(modes: Modes, command: kanji.SelectKanjiPrintMode) -> None:
    modes.pair_size = (2 if command.mode & 0x04 else 1, 2 if command.mode & 0x08 else 1)
    modes.pair_underline = (modes.pair_underline or 1) if command.mode & 0x80 else 0


@_sets(kanji.SetKanjiQuad)
def _pair_quad(modes: Modes, command: kanji.SetKanjiQuad) -> None:
    modes.pair_size = (2, 2) if command.on else (1, 1)


@_sets(kanji.SetKanjiUnderline)
def _pair_underline(modes: Modes, command: kanji.SetKanjiUnderline) -> None:
    modes.pair_underline = _digit(command.thickness)


@_sets(kanji.SetKanjiSpacing)
def _pair_spacing(modes: Modes, command: kanji.SetKanjiSpacing) -> None:
    modes.pair_spacing, modes.pair_spacing_after = modes.across(command.left), modes.across(command.right)


@_sets(kanji.SelectKanjiFont)
def _pair_font(modes: Modes, command: kanji.SelectKanjiFont) -> None:
    modes.pair_font = _digit(command.font)


@_sets(kanji.DefineKanji)
def _define_pair(modes: Modes, command: kanji.DefineKanji) -> None:
    name = drawn_pair(bytes((command.first, command.second)))
    if name in modes.drawn_pairs or len(modes.drawn_pairs) < _DRAWN_PAIRS:
        modes.drawn_pairs[name] = columns_to_rows(command.data, 24, 3)


@_sets(kanji.CancelKanji)
def _cancel_pair(modes: Modes, command: kanji.CancelKanji) -> None:
    modes.drawn_pairs.pop(drawn_pair(bytes((command.first, command.second))), None)


@_sets(text.DefineUserCharacters)
def _define(modes: Modes, command: text.DefineUserCharacters) -> None:
    modes.bit_image = None  # it shares its memory with them (Epson TM-T88III specification, sheet 118)
    for code, raster in by_columns(command.data, command.first, command.last, command.y):
        modes.user.define(modes.font, code, raster)


@_sets(text.CancelUserCharacter)
def _cancel(modes: Modes, command: text.CancelUserCharacter) -> None:
    modes.user.cancel(modes.font, command.code)


@_sets(text.SelectUserCharacters)
def _user_characters(modes: Modes, command: text.SelectUserCharacters) -> None:
    modes.user.on = bool(command.on)


@_sets(position.DefaultLineSpacing)
def _default_spacing(modes: Modes, command: position.DefaultLineSpacing) -> None:
    modes.line_spacing = modes.geometry.line_spacing


@_sets(position.SetLineSpacing)
def _spacing(modes: Modes, command: position.SetLineSpacing) -> None:
    modes.line_spacing = modes.along(command.units)


@_sets(position.SetLeftMargin)
def _left_margin(modes: Modes, command: position.SetLeftMargin) -> None:
    modes.left_margin = modes.across(command.units)


@_sets(position.SetPrintAreaWidth)
def _area_width(modes: Modes, command: position.SetPrintAreaWidth) -> None:
    modes.area_width = modes.across(command.units)


@_sets(position.SetMotionUnits)
def _motion_units(modes: Modes, command: position.SetMotionUnits) -> None:
    # What was set before stays as long as it was.
    modes.units = (command.x, command.y)


@_sets(position.SetTabs)
def _tabs(modes: Modes, command: position.SetTabs) -> None:
    # The stops are kept in dots of the character width at this moment.
    style = modes.style
    cell = style.cell_width * style.width + style.spacing
    modes.tabs = tuple(column * cell for column in command.stops)


@_sets(symbols.SetBarcodeHeight)
def _barcode_height(modes: Modes, command: symbols.SetBarcodeHeight) -> None:
    modes.barcode_height = command.dots


@_sets(symbols.SetBarcodeWidth)
def _barcode_width(modes: Modes, command: symbols.SetBarcodeWidth) -> None:
    # 68 to 76 are quarter steps on a few models; here they are the nearest whole number of dots from 2 on.
    modes.barcode_module = command.dots if command.dots < 68 else 2 + (command.dots - 68) // 2


@_sets(symbols.SetHriPosition)
def _hri_position(modes: Modes, command: symbols.SetHriPosition) -> None:
    modes.hri = _digit(command.mode)


@_sets(symbols.SetHriFont)
def _hri_font(modes: Modes, command: symbols.SetHriFont) -> None:
    modes.hri_font = _font(command.font)


@_sets(symbols.QrModel)
def _qr_model(modes: Modes, command: symbols.QrModel) -> None:
    modes.qr_model = _digit(command.model)


@_sets(symbols.QrModuleSize)
def _qr_module(modes: Modes, command: symbols.QrModuleSize) -> None:
    modes.qr_module = command.dots


@_sets(symbols.QrCorrection)
def _qr_level(modes: Modes, command: symbols.QrCorrection) -> None:
    modes.qr_level = _LEVELS[_digit(command.level)]


@_sets(symbols.QrStore)
def _qr_store(modes: Modes, command: symbols.QrStore) -> None:
    modes.qr_data = command.data
