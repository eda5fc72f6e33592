"""How the next characters look, and what a script's own bytes change about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from posdevkit.documents import Align, Style
from posdevkit.protocols.escpos import Decoder
from posdevkit.protocols.escpos.commands import text
from posdevkit.protocols.vocabulary import Command

__all__ = ["Look", "after"]

_ALIGNS: Final[tuple[Align, ...]] = ("left", "center", "right")


@dataclass(frozen=True, slots=True)
class Look:
    """Style and alignment."""

    style: Style = field(default_factory=Style)
    align: Align = "left"


def after(look: Look, data: bytes) -> Look:
    """What `look` is after a script's own bytes, as far as they are commands that set it.

    The compiler sets everything anew behind raw bytes, so what they switched on has to be known to stay on.
    """
    for command in Decoder().feed(data):
        change = _CHANGES.get(type(command))
        if change is not None:
            look = change(look, command)
    return look


def _mode(look: Look, command: text.SelectPrintMode) -> Look:
    mode = command.mode
    style = replace(
        look.style,
        font="B" if mode & 0x01 else "A",
        bold=bool(mode & 0x08),
        height=2 if mode & 0x10 else 1,
        width=2 if mode & 0x20 else 1,
        underline=bool(mode & 0x80),
    )
    return replace(look, style=style)


def _size(look: Look, command: text.SelectCharacterSize) -> Look:
    return replace(look, style=replace(look.style, width=command.width, height=command.height))


def _underline(look: Look, command: text.SetUnderline) -> Look:
    return replace(look, style=replace(look.style, underline=command.thickness % 48 > 0))


def _bold(look: Look, command: text.SetBold | text.SetDoubleStrike) -> Look:
    return replace(look, style=replace(look.style, bold=command.on))


def _reverse(look: Look, command: text.SetReverse) -> Look:
    return replace(look, style=replace(look.style, invert=command.on))


def _font(look: Look, command: text.SelectFont) -> Look:
    return replace(look, style=replace(look.style, font="A" if command.font % 48 == 0 else "B"))


# Numbers may come as their digits (48 is "0").
_CHANGES: Mapping[type[Command], Callable[[Look, Any], Look]] = {
    text.Initialize: lambda look, command: Look(),
    text.SelectPrintMode: _mode,
    text.SelectCharacterSize: _size,
    text.SetBold: _bold,
    text.SetDoubleStrike: _bold,
    text.SetUnderline: _underline,
    text.SetReverse: _reverse,
    text.SelectFont: _font,
    text.SetJustification: lambda look, command: replace(look, align=_ALIGNS[command.mode % 48]),
}
