"""CD5220 (Partner PTC standard mode), as printed in Partner CD5220 manual table 6-1 and POS-X XP8200 manual 4.1.8.

Lines written by `ESC Q` put the display into string mode, in which it takes no other command but the other line's
`ESC Q`, CLR and CAN.
"""

from __future__ import annotations

from collections.abc import Sequence

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
