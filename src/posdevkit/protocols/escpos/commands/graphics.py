"""Pictures that come with the job: raster, columns, and the bit image in the printer's working memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, u8, u16
from posdevkit.protocols.vocabulary.fields import Value

RENDERED = Effect.RENDERED
REPORTED = Effect.REPORTED
GRAPHICS = "1D 28 4C / 1D 38 4C"
PAGE = Seen.PAGE
PEER = Seen.PEER


def _column_bytes(before: Sequence[Value]) -> int:
    mode, columns = cast(tuple[int, int], before)
    return columns * (3 if mode in (32, 33) else 1)


def _raster_bytes(before: Sequence[Value]) -> int:
    _, width_bytes, rows = cast(tuple[int, int, int], before)
    return width_bytes * rows


class BitImage(Command, name="ESC *", prefix="1B 2A", effect=RENDERED, source="esc_asterisk", seen=PAGE):
    """A band of 8 or 24 dots high, column by column, into the line."""

    mode: int = u8("0, 1: 8 dots; 32, 33: 24 dots; odd: double density across", values=(0, 1, 32, 33))
    columns: int = u16("columns", high=2047)
    data: bytes = sized("a byte (8 dots) or three (24 dots) per column, top bit first", _column_bytes)


class RasterImage(Command, name="GS v 0", prefix="1D 76 30", effect=RENDERED, source="gs_lv_0", seen=PAGE):
    """Packed dots, row by row, printed at once."""

    mode: int = u8(
        "0 normal, 1 double width, 2 double height, 3 both (48 to 51 the same)", values=(*range(4), *range(48, 52))
    )
    width_bytes: int = u16("bytes per row")
    rows: int = u16("rows")
    data: bytes = sized("width_bytes * rows bytes, most significant bit left, 1 is black", _raster_bytes)


class StoreRaster(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 70",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn112",
    seen=PAGE,
):
    """Put packed dots into the graphics buffer: function 112. Beyond 65,535 bytes the command is `GS 8 L`."""

    tone: int = u8("48 monochrome, 52 multiple tone", values=(48, 52))
    scale_x: int = u8("1 or 2 times as wide", values=(1, 2))
    scale_y: int = u8("1 or 2 times as high", values=(1, 2))
    color: int = u8("49 black, 50 to 52 others", values=(49, 50, 51, 52))
    width: int = u16("dots")
    height: int = u16("dots")
    data: bytes = sized(
        "rows padded to whole bytes, most significant bit left", lambda v: (cast(int, v[4]) + 7) // 8 * cast(int, v[5])
    )


class StoreColumns(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 71",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn113",
    seen=PAGE,
):
    """Put dots column by column into the graphics buffer: function 113."""

    tone: int = u8("48 monochrome", values=(48,))
    scale_x: int = u8("1 or 2 times as wide", values=(1, 2))
    scale_y: int = u8("1 or 2 times as high", values=(1, 2))
    color: int = u8("49 black, 50 and 51 others", values=(49, 50, 51))
    width: int = u16("dots")
    height: int = u16("dots")
    data: bytes = sized(
        "columns padded to whole bytes, top bit first", lambda v: cast(int, v[4]) * ((cast(int, v[5]) + 7) // 8)
    )


class PrintGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 32 / 30 02",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn50",
    seen=PAGE,
):
    """Print what the graphics buffer holds: function 50."""


class SetGraphicsDensity(
    Command, name="GS ( L", prefix=GRAPHICS, function="30 31 / 30 01", envelope=2, source="gs_lparen_cl_fn49", seen=PEER
):
    """Reference dot density of graphics: function 49."""

    x: int = u8("50: 180 dpi, 51: 360 dpi", values=(50, 51))
    y: int = u8("50: 180 dpi, 51: 360 dpi", values=(50, 51))


class PrintDownloadedBitImage(Command, name="GS /", prefix="1D 2F", effect=RENDERED, source="gs_slash", seen=PAGE):
    """Print the downloaded bit image (old)."""

    mode: int = u8("0 normal, 1 double width, 2 double height, 3 both", values=(*range(4), *range(48, 52)))


class DefineDownloadedBitImage(Command, name="GS *", prefix="1D 2A", effect=RENDERED, source="gs_asterisk", seen=PAGE):
    """Define the downloaded bit image (old): x * y * 8 bytes."""

    x: int = u8("eighths of the width in dots", low=1)
    y: int = u8("eighths of the height in dots", low=1, high=48)
    data: bytes = sized("columns, top bit first", lambda v: cast(int, v[0]) * cast(int, v[1]) * 8)


class PrintTallBitImage(Command, name="GS Q 0", prefix="1D 51 30", effect=RENDERED, source="gs_cq_0", seen=PEER):
    """Print a bit image of variable height (obsolete, ink-jet models)."""

    mode: int = u8("0 normal, 1 double width, 2 double height, 3 both", values=(*range(4), *range(48, 52)))
    width: int = u16("dots")
    height_bytes: int = u16("bytes per column")
    data: bytes = sized("columns, top bit first", _raster_bytes)
