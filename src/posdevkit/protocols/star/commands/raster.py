"""Raster mode, the only way to print on a TSP100: rows of dots into an image buffer, then a command that prints it.

Arguments written as digits are decimal, ended by a NUL. A setting is ignored while the buffer holds rows, and an
executing command while it holds none (Graphic Mode specifications).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, terminated, u8, u16
from posdevkit.protocols.vocabulary.fields import Value

RENDERED = Effect.RENDERED
SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE

_MOST_DIGITS = 9


def number(digits: bytes) -> int:
    """What an argument in digits says; 0 for what is none."""
    return int(digits) if digits.isdigit() and len(digits) <= _MOST_DIGITS else 0


def _row(before: Sequence[Value]) -> int:
    return cast(int, before[0])


class InitializeRaster(
    Command, name="ESC * r R", prefix="1B 2A 72 52", effect=RENDERED, source="Graphic: ESC * r R", seen=PAGE
):
    """Empty the image buffer; every raster setting to its default."""


class EnterRaster(
    Command, name="ESC * r A", prefix="1B 2A 72 41", effect=RENDERED, source="Graphic: ESC * r A", seen=PAGE
):
    """Enter raster mode and initialize it; ignored in raster mode."""


class QuitRaster(
    Command, name="ESC * r B", prefix="1B 2A 72 42", effect=RENDERED, source="Graphic: ESC * r B", seen=PAGE
):
    """Leave raster mode; rows that remain are printed with the EOT mode."""


class ClearRaster(
    Command, name="ESC * r C", prefix="1B 2A 72 43", effect=RENDERED, source="Graphic: ESC * r C", seen=PAGE
):
    """Empty the image buffer."""


class RasterDrawer(
    Command, name="ESC * r D", prefix="1B 2A 72 44", effect=RENDERED, source="Graphic: ESC * r D", seen=PAGE
):
    """Open a drawer; ignored while the buffer holds rows."""

    digits: bytes = terminated("0 none, 1 first, 2 second, 3 both")


class SetEotMode(
    Command, name="ESC * r E", prefix="1B 2A 72 45", effect=RENDERED, source="Graphic: ESC * r E", seen=PAGE
):
    """What `ESC FF EOT` and `ESC * r B` do after printing."""

    digits: bytes = terminated("1 nothing, 2 feed, 8 full cut, 9 feed and full cut, 12 partial, 13 feed and partial")


class SetFfMode(
    Command, name="ESC * r F", prefix="1B 2A 72 46", effect=RENDERED, source="Graphic: ESC * r F", seen=PAGE
):
    """What `ESC FF NUL` does after printing."""

    digits: bytes = terminated("as the EOT mode")


class SetEmMode(
    Command, name="ESC * r e", prefix="1B 2A 72 65", effect=RENDERED, source="Graphic: ESC * r e", seen=PAGE
):
    """What `ESC FF EM` does after printing."""

    digits: bytes = terminated("as the EOT mode, without a form feed")


class SetPageLength(Command, name="ESC * r P", prefix="1B 2A 72 50", source="Graphic: ESC * r P", seen=PAGE):
    """Page length."""

    digits: bytes = terminated("0 none, 200 to 64000 dots")


class SetQuality(Command, name="ESC * r Q", prefix="1B 2A 72 51", source="Graphic: ESC * r Q", seen=PAGE):
    """Speed against quality."""

    digits: bytes = terminated("0 fast, 1 normal, 2 high quality")


class SetRasterLeft(
    Command, name="ESC * r m l", prefix="1B 2A 72 6D 6C", effect=RENDERED, source="Graphic: ESC * r m l", seen=PAGE
):
    """Left margin of the rows."""

    digits: bytes = terminated("8 dots each")


class SetRasterRight(Command, name="ESC * r m r", prefix="1B 2A 72 6D 72", source="Graphic: ESC * r m r", seen=PAGE):
    """Right margin of the rows."""

    digits: bytes = terminated("8 dots each")


class SetTopMargin(
    Command, name="ESC * r t", prefix="1B 2A 72 74 / 1B 2A 72 54", source="Graphic: ESC * r t", seen=PAGE
):
    """Top margin."""

    digits: bytes = terminated("0 default, others by model")


class SetColor(Command, name="ESC * r K", prefix="1B 2A 72 4B", source="Graphic: ESC * r K", seen=PAGE):
    """Colour of the rows, in two-colour mode."""

    digits: bytes = terminated("0 black, 1 cyan, 2 magenta, 3 yellow")


class SkipRows(
    Command, name="ESC * r Y", prefix="1B 2A 72 59", effect=RENDERED, source="Graphic: ESC * r Y", seen=PAGE
):
    """Move down."""

    digits: bytes = terminated("dots")


class DiscardBytes(
    Command, name="ESC * r N", prefix="1B 2A 72 4E", effect=SKIPPED, source="Line: ESC * r N", seen=PAGE
):
    """Drop so many bytes; known by its length alone."""

    digits: bytes = terminated("bytes, at most four digits")


class StartBlock(
    Command, name="ESC * r a", prefix="1B 2A 72 61", effect=SKIPPED, source="Graphic: ESC * r a", seen=PAGE
):
    """Enter the command emulator."""


class EndBlock(Command, name="ESC * r b", prefix="1B 2A 72 62", effect=SKIPPED, source="Graphic: ESC * r b", seen=PAGE):
    """End a block of the command emulator."""


class ExecuteRaster(
    Command, name="ESC FF", prefix="1B 0C", effect=RENDERED, source="Graphic: ESC FF NUL, EOT, EM, LF", seen=PAGE
):
    """Print the rows, then do what the mode says."""

    mode: int = u8("0 FF mode, 4 EOT mode, 10 LF mode, 25 EM mode", values=(0, 4, 10, 25))


class Row(Command, name="b", prefix="62", effect=RENDERED, source="Graphic: b n1 n2 data", seen=PAGE):
    """A row of dots, then on to the next; only in raster mode, elsewhere the letter."""

    size: int = u16("bytes", low=1)
    data: bytes = sized("most significant bit left, 1 is black", _row)


class RowOver(Command, name="k", prefix="6B", effect=RENDERED, source="Graphic: k n1 n2 data", seen=PAGE):
    """Dots laid over the row of the moment; only in raster mode, elsewhere the letter."""

    size: int = u16("bytes", low=1)
    data: bytes = sized("most significant bit left, 1 is black", _row)
