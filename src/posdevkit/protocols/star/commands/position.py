"""Lines, feeds, margins, tabs."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, terminated, u8, u16

RENDERED = Effect.RENDERED
SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER


class LineFeed(Command, name="LF", prefix="0A", effect=RENDERED, source="Line: LF", seen=PAGE):
    """Print the line and feed by the line spacing."""


class CarriageReturn(Command, name="CR", prefix="0D", source="Line: CR", seen=PAGE):
    """Ignored, unless a memory switch makes it a line feed."""


class FeedLines(Command, name="ESC a", prefix="1B 61", effect=RENDERED, source="Line: ESC a", seen=PAGE):
    """Print the line and feed by a number of line spacings."""

    lines: int = u8("1 to 127", low=1, high=127)


class SetLineSpacing(Command, name="ESC z", prefix="1B 7A", effect=RENDERED, source="Line: ESC z", seen=PEER):
    """Line spacing."""

    mode: int = u8("0 or 48: 3 mm, 1 or 49: 4 mm", values=(0, 1, 48, 49))


class SetNarrowSpacing(Command, name="ESC 0", prefix="1B 30", effect=RENDERED, source="Line: ESC 0", seen=PEER):
    """Line spacing of 3 mm, the height of a line of text: bands of pictures join."""


class FeedQuarters(Command, name="ESC J", prefix="1B 4A", effect=RENDERED, source="Line: ESC J", seen=PAGE):
    """Print the line and feed by quarters of a millimetre."""

    quarters: int = u8("1 to 255", low=1)


class FeedEighths(Command, name="ESC I", prefix="1B 49", effect=RENDERED, source="Line: ESC I", seen=PAGE):
    """Print the line and feed by eighths of a millimetre."""

    eighths: int = u8("1 to 255", low=1)


class FormFeed(Command, name="FF", prefix="0C", effect=SKIPPED, source="Line: FF", seen=PAGE):
    """Feed to the top of the next page, where pages have a length."""


class VerticalTab(Command, name="VT", prefix="0B", effect=SKIPPED, source="Line: VT", seen=PAGE):
    """Feed to the next vertical tab stop."""


class SetPageLines(Command, name="ESC C", prefix="1B 43", effect=SKIPPED, source="Line: ESC C n", seen=PAGE):
    """Page length in lines."""

    lines: int = u8("1 to 255", low=1, selects=True)


class SetPageUnits(Command, name="ESC C 0", prefix="1B 43 00", effect=SKIPPED, source="Line: ESC C 0 n", seen=PAGE):
    """Page length in units of 24 mm."""

    units: int = u8("1 to 127")


class SetBottomMargin(Command, name="ESC N", prefix="1B 4E", effect=SKIPPED, source="Line: ESC N", seen=PAGE):
    """Lines at the end of a page that stay white."""

    lines: int = u8("1 to 127")


class CancelBottomMargin(Command, name="ESC O", prefix="1B 4F", effect=SKIPPED, source="Line: ESC O", seen=PAGE):
    """No margin at the end of a page."""


class SetVerticalTabs(Command, name="ESC B", prefix="1B 42", effect=SKIPPED, source="Line: ESC B", seen=PAGE):
    """Vertical tab stops."""

    stops: bytes = terminated("up to 16 lines that ascend", limit=16, ascending=True)


class SetLeftMargin(Command, name="ESC l", prefix="1B 6C", effect=RENDERED, source="Line: ESC l", seen=PAGE):
    """Left margin, at the beginning of a line."""

    columns: int = u8("characters of the font of the moment")


class SetRightMargin(Command, name="ESC Q", prefix="1B 51", effect=RENDERED, source="Line: ESC Q", seen=PAGE):
    """Right margin, at the beginning of a line."""

    columns: int = u8("characters of the font of the moment, from the left edge of the paper")


class HorizontalTab(Command, name="HT", prefix="09", effect=RENDERED, source="Line: HT", seen=PAGE):
    """Go on at the next tab stop."""


class SetTabs(Command, name="ESC D", prefix="1B 44", effect=RENDERED, source="Line: ESC D", seen=PEER):
    """Horizontal tab stops."""

    stops: bytes = terminated("up to 32 columns that ascend", limit=32, ascending=True)


class SetAlignment(Command, name="ESC GS a", prefix="1B 1D 61", effect=RENDERED, source="Line: ESC GS a", seen=PAGE):
    """Alignment."""

    mode: int = u8("0 left, 1 centre, 2 right (48 to 50 the same)", values=(0, 1, 2, 48, 49, 50))


class SetAbsolutePosition(
    Command, name="ESC GS A", prefix="1B 1D 41", effect=RENDERED, source="Line: ESC GS A", seen=PAGE
):
    """Set the next character here."""

    dots: int = u16("from the left margin")


class SetRelativePosition(
    Command, name="ESC GS R", prefix="1B 1D 52", effect=RENDERED, source="Line: ESC GS R", seen=PAGE
):
    """Set the next character so far from here."""

    dots: int = u16("to the right; 32768 and more: 65536 less, to the left")
