"""Dots worked out by hand, from known bytes and from the drawn letter "L" of the bundled fonts."""

from __future__ import annotations

import pytest

from posdevkit.documents import Raster
from posdevkit.paper import Geometry, render_job

NARROW = Geometry(width=48)
INIT = b"\x1b@"


def dots(job: bytes, geometry: Geometry = NARROW) -> list[str]:
    """All rows of all tickets of a job, "#" for black."""
    return [row for ticket in render_job(job, geometry) for row in drawn(ticket.raster())]


def drawn(raster: Raster) -> list[str]:
    size = raster.stride
    rows = (raster.data[at : at + size] for at in range(0, len(raster.data), size))
    bits = ("".join(format(byte, "08b") for byte in row) for row in rows)
    return [row[: raster.width].replace("0", ".").replace("1", "#") for row in bits]


# The letter "L" of font A in its 12 x 24 cell: stem in rows 4 to 17, foot in row 18.
STEM = ".##........."
FOOT = ".##########."
BLANK = "." * 12
L = [*[BLANK] * 4, *[STEM] * 14, FOOT, *[BLANK] * 5]


def line(cell: list[str], before: int = 0, width: int = 48, advance: int = 30) -> list[str]:
    """A printed line: the cell `before` dots from the left, and white paper up to the advance."""
    rows = [("." * before + row).ljust(width, ".") for row in cell]
    return rows + ["." * width] * (advance - len(rows))


def test_a_letter_stands_at_the_top_left_and_the_line_is_thirty_dots() -> None:
    assert dots(b"L\n") == line(L)


def test_two_letters_stand_twelve_dots_apart() -> None:
    assert dots(b"LL\n") == line([row * 2 for row in L])


@pytest.mark.parametrize(
    ("mode", "before"),
    [(0, 0), (1, 18), (2, 36), (48, 0), (49, 18), (50, 36)],  # (48 - 12) / 2, 48 - 12
)
def test_alignment_is_worked_out_from_the_width_of_the_line(mode: int, before: int) -> None:
    assert dots(b"\x1ba" + bytes([mode]) + b"L\n") == line(L, before)


def test_a_reversed_cell_is_black_where_it_was_white() -> None:
    inverse = [row.translate(str.maketrans(".#", "#.")) for row in L]
    assert dots(b"\x1dB\x01L\n") == line(inverse)


def test_double_size_makes_every_dot_two_by_two() -> None:
    large = [twice for row in L for twice in ["".join(dot * 2 for dot in row)] * 2]
    assert dots(b"\x1d!\x11L\n") == line(large, advance=48)


def test_three_wide_and_two_high() -> None:
    large = [twice for row in L for twice in ["".join(dot * 3 for dot in row)] * 2]
    assert dots(b"\x1d!\x21L\n") == line(large, advance=48)


def test_bold_is_struck_again_one_dot_to_the_right() -> None:
    bold = {BLANK: BLANK, STEM: ".###........", FOOT: ".###########"}
    assert dots(b"\x1bE\x01L\n") == line([bold[row] for row in L])
    assert dots(b"\x1bG\x01L\n") == line([bold[row] for row in L])


@pytest.mark.parametrize("thickness", [1, 2])
def test_an_underline_is_at_the_bottom_of_the_cell(thickness: int) -> None:
    underlined = L[: 24 - thickness] + ["#" * 12] * thickness
    assert dots(b"\x1b-" + bytes([thickness]) + b"L\n") == line(underlined)


def test_an_underline_keeps_its_thickness_in_large_characters() -> None:
    rows = dots(b"\x1b-\x01\x1d!\x11L\n")
    assert rows[47] == "#" * 24 + "." * 24
    assert rows[46] == "." * 48


def test_an_underline_does_not_run_through_a_tab() -> None:
    wide = Geometry(width=200)
    rows = dots(b"\x1b-\x01L\tL\n", wide)
    assert rows[23] == "#" * 12 + "." * 84 + "#" * 12 + "." * 92  # tab stops every eight characters: 96 dots


def test_a_reversed_character_is_not_underlined() -> None:
    assert dots(b"\x1b-\x01\x1dB\x01L\n")[23] == "#" * 12 + "." * 36


def test_spacing_to_the_right_belongs_to_the_character() -> None:
    spaced = [row + "." * 5 for row in L]
    assert dots(b"\x1b \x05LL\n") == line([row * 2 for row in spaced])
    foot = "".join(dot * 2 for dot in FOOT) + "." * 10
    assert dots(b"\x1b \x05\x1d!\x10LL\n", Geometry(width=72))[18] == foot * 2 + "...."


def test_upside_down_turns_the_whole_line() -> None:
    turned = [row[::-1] for row in reversed(L)]
    assert dots(b"\x1b{\x01L\n") == line(turned, before=36)
    # The first character stands at the right: a blank before the letter moves it to the left.
    assert dots(b"\x1b{\x01 L\n") == line(turned, before=24)


def test_font_b_has_a_cell_of_nine_by_seventeen() -> None:
    small = [*["." * 9] * 3, *[".#......."] * 9, ".#######.", *["." * 9] * 4]
    assert dots(b"\x1bM\x01L\n") == line(small)


def test_cells_of_a_line_stand_on_one_level() -> None:
    rows = dots(b"L\x1d!\x01L\n")
    high = [twice for row in L for twice in [row] * 2]
    assert rows == [
        (low + tall).ljust(48, ".") for low, tall in zip([BLANK] * 24 + L, high, strict=True)
    ]  # fmt: skip


def test_right_to_the_absolute_and_relative_place() -> None:
    assert dots(b"\x1b$\x07\x00L\n") == line(L, 7)
    assert dots(b"L\x1b\\\x03\x00L\n") == line([a + "..." + a for a in L])
    # Eleven dots back: the second letter is one dot right of the first.
    over = ["".join("#" if "#" in pair else "." for pair in zip(row + ".", "." + row, strict=True)) for row in L]
    assert dots(b"L\x1b\\\xf5\xffL\n") == line(over)


def test_left_margin_and_print_area() -> None:
    # A margin of 4 and an area of 26 dots: two letters fit, the third wraps.
    job = b"\x1dL\x04\x00\x1dW\x1a\x00LLL\n"
    assert dots(job) == line([row * 2 for row in L], 4) + line(L, 4)
    # Centred in the area, not on the paper: 4 + (26 - 12) / 2.
    assert dots(b"\x1dL\x04\x00\x1dW\x1a\x00\x1ba\x01L\n") == line(L, 11)


def test_raster_dots_are_printed_as_they_came() -> None:
    rows = ["#.#..#.#", ".#.##.#."]
    assert dots(b"\x1dv0\x00\x01\x00\x02\x00\xa5\x5a") == [row.ljust(48, ".") for row in rows]
    assert dots(b"\x1ba\x01\x1dv0\x00\x01\x00\x02\x00\xa5\x5a") == ["." * 20 + row + "." * 20 for row in rows]
    assert dots(b"\x1ba\x02\x1dv0\x00\x01\x00\x02\x00\xa5\x5a") == ["." * 40 + row for row in rows]


def test_raster_in_the_middle_of_an_odd_width() -> None:
    odd = Geometry(width=21)  # (21 - 8) // 2 = 6
    assert dots(b"\x1ba\x01\x1dv0\x00\x01\x00\x01\x00\xff", odd) == ["." * 6 + "#" * 8 + "." * 7]


@pytest.mark.parametrize(
    ("mode", "rows"),
    [
        (1, ["##..########..##"]),
        (2, ["#.####.#"] * 2),
        (51, ["##..########..##"] * 2),
    ],
)
def test_raster_modes_double_the_dots(mode: int, rows: list[str]) -> None:
    assert dots(b"\x1dv0" + bytes([mode]) + b"\x01\x00\x01\x00\xbd") == [row.ljust(48, ".") for row in rows]


def test_raster_wider_than_the_paper_loses_its_right_side() -> None:
    row = bytes([0xFF, 0, 0, 0, 0, 0x01, 0xFF, 0xFF])
    assert dots(b"\x1dv0\x00\x08\x00\x01\x00" + row) == ["#" * 8 + "." * 39 + "#"]


def test_stored_graphics_print_when_told() -> None:
    # Ten dots wide: two bytes a row, the last six bits are padding and must not show.
    store = b"\x1d(L\x0e\x000p0\x01\x021\x0a\x00\x02\x00" + b"\xff\xff\x80\x7f"
    assert dots(store) == []
    assert dots(store + b"\x1d(L\x02\x0002") == [
        row.ljust(48, ".") for row in ["#" * 10, "#" * 10, "#" + "." * 8 + "#", "#" + "." * 8 + "#"]
    ]  # fmt: skip


def test_column_pictures_stand_in_the_line() -> None:
    # Three columns of 24 dots: all black, none, every other dot.
    picture = b"\x1b*\x21\x03\x00" + b"\xff\xff\xff" + b"\0\0\0" + b"\xaa\xaa\xaa"
    assert dots(b"\x1b3\x18" + picture + b"\n") == [
        ("#." + ("#" if row % 2 == 0 else ".")).ljust(48, ".") for row in range(24)
    ]  # fmt: skip
    # Beside a letter, and single density makes each column two dots wide.
    single = b"\x1b*\x20\x01\x00" + b"\x80\x00\x01"
    assert dots(b"L" + single + b"\n")[:24] == [
        (row + ("##" if place in (0, 23) else "..")).ljust(48, ".") for place, row in enumerate(L)
    ]  # fmt: skip


def test_eight_dot_columns_are_three_times_as_high() -> None:
    assert dots(b"\x1b3\x18\x1b*\x01\x02\x00\x80\x01\n") == [
        row.ljust(48, ".") for row in [*["#."] * 3, *[".."] * 18, *[".#"] * 3]
    ]  # fmt: skip


def test_a_code_39_bar_by_bar() -> None:
    # "*" is 1 space 1 1 2 1 2 1 1 1 in narrow and wide; at module 2 narrow is 2 and wide 5 dots.
    def element(pattern: str) -> str:
        return "".join(("#", ".")[place % 2] * (5 if wide == "1" else 2) for place, wide in enumerate(pattern))

    star, one = "010010100", "100100001"
    bars = "..".join([element(star), element(one), element(star)])
    wide = Geometry(width=120)
    job = b"\x1dh\x03\x1dw\x02\x1dkE\x011"
    assert dots(job, wide) == [bars.ljust(120, ".")] * 3


def test_strips_together_are_the_ticket() -> None:
    (ticket,) = render_job(b"\n\nL\n\n\x1dv0\x00\x01\x00\x02\x00\xa5\x5aL\n", NARROW)
    strips = list(ticket.strips())
    assert len(strips) > 3
    assert sum(strip.height for strip in strips) == ticket.height == 5 * 30 + 2
    assert b"".join(strip.data for strip in strips) == ticket.raster().data
    picture = ["#.#..#.#".ljust(48, "."), ".#.##.#.".ljust(48, ".")]
    assert drawn(ticket.raster()) == [*line([], advance=60), *line(L), *line([]), *picture, *line(L)]


def test_every_line_starts_where_the_modes_say_after_init() -> None:
    assert dots(b"\x1ba\x02\x1bE\x01\x1d!\x11" + INIT + b"L\n") == line(L)


def test_a_character_wider_than_the_area_loses_its_right_part_at_the_edge_of_the_paper() -> None:
    large = [twice[:18] for row in L for twice in ["".join(dot * 2 for dot in row)] * 2]
    assert dots(b"\x1dL\x1e\x00\x1d!\x11L\n") == line(large, before=30, advance=48)
    odd = Geometry(width=45)  # padding in each row
    assert dots(b"\x1dL\x1e\x00\x1d!\x11L\n", odd) == line([row[:15] for row in large], 30, 45, 48)
