"""Page mode: a page is set in memory and printed at once."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, rest, u8, u16

SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER


class EnterPageMode(Command, name="ESC L", prefix="1B 4C", effect=SKIPPED, source="esc_cl", seen=PAGE):
    """Switch from standard to page mode."""


class LeavePageMode(Command, name="ESC S", prefix="1B 53", effect=SKIPPED, source="esc_cs", seen=PEER):
    """Drop the page and go back to standard mode."""


class PrintPageAndLeave(Command, name="FF", prefix="0C", effect=SKIPPED, source="ff", seen=PEER):
    """Print the page and go back to standard mode."""


class PrintPage(Command, name="ESC FF", prefix="1B 0C", effect=SKIPPED, source="esc_ff", seen=PAGE):
    """Print the page and stay in page mode."""


class CancelPage(Command, name="CAN", prefix="18", effect=SKIPPED, source="can", seen=PEER):
    """Clear the page."""


class SetPageArea(Command, name="ESC W", prefix="1B 57", effect=SKIPPED, source="esc_cw", seen=PEER):
    """Origin and size of the page area."""

    x: int = u16("motion units")
    y: int = u16("motion units")
    width: int = u16("motion units")
    height: int = u16("motion units")


class SetPageDirection(Command, name="ESC T", prefix="1B 54", effect=SKIPPED, source="esc_ct", seen=PEER):
    """Direction and start of printing in the page area."""

    direction: int = u8(
        "0 left to right, 1 bottom to top, 2 right to left, 3 top to bottom", values=(*range(4), *range(48, 52))
    )


class SetAbsoluteVertical(Command, name="GS $", prefix="1D 24", effect=SKIPPED, source="gs_dollar", seen=PAGE):
    """Vertical place in the page."""

    units: int = u16("motion units")


class SetRelativeVertical(Command, name="GS \\", prefix="1D 5C", effect=SKIPPED, source="gs_backslash", seen=PEER):
    """Vertical place in the page, from the present one."""

    units: int = u16("motion units, two's complement")


class SetPageOptions(
    Command,
    name="GS ( P",
    prefix="1D 28 50",
    function="30",
    envelope=2,
    effect=SKIPPED,
    source="gs_lparen_cp",
    seen=PEER,
):
    """Size of the printable area in page mode."""

    width: int = u16("motion units; 65535 for all there is")
    height: int = u16("motion units", low=1)
    origin: int = u16("0")
    direction: int = u8("1")


class DrawPageShape(
    Command, name="GS ( Q", prefix="1D 28 51", function="", envelope=2, effect=SKIPPED, source="gs_lparen_cq", seen=PEER
):
    """Lines and rectangles in page mode."""

    data: bytes = rest("function and coordinates")
