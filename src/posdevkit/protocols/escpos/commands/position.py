"""Line feeds, positions, margins and tabs."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, terminated, u8, u16

RENDERED = Effect.RENDERED
PAGE = Seen.PAGE
PEER = Seen.PEER


class LineFeed(Command, name="LF", prefix="0A", effect=RENDERED, source="lf", seen=PEER):
    """Print the line and feed by the line spacing."""


class CarriageReturn(Command, name="CR", prefix="0D", source="cr", seen=PEER):
    """As a line feed where automatic line feed is on; otherwise nothing."""


class HorizontalTab(Command, name="HT", prefix="09", effect=RENDERED, source="ht", seen=PEER):
    """To the next tab stop."""


class SetTabs(Command, name="ESC D", prefix="1B 44", effect=RENDERED, source="esc_cd", seen=PAGE):
    """Tab stops in characters from the left, ascending, at most 32. A stop that does not ascend ends the command."""

    stops: bytes = terminated("columns, ascending", limit=32, ascending=True)


class PrintAndFeedLines(Command, name="ESC d", prefix="1B 64", effect=RENDERED, source="esc_ld", seen=PEER):
    """Print the line and feed by lines."""

    lines: int = u8("lines")


class PrintAndFeed(Command, name="ESC J", prefix="1B 4A", effect=RENDERED, source="esc_cj", seen=PAGE):
    """Print the line and feed by vertical motion units."""

    units: int = u8("motion units")


class PrintAndReverseFeed(Command, name="ESC K", prefix="1B 4B", source="esc_ck", seen=PAGE):
    """Print the line and feed backwards (few models)."""

    units: int = u8("motion units")


class PrintAndReverseFeedLines(Command, name="ESC e", prefix="1B 65", source="esc_le", seen=PEER):
    """Print the line and feed backwards by lines (few models)."""

    lines: int = u8("lines")


class DefaultLineSpacing(Command, name="ESC 2", prefix="1B 32", effect=RENDERED, source="esc_2", seen=PEER):
    """About 1/6 inch: 30 dots at 180 or 203 dpi."""


class SetLineSpacing(Command, name="ESC 3", prefix="1B 33", effect=RENDERED, source="esc_3", seen=PEER):
    """Line spacing in vertical motion units."""

    units: int = u8("motion units")


class SetAbsolutePosition(Command, name="ESC $", prefix="1B 24", effect=RENDERED, source="esc_dollar", seen=PAGE):
    """Where the next character starts, from the left edge of the print area."""

    units: int = u16("horizontal motion units")


class SetRelativePosition(Command, name="ESC \\", prefix="1B 5C", effect=RENDERED, source="esc_backslash", seen=PAGE):
    """Where the next character starts, from where it would; two's complement for leftwards."""

    units: int = u16("horizontal motion units")


class SetLeftMargin(Command, name="GS L", prefix="1D 4C", effect=RENDERED, source="gs_cl", seen=PAGE):
    """Left margin; takes effect at the start of a line."""

    units: int = u16("horizontal motion units")


class SetPrintAreaWidth(Command, name="GS W", prefix="1D 57", effect=RENDERED, source="gs_cw", seen=PEER):
    """Width of the print area; takes effect at the start of a line."""

    units: int = u16("horizontal motion units")


class SetMotionUnits(Command, name="GS P", prefix="1D 50", effect=RENDERED, source="gs_cp", seen=PAGE):
    """Motion units as parts of an inch; 0 for the default."""

    x: int = u8("1/x inch across")
    y: int = u8("1/y inch along")


class AdjustPosition(Command, name="GS A", prefix="1D 41", source="gs_ca", seen=PAGE):
    """Move the place where printing or cutting starts (label models)."""

    place: int = u8("which place")
    units: int = u8("how far")


class SetPrintPosition(Command, name="GS T", prefix="1D 54", source="gs_ct", seen=PAGE):
    """To the start of the line."""

    mode: int = u8("0 drop the line, 1 print it", values=(0, 1, 48, 49))
