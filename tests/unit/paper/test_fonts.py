"""The bundled fonts: shapes as their sources have them, whole code pages, visible absence, current files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from posdevkit.paper.fonts import columns, load_font

ROOT = Path(__file__).parents[3]


def drawn(rows: tuple[int, ...], width: int) -> list[str]:
    return [format(row, f"0{width}b").replace("0", ".").replace("1", "#") for row in rows]


@pytest.mark.parametrize(("name", "width", "height"), [("A", 12, 24), ("B", 9, 17)])
def test_cells(name: Literal["A", "B"], width: int, height: int) -> None:
    font = load_font(name)
    assert (font.cell_width, font.cell_height) == (width, height)
    assert len(font.glyph("M")) == height
    assert all(0 <= row < 1 << width for char in "Mgjß█Ж" for row in font.glyph(char))
    assert load_font(name) is font


def test_an_l_of_font_b_dot_by_dot() -> None:
    # Misc Fixed 9x15 draws "L" as a stem in the second column with a foot; one blank row more above and below.
    assert drawn(load_font("B").glyph("L"), 9) == [
        *["." * 9] * 3,
        *[".#......."] * 9,
        ".#######.",
        *["." * 9] * 4,
    ]  # fmt: skip


def test_an_l_of_font_a_dot_by_dot() -> None:
    # The bold weight of a 24-row terminal font: a stem two dots wide, the baseline under row 19.
    assert drawn(load_font("A").glyph("L"), 12) == [
        *["." * 12] * 4,
        *[".##........."] * 14,
        ".##########.",
        *["." * 12] * 5,
    ]  # fmt: skip


PAGES = [
    "cp437", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864",
    "cp865", "cp866", "cp869", "cp874", "cp1125", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1257",
    "cp1258", "iso8859_2", "iso8859_7", "iso8859_15", "koi8_r", "kz1048",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["A", "B"])
def test_every_character_of_a_code_page_has_a_shape(name: Literal["A", "B"], page: str) -> None:
    font = load_font(name)
    chars = {bytes([byte]).decode(page, "replace") for byte in range(32, 256)} - {"\ufffd"}
    visible = {char for char in chars if char.isprintable() or char.isspace()}
    assert not {char for char in visible if char not in font and not "\x7f" <= char < "\xa0"}


@pytest.mark.parametrize("name", ["A", "B"])
def test_halfwidth_katakana_have_shapes(name: Literal["A", "B"]) -> None:
    assert all(chr(code) in load_font(name) for code in range(0xFF61, 0xFFA0))


@pytest.mark.parametrize("name", ["A", "B"])
def test_box_drawing_meets_the_next_line(name: Literal["A", "B"]) -> None:
    font = load_font(name)
    for char in "│║┼█▌":
        rows = font.glyph(char)
        assert rows[0], char
        assert rows[-1] == rows[-3], char
    for char in "─═┼█▀":
        assert any(row == (1 << font.cell_width) - 1 for row in font.glyph(char)), char


def test_a_missing_character_shows_its_code_in_a_box() -> None:
    font = load_font("A")
    assert "\u0f40" not in font
    assert drawn(font.glyph("\u0f40"), 12) == [
        "............",
        "............",
        "###########.",
        "#.........#.",
        "#.........#.",
        "#.........#.",
        "#.###.###.#.",  # 0 F
        "#.#.#.#...#.",
        "#.#.#.###.#.",
        "#.#.#.#...#.",
        "#.###.#...#.",
        "#.........#.",
        "#.#.#.###.#.",  # 4 0
        "#.#.#.#.#.#.",
        "#.###.#.#.#.",
        "#...#.#.#.#.",
        "#...#.###.#.",
        "#.........#.",
        "#.........#.",
        "#.........#.",
        "#.........#.",
        "###########.",
        "............",
        "............",
    ]


@pytest.mark.parametrize("name", ["A", "B"])
@pytest.mark.parametrize("char", ["茶", "한", "😀", "！"])
def test_a_wide_character_takes_two_cells(name: Literal["A", "B"], char: str) -> None:
    font = load_font(name)
    assert columns(char) == 2
    rows = font.glyph(char)
    assert len(rows) == font.cell_height
    assert max(rows) >= 1 << (2 * font.cell_width - 2)  # the box begins at the left of both cells
    assert rows != font.glyph("餐")


@pytest.mark.parametrize("name", ["A", "B"])
def test_every_code_point_has_a_picture_that_fits(name: Literal["A", "B"]) -> None:
    font = load_font(name)
    for code in [*range(0, 0x3000, 7), 0xFFFF, 0x10000, 0x10FFFF, 0xD800]:
        char = chr(code)
        rows = font.glyph(char)
        assert len(rows) == font.cell_height
        assert max(rows) < 1 << (font.cell_width * columns(char))


def test_the_files_are_what_the_pinned_sources_give() -> None:
    tool = ROOT / "tools" / "generate_fonts.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
