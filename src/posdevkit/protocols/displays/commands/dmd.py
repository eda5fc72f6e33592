"""Epson DM-D customer displays. Places are counted from 1.

Sources: the list of commands in POS-X XP8200 manual 4.1.2 and Epson DM-D110 specification, sheets 41 to 58 (pages that
were read); the others are notes from Epson's command reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, u8, u16, walked
from posdevkit.protocols.vocabulary.fields import NO_FIT, Value

RENDERED = Effect.RENDERED
FACTS = Seen.FACTS
PAGE = Seen.PAGE


class OverwriteMode(Command, name="US MD1", prefix="1F 01", effect=RENDERED, source="us_md1", seen=PAGE):
    """Characters replace what is there; behind the last place follows the first."""


class VerticalScrollMode(Command, name="US MD2", prefix="1F 02", source="us_md2", seen=PAGE):
    """A full lower line moves up."""


class HorizontalScrollMode(Command, name="US MD3", prefix="1F 03", source="us_md3", seen=PAGE):
    """A full line moves left."""


class MoveTo(Command, name="US $", prefix="1F 24", effect=RENDERED, source="us_dollar", seen=PAGE):
    """Put the cursor at a place."""

    column: int = u8("from 1", low=1, high=20)
    row: int = u8("1 upper, 2 lower", low=1, high=2)


class ShowCursor(Command, name="US C", prefix="1F 43", effect=RENDERED, source="us_cc", seen=PAGE):
    """The cursor."""

    on: int = u8("0 off, 1 on", values=(0, 1, 48, 49))


class SetBrightness(Command, name="US X", prefix="1F 58", effect=RENDERED, source="us_cx", seen=PAGE):
    """How bright."""

    level: int = u8("1 dim to 4 full", low=1, high=4)


class Blink(Command, name="US E", prefix="1F 45", source="us_ce", seen=PAGE):
    """Blinking of the whole display."""

    interval: int = u8("50 ms units, 0 steady, 255 dark")


class Initialize(Command, name="ESC @", prefix="1B 40", effect=RENDERED, source="esc_at", seen=PAGE):
    """Clear, and all settings as when switched on."""


class SelectCodePage(Command, name="ESC t", prefix="1B 74", effect=RENDERED, source="esc_lt", seen=PAGE):
    """Which characters the upper half of the bytes means."""

    page: int = u8("number of the page")


class SelectInternational(Command, name="ESC R", prefix="1B 52", source="esc_cr", seen=PAGE):
    """National characters in place of some of ASCII."""

    country: int = u8("number of the country")


class SelectDevice(Command, name="ESC =", prefix="1B 3D", source="esc_equal", seen=FACTS):
    """Who listens, where a printer passes the display's data on."""

    device: int = u8("1 printer, 2 display, 3 both")


class Clear(Command, name="CLR", prefix="0C", effect=RENDERED, source="clr", seen=PAGE):
    """Clear both lines; the cursor goes to the upper left."""


class ClearLine(Command, name="CAN", prefix="18", effect=RENDERED, source="can", seen=PAGE):
    """Clear the cursor's line."""


class Home(Command, name="HOM", prefix="0B", effect=RENDERED, source="hom", seen=PAGE):
    """Put the cursor at the upper left."""


class Backspace(Command, name="BS", prefix="08", effect=RENDERED, source="bs", seen=PAGE):
    """Put the cursor one place to the left; nothing is erased."""


class MoveRight(Command, name="HT", prefix="09", effect=RENDERED, source="ht", seen=PAGE):
    """Put the cursor one place to the right."""


class MoveDown(Command, name="LF", prefix="0A", effect=RENDERED, source="lf", seen=PAGE):
    """Put the cursor onto the other line, lower first."""


class MoveToLeftEnd(Command, name="CR", prefix="0D", effect=RENDERED, source="cr", seen=PAGE):
    """Put the cursor at the start of its line."""


class MoveUp(Command, name="US LF", prefix="1F 0A", effect=RENDERED, source="us_lf", seen=PAGE):
    """Put the cursor onto the other line, upper first."""


class MoveToRightEnd(Command, name="US CR", prefix="1F 0D", effect=RENDERED, source="us_cr", seen=PAGE):
    """Put the cursor at the end of its line."""


class MoveToBottom(Command, name="US B", prefix="1F 42", effect=RENDERED, source="us_cb", seen=PAGE):
    """Put the cursor at the end of the lower line."""


class SetReverse(Command, name="US r", prefix="1F 72", source="us_lr", seen=PAGE):
    """Characters dark on light."""

    on: int = u8("0 off, 1 on", values=(0, 1, 48, 49))


class WithPeriod(Command, name="US .", prefix="1F 2E", effect=RENDERED, source="us_period", seen=PAGE):
    """A character with a period in the same place."""

    char: int = u8("code of the character", low=32)


class WithComma(Command, name="US ,", prefix="1F 2C", effect=RENDERED, source="us_comma", seen=PAGE):
    """A character with a comma in the same place."""

    char: int = u8("code of the character", low=32)


class WithSemicolon(Command, name="US ;", prefix="1F 3B", effect=RENDERED, source="us_semicolon", seen=PAGE):
    """A character with a period and a comma in the same place."""

    char: int = u8("code of the character", low=32)


class SetAnnunciator(Command, name="US #", prefix="1F 23", source="us_sharp", seen=PAGE):
    """A sign above or below a place; the DM-D110 has none."""

    on: int = u8("0 off, 1 on", values=(0, 1, 48, 49))
    column: int = u8("0 all, or 1 to 20", high=20)


def _characters(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    # Each character tells its own columns.
    height, first, last = (cast(int, value) for value in before[:3])
    if last < first:
        return NO_FIT
    place = at
    for _ in range(first, last + 1):
        if place >= len(data):
            return place + 1 - at
        if data[place] > 5:
            return NO_FIT
        place += 1 + height * data[place]
    return place - at


class DefineUserCharacters(Command, name="ESC &", prefix="1B 26", source="esc_amp", seen=PAGE):
    """Dots of the characters `first` to `last`."""

    height: int = u8("1", values=(1,))
    first: int = u8("code of the first", low=32, high=126)
    last: int = u8("code of the last", low=32, high=126)
    data: bytes = walked("each a byte for its columns (0 to 5), then the columns", _characters)


class CancelUserCharacter(Command, name="ESC ?", prefix="1B 3F", source="esc_question", seen=PAGE):
    """Forget one user character."""

    code: int = u8("code of the character", low=32, high=126)


class SelectUserCharacters(Command, name="ESC %", prefix="1B 25", source="esc_percent", seen=PAGE):
    """Characters defined by `ESC &` instead of the resident ones."""

    on: int = u8("0 off, 1 on")


def _window(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    return 4 if cast(int, before[1]) in (1, 49) else 0


class SetWindow(Command, name="ESC W", prefix="1B 57", source="esc_cw", seen=PAGE):
    """A part of the screen that is written to by itself."""

    number: int = u8("1 to 4", low=1, high=4)
    on: int = u8("0 ends it, 1 sets it up", values=(0, 1, 48, 49))
    place: bytes = walked("where it is set up: left, upper, right and lower place", _window)


class SetTime(Command, name="US T", prefix="1F 54", source="us_ct", seen=PAGE):
    """Set the clock and show it."""

    hour: int = u8("0 to 23", high=23)
    minute: int = u8("0 to 59", high=59)


class ShowTime(Command, name="US U", prefix="1F 55", source="us_cu", seen=PAGE):
    """Show the clock."""


class SelfTest(Command, name="US @", prefix="1F 40", effect=RENDERED, source="us_atsign", seen=PAGE):
    """Test itself; afterwards the screen is clear."""


class MacroDefinition(Command, name="US :", prefix="1F 3A", source="us_colon", seen=FACTS):
    """Start or end the definition of a macro."""


class ExecuteMacro(Command, name="US ^", prefix="1F 5E", source="us_caret", seen=FACTS):
    """Run the macro."""

    wait: int = u8("between two characters, in units of 20 ms")
    times: int = u8("between two runs, in units of 50 ms")


class ConfirmByDtr(Command, name="US v", prefix="1F 76", source="us_lv", seen=PAGE):
    """Have the line DTR tell that all before it was processed."""

    level: int = u8("0 space, 1 mark", values=(0, 1, 48, 49))


class SelectDisplays(Command, name="US ( A", prefix="1F 28 41", source="us_lparen_ca", seen=PAGE):
    """Which displays of a chain listen."""

    size: int = u16("bytes that follow", low=3, high=513)
    data: bytes = sized("48, then pairs of 48 or 49 and a display's number", lambda before: cast(int, before[0]))


class UserSetup(Command, name="US ( E", prefix="1F 28 45", source="us_lparen_ce", seen=PAGE):
    """Memory switches: enter the setting mode, leave it, set, tell."""

    size: int = u16("bytes that follow", low=1, high=513)
    data: bytes = sized("function and arguments", lambda before: cast(int, before[0]))
