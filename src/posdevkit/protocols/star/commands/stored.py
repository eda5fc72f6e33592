"""Logos kept in the printer, and the function that prints them by itself. In step, not drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, u8, u16, walked
from posdevkit.protocols.vocabulary.fields import NEED_MORE, Value

SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE

_SCALES = (*range(4), *range(48, 52))


class PrintLogo(Command, name="ESC FS p", prefix="1B 1C 70", effect=SKIPPED, source="Line: ESC FS p", seen=PAGE):
    """Print a stored logo."""

    number: int = u8("1 to 255", low=1)
    scale: int = u8("0 as it is, 1 double width, 2 double height, 3 both (48 to 51 the same)", values=_SCALES)


def _logos(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    place = at
    for _ in range(cast(int, before[0])):
        if place - at > limit:
            break
        if len(data) < place + 4:
            return NEED_MORE
        width = int.from_bytes(data[place : place + 2], "little")
        height = int.from_bytes(data[place + 2 : place + 4], "little")
        place += 4 + 8 * width * height
    return place - at


class DefineLogos(Command, name="ESC FS q", prefix="1B 1C 71", effect=SKIPPED, source="Line: ESC FS q", seen=PAGE):
    """Store logos in place of all that were stored."""

    count: int = u8("logos", low=1)
    data: bytes = walked("per logo: width and height in units of 8 dots (u16 each), dots", _logos)


class PrintLogos(Command, name="ESC RS L", prefix="1B 1E 4C", effect=SKIPPED, source="Line: ESC RS L", seen=PAGE):
    """Print all stored logos, or delete them."""

    mode: int = u8("0 to 3, 48 to 51 as the scale of one; 255 delete", values=(*_SCALES, 255))


class AutoLogoMacro(
    Command, name="ESC GS / 3", prefix="1B 1D 2F", effect=SKIPPED, source="Line: ESC GS / 3, 4", seen=PAGE
):
    """Auto logo: commands that a character in the text calls."""

    function: int = u8("51 first macro, 52 second", values=(51, 52), selects=True)
    size: int = u16("bytes")
    data: bytes = sized("commands", lambda before: cast(int, before[1]))


class AutoLogoSetting(
    Command, name="ESC GS / 1", prefix="1B 1D 2F", effect=SKIPPED, source="Line: ESC GS / 1, 2, 5, 6", seen=PAGE
):
    """Auto logo: on or off, the character, how it is replaced, the cut before a logo."""

    function: int = u8("49, 50, 53, 54", values=(49, 50, 53, 54), selects=True)
    value: int = u8("argument")


class AutoLogoMemory(
    Command, name="ESC GS / W", prefix="1B 1D 2F", effect=SKIPPED, source="Line: ESC GS / W, C", seen=PAGE
):
    """Auto logo: keep the settings, or initialize them."""

    function: int = u8("87 keep, 67 initialize", values=(67, 87), selects=True)
