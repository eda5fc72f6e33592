"""Lines of several styles, cells over several columns, separators below each other, and frames."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from posdevkit import preview
from posdevkit.devices.compose import compose
from posdevkit.documents import Box, Cell, Column, Line, Receipt, Spacing, Span, Style
from posdevkit.documents.json import receipt_from_json, receipt_schema, receipt_to_json
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.layout import PrintLine, SpaceLines, lay_out
from posdevkit.layout.spans import wrap_pieces
from posdevkit.profiles import CodePage, load_profile

NARROW = load_profile("generic-58mm")
PLAIN, BIG = Style(), Style(width=2, height=2)
AMOUNTS = (Column(), Column(9, "decimal"))
EVERYTHING = (
    Receipt()
    .line("Total ", Span("74,50", BIG), align="right")
    .table([["Tea", "8,5 kr"], [Cell("Everything", 2)]], AMOUNTS, header=["Ware", "Price"])
    .spacing(40)
    .box(Receipt().title("Order 42").rule().row("Tea", "8,50").feed(2))
    .spacing()
)


def text(receipt: Receipt) -> str:
    """What a printer of 32 columns makes of it; blanks at the ends of lines do not print."""
    return "\n".join(line.rstrip() for line in preview(receipt, NARROW)[0].text().splitlines())


def cell(style: Style) -> int:
    return 10 * style.width


def test_decimal_separators_stand_below_each_other_whatever_follows_them() -> None:
    rows = [["a", "1.234,50"], ["b", "7"], ["c", "-8,5 kr"], ["d", "none"], ["e", "12 %"]]
    assert text(Receipt().table(rows, (Column(4), Column(14, "decimal")))) == (
        "a        1.234,50\nb            7\nc           -8,5 kr\nd              none\ne           12 %"
    )


def test_no_amount_of_a_table_is_broken_while_another_column_has_room_to_spare() -> None:
    # Three equal shares of 32 columns are 8, 8 and 7: the last amount has eight figures and signs.
    plan = (Column(6), *(Column(align="decimal"),) * 3)
    rows = [["25 %", "30,40", "7,60", "38,00"], ["12 %", "1.100,00", "132,00", "1.232,00"]]
    assert text(Receipt().table(rows, plan, header=["Moms", "Netto", "Moms", "Brutto"])) == (
        "Moms      Netto    Moms   Brutto\n25 %      30,40    7,60    38,00\n12 %   1.100,00  132,00 1.232,00"
    )
    wares = (Column(), Column(align="right"), Column(align="right"))
    found = text(Receipt().table([["Coffee with milk", "2", "DKK 1.234.567,00"]], wares))
    assert found == "Coffee        2 DKK 1.234.567,00\nwith\nmilk"


def test_a_text_at_the_right_takes_no_room_from_the_others() -> None:
    plan = (Column(), Column(align="right"))
    note = "2 pieces of a cake that was baked today"
    assert text(Receipt().table([["Cake of the day", note]], plan)).splitlines() == [
        f"{'Cake of the day':<16} {'2 pieces of a':>15}",
        f"{'cake that was':>32}",
        f"{'baked today':>32}",
    ]
    address = "https://r.example/a/very/long/one"
    first, *_ = text(Receipt().table([["Cake of the day", address]], plan)).splitlines()
    assert first.startswith("Cake of the day ")


def test_an_amount_that_no_column_holds_is_refused_instead_of_broken() -> None:
    plan = (Column(2), *(Column(align="decimal"),) * 3)
    receipt = Receipt().table([["1", "1.234.567,00", "1.234.567,00", "1.234.567,00"]], plan)
    with pytest.raises(DocumentTooWide, match=r"'1.234.567,00' takes 12 characters, its column has 9") as caught:
        text(receipt)
    assert "font B" in caught.value.remedy()
    assert preview(receipt, "generic-80mm").text().split() == ["1", *["1.234.567,00"] * 3]
    drawn = Receipt().table([["שלום", "1.234.567,00"]], (Column(), Column(9, "decimal")))
    with pytest.raises(DocumentTooWide, match="its column has 9"):
        preview(drawn, NARROW)


def test_a_column_of_whole_numbers_stays_at_the_right_edge() -> None:
    assert text(Receipt().table([["a", "1"], ["b", "250"]], AMOUNTS)) == f"a{' ' * 30}1\nb{' ' * 28}250"


def test_a_cell_takes_the_room_of_its_columns_and_their_gaps() -> None:
    plan = (Column(5), Column(6, "right"), Column(4, "right"))
    receipt = Receipt().table([["abcde", "x", "1"], [Cell("twelve chars", 2), "2"], [Cell("all of it", 3)]], plan)
    assert text(receipt) == "abcde      x    1\ntwelve chars    2\nall of it"


def test_a_header_is_bold_and_lines_up_with_nothing() -> None:
    layout = lay_out(Receipt().table([["a", "1,00"]], AMOUNTS, header=["Ware", "DKK"]), NARROW)
    header, row = layout.operations
    assert isinstance(header, PrintLine)
    assert isinstance(row, PrintLine)
    assert header.runs[0].style.bold
    assert not row.runs[0].style.bold


@pytest.mark.parametrize("cells", [["a"], ["a", "b", "c"], [Cell("a", 3)], [Cell("a", 2), "b"]])
def test_cells_that_do_not_fill_the_plan_are_refused(cells: list[str | Cell]) -> None:
    with pytest.raises(BadDocument, match="do not match"):
        Receipt().table([cells], AMOUNTS)


def test_a_word_may_go_on_in_another_style() -> None:
    found = wrap_pieces([("half a wo", PLAIN), ("rd and more", BIG)], cell, 120)
    assert found == [[("half a", PLAIN)], [("wo", PLAIN), ("rd", BIG)], [("and", BIG)], [("more", BIG)]]


def test_a_word_longer_than_a_line_is_broken_where_the_line_is_full() -> None:
    assert wrap_pieces([("ab", PLAIN), ("cdefg", BIG)], cell, 50) == [
        [("ab", PLAIN), ("c", BIG)],
        [("de", BIG)],
        [("fg", BIG)],
    ]


def test_blanks_at_a_break_are_dropped_and_an_indent_is_kept() -> None:
    assert wrap_pieces([("  ab   cd", PLAIN)], cell, 50) == [[("  ab", PLAIN)], [("cd", PLAIN)]]


def test_a_character_wider_than_the_line_is_refused() -> None:
    with pytest.raises(DocumentTooWide, match="takes 20 dots"):
        wrap_pieces([("a", BIG)], cell, 15)


def test_a_line_of_two_sizes_stands_on_one_base_line() -> None:
    (line,) = lay_out(Receipt().line("Total ", Span("74,50", BIG), align="right"), NARROW).operations
    assert isinstance(line, PrintLine)
    assert [(run.data, run.style) for run in line.runs] == [(b"Total ", PLAIN), (b"74,50", BIG)]
    assert line.align == "right"


def test_a_box_around_lines_of_every_kind() -> None:
    inside = (
        Receipt().text("Order 42", align="center", height=2).rule().row("Two teas with milk and sugar", "8,50").feed()
    )
    assert text(Receipt().box(inside)) == (
        "┌──────────────────────────────┐\n"
        "│           Order 42           │\n"
        "├──────────────────────────────┤\n"
        "│ Two teas with milk and  8,50 │\n"
        "│ sugar                        │\n"
        "│                              │\n"
        "└──────────────────────────────┘"
    )


def test_the_sides_of_a_box_are_as_high_as_what_is_between_them() -> None:
    layout = lay_out(Receipt().box(Receipt().text("x", height=3)), NARROW)
    between = layout.operations[2]
    assert isinstance(between, PrintLine)
    assert {run.style.height for run in between.runs} == {3}


def test_lines_of_a_box_follow_without_a_gap_and_the_spacing_before_comes_back() -> None:
    layout = lay_out(Receipt().spacing(50).box(Receipt().text("x")).text("y"), NARROW)
    spacings = [one.dots for one in layout.operations if isinstance(one, SpaceLines)]
    assert spacings == [50, NARROW.fonts["A"].height, 50]


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        (Receipt().cut(), "a Cut in a box"),
        (Receipt().box(Receipt()), "a Box in a box"),
        (Receipt().text("x", font="B"), "font B in a box"),
        (Receipt().line(Span("x", Style(font="B"))), "font B in a box"),
    ],
)
def test_what_no_frame_goes_around_is_refused(inside: Receipt, problem: str) -> None:
    with pytest.raises(BadDocument, match=problem):
        Receipt().box(inside)


def test_a_printer_without_frame_characters_gets_plain_ones() -> None:
    latin = replace(NARROW, code_pages=(CodePage(16, "cp1252"),))
    first = lay_out(Receipt().box(Receipt().text("x")), latin).operations[1]
    assert isinstance(first, PrintLine)
    assert first.runs[0].data == b"+" + b"-" * 30 + b"+"


def test_what_no_page_can_set_in_a_box_is_found_once_with_its_place() -> None:
    findings = lay_out(Receipt().text("a").box(Receipt().text("茶").text("茶")), NARROW).findings
    assert [(one.kind, one.element) for one in findings] == [("unset-character", 1)]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Line(()),
        lambda: Span("a\nb"),
        lambda: Cell("a", 0),
        lambda: Spacing(256),
        lambda: Box((Receipt().qr("x").elements[0],)),  # type: ignore[arg-type]
    ],
)
def test_values_that_cannot_be_are_refused_when_they_are_made(make: object) -> None:
    with pytest.raises(BadDocument):
        make()  # type: ignore[operator]


def test_all_of_it_goes_through_json_and_fits_the_schema() -> None:
    written = json.loads(json.dumps(receipt_to_json(EVERYTHING)))
    Draft202012Validator(receipt_schema()).validate(written)
    assert receipt_from_json(written) == EVERYTHING


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        ({"type": "line", "spans": []}, "elements[0].spans"),
        ({"type": "line", "spans": [{"text": "a\nb"}]}, "elements[0].spans[0]"),
        ({"type": "box", "elements": [{"type": "cut"}]}, "elements[0]: a Cut in a box"),
        ({"type": "columns", "cells": ["a"], "columns": [{}, {}], "spans": [3]}, "elements[0]: cells over"),
        ({"type": "spacing", "dots": 300}, "elements[0]: line spacing"),
    ],
)
def test_an_error_in_json_names_its_place(element: object, problem: str) -> None:
    with pytest.raises(BadDocument) as caught:
        receipt_from_json({"kind": "receipt", "elements": [element]})
    assert problem in str(caught.value)


@pytest.mark.parametrize("profile", ["star-mc-print3", "star-tsp700ii"])
def test_star_printers_close_the_sides_of_a_box_with_the_spacing_they_have(profile: str) -> None:
    model = load_profile(profile)
    (ticket,) = preview(Receipt().spacing(40).box(Receipt().text("a").text("b")).text("c").cut(), model)
    assert ticket.text().splitlines()[0].startswith("┌─")
    data = compose(Receipt().box(Receipt().text("a")), model).compiled.data
    assert data.index(b"\x1bz\x00") < data.index(b"\xda") < data.index(b"\xc0") < data.index(b"\x1bz\x01")
