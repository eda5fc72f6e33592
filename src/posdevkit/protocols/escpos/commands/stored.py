"""Pictures kept in the printer by a key or a number. Storing them wears the flash memory: never per job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, rest, sized, u8, u16, walked
from posdevkit.protocols.vocabulary.fields import NO_FIT, Value

SKIPPED = Effect.SKIPPED
RENDERED = Effect.RENDERED
REPORTED = Effect.REPORTED
GRAPHICS = "1D 28 4C / 1D 38 4C"
KEY = "32 to 126"
PAGE = Seen.PAGE
PEER = Seen.PEER


class AskNvCapacity(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 30 / 30 00",
    envelope=2,
    effect=REPORTED,
    source="gs_lparen_cl_fn48",
    seen=PAGE,
):
    """How much stored graphics the printer can hold: function 48."""


class AskNvRoom(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 33 / 30 03",
    envelope=2,
    effect=REPORTED,
    source="gs_lparen_cl_fn51",
    seen=Seen.PAGE,
):
    """How much room is left for stored graphics: function 51."""


class AskDownloadRoom(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 34 / 30 04",
    envelope=2,
    effect=REPORTED,
    source="gs_lparen_cl_fn52",
    seen=Seen.PAGE,
):
    """How much room is left for downloaded graphics: function 52."""


class ListNvGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 40",
    envelope=2,
    effect=REPORTED,
    source="gs_lparen_cl_fn64",
    seen=PAGE,
):
    """Ask for the keys of stored graphics: function 64."""

    magic: bytes = sized("the letters KC", lambda before: 2)


class DeleteAllNvGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 41",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn65",
    seen=PEER,
):
    """Forget all stored graphics: function 65."""

    magic: bytes = sized("the letters CLR", lambda before: 3)


class DeleteNvGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 42",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn66",
    seen=PEER,
):
    """Forget one stored picture: function 66."""

    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)


class DefineNvRaster(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 43",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn67",
    seen=PAGE,
):
    """Store a picture row by row: function 67."""

    tone: int = u8("48 monochrome, 52 multiple tone", values=(48, 52))
    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)
    colors: int = u8("number of colours", low=1, high=4)
    width: int = u16("dots")
    height: int = u16("dots")
    data: bytes = rest("per colour: a byte for the colour, then the rows")


class DefineNvColumns(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 44",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn68",
    seen=PEER,
):
    """Store a picture column by column: function 68."""

    tone: int = u8("48 monochrome", values=(48,))
    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)
    colors: int = u8("number of colours", low=1, high=2)
    width: int = u16("dots")
    height: int = u16("dots")
    data: bytes = rest("per colour: a byte for the colour, then the columns")


class PrintNvGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 45",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn69",
    seen=PEER,
):
    """Print a stored picture: function 69."""

    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)
    scale_x: int = u8("1 or 2 times as wide", values=(1, 2))
    scale_y: int = u8("1 or 2 times as high", values=(1, 2))


class ListDownloadGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 50",
    envelope=2,
    effect=REPORTED,
    source="gs_lparen_cl_fn80",
    seen=Seen.PAGE,
):
    """Ask for the keys of downloaded graphics: function 80."""

    magic: bytes = sized("the letters KC", lambda before: 2)


class DeleteAllDownloadGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 51",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn81",
    seen=PEER,
):
    """Forget all downloaded graphics: function 81."""

    magic: bytes = sized("the letters CLR", lambda before: 3)


class DeleteDownloadGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 52",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn82",
    seen=PEER,
):
    """Forget one downloaded picture: function 82."""

    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)


class DefineDownloadRaster(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 53",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn83",
    seen=PEER,
):
    """Download a picture row by row: function 83."""

    tone: int = u8("48 monochrome, 52 multiple tone", values=(48, 52))
    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)
    colors: int = u8("number of colours", low=1, high=4)
    width: int = u16("dots")
    height: int = u16("dots")
    data: bytes = rest("per colour: a byte for the colour, then the rows")


class DefineDownloadColumns(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 54",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn84",
    seen=PEER,
):
    """Download a picture column by column: function 84."""

    tone: int = u8("48 monochrome", values=(48,))
    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)
    colors: int = u8("number of colours", low=1, high=2)
    width: int = u16("dots")
    height: int = u16("dots")
    data: bytes = rest("per colour: a byte for the colour, then the columns")


class PrintDownloadGraphics(
    Command,
    name="GS ( L",
    prefix=GRAPHICS,
    function="30 55",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cl_fn85",
    seen=PEER,
):
    """Print a downloaded picture: function 85."""

    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)
    scale_x: int = u8("1 or 2 times as wide", values=(1, 2))
    scale_y: int = u8("1 or 2 times as high", values=(1, 2))


def _bitmap(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    # A Windows bitmap tells its own length in the four bytes behind the letters BM.
    have = len(data) - at
    if have < 2:
        return have + 1 if data[at:] == b"BM"[:have] else NO_FIT
    if data[at : at + 2] != b"BM":
        return NO_FIT
    if have < 6:
        return 6
    length = int.from_bytes(data[at + 2 : at + 6], "little")
    return length if length >= 6 else NO_FIT


class DefineBitmap(Command, name="GS D", prefix="1D 44", effect=RENDERED, source="gs_cd", seen=PAGE):
    """Store (67) or download (83) a picture that is a Windows bitmap."""

    kind: int = u8("48", values=(48,), selects=True)
    function: int = u8("67 stored, 83 downloaded", values=(67, 83))
    tone: int = u8("48", values=(48,))
    key1: int = u8(KEY, low=32, high=126)
    key2: int = u8(KEY, low=32, high=126)
    scale: int = u8("48 monochrome, 52 multiple tone", values=(48, 52))
    color: int = u8("49", values=(49,))
    data: bytes = walked("the file from BM to its end", _bitmap)


class PrintNvBitImage(Command, name="FS p", prefix="1C 70", effect=RENDERED, source="fs_lp", seen=PEER):
    """Print a bit image stored the old way."""

    number: int = u8("1 to 255", low=1)
    mode: int = u8("0 normal, 1 double width, 2 double height, 3 both", values=(*range(4), *range(48, 52)))


def _nv_bit_images(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    # Each image brings its own size, so the bytes can only be counted from image to image.
    place = at
    for _ in range(cast(int, before[0])):
        if place + 4 - at > limit or place + 4 > len(data):
            return place + 4 - at
        width = int.from_bytes(data[place : place + 2], "little")
        height = int.from_bytes(data[place + 2 : place + 4], "little")
        if not 1 <= width <= 1023 or not 1 <= height <= 576:
            return NO_FIT
        place += 4 + width * height * 8
    return place - at


class DefineNvBitImages(Command, name="FS q", prefix="1C 71", effect=RENDERED, source="fs_lq", seen=PAGE):
    """Store bit images the old way, all at once: those of before are gone."""

    count: int = u8("number of images", low=1)
    data: bytes = walked("per image: eighths of width and height (two bytes each), then columns", _nv_bit_images)


class SelectLogo(
    Command, name="FS ( E", prefix="1C 28 45", function="", envelope=2, effect=SKIPPED, source="fs_lparen_ce", seen=PAGE
):
    """Logos printed at top and bottom by themselves: functions 60 to 65."""

    data: bytes = rest("function and settings", low=1)
