"""CD5220 (Partner PTC standard mode), as printed in Partner CD5220 manual table 6-1 and POS-X XP8200 manual 4.1.8.

Lines written by `ESC Q` put the display into string mode, in which it takes no other command but the other line's
`ESC Q`, CLR and CAN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, u8, walked
from posdevkit.protocols.vocabulary.fields import NO_FIT, Value

RENDERED = Effect.RENDERED
PAGE = Seen.PAGE

_LONGEST = 40


def _line(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    end = data.find(b"\r", at, at + _LONGEST + 1)
    if end >= 0:
        return end + 1 - at
    return NO_FIT if len(data) - at > _LONGEST else len(data) - at + 1


class WriteUpper(Command, name="ESC Q A", prefix="1B 51 41", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Set the upper line."""

    text: bytes = walked("characters, then CR", _line)


class WriteLower(Command, name="ESC Q B", prefix="1B 51 42", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Set the lower line."""

    text: bytes = walked("characters, then CR", _line)


class ScrollUpper(Command, name="ESC Q D", prefix="1B 51 44", source="table 6-1", seen=PAGE):
    """Let the upper line run."""

    text: bytes = walked("characters, then CR", _line)


class OverwriteMode(Command, name="ESC DC1", prefix="1B 11", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Characters replace what is there."""


class VerticalScrollMode(Command, name="ESC DC2", prefix="1B 12", source="table 6-1", seen=PAGE):
    """A full lower line moves up."""


class HorizontalScrollMode(Command, name="ESC DC3", prefix="1B 13", source="table 6-1", seen=PAGE):
    """A full line moves left."""


class MoveTo(Command, name="ESC l", prefix="1B 6C", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor at a place."""

    column: int = u8("from 1", low=1, high=20)
    row: int = u8("1 upper, 2 lower", low=1, high=2)


class Initialize(Command, name="ESC @", prefix="1B 40", effect=RENDERED, source="table 6-1", seen=PAGE):
    """All settings as when switched on."""


class Clear(Command, name="CLR", prefix="0C", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Clear both lines and end string mode."""


class ClearLine(Command, name="CAN", prefix="18", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Clear the cursor's line and end string mode."""


class Home(Command, name="HOM", prefix="0B", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor at the upper left."""


class SetBrightness(Command, name="ESC *", prefix="1B 2A", effect=RENDERED, source="table 6-1", seen=PAGE):
    """How bright."""

    level: int = u8("1 dim to 4 full", low=1, high=4)


class ShowCursor(Command, name="ESC _", prefix="1B 5F", effect=RENDERED, source="table 6-1", seen=PAGE):
    """The cursor."""

    on: int = u8("0 off, 1 on", high=1)


class SelectInternational(Command, name="ESC f", prefix="1B 66", source="table 6-1", seen=PAGE):
    """National characters in place of some of ASCII."""

    country: int = u8("a letter")


class SelectDevice(Command, name="ESC =", prefix="1B 3D", source="table 6-1", seen=PAGE):
    """Who listens."""

    device: int = u8("1 printer, 2 display, 3 both")


class Backspace(Command, name="BS", prefix="08", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor one place to the left; nothing is erased."""


class Tab(Command, name="HT", prefix="09", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor one place to the right."""


class LineFeed(Command, name="LF", prefix="0A", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor onto the other line, lower first."""


class CarriageReturn(Command, name="CR", prefix="0D", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor at the start of its line."""


class MoveUp(Command, name="ESC [ A", prefix="1B 5B 41", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor onto the other line, upper first."""


class MoveDown(Command, name="ESC [ B", prefix="1B 5B 42", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor onto the other line, lower first."""


class MoveRight(Command, name="ESC [ C", prefix="1B 5B 43", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor one place to the right."""


class MoveLeft(Command, name="ESC [ D", prefix="1B 5B 44", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor one place to the left."""


class MoveHome(Command, name="ESC [ H", prefix="1B 5B 48", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor at the upper left."""


class MoveToLeftEnd(Command, name="ESC [ L", prefix="1B 5B 4C", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor at the start of its line."""


class MoveToRightEnd(Command, name="ESC [ R", prefix="1B 5B 52", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor at the end of its line."""


class MoveToBottom(Command, name="ESC [ K", prefix="1B 5B 4B", effect=RENDERED, source="table 6-1", seen=PAGE):
    """Put the cursor at the end of the lower line."""


class SetWindow(Command, name="ESC W", prefix="1B 57", source="table 6-1", seen=PAGE):
    """Part of a line that moves left in the horizontal scroll mode."""

    on: int = u8("0 off, 1 on", values=(0, 1))
    left: int = u8("1 to 20", low=1, high=20)
    right: int = u8("1 to 20", low=1, high=20)
    row: int = u8("1 upper, 2 lower", low=1, high=2)


def _characters(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    # Each character tells its own columns.
    first, last = cast(int, before[1]), cast(int, before[2])
    if last < first:
        return NO_FIT
    place = at
    for _ in range(first, last + 1):
        if place >= len(data):
            return place + 1 - at
        if data[place] > 5:
            return NO_FIT
        place += 1 + data[place]
    return place - at


class DefineUserCharacters(Command, name="ESC &", prefix="1B 26", source="table 6-1", seen=PAGE):
    """Dots of the characters `first` to `last`."""

    height: int = u8("1", values=(1,))
    first: int = u8("code of the first", low=32, high=126)
    last: int = u8("code of the last", low=32, high=126)
    data: bytes = walked("each a byte for its columns (0 to 5), then the columns", _characters)


class CancelUserCharacter(Command, name="ESC ?", prefix="1B 3F", source="table 6-1", seen=PAGE):
    """Forget one user character."""

    code: int = u8("code of the character", low=32, high=126)


class SelectUserCharacters(Command, name="ESC %", prefix="1B 25", source="table 6-1", seen=PAGE):
    """Characters defined by `ESC &` instead of the resident ones."""

    on: int = u8("0 off, 1 on", values=(0, 1))


class SelectCharacters(Command, name="ESC c", prefix="1B 63", source="table 6-1", seen=PAGE):
    """ASCII or JIS characters."""

    which: int = u8("A ASCII, J JIS")
