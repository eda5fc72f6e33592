"""Pictures in every form that ESC/POS has for them: bytes worked out by hand from Epson's pages, dots compared."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import pytest

from posdevkit.documents import Raster
from posdevkit.paper import EscPosRenderer, Geometry, RasterBlock, Ticket, render_job
from posdevkit.paper.bitmaps import bitmap
from posdevkit.paper.kept import KEPT, KeptPictures
from posdevkit.protocols.escpos import Decoder
from posdevkit.protocols.escpos.commands import stored

# Ten dots across, nine along the paper: an L with its foot in the last row.
WIDTH, HEIGHT = 10, 9
ROWS = b"".join([b"\x80\x00"] * 8 + [b"\xff\xc0"])
COLUMNS = b"\xff\x80" + b"\x00\x80" * 9  # each column nine dots and seven of padding
PICTURE = Raster(WIDTH, HEIGHT, ROWS)
SIZE = struct.pack("<HH", WIDTH, HEIGHT)


def gs_l(function: int, arguments: bytes = b"") -> bytes:
    body = b"\x30" + bytes([function]) + arguments
    return b"\x1d(L" + struct.pack("<H", len(body)) + body


def windows_bitmap(picture: Raster, *, top_down: bool = False, inverted: bool = False) -> bytes:
    """A file of two colours: a header of 14 bytes, one of 40, two colours, rows padded to four bytes."""
    stride = (picture.width + 31) // 32 * 4
    rows = [picture.data[at : at + picture.stride] for at in range(0, len(picture.data), picture.stride)]
    if not inverted:  # colour 0 is black, so a black dot is a 0
        rows = [bytes(byte ^ 0xFF for byte in row) for row in rows]
    rows = [row.ljust(stride, b"\0") for row in rows]
    dots = b"".join(rows if top_down else rows[::-1])
    colours = [b"\0\0\0\0", b"\xff\xff\xff\0"]
    palette = b"".join(colours[::-1] if inverted else colours)
    height = -picture.height if top_down else picture.height
    head = struct.pack("<IiiHHIIiiII", 40, picture.width, height, 1, 1, 0, len(dots), 0, 0, 2, 2)
    return b"BM" + struct.pack("<IHHI", 14 + 40 + 8 + len(dots), 0, 0, 14 + 40 + 8) + head + palette + dots


WAYS: Mapping[str, tuple[bytes, bytes]] = {
    "rows in the buffer: function 112": (gs_l(0x70, b"\x30\x01\x01\x31" + SIZE + ROWS), gs_l(0x32)),
    "columns in the buffer: function 113": (gs_l(0x71, b"\x30\x01\x01\x31" + SIZE + COLUMNS), gs_l(0x32)),
    "rows kept: function 67": (gs_l(0x43, b"\x30A1\x01" + SIZE + b"\x31" + ROWS), gs_l(0x45, b"A1\x01\x01")),
    "columns kept: function 68": (gs_l(0x44, b"\x30A1\x01" + SIZE + b"\x31" + COLUMNS), gs_l(0x45, b"A1\x01\x01")),
    "rows downloaded: function 83": (gs_l(0x53, b"\x30A1\x01" + SIZE + b"\x31" + ROWS), gs_l(0x55, b"A1\x01\x01")),
    "columns downloaded: function 84": (
        gs_l(0x54, b"\x30A1\x01" + SIZE + b"\x31" + COLUMNS),
        gs_l(0x55, b"A1\x01\x01"),
    ),
    "a bitmap kept: GS D": (b"\x1dD\x30\x43\x30A1\x30\x31" + windows_bitmap(PICTURE), gs_l(0x45, b"A1\x01\x01")),
    "a bitmap downloaded: GS D": (b"\x1dD\x30\x53\x30A1\x30\x31" + windows_bitmap(PICTURE), gs_l(0x55, b"A1\x01\x01")),
}


def blocks(job: bytes) -> list[RasterBlock]:
    return [item for ticket in render_job(job, Geometry()) for item in ticket.items if isinstance(item, RasterBlock)]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_picture_comes_out_of_every_way_to_send_it(way: str) -> None:
    store, show = WAYS[way]
    assert [block.raster for block in blocks(store + show)] == [PICTURE]
    assert blocks(show) == []


@pytest.mark.parametrize("way", [way for way in WAYS if "112" not in way and "113" not in way])
def test_a_picture_under_a_key_is_printed_as_often_as_it_is_asked_for(way: str) -> None:
    store, show = WAYS[way]
    assert len(blocks(store + show * 3)) == 3


def test_what_is_downloaded_ends_with_initialize_and_what_is_kept_does_not() -> None:
    """Epson guide 10.01, p. 260."""
    for way, left in (("rows downloaded: function 83", 0), ("rows kept: function 67", 1)):
        store, show = WAYS[way]
        assert len(blocks(store + b"\x1b@" + show)) == left


@pytest.mark.parametrize(
    ("define", "delete", "everything", "show"), [(0x43, 0x42, 0x41, 0x45), (0x53, 0x52, 0x51, 0x55)]
)
def test_pictures_are_deleted_one_by_one_and_all_at_once(define: int, delete: int, everything: int, show: int) -> None:
    two = b"".join(gs_l(define, b"\x30" + key + b"\x01" + SIZE + b"\x31" + ROWS) for key in (b"A1", b"A2"))
    shows = gs_l(show, b"A1\x01\x01") + gs_l(show, b"A2\x01\x01")
    assert len(blocks(two + shows)) == 2
    assert len(blocks(two + gs_l(delete, b"A1") + shows)) == 1
    assert len(blocks(two + gs_l(everything, b"CLR") + shows)) == 0
    assert len(blocks(two + gs_l(everything, b"KEY") + shows)) == 2


def test_bit_images_of_old_are_numbered_and_in_eighths() -> None:
    """`FS q` with two images of 8 by 8 and 8 by 16 dots; `FS p` prints the second twice as high (mode 2)."""
    first = b"\x01\x00\x01\x00" + b"\xff" + b"\x01" * 7  # the left column and the lowest row
    second = b"\x01\x00\x02\x00" + b"\xff\xff" + b"\x00\x01" * 7
    define = b"\x1cq\x02" + first + second
    shown = blocks(define + b"\x1cp\x01\x00" + b"\x1cp\x02\x02" + b"\x1cp\x03\x00")
    assert shown[0].raster == Raster(8, 8, b"\x80" * 7 + b"\xff")
    assert (shown[1].width, shown[1].height) == (8, 32)
    assert shown[1].raster.data == b"\x80" * 30 + b"\xff" * 2
    assert len(shown) == 2


def test_bit_images_of_old_and_kept_graphics_shut_each_other_out() -> None:
    """Epson TM-T81 specification, sheets 86 and 114."""
    old = b"\x1cq\x01\x01\x00\x01\x00" + b"\xff" * 8
    store, show = WAYS["rows kept: function 67"]
    assert len(blocks(store + old + show + b"\x1cp\x01\x00")) == 1
    assert len(blocks(old + store + show + b"\x1cp\x01\x00")) == 1


def test_the_old_way_is_not_printed_on_a_page_and_ends_with_a_reset() -> None:
    old = b"\x1cq\x01\x01\x00\x01\x00" + b"\xff" * 8
    assert blocks(old + b"\x1bL\x1cp\x01\x00\x0c") == []
    (ticket,) = render_job(b"\x1b!\x30" + old + b"plain\n", Geometry())
    assert ticket.height == 30


@pytest.mark.parametrize(("mode", "size"), [(0, (16, 8)), (1, (32, 8)), (2, (16, 16)), (51, (32, 16))])
def test_the_downloaded_bit_image(mode: int, size: tuple[int, int]) -> None:
    define = b"\x1d*\x02\x01" + bytes(range(16))
    (block,) = blocks(define + b"\x1d/" + bytes([mode]))
    assert (block.width, block.height) == size


def test_the_downloaded_bit_image_shares_its_memory_with_user_characters() -> None:
    image, show = b"\x1d*\x01\x01" + b"\xff" * 8, b"\x1d/\x00"
    character = b"\x1b&\x03AA\x01\xff\xff\xff"
    assert len(blocks(image + show)) == 1
    assert blocks(image + character + show) == []
    drawn = character + b"\x1b%\x01A\n"
    assert len(blocks(drawn)) == 1
    assert blocks(character + image + b"\x1b%\x01A\n") == []


def test_columns_of_a_tall_bit_image() -> None:
    """`GS Q 0`: three columns of two bytes."""
    (block,) = blocks(b"\x1dQ0\x00\x03\x00\x02\x00" + b"\xff\xff\x00\x01\x00\x01")
    assert block.raster == Raster(3, 16, b"\x80" * 15 + b"\xe0")


# How much there is room for.


def store(printer: EscPosRenderer, job: bytes) -> None:
    for command in Decoder().feed(job):
        for _ in printer.render(command):
            pass


def test_what_does_not_fit_is_not_kept_and_the_room_is_told_to_the_byte() -> None:
    kept = KeptPictures(1000)
    picture = stored.DefineNvRaster(48, 65, 49, 1, 64, 60, b"\x31" + bytes(480))
    kept.obey(picture)
    assert (kept.keys, kept.room) == ([b"A1"], 1000 - 480 - 24)
    kept.obey(picture)  # the same key again takes no more
    assert kept.room == 496
    kept.obey(stored.DefineNvRaster(48, 65, 50, 1, 64, 60, b"\x31" + bytes(480)))
    assert (kept.keys, kept.room) == ([b"A1"], 496)
    kept.obey(stored.DefineNvRaster(48, 65, 50, 1, 64, 59, b"\x31" + bytes(472)))
    assert (kept.keys, kept.room) == ([b"A1", b"A2"], 0)


def test_no_host_can_fill_the_memory() -> None:
    printer = EscPosRenderer(Geometry())
    full = struct.pack("<HH", 512, 1000) + b"\x31" + bytes(64_000)
    for number in range(0x20, 0x7F):
        for function in (0x43, 0x53):
            store(printer, gs_l(function, b"\x30K" + bytes([number]) + b"\x01" + full))
        store(printer, b"\x1cq\x01\xff\x03\x01\x00" + bytes(1023 * 8))
        store(printer, gs_l(0x70, b"\x30\x01\x01\x31" + struct.pack("<HH", 512, 1000) + bytes(64_000)) * 3)
    assert printer.kept.room >= 0
    assert printer.kept.capacity == KEPT
    assert 0 <= printer.modes.downloaded.room <= Geometry().download_room
    assert sum(len(raster.data) for raster in printer.modes.graphics) <= 8 * 1024 * 1024


def test_data_that_lacks_dots_is_no_picture() -> None:
    short = SIZE + b"\x31" + ROWS[:-1]
    assert blocks(gs_l(0x43, b"\x30A1\x01" + short) + gs_l(0x45, b"A1\x01\x01")) == []


# Bitmaps.


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_bitmap_is_read_from_the_foot_or_from_the_top_and_in_either_order_of_colours(
    top_down: bool, inverted: bool
) -> None:
    assert bitmap(windows_bitmap(PICTURE, top_down=top_down, inverted=inverted)) == PICTURE


def test_what_is_no_bitmap_of_two_colours_is_none() -> None:
    whole = windows_bitmap(PICTURE)
    for size in range(len(whole)):
        assert bitmap(whole[:size]) is None
    assert bitmap(whole[:28] + b"\x18" + whole[29:]) is None  # 24 bits a dot
    assert bitmap(whole[:30] + b"\x01" + whole[31:]) is None  # compressed
    assert bitmap(whole[:18] + b"\xff\xff\xff\x7f" + whole[22:]) is None  # two thousand million dots across


def ticket_of(job: bytes) -> Ticket:
    (ticket,) = render_job(job, Geometry())
    return ticket


def test_a_picture_in_the_middle_of_a_line_ends_it_first() -> None:
    store_it, show = WAYS["rows downloaded: function 83"]
    assert ticket_of(store_it + b"left" + show + b"right\n").text().split("\n")[:3] == ["left", "[image 10x9]", "right"]
