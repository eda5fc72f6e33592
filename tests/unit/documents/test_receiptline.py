"""The ReceiptLine markup: what each mark does, and what is refused."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pil

from posdevkit import preview
from posdevkit.cli.main import main
from posdevkit.documents import Cut, Line, QrCode, Raw, Receipt, Rule, Span, SpanColumns, Style
from posdevkit.documents.json import receipt_from_json, receipt_to_json
from posdevkit.documents.receiptline import receipt_from_markup
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.paper import TextCells, render_job
from posdevkit.profiles import load_profile

TM = load_profile("epson-tm-t88v")


def text(markup: str) -> list[str]:
    return [line.rstrip() for line in preview(receipt_from_markup(markup), TM)[0].text().splitlines()]


@pytest.mark.parametrize(
    ("markup", "align"),
    [
        ("a", "center"), ("|a|", "center"), ("| a |", "center"),
        ("|a", "left"), ("|a |", "left"), ("a |", "left"),
        ("a|", "right"), ("| a|", "right"), ("| a", "right"),
    ],
)  # fmt: skip
def test_a_column_is_drawn_to_the_pipe_that_it_touches(markup: str, align: str) -> None:
    assert receipt_from_markup(markup).elements == (Line((Span("a"),), align),)  # type: ignore[arg-type]


def test_a_column_on_each_side() -> None:
    assert text("Asparagus | 0.99") == ["Asparagus" + " " * 29 + "0.99"]


def test_rules_and_cuts() -> None:
    assert receipt_from_markup("a\n---\n=\n").elements[1:] == (Rule(), Cut())


def test_marks_switch_a_look_on_and_off() -> None:
    (line,) = receipt_from_markup('_a_ "b" `c` ^d^ ^^^^e').elements
    assert isinstance(line, Line)
    assert [(span.text, span.style) for span in line.spans if span.text.strip()] == [
        ("a", Style(underline=True)),
        ("b", Style(bold=True)),
        ("c", Style(invert=True)),
        ("d", Style(width=2)),
        ("e", Style(width=3, height=3)),
    ]


def test_escapes_stand_for_themselves_and_control_characters_go() -> None:
    assert text(r"|\\ \| \{ \} \_ \" \` \^ \~ \- \x41 ~ \x1b@ \q") == [r"""\ | { } _ " ` ^ ~ - A   @"""]
    assert text("|one\\ntwo") == ["one", "two"]


def test_widths_hold_until_they_are_changed() -> None:
    assert text("{width: *, 3, 8}\n|a | 1| 2\n{width: auto}\nc | d") == [
        "a" + " " * 31 + "1" + " " * 8 + "2",
        "c" + " " * 40 + "d",
    ]
    first = receipt_from_markup("{width: *, 3, 8}\na | 1 | 2").elements[0]
    assert isinstance(first, SpanColumns)
    assert [column.width for column in first.columns] == [None, 3, 8]


def test_a_width_of_nothing_hides_its_column() -> None:
    (row,) = receipt_from_markup("{width: *,,8}\na | hidden | 2").elements
    assert isinstance(row, SpanColumns)
    assert [cell[0].text for cell in row.cells] == ["a", "2"]


def test_a_line_narrower_than_the_paper_stands_where_align_says() -> None:
    where = {side: text(f"{{width: 10, 4; align: {side}}}\na | b")[0] for side in ("left", "center", "right")}
    assert where["left"].startswith("a")
    assert len(where["right"]) == TM.fonts["A"].columns
    assert where["left"] == where["center"].strip() == where["right"].strip()
    assert abs(len(where["center"]) - len(where["center"].strip()) - 13) <= 1


def test_codes_take_their_options() -> None:
    qr, ean = receipt_from_markup(
        "{code: https://r.example/8F2; option: qrcode, 4, m}\n{code: 590123412345; option: ean, hri, 100}"
    ).elements
    assert qr == QrCode("https://r.example/8F2", 4, "M", "center")
    assert ean == Receipt().barcode("590123412345", "EAN13", height=100, module=2, text="below").elements[0]


def test_a_picture_of_the_markup() -> None:
    file = io.BytesIO()
    Pil.new("1", (8, 8)).save(file, "PNG")
    (ticket,) = preview(receipt_from_markup(f"{{image: {base64.b64encode(file.getvalue()).decode()}}}"), TM)
    assert ticket.height >= 8


def test_commands_are_refused_unless_they_are_allowed() -> None:
    with pytest.raises(BadDocument, match="line 1: a command of a device"):
        receipt_from_markup(r"{command: \x1b\x40}")
    assert receipt_from_markup(r"{command: \x1b\x40}", commands=True).elements == (Raw(b"\x1b@"),)


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ("a\nb {width: 3}", "line 2: .* has a brace among text"),
        ("{nonsense}", "line 1: 'nonsense' is no property"),
        ("{code: abc; option: ean}", "EAN8 data 'abc'"),
        ("{code: 1; option: klingon, upc}", "UPC-A data '1'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(markup: str, problem: str) -> None:
    with pytest.raises(BadDocument, match=problem):
        preview(receipt_from_markup(markup), TM)


def test_widths_beyond_the_paper_let_the_widest_column_give() -> None:
    (row,) = receipt_from_markup("{width: 100, 2, 10}\na | 1 | 5.00").elements
    assert isinstance(row, SpanColumns)
    assert [column.width for column in row.columns] == [None, 2, 10]
    with pytest.raises(DocumentTooWide):
        preview(receipt_from_markup("{width: 30, 30, 30}\na | 1 | 5.00", columns=100), TM)


def test_it_becomes_json_and_back() -> None:
    receipt = receipt_from_markup('{width: *, 9}\n"a" | ^b\n---\n=')
    assert receipt_from_json(receipt_to_json(receipt)) == receipt


def test_a_file_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "coffee.receipt").write_text("Flat white | 38.00\n=\n", encoding="utf-8")
    assert main(["print", str(tmp_path / "coffee.receipt"), "--dry-run", "--out", str(tmp_path / "coffee.bin")]) == 0
    (ticket,) = render_job((tmp_path / "coffee.bin").read_bytes(), load_profile("generic-80mm"))
    assert ticket.text().split() == ["Flat", "white", "38.00"]
    assert ticket.cut is not None


# What receiptline 4.0.4 prints for the same markup, its "+-|" drawn as lines.
@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        (
            "{border:line;width:8,6}\n-\n|A | B|\n---\n|C | D|\n{border:space}\nplain",
            [
                "┌────────┬──────┐",
                "│A       │     B│",
                "├────────┼──────┤",
                "│C       │     D│",
                "└────────┴──────┘",
                "plain",
            ],
        ),
        (
            "{border:line; width:8 8}\nA|B\n-\n{width:4 4}\nC|D\n=",
            ["┌────────┬────────┐", "│       A│B       │", "└───┬────┼────┬───┘", "│   C│D   │", "└────┴────┘"],
        ),
        (
            "{border:line; width:10,0,5}\nA|B|C\nD|E|F",
            ["┌──────────┬─────┐", "│         A│C    │", "│         D│F    │", "└──────────┴─────┘"],
        ),
    ],
)
def test_borders_are_drawn_around_and_between_cells(markup: str, lines: list[str]) -> None:
    shown = [line for ticket in preview(receipt_from_markup(markup), TM) for line in ticket.text().splitlines()]
    assert [line.strip() for line in shown if line.strip()][: len(lines)] == lines


def test_a_bordered_table_over_the_paper_shares_what_columns_leave() -> None:
    markup = "{border:line; width:* 4 8}\n|ITEM|QTY|AMOUNT|\n-\nBoiled peanuts | 1| 5.00\n-"
    assert text(markup) == [
        "┌──────────────────────────┬────┬────────┐",
        "│           ITEM           │ QTY│ AMOUNT │",
        "├──────────────────────────┼────┼────────┤",
        "│Boiled peanuts            │   1│    5.00│",
        "└──────────────────────────┴────┴────────┘",
    ]


def test_borders_survive_json_and_lines_of_a_frame_touch() -> None:
    receipt = receipt_from_markup("{border:line; width:6 6}\nA|^^B\n-\nC|D")
    assert receipt_from_json(receipt_to_json(receipt)) == receipt
    (ticket,) = preview(receipt, TM)
    raster = ticket.raster()
    (top,) = [item for item in ticket.items if isinstance(item, TextCells) and "┌" in item.text]
    left = top.x + 12 * top.text.index("┌")
    column = left + 5  # about the middle of the first cell
    inked = [
        any(raster.data[y * raster.stride + x // 8] >> 7 - x % 8 & 1 for x in range(column, column + 3))
        for y in range(12, 24 * 5 - 12)
    ]
    assert all(inked)


def test_signs_of_ascii_stand_for_lines_where_a_model_has_none() -> None:
    (ticket,) = preview(
        receipt_from_markup("{border:line; width:3 3}\nA|B"), replace(TM, code_pages=TM.code_pages[1:2])
    )
    assert [line.strip() for line in ticket.text().splitlines()] == ["+---+---+", "|  A|B  |", "+---+---+"]
