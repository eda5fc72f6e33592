"""Characters drawn by the host: `ESC &`, `ESC %`, `ESC ?` (Epson TM-T90 specification, sheets 83, 87), and Star's."""

from __future__ import annotations

from posdevkit.paper import Geometry, RasterBlock, TextCells, Ticket, render_job

PAPER = Geometry(width=120, pages={0: "cp437"})
STAR = Geometry(width=120, pages={1: "cp437"}, first_page=1, line_spacing=32, language="star-prnt")
BOX = b"\x1b&\x03AA\x0c" + b"\xff\xff\xff" * 12
"""A black cell of 12 by 24 dots for A."""


def only(job: bytes, geometry: Geometry = PAPER) -> Ticket:
    (ticket,) = render_job(job, geometry)
    return ticket


def black(ticket: Ticket) -> int:
    return sum(byte.bit_count() for byte in ticket.raster().data)


def test_they_print_while_they_are_chosen() -> None:
    (before, box, after) = only(BOX + b"\x1b%\x01xAy\n").items
    assert isinstance(before, TextCells)
    assert isinstance(box, RasterBlock)
    assert isinstance(after, TextCells)
    assert (before.x, box.x, after.x) == (0, 12, 24)
    assert black(only(BOX + b"\x1b%\x01A\n")) == 12 * 24
    assert only(BOX + b"A\n").text() == "A\n"
    assert only(BOX + b"\x1b%\x01\x1b%\x00A\n").text() == "A\n"


def test_they_are_forgotten_one_by_one_and_all_at_once() -> None:
    assert only(BOX + b"\x1b%\x01\x1b?AA\n").text() == "A\n"
    assert only(BOX + b"\x1b@\x1b%\x01A\n").text() == "A\n"


def test_each_font_has_its_own() -> None:
    assert only(BOX + b"\x1b%\x01\x1bM\x01A\n").text() == "A\n"


def test_they_look_as_others_do() -> None:
    row = b"\x1b&\x03BB\x01\x80\x00\x00\x1b%\x01"  # one dot, upper left
    assert black(only(row + b"B\n")) == 1
    assert black(only(row + b"\x1d!\x11B\n")) == 4
    assert black(only(row + b"\x1bE\x01B\n")) == 2
    assert black(only(row + b"\x1dB\x01B\n")) == 12 * 24 - 1
    assert black(only(row + b"\x1b-\x01B\n")) == 1 + 12


def test_they_wrap_as_others_do() -> None:
    ticket = only(BOX + b"\x1b%\x01" + b"A" * 11 + b"\n")
    assert [(item.x, item.y) for item in ticket.items if isinstance(item, RasterBlock)][-2:] == [(108, 0), (0, 30)]


def test_stars_are_rows_of_two_bytes() -> None:
    define = b"\x1b&\x01\x01A" + b"\xff\xf0" * 24
    assert black(only(define + b"\x1b%\x01A\n", STAR)) == 12 * 24
    assert only(define + b"\x1b%\x01\x1b&\x00\x00AA\n", STAR).text() == "A\n"
