"""Page mode: a page is set in memory and printed at once."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, u8, u16

RENDERED = Effect.RENDERED
PAGE = Seen.PAGE
PEER = Seen.PEER


class EnterPageMode(Command, name="ESC L", prefix="1B 4C", effect=RENDERED, source="esc_cl", seen=PAGE):
    """Switch from standard to page mode."""


class LeavePageMode(Command, name="ESC S", prefix="1B 53", effect=RENDERED, source="esc_cs", seen=PEER):
    """Drop the page and go back to standard mode."""


class PrintPageAndLeave(Command, name="FF", prefix="0C", effect=RENDERED, source="ff", seen=PEER):
    """Print the page and go back to standard mode."""


class PrintPage(Command, name="ESC FF", prefix="1B 0C", effect=RENDERED, source="esc_ff", seen=PAGE):
    """Print the page and stay in page mode."""


class CancelPage(Command, name="CAN", prefix="18", effect=RENDERED, source="can", seen=PEER):
    """Clear the page."""


class SetPageArea(Command, name="ESC W", prefix="1B 57", effect=RENDERED, source="esc_cw", seen=PAGE):
    """Origin and size of the page area."""

    x: int = u16("motion units")
    y: int = u16("motion units")
    width: int = u16("motion units")
    height: int = u16("motion units")


class SetPageDirection(Command, name="ESC T", prefix="1B 54", effect=RENDERED, source="esc_ct", seen=PAGE):
    """Direction and start of printing in the page area."""

    direction: int = u8(
        "0 left to right, 1 bottom to top, 2 right to left, 3 top to bottom", values=(*range(4), *range(48, 52))
    )


class SetAbsoluteVertical(Command, name="GS $", prefix="1D 24", effect=RENDERED, source="gs_dollar", seen=PAGE):
    """Vertical place in the page."""

    units: int = u16("motion units")


class SetRelativeVertical(Command, name="GS \\", prefix="1D 5C", effect=RENDERED, source="gs_backslash", seen=PEER):
    """Vertical place in the page, from the present one."""

    units: int = u16("motion units, two's complement")


class SetPageOptions(
    Command,
    name="GS ( P",
    prefix="1D 28 50",
    function="30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cp",
    seen=PEER,
):
    """Size of the printable area in page mode."""

    width: int = u16("motion units; 65535 for all there is")
    height: int = u16("motion units", low=1)
    origin: int = u16("0")
    direction: int = u8("1")


_STYLES = tuple(range(1, 7))
_STYLE_DOC = "1 thin, 2 medium, 3 thick; 4 to 6 the same twice"


class DrawPageLine(
    Command,
    name="GS ( Q",
    prefix="1D 28 51",
    function="30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cq_fn48",
    seen=PEER,
):
    """A line on the page, across, along or slanted: function 48."""

    x1: int = u16("motion units from the start of the page area")
    y1: int = u16("motion units")
    x2: int = u16("motion units")
    y2: int = u16("motion units")
    color: int = u8("1", values=(1,))
    style: int = u8(_STYLE_DOC, values=_STYLES)
    mode: int = u8("48", values=(48,))


class DrawPageBox(
    Command,
    name="GS ( Q",
    prefix="1D 28 51",
    function="31",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cq_fn49",
    seen=PAGE,
):
    """A rectangle on the page: function 49."""

    x1: int = u16("motion units from the start of the page area")
    y1: int = u16("motion units")
    x2: int = u16("motion units")
    y2: int = u16("motion units")
    color: int = u8("1", values=(1,))
    style: int = u8(_STYLE_DOC, values=_STYLES)
    mode: int = u8("48", values=(48,))
    corners: int = u8("48", values=(48,))
    fill: int = u8("1", values=(1,))


class DrawLineAcross(
    Command,
    name="GS ( Q",
    prefix="1D 28 51",
    function="32",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cq_fn50",
    seen=PEER,
):
    """A line across the paper in standard mode: function 50."""

    x1: int = u16("motion units from the left edge of the print area")
    x2: int = u16("motion units")
    feed: int = u8("motion units that the paper moves", low=1)
    color: int = u8("1", values=(1,))
    style: int = u8(_STYLE_DOC, values=_STYLES)
    mode: int = u8("48", values=(48,))


class DrawLineAlong(
    Command,
    name="GS ( Q",
    prefix="1D 28 51",
    function="33",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cq_fn51",
    seen=PEER,
):
    """Begin or end a line along the paper in standard mode: function 51."""

    x: int = u16("motion units from the left edge of the print area")
    on: int = u8("0 ends it, 1 begins it", values=(0, 1))
    color: int = u8("1", values=(1,))
    style: int = u8(_STYLE_DOC, values=_STYLES)
    mode: int = u8("48", values=(48,))
