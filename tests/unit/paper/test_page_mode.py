"""Page mode on paper: where areas stand, how they are turned, and what stands on a base line or hangs from it.

Places follow Epson's TM-H6000IV-DT ePOS-Device XML manual, p. 110 (`position`), its ESC/POS Application Programming
Guide 10.01, pp. 83 and 125, and its TM-T88III specification, `ESC L` and `ESC W`.
"""

from __future__ import annotations

import pytest

from posdevkit.documents import Raster
from posdevkit.paper import (
    EscPosRenderer,
    Geometry,
    LinePrinted,
    Pane,
    RasterBlock,
    Step,
    TextCells,
    Ticket,
    render_job,
)
from posdevkit.paper.bits import quarter_turned, turned
from posdevkit.paper.star import StarRenderer
from posdevkit.protocols.escpos import Decoder

PAPER = Geometry(width=576, dpi=203, pages={0: "cp437"}, cutter_feed=100)


def picture(width: int, height: int) -> bytes:
    body = b"\x30\x70\x30\x01\x01\x31" + width.to_bytes(2, "little") + height.to_bytes(2, "little")
    data = b"\xff" * ((width + 7) // 8 * height)
    return b"\x1d(L" + (len(body) + len(data)).to_bytes(2, "little") + body + data + b"\x1d(L\x02\x00\x30\x32"


def area(x: int, y: int, width: int, height: int) -> bytes:
    return b"\x1bW" + b"".join(value.to_bytes(2, "little") for value in (x, y, width, height))


def only(job: bytes, geometry: Geometry = PAPER) -> Ticket:
    (ticket,) = render_job(job, geometry)
    return ticket


def ink(ticket: Ticket) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is black."""
    raster = ticket.raster()
    rows = [
        int.from_bytes(raster.data[at : at + raster.stride], "big") for at in range(0, len(raster.data), raster.stride)
    ]
    inked = [number for number, row in enumerate(rows) if row]
    together = 0
    for row in rows:
        together |= row
    bits = format(together, f"0{8 * raster.stride}b")
    return bits.index("1"), inked[0], bits.rindex("1") + 1, inked[-1] + 1


def test_a_page_prints_at_once_and_the_paper_moves_by_the_lowest_area() -> None:
    renderer = EscPosRenderer(PAPER)
    steps: list[Step] = []
    for command in Decoder().feed(b"\x1bL" + area(0, 40, 200, 60) + b"first\nsecond"):
        steps += renderer.render(command)
    assert steps == []
    for command in Decoder().feed(b"\x0c"):
        steps += renderer.render(command)
    assert steps == [LinePrinted(100)]
    assert renderer.snapshot().text() == "\nfirst\nsecond\n"


# A black block of 40 by 16 dots at the start of an area of 200 by 80 at (100, 50). Pictures stand on the base line.
@pytest.mark.parametrize(
    ("direction", "box"),
    [
        (0, (100, 50, 140, 66)),
        (1, (100, 90, 116, 130)),  # read upwards: it begins in the lower left corner
        (2, (260, 114, 300, 130)),  # upside down: in the lower right corner
        (3, (284, 50, 300, 90)),  # read downwards: in the upper right corner
    ],
)
@pytest.mark.parametrize("as_digit", [0, 48])
def test_each_direction_begins_in_its_own_corner(direction: int, box: tuple[int, int, int, int], as_digit: int) -> None:
    start = b"\x1bL" + area(100, 50, 200, 80) + b"\x1bT" + bytes([direction + as_digit])
    assert ink(only(start + b"\x1d$\x10\x00" + picture(40, 16) + b"\x0c")) == box


def test_characters_stand_on_the_base_line_which_begins_where_their_tops_meet_the_area() -> None:
    def tops(job: bytes) -> list[tuple[int, int]]:
        (pane,) = [item for item in only(b"\x1bL" + job + b"\x0c").items if isinstance(item, Pane)]
        return [(item.x, item.y) for item in pane.ticket.items if isinstance(item, TextCells)]

    assert tops(b"A") == [(0, 0)]  # 21 dots of 24 above the base line
    assert tops(b"\x1bM\x01B") == [(0, 5)]  # 16 of 17
    assert tops(b"\x1d!\x11\x1d$\x2a\x00A") == [(0, 0)]  # twice as high: the base line at 42
    assert tops(b"A\x1d!\x01A") == [(0, 0), (12, -21)]  # large and small on one base line
    assert tops(b"A\nA\x1bd\x02A") == [(0, 0), (0, 30), (0, 90)]
    assert tops(b"\x1d!\x01A\nA") == [(0, -21), (0, 9)]  # a tall line moves on by the spacing alone
    assert tops(b"A\x1d\\\x0a\x00A\x1d\\\xf6\xffA") == [(0, 0), (12, 10), (24, 0)]
    assert tops(b"A\x1b$\x64\x00A") == [(0, 0), (100, 0)]
    assert tops(b"\x1d$\xff\xffA") == [(0, 0)]  # beyond the area: ignored


def test_bars_stand_on_the_base_line_and_square_symbols_hang_from_it() -> None:
    bars = b"\x1dh\x28\x1d$\x28\x00\x1dkE\x031A1"
    assert ink(only(b"\x1bL" + bars + b"\x0c"))[1::2] == (0, 40)
    # As a coupon of another encoder has it (EscPosUtils, PagemodePrint.txt): bars of 40 dots with what people read
    # below them, at 40 in an area of 70, none of which may be lost.
    readable = b"\x1dH\x02\x1df\x01"
    assert ink(only(b"\x1bL" + area(0, 0, 312, 70) + readable + bars + b"\x0c"))[3] > 50
    qr = b"\x1d(k\x04\x00\x31\x50\x30A\x1d(k\x03\x00\x31\x51\x30"
    assert ink(only(b"\x1bL\x1d$\x28\x00" + qr + b"\x0c"))[1] == 40


def test_what_follows_a_picture_goes_on_at_its_right() -> None:
    (pane,) = [item for item in only(b"\x1bL" + picture(40, 16) + b"A\x0c").items if isinstance(item, Pane)]
    assert [item.x for item in pane.ticket.items if isinstance(item, RasterBlock | TextCells)] == [0, 40]


def test_what_lies_outside_an_area_is_not_printed() -> None:
    assert ink(only(b"\x1bL" + area(0, 0, 30, 40) + b"\x1d$\x10\x00" + picture(300, 200) + b"\x0c")) == (0, 0, 30, 16)


def test_areas_that_begin_outside_or_have_no_size_are_ignored_and_others_are_cut_to_the_page() -> None:
    block = b"\x1d$\x10\x00" + picture(16, 16) + b"\x0c"
    for wrong in (area(576, 0, 10, 10), area(0, 1662, 10, 10), area(0, 0, 0, 10), area(0, 0, 10, 0)):
        assert only(b"\x1bL" + wrong + block).height == 1662  # the whole page is the area
    assert only(b"\x1bL" + area(500, 1600, 500, 500) + block).height == 1662


def test_it_is_left_as_it_was_entered() -> None:
    page = b"\x1bL\x1b \x05\x1b3\x50A\x0c"  # spacings of a page are its own
    assert only(page + b"x\x0a").height == 1662 + 30
    assert only(b"\x1bL\x1ba\x01\x1dL\x20\x00A\x0c").text() == "A\n"  # not obeyed on a page...
    (pane, line) = only(b"\x1bL\x1ba\x02A\x0cB\n").items
    assert isinstance(pane, Pane)
    assert isinstance(line, TextCells)
    assert line.x == 576 - 12  # ...but afterwards


def test_what_drops_a_page_and_what_keeps_it() -> None:
    assert render_job(b"\x1bLdropped\x1bS", PAPER) == ()
    assert only(b"\x1bLdropped\x18kept\x0c").text() == "kept\n"
    assert only(b"\x1bLdropped\x1b@kept\n").text() == "kept\n"
    twice = only(b"\x1bL" + area(0, 0, 100, 40) + b"A\x1b\x0c\x1b\x0c\x1bS")
    assert twice.text() == "A\nA\n"
    assert twice.height == 80
    assert only(b"x\x1bLy\n").text() == "xy\n"  # in the middle of a line it is not entered
    assert only(b"\x0cx\n").text() == "x\n"  # and outside of it there is no page to print


def test_motion_units_across_and_along_follow_the_paper() -> None:
    units = b"\x1dP\x65\x00"  # across 1/101 inch, along dots
    paper = Geometry(width=576, dpi=202, pages={0: "cp437"})
    found = ink(only(units + b"\x1bL" + area(50, 50, 100, 40) + b"\x1d$\x10\x00" + picture(16, 16) + b"\x0c", paper))
    assert found == (100, 50, 116, 66)
    turned_round = b"\x1bL" + area(0, 0, 200, 200) + b"\x1bT\x03\x1d$\x08\x00\x1b$\x20\x00" + picture(8, 16) + b"\x0c"
    assert ink(only(units + turned_round, paper)) == (400 - 16, 32, 400, 40)


def test_lines_and_boxes() -> None:
    def shape(function: int, *places: int, style: int) -> bytes:
        body = bytes([function]) + b"".join(place.to_bytes(2, "little") for place in places)
        body += b"\x01" + bytes([style]) + (b"\x30" if function == 48 else b"\x30\x30\x01")
        return b"\x1d(Q" + len(body).to_bytes(2, "little") + body

    def page(job: bytes) -> Ticket:
        return only(b"\x1bL" + area(100, 0, 300, 200) + job + b"\x0c")

    assert ink(page(shape(48, 0, 10, 200, 10, style=1))) == (100, 10, 300, 12)
    assert ink(page(shape(48, 10, 10, 10, 60, style=3))) == (110, 10, 116, 66)
    assert ink(page(shape(49, 10, 10, 110, 60, style=2))) == (110, 10, 214, 64)
    assert ink(page(shape(48, 0, 10, 200, 10, style=4))) == (100, 10, 300, 16)  # two lines of two dots


@pytest.mark.parametrize(
    ("ends", "style", "rows"),
    [
        # By hand: a line of 2 dots from (0, 0) to (7, 3), which is nearest to each row for two dots.
        ((0, 0, 7, 3), 1, ["11......", "1111....", "..1111..", "....1111", "......11"]),
        ((7, 3, 0, 0), 1, ["11......", "1111....", "..1111..", "....1111", "......11"]),
        ((0, 3, 7, 0), 1, ["......11", "....1111", "..1111..", "1111....", "11......"]),
        ((0, 0, 2, 5), 1, ["11......", "11......", ".11.....", ".11.....", "..11....", "..11...."]),
        ((0, 0, 3, 3), 1, ["1.......", "11......", ".11.....", "..11....", "...1...."]),
        # Double: as much white between.
        ((0, 0, 1, 7), 4, [*["11..11.."] * 4, *[".11..11."] * 4]),
    ],
)
def test_slanted_lines(ends: tuple[int, ...], style: int, rows: list[str]) -> None:
    body = b"\x30" + b"".join(place.to_bytes(2, "little") for place in ends) + bytes((1, style, 0x30))
    ticket = only(b"\x1bL" + area(0, 0, 8, 12) + b"\x1d(Q" + len(body).to_bytes(2, "little") + body + b"\x0c")
    found = [format(ticket.raster().data[at * 72], "08b").replace("0", ".") for at in range(12)]
    assert found == [*rows, *["........"] * (12 - len(rows))]


def test_a_slanted_line_that_leaves_its_area_is_ignored() -> None:
    body = b"\x30" + b"".join(place.to_bytes(2, "little") for place in (0, 0, 65535, 65534)) + b"\x01\x01\x30"
    ticket = only(b"\x1bL" + area(0, 0, 100, 40) + (b"\x1d(Q\x0c\x00" + body) * 500 + b"A\x0c")
    assert [type(item) for item in ticket.items] == [Pane]
    assert ink(ticket)[2] <= 12  # the letter alone


def test_a_line_across_the_paper_in_standard_mode() -> None:
    ticket = only(b"\x1d(Q\x09\x00\x32\x14\x00\x64\x00\x1e\x01\x01\x30")
    assert ink(ticket) == (20, 0, 100, 2)
    assert ticket.height == 30


def test_a_page_in_stars_language() -> None:
    job = (
        b"\x1b\x1dP0\x1b\x1dP3" + b"".join(v.to_bytes(2, "little") for v in (100, 50, 200, 80)) + b"\x1b\x1dP2\x01"
        b"\x1b\x1dP4\x20\x00Kaffe\x1b\x1dP7after\n"
    )
    geometry = Geometry(width=576, pages={1: "cp437"}, first_page=1, line_spacing=32, language="star-prnt")
    (ticket,) = render_job(job, geometry)
    pane = next(item for item in ticket.items if isinstance(item, Pane))
    assert (pane.x, pane.y, pane.width, pane.height, pane.turns) == (100, 50, 200, 80, 1)
    assert ticket.text() == "\nKaffe\nafter\n"
    assert ticket.height == 130 + 32


def test_clearing_the_printer_drops_the_page() -> None:
    renderer = StarRenderer(Geometry(width=576, pages={1: "cp437"}, first_page=1, language="star-prnt"))
    renderer.sheet.on = True
    renderer.discard()
    assert not renderer.sheet.on


@pytest.mark.parametrize(("width", "height"), [(1, 1), (8, 3), (13, 5), (64, 20)])
def test_four_quarter_turns_are_none_and_two_are_a_half(width: int, height: int) -> None:
    stride = (width + 7) // 8
    rows = [((7 * number + 5) * 2654435761 & (1 << width) - 1) << 8 * stride - width for number in range(height)]
    raster = Raster(width, height, b"".join(row.to_bytes(stride, "big") for row in rows))
    once = quarter_turned(raster)
    assert (once.width, once.height) == (height, width)
    assert quarter_turned(once) == turned(raster)
    assert quarter_turned(quarter_turned(quarter_turned(once))) == raster
    # The right column becomes the first row.
    right = [row >> 8 * stride - width & 1 for row in rows]
    first = format(int.from_bytes(once.data[: once.stride], "big"), f"0{8 * once.stride}b")
    assert [int(bit) for bit in first[:height]] == right


def test_tabs_beyond_the_line_and_after_the_last_stop() -> None:
    # A stop beyond the print area is its right edge: the next character begins a line (Epson, `HT`).
    narrow = b"\x1dW\x60\x00"  # 96 dots: eight characters
    assert only(narrow + b"\x1bD\x04\x10\x00ab\tcd\te\n").text() == "ab  cd\ne\n"
    assert only(b"\x1bD\x04\x00ab\tcd\tef\n").text() == "ab  cdef\n"
