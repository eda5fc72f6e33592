from __future__ import annotations

import pytest

from posdevkit.documents import Align, Column
from posdevkit.errors import DocumentTooWide
from posdevkit.layout import wrap
from posdevkit.layout.graphemes import unbroken
from posdevkit.layout.wrap import breakable, clip, column_widths, pad, set_row

AMOUNT = (Column(), Column(align="right", wrap=False))


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 5, [""]),
        ("abc", 3, ["abc"]),
        ("one two three", 8, ["one two", "three"]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 6, ["one", "two", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("to abcdefgh x", 3, ["to", "abc", "def", "gh", "x"]),
        ("to abcdefg x", 3, ["to", "abc", "def", "g x"]),
        ("a\nb", 9, ["a", "b"]),
        ("a\n\nb", 9, ["a", "", "b"]),
        ("a  b", 9, ["a  b"]),
        ("  indent stays", 9, ["  indent", "stays"]),
        ("trailing    ", 9, ["trailing"]),
        ("         ", 4, [""]),
        ("one    two", 5, ["one", "two"]),
        ("10\u00a0kr 20\u00a0kr", 7, ["10\u00a0kr", "20\u00a0kr"]),
        ("茶茶茶", 5, ["茶茶", "茶"]),
        ("a茶茶", 4, ["a茶", "茶"]),
        ("blå bær", 4, ["blå", "bær"]),
    ],
)
def test_wrap(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def test_a_wide_character_needs_two_columns() -> None:
    with pytest.raises(DocumentTooWide, match="takes 2 columns"):
        wrap("茶", 1)


@pytest.mark.parametrize(
    ("text", "columns", "mark", "clipped"),
    [
        ("abc", 3, "…", "abc"),
        ("abcd", 3, "…", "ab…"),
        ("abcdef", 5, "...", "ab..."),
        ("abcdef", 2, "...", ".."),
        ("茶茶茶", 4, "…", "茶…"),
    ],
)
def test_clip(text: str, columns: int, mark: str, clipped: str) -> None:
    assert clip(text, columns, mark) == clipped


@pytest.mark.parametrize(
    ("text", "align", "padded"),
    [
        ("ab", "left", "ab   "),
        ("ab", "right", "   ab"),
        ("ab", "center", " ab  "),
        ("茶", "right", "   茶"),
        ("abcdef", "left", "abcdef"),
    ],
)
def test_pad(text: str, align: Align, padded: str) -> None:
    assert pad(text, 5, align) == padded


@pytest.mark.parametrize(
    ("columns", "gap", "total", "widths"),
    [
        ((Column(), Column()), 1, 21, [10, 10]),
        ((Column(), Column()), 1, 20, [10, 9]),
        ((Column(), Column(), Column()), 2, 24, [7, 7, 6]),
        ((Column(5), Column(), Column(4)), 1, 20, [5, 9, 4]),
        ((Column(5), Column(6)), 1, 20, [5, 6]),
        ((Column(10), Column(9)), 1, 20, [10, 9]),
    ],
)
def test_fixed_and_shared_columns(columns: tuple[Column, ...], gap: int, total: int, widths: list[int]) -> None:
    assert column_widths(columns, gap, total, ("x",) * len(columns)) == widths


def test_columns_that_do_not_fit_name_their_row() -> None:
    with pytest.raises(DocumentTooWide, match=r"'Te \| 2 \| 36,00' needs 21 columns, there are 20"):
        column_widths((Column(10), Column(8), Column()), 1, 20, ("Te", "2", "36,00"))


@pytest.mark.parametrize(
    ("least", "total", "widths"),
    [
        ((0, 0, 0), 32, [10, 10, 10]),
        ((0, 0, 14), 32, [8, 8, 14]),
        ((0, 12, 14), 32, [4, 12, 14]),
        ((9, 10, 10), 32, [10, 10, 10]),  # a share is enough
        ((0, 11, 11), 32, [8, 11, 11]),
        ((0, 20, 20), 32, [10, 10, 10]),  # not to be had: equal shares as ever
        ((0, 15, 15), 32, [10, 10, 10]),  # nothing would be left for the first
        ((0, 0, 14), 33, [9, 8, 14]),
    ],
)
def test_what_needs_more_than_its_share_gets_it_where_it_can_be_spared(
    least: tuple[int, ...], total: int, widths: list[int]
) -> None:
    plan = tuple(Column(least=one) for one in least)
    assert column_widths(plan, 1, total, ("a", "b", "c")) == widths


def test_an_amount_is_never_cut() -> None:
    # The label wraps beside it instead, and where nothing is left for the label the document is refused.
    assert set_row(("Flat white med havremælk", "1.234.567,00"), AMOUNT, 1, 24, "…") == [
        "Flat white  1.234.567,00",
        "med                     ",
        "havremælk               ",
    ]
    with pytest.raises(DocumentTooWide, match="Flat white"):
        set_row(("Flat white", "1.234.567,00"), AMOUNT, 1, 11, "…")


@pytest.mark.parametrize("total", [13, 16, 17])
def test_an_amount_goes_below_a_label_that_would_be_cut_to_letters_beside_it(total: int) -> None:
    assert set_row(("Flat white", "1.234.567,00"), AMOUNT, 1, total, "…") == [
        "Flat white",
        "1.234.567,00".rjust(total),
    ]
    # Words that fit stay beside it, and with eight columns and more they may be cut.
    beside = set_row(("Te a la", "1.234.567,00"), AMOUNT, 1, 16, "…")
    assert [line.rstrip() for line in beside] == ["Te  1.234.567,00", "a", "la"]
    assert len(set_row(("Smørrebrød", "1.234.567,00"), AMOUNT, 1, 21, "…")) == 2


def test_label_and_amount_on_one_line() -> None:
    assert set_row(("Te", "36,00"), AMOUNT, 1, 12, "…") == ["Te     36,00"]
    assert set_row(("Kaffe", "36,00"), AMOUNT, 1, 11, "…") == ["Kaffe 36,00"]
    assert set_row(("茶", "¥300"), AMOUNT, 1, 10, "…") == ["茶    ¥300"]


def test_an_amount_alone() -> None:
    assert set_row(("", "123456"), AMOUNT, 1, 7, "…") == [" 123456"]


def test_a_table_keeps_its_columns_from_row_to_row() -> None:
    plan = (Column(), Column(4, align="right"), Column(8, align="right", wrap=False))
    first = set_row(("Kaffe", "2", "72,00"), plan, 1, 24, "…")
    second = set_row(("Te", "11", "1.386.000,00"), plan, 1, 24, "…")
    assert first == ["Kaffe" + " " * 9 + "2" + " " * 4 + "72,00"]
    assert second == ["Te" + " " * 11 + "11" + " " + "1.386.0…"]


def test_every_cell_of_a_row_may_have_lines() -> None:
    assert set_row(("a\nb", "c"), (Column(2), Column(2)), 1, 5, "…") == ["a  c ", "b    "]
    assert set_row(("a", "1\n2"), AMOUNT, 1, 4, "…") == ["a  1", "   2"]


def test_lines_break_between_ideographs_but_not_before_a_stop() -> None:
    # Words without blanks: a break anywhere, except before what ends a sentence and after what opens a bracket.
    assert wrap("猫である。名前", 10) == ["猫である。", "名前"]
    assert wrap("猫である。名前", 8) == ["猫であ", "る。名前"]
    assert wrap("茶（大）杯", 6) == ["茶", "（大）", "杯"]
    assert wrap("Tea 日本茶", 8) == ["Tea 日本", "茶"]


def test_a_word_is_cut_between_characters_as_a_reader_sees_them() -> None:
    assert wrap("e\u0301" * 4, 3) == ["e\u0301" * 3, "e\u0301"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # Coffee, cold, sugar: words of Thai, with zero-width spaces between them, and without.
        ("กาแฟ\u200bเย็น\u200bน้ำตาล", ["กาแฟ", "เย็น", "น้ำตาล"]),
        ("กาแฟเย็นน้ำตาล", ["กาแฟเย็นน้ำตาล"]),
        ("กาแฟ เย็น", ["กาแฟ ", "เย็น"]),
        ("a\u200bb\u200b c", ["a", "b", " ", "c"]),
        ("\u200bก\u200b", ["ก"]),
        # Behind punctuation, and behind the sign of repetition.
        ("มากๆคน,ก", ["มากๆ", "คน,", "ก"]),
        ("(ก)ข", ["(ก)", "ข"]),
        # Numbers and words of other scripts hold together.
        ("38,00 a.b", ["38,00 ", "a.b"]),
    ],
)
def test_where_a_line_of_a_script_without_blanks_may_break(text: str, parts: list[str]) -> None:
    assert breakable(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # A vowel written before its consonant, one above it with a tone, one behind it, and a sign of repetition.
        ("เย็นน้ำ", ["เย็", "น", "น้ำ"]),
        ("นี่คือ", ["นี่", "คื", "อ"]),
        ("ราคา", ["รา", "คา"]),
        ("มากๆ", ["มา", "กๆ"]),
        ("ໂລກ", ["ໂລ", "ກ"]),
        ("abc", ["a", "b", "c"]),
    ],
)
def test_what_no_line_breaks_within(text: str, parts: list[str]) -> None:
    assert unbroken(text) == parts
