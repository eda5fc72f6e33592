from __future__ import annotations

import sys

import pytest

from posdevkit.layout import cells, char_cells
from posdevkit.layout.widths import _ONE_CELL_EACH


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("Kød & øl", 8),
        ("€ 12,50", 7),
        ("茶", 2),
        ("茶 Café 2€", 10),
        ("ｱｲｳ", 3),
        ("Ａ", 2),
        ("한글", 4),
        ("e\u0301", 1),
        ("a\u200bb", 2),
        ("🍕", 2),
        ("─│┌", 3),
        ("Ж", 1),
    ],
)
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


def test_the_short_cut_agrees_with_the_database_for_every_character() -> None:
    chars = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    short = [char for char in chars if _ONE_CELL_EACH.fullmatch(char)]
    assert len(short) > 1000
    assert [hex(ord(char)) for char in short if char_cells(char) != 1] == []
