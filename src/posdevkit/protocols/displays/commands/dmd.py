"""Epson DM-D customer displays, by notes from Epson's command reference. Places are counted from 1."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, u8

RENDERED = Effect.RENDERED
FACTS = Seen.FACTS


class OverwriteMode(Command, name="US MD1", prefix="1F 01", effect=RENDERED, source="us_md1", seen=FACTS):
    """Characters replace what is there; behind the last place follows the first."""


class VerticalScrollMode(Command, name="US MD2", prefix="1F 02", source="us_md2", seen=FACTS):
    """A full lower line moves up."""


class HorizontalScrollMode(Command, name="US MD3", prefix="1F 03", source="us_md3", seen=FACTS):
    """A full line moves left."""


class MoveTo(Command, name="US $", prefix="1F 24", effect=RENDERED, source="us_dollar", seen=FACTS):
    """Put the cursor at a place."""

    column: int = u8("from 1", low=1, high=20)
    row: int = u8("1 upper, 2 lower", low=1, high=2)


class ShowCursor(Command, name="US C", prefix="1F 43", effect=RENDERED, source="us_cc", seen=FACTS):
    """The cursor."""

    on: int = u8("0 off, 1 on", values=(0, 1, 48, 49))


class SetBrightness(Command, name="US X", prefix="1F 58", effect=RENDERED, source="us_cx", seen=FACTS):
    """How bright."""

    level: int = u8("1 dim to 4 full", low=1, high=4)


class Blink(Command, name="US E", prefix="1F 45", source="us_ce", seen=FACTS):
    """Blinking of the whole display."""

    interval: int = u8("50 ms units, 0 steady, 255 dark")


class Initialize(Command, name="ESC @", prefix="1B 40", effect=RENDERED, source="esc_at", seen=FACTS):
    """Clear, and all settings as when switched on."""


class SelectCodePage(Command, name="ESC t", prefix="1B 74", effect=RENDERED, source="esc_lt", seen=FACTS):
    """Which characters the upper half of the bytes means."""

    page: int = u8("number of the page")


class SelectInternational(Command, name="ESC R", prefix="1B 52", source="esc_cr", seen=FACTS):
    """National characters in place of some of ASCII."""

    country: int = u8("number of the country")


class SelectDevice(Command, name="ESC =", prefix="1B 3D", source="esc_equal", seen=FACTS):
    """Who listens, where a printer passes the display's data on."""

    device: int = u8("1 printer, 2 display, 3 both")


class Clear(Command, name="CLR", prefix="0C", effect=RENDERED, source="clr", seen=FACTS):
    """Clear both lines; the cursor goes to the upper left."""


class ClearLine(Command, name="CAN", prefix="18", effect=RENDERED, source="can", seen=FACTS):
    """Clear the cursor's line."""


class Home(Command, name="HOM", prefix="0B", effect=RENDERED, source="hom", seen=FACTS):
    """Put the cursor at the upper left."""
