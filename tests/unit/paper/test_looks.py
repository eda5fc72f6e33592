"""Turned, coloured and spaced characters on paper."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from posdevkit.paper import CellStyle, Geometry, TextCells, Ticket, render_job
from posdevkit.paper.shapes import cell_rows
from posdevkit.profiles import load_profile, profile_names

GEOMETRY = Geometry(width=240, dpi=203)


def printed(job: bytes) -> Ticket:
    (ticket,) = render_job(job, GEOMETRY)
    return ticket


def cells(ticket: Ticket) -> list[TextCells]:
    return [item for item in ticket.items if isinstance(item, TextCells)]


def test_a_turned_character_lies_on_its_side() -> None:
    upright, width = cell_rows("L", CellStyle("A", 12, 24))
    turned, tall = cell_rows("L", CellStyle("A", 12, 24, rotated=True))
    assert (len(upright), width, len(turned), tall) == (24, 12, 12, 24)
    dots = {(x, y) for y, row in enumerate(upright) for x in range(12) if row >> 11 - x & 1}
    found = {(x, y) for y, row in enumerate(turned) for x in range(24) if row >> 23 - x & 1}
    # Clockwise: what was at the foot is now at the left.
    assert dots
    assert found == {(23 - y, x) for x, y in dots}


def test_turned_characters_advance_by_their_height() -> None:
    first, second = cells(printed(b"\x1bV\x01ab\n\x1bV0ab\n"))
    assert (first.width, first.height, first.style.rotated) == (48, 12, True)
    assert (second.width, second.height, second.style.rotated) == (24, 24, False)
    # Made larger before they are turned.
    (large,) = cells(printed(b"\x1bV\x01\x1d!\x10ab\n"))
    assert (large.width, large.height) == (48, 24)
    # Ten of 24 dots fill the line; the eleventh wraps. Underlining is not for turned characters.
    assert [one.text for one in cells(printed(b"\x1bV\x01\x1b-\x01" + b"x" * 11 + b"\n"))] == ["x" * 10, "x"]
    assert cells(printed(b"\x1bV\x01\x1b-\x01x\n"))[0].style.underline == 0


def test_the_second_colour_shows_on_the_paper_and_is_black_dot_for_dot() -> None:
    black, red = printed(b"HELLO\n"), printed(b"\x1br\x01HELLO\x1br\x00\n")
    assert cells(red)[0].style.second_color
    assert red.png() == black.png()
    assert red.in_second_color() is not None
    assert black.in_second_color() is None

    def colours(ticket: Ticket) -> set[object]:
        with Image.open(io.BytesIO(ticket.png(paper=True))) as picture:
            return {color for _, color in picture.convert("RGB").getcolors(9) or ()}

    assert colours(red) - colours(black) == {(196, 40, 36)}
    mixed = printed(b"A\x1b r\n\x1d(N\x02\x00\x30\x32B\n")
    assert [one.style.second_color for one in cells(mixed)][-1]
    assert colours(mixed) > colours(black)


def test_a_font_that_is_not_there_is_the_next_larger() -> None:
    assert [one.style.font for one in cells(printed(b"\x1bM\x02a\n\x1bM\x01b\n\x1bM\x00c\n"))] == ["B", "B", "A"]
    own = Geometry(width=240, dpi=203, cells={"A": (12, 24), "B": (10, 20), "C": (8, 16)})
    (ticket,) = render_job(b"\x1bM\x02a\n", own)
    assert [(one.style.font, one.width, one.height) for one in cells(ticket)] == [("C", 8, 16)]
    assert any(ticket.raster().data)


CELLS = sorted(
    {(name, font.width, font.height) for one in profile_names() for name, font in load_profile(one).fonts.items()}
)
PRINTED = [chr(code) for code in range(0x21, 0x7F)]


@pytest.mark.parametrize(("font", "width", "height"), CELLS)
def test_letters_stay_whole_and_apart_in_every_cell_that_a_model_has(font: str, width: int, height: int) -> None:
    assert font in ("A", "B", "C")
    style = CellStyle(font, width, height)  # type: ignore[arg-type]  # a name is read from a profile
    shapes = {char: cell_rows(char, style) for char in PRINTED}
    assert all(len(rows) == height and across == width for rows, across in shapes.values())
    assert all(0 <= row < 1 << width for rows, _ in shapes.values() for row in rows)
    assert len({tuple(rows) for rows, _ in shapes.values()}) == len(PRINTED)  # none is taken for another
    # Not cut off: an E has its three bars, an H both its uprights.
    assert sum(row.bit_count() >= 3 for row in shapes["E"][0]) >= 3
    columns = [sum(row >> place & 1 for row in shapes["H"][0]) for place in range(width)]
    assert sum(tall >= height // 3 for tall in columns) >= 2
