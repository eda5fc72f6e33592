"""Wrapping, columns and Code 128 under any input."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from posdevkit.documents import Align, Column
from posdevkit.errors import DocumentTooWide
from posdevkit.layout import cells, code128_sets, wrap
from posdevkit.layout.code128 import code128_symbols
from posdevkit.layout.wrap import clip, set_row, shared_widths, simple_row

words = st.text(
    st.sampled_from("ab \u00a0ø茶한€-\n") | st.characters(min_codepoint=0x20, max_codepoint=0x2FF), max_size=60
)
aligns: st.SearchStrategy[Align] = st.sampled_from(("left", "right", "center"))
plans = st.builds(Column, st.none() | st.integers(1, 12), aligns, st.booleans())


@given(words, st.integers(2, 20))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(cells(line) <= columns for line in lines)
    assert "\n" not in "".join(lines)
    assert re.sub("[ \n]", "", text) == "".join(lines).replace(" ", "")
    assert len(lines) >= text.count("\n") + 1


@given(st.lists(st.text(st.sampled_from("abcø"), min_size=1, max_size=9), min_size=1), st.integers(9, 20))
def test_a_word_that_fits_is_never_broken_and_no_line_is_broken_early(written: list[str], columns: int) -> None:
    lines = wrap(" ".join(written), columns)
    assert [word for line in lines for word in line.split(" ")] == written
    for line, after in pairwise(lines):
        assert len(line) + 1 + len(after.split(" ")[0]) > columns


@given(words.map(lambda text: text.replace("\n", "")), st.integers(1, 20), st.sampled_from(("…", "...")))
def test_a_clipped_text_fits_and_shows_that_it_was_cut(text: str, columns: int, mark: str) -> None:
    clipped = clip(text, columns, mark)
    assert cells(clipped) <= columns
    assert clipped == text or clipped.endswith(mark[:columns])


@given(st.lists(st.tuples(words, plans), min_size=1, max_size=5), st.integers(0, 3), st.integers(4, 64))
def test_every_line_of_a_row_is_exactly_as_wide_as_its_columns(
    row: list[tuple[str, Column]], gap: int, total: int
) -> None:
    texts, columns = zip(*row, strict=True)
    try:
        lines = set_row(texts, columns, gap, total, "…")
    except DocumentTooWide:
        return
    assert lines
    assert len({cells(line) for line in lines}) == 1
    assert cells(lines[0]) <= total


@given(st.text(st.sampled_from("0123456789") | st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1))
def test_code_sets_spell_the_data_and_never_a_real_time_command(data: str) -> None:
    sets = code128_sets(data)
    spelt, symbols = _spelt(sets)
    assert spelt == data
    assert symbols == code128_symbols(data) <= len(data)
    assert not any(first == 0x10 and second in (0x04, 0x05, 0x14) for first, second in pairwise(sets))


@given(st.text(st.sampled_from("0123456789"), min_size=2).filter(lambda data: "16" not in data))
def test_digits_are_paired(data: str) -> None:
    pairs, odd = divmod(len(data), 2)
    assert code128_symbols(data) == pairs + 2 * odd


def _spelt(sets: bytes) -> tuple[str, int]:
    """What a printer makes of `sets`, by Epson's description of GS k m=73, and the symbols without start."""
    out: list[str] = []
    current = ""
    symbols = -1  # the first prefix is the start character
    at = 0
    while at < len(sets):
        two = sets[at : at + 2]
        if two in (b"{B", b"{C"):
            current = two[1:].decode()
            at += 2
        elif current == "C":
            assert sets[at] <= 99
            out.append(f"{sets[at]:02d}")
            at += 1
        else:
            out.append(chr(sets[at]))
            at += 2 if two == b"{{" else 1
        symbols += 1
    return "".join(out), symbols


@given(
    st.lists(st.tuples(st.text(st.sampled_from("ab ø"), max_size=9), plans), min_size=1, max_size=4), st.integers(1, 40)
)
def test_a_row_that_fits_is_the_same_by_the_short_way(row: list[tuple[str, Column]], total: int) -> None:
    texts, columns = [text for text, _ in row], tuple(column for _, column in row)
    line = simple_row(texts, columns, shared_widths(columns, 1, total), 1)
    if line:
        assert [line] == [one.rstrip(" ") for one in set_row(texts, columns, 1, total, "...")]


def test_the_short_way_is_taken_where_all_fits() -> None:
    columns = (Column(), Column(align="center"), Column(align="right"))
    assert simple_row(("a", "b", "c"), columns, shared_widths(columns, 1, 11), 1) == "a    b    c"
    assert simple_row(("abcd", "b", "c"), columns, shared_widths(columns, 1, 11), 1) == ""
