from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from posdevkit.devices.preview import preview
from posdevkit.documents import Barcode, Column, Columns, Image, QrCode, Receipt, Rule, Span, Style, Symbology, Text
from posdevkit.errors import BadDocument, DocumentTooWide, Unsupported
from posdevkit.layout import (
    CutPaper,
    DrawSymbol,
    FeedLines,
    Finding,
    KickDrawer,
    Picture,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintQr,
    RawBytes,
    Run,
    SoundBuzzer,
    lay_out,
)
from posdevkit.profiles import Profile, load_profile

WIDE = load_profile("generic-80mm")
NARROW = load_profile("generic-58mm")
TM = load_profile("epson-tm-t88v")
PLAIN = Style()


def lines(receipt: Receipt, profile: Profile = WIDE) -> list[bytes]:
    found: list[bytes] = []
    for operation in lay_out(receipt, profile).operations:
        if isinstance(operation, PrintLine):
            found.append(b"".join(run.data for run in operation.runs))
        elif isinstance(operation, PrintBlock):
            found.extend(operation.lines)
    return found


def test_the_eight_lines_of_the_front_page() -> None:
    receipt = (
        Receipt()
        .image(Path("logo.png"))
        .title("Café Nord")
        .row("Flat white", "38,00")
        .row("Kanelsnegl", "32,00")
        .total("70,00")
        .qr("https://r.example/8F2")
        .cut()
    )
    layout = lay_out(receipt, WIDE)
    image, title, wares, total, qr, cut = layout.operations
    assert image == Picture(Image(Path("logo.png")), 576)
    assert title == PrintLine((Run(b"Caf\x82 Nord", 0, Style(bold=True, width=2, height=2)),), "center")
    assert wares == PrintBlock((b"Flat white" + b" " * 33 + b"38,00", b"Kanelsnegl" + b" " * 33 + b"32,00"), 0, PLAIN)
    assert total == PrintLine((Run(b"Total" + b" " * 38 + b"70,00", 0, Style(bold=True, height=2)),))
    assert isinstance(qr, PrintQr)
    assert cut == CutPaper(partial=True)
    assert layout.findings == ()


def test_the_page_lasts_from_line_to_line() -> None:
    layout = lay_out(Receipt().text("på").text("kød").text("på"), WIDE)
    assert layout.operations == (PrintBlock((b"p\xe5", b"k\xf8d", b"p\xe5"), 16, PLAIN),), "one page sets all three"


def test_lines_that_no_page_sets_together_are_set_one_by_one() -> None:
    layout = lay_out(Receipt().text("på").text("kød").text("日").text("Ω").text("på"), WIDE)
    assert layout.operations == (
        PrintLine((Run(b"p\x86", 0, PLAIN),)),
        PrintLine((Run(b"k\xf8d", 16, PLAIN),)),
        PrintLine((Run(b"??", 16, PLAIN),)),
        PrintBlock((b"\xea", b"p\x86"), 0, PLAIN),
    )
    assert [finding.element for finding in layout.findings] == [2]


def test_a_line_that_no_page_can_set_alone_changes_page_in_the_middle() -> None:
    (line,) = lay_out(Receipt().text("på Ωmega-gården"), WIDE).operations
    assert isinstance(line, PrintLine)
    assert [run.page for run in line.runs] == sorted({run.page for run in line.runs}, key=lambda page: page != 0)
    assert b"".join(run.data for run in line.runs).count(b"?") == 0


def test_styles_count_in_cells() -> None:
    assert lines(Receipt().text("x" * 30, width=2)) == [b"x" * 24, b"x" * 6]
    assert lines(Receipt().text("x" * 70, font="B")) == [b"x" * 64, b"x" * 6]
    assert lines(Receipt().text("x" * 7, width=8), NARROW) == [b"x" * 4, b"x" * 3]


def test_blank_lines_have_no_runs() -> None:
    assert lay_out(Receipt().text("").text("a\n\nb"), WIDE).operations == (
        PrintLine(()),
        PrintLine((Run(b"a", 0, PLAIN),)),
        PrintLine(()),
        PrintLine((Run(b"b", 0, PLAIN),)),
    )


def test_blanks_at_the_end_are_kept_only_where_they_show() -> None:
    plan = (Column(4), Column(4))
    assert lines(Receipt([Columns(("a", "b"), plan)])) == [b"a    b"]
    assert lines(Receipt([Columns(("a", "b"), plan, Style(invert=True))])) == [b"a    b   "]
    assert lay_out(Receipt([Columns(("", ""), plan)]), WIDE).operations == (PrintLine(()),)


def test_rules() -> None:
    assert lines(Receipt().rule()) == [b"-" * 48]
    assert lines(Receipt().rule("─")) == [b"\xc4" * 48]
    assert lines(Receipt([Rule("=", Style(width=2))])) == [b"=" * 24]
    assert lines(Receipt([Rule("茶")])) == [b"?" * 48]
    with pytest.raises(BadDocument, match="no width"):
        lay_out(Receipt([Rule("\u200b")]), WIDE)


def test_a_character_nothing_can_set_is_told_once() -> None:
    layout = lay_out(Receipt().text("Tea").text("茶 茶").row("茶", "5"), TM)
    assert lines(Receipt().text("茶 茶"), TM) == [b"?? ??"]
    assert layout.findings == (Finding("unset-character", "U+8336 茶 cannot be set by epson-tm-t88v: printed as ?", 1),)


def test_no_cutter_feeds_to_the_edge_and_says_so() -> None:
    layout = lay_out(Receipt().cut(), NARROW)
    assert layout.operations == (FeedLines(4),)
    assert [finding.kind for finding in layout.findings] == ["no-cutter"]


def test_the_cut_the_model_can_make() -> None:
    assert lay_out(Receipt().cut(partial=False), WIDE).operations == (CutPaper(partial=False),)
    layout = lay_out(Receipt().cut(partial=False), TM)
    assert layout.operations == (CutPaper(partial=True),)
    assert [finding.kind for finding in layout.findings] == ["other-cut"]
    assert WIDE.cutter is not None
    full_only = replace(WIDE, cutter=replace(WIDE.cutter, partial=False))
    # A hinge is asked for "where the model can": its absence is no news.
    assert lay_out(Receipt().cut(), full_only).findings == ()
    assert lay_out(Receipt().cut(), full_only).operations == (CutPaper(partial=False),)


def test_mechanics_and_the_way_out() -> None:
    receipt = Receipt().feed(3).drawer(5, milliseconds=200).raw(b"\x1bZ")
    assert lay_out(receipt, WIDE).operations == (FeedLines(3), KickDrawer(5, 200), RawBytes(b"\x1bZ"))


def test_a_drawer_on_a_pin_the_printer_lacks() -> None:
    with pytest.raises(Unsupported) as caught:
        lay_out(Receipt().drawer(5), replace(WIDE, drawer_pins=(2,)))
    assert "pin 2" in caught.value.remedy()
    with pytest.raises(Unsupported):
        lay_out(Receipt().drawer(), replace(WIDE, drawer_pins=()))


def test_a_font_the_printer_lacks() -> None:
    with pytest.raises(Unsupported, match="no font B"):
        lay_out(Receipt().text("x", font="B"), replace(WIDE, fonts={"A": WIDE.fonts["A"]}))


def test_a_picture_that_must_be_wider_than_the_paper() -> None:
    with pytest.raises(DocumentTooWide, match="600 dots wide"):
        lay_out(Receipt().image(b"", width=600), WIDE)
    assert lay_out(Receipt().image(b"", width=576), WIDE).operations == (Picture(Image(b"", width=576), 576),)


def test_symbols_are_checked_and_completed() -> None:
    (operation,) = lay_out(Receipt().barcode("400638133393", "EAN13"), WIDE).operations
    assert isinstance(operation, PrintBarcode)
    assert operation.barcode.data == "4006381333931"


def test_symbols_that_the_model_cannot_draw_are_drawn_for_it() -> None:
    (operation,) = lay_out(Receipt().qr("x"), replace(WIDE, qr=False)).operations
    assert operation == DrawSymbol(QrCode("x"), 576)
    bare = replace(WIDE, barcodes=frozenset())
    bars, shown = lay_out(Receipt().barcode("1", Symbology.CODE128), bare).operations
    assert bars == DrawSymbol(Barcode("1"), 576)
    assert shown == PrintLine((Run(b"1", 0, Style()),), "center")
    kinds = [type(one) for one in lay_out(Receipt().barcode("1", text="both"), bare).operations]
    assert kinds == [PrintLine, DrawSymbol, PrintLine]
    assert [type(one) for one in lay_out(Receipt().barcode("1", text="none"), bare).operations] == [DrawSymbol]


def test_white_between_symbols_that_follow_each_other() -> None:
    def feeds(receipt: Receipt, profile: Profile = WIDE) -> list[int]:
        return [one.lines for one in lay_out(receipt, profile).operations if isinstance(one, FeedLines)]

    both = Receipt().barcode("5701234567899", "EAN13").qr("x")
    drawn = replace(WIDE, qr=False, barcodes=frozenset())
    picture = Image(b"")
    assert feeds(both) == feeds(both, drawn) == [1]
    assert feeds(Receipt().qr("x", module=8).symbol("x")) == [2]
    assert feeds(Receipt((*Receipt().qr("x").elements, picture, picture))) == [1]
    assert feeds(Receipt().qr("x").line("or").barcode("1")) == []
    assert feeds(Receipt().qr("x").feed(3).barcode("1")) == [3]


def test_turned_and_spaced_characters_take_their_room() -> None:
    assert lines(Receipt().text("x" * 25, style=Style(rotate=True))) == [b"x" * 24, b"x"]  # 576 / 24
    assert lines(Receipt().text("x" * 37, style=Style(spacing=4))) == [b"x" * 36, b"x"]  # 576 / 16
    assert lines(Receipt().text("x" * 19, style=Style(spacing=4, width=2))) == [b"x" * 18, b"x"]
    spans = Receipt().line(Span("x" * 20, Style(rotate=True)), "y" * 10)
    assert lines(spans) == [b"x" * 20 + b"y" * 8, b"yy"]  # what is left of 480 dots is eight cells


def test_looks_that_the_model_lacks() -> None:
    found = lay_out(Receipt().text("a", style=Style(smooth=True)).text("b", style=Style(smooth=True, bold=True)), WIDE)
    assert [(one.kind, one.element) for one in found.findings] == [("plain-look", 0)]
    assert not lay_out(Receipt().text("a", style=Style(smooth=True)), TM).findings
    with pytest.raises(Unsupported, match="no characters with rotate"):
        lay_out(Receipt().text("a", style=Style(rotate=True)), replace(WIDE, text_effects=frozenset()))
    with pytest.raises(Unsupported, match="no font C"):
        lay_out(Receipt().text("a", font="C"), WIDE)


def test_a_model_without_a_buzzer_stays_silent() -> None:
    found = lay_out(Receipt().buzzer(2), WIDE)
    assert found.operations == ()
    assert [one.kind for one in found.findings] == ["no-buzzer"]
    assert lay_out(Receipt().buzzer(2), replace(WIDE, buzzer="esc_b")).operations == (SoundBuzzer(2),)
    with pytest.raises(BadDocument, match="1 to 9"):
        Receipt().buzzer(10)


def test_turned_characters_reach_a_printer_that_knows_dots_alone() -> None:
    turned = Receipt().text("turned", style=Style(rotate=True))
    (ticket,) = preview(turned, "star-tsp100")
    (upright,) = preview(Receipt().text("turned"), "star-tsp100")
    assert any(ticket.raster().data)
    assert ticket.raster().data != upright.raster().data
    with pytest.raises(Unsupported, match="rotate"):
        lay_out(turned, load_profile("star-tsp650ii"))


def test_a_line_is_upside_down_as_a_whole() -> None:
    with pytest.raises(BadDocument, match="as a whole"):
        Receipt().line(Span("a", Style(upside_down=True)), "b")
    with pytest.raises(BadDocument, match="in a box"):
        Receipt().box(Receipt().text("a", style=Style(rotate=True)))


def test_a_table_too_wide_names_its_row() -> None:
    with pytest.raises(DocumentTooWide, match="Kaffe"):
        lay_out(Receipt().columns("Kaffe", "2", columns=(Column(40), Column(10))), WIDE)


def test_a_clipped_cell_on_a_printer_without_an_ellipsis() -> None:
    dos = replace(WIDE, code_pages=WIDE.code_pages[:1])
    assert lines(Receipt([Columns(("abcdef",), (Column(5, wrap=False),))]), dos) == [b"ab..."]
    assert lines(Receipt([Columns(("abcdef",), (Column(5, wrap=False),))])) == [b"abcd\x85"]


def test_alignment_travels() -> None:
    (line,) = lay_out(Receipt([Text("x", PLAIN, "right")]), WIDE).operations
    assert isinstance(line, PrintLine)
    assert line.align == "right"


def test_lines_alike_are_one_operation_of_at_most_32() -> None:
    receipt = Receipt([Text(f"linje {number}") for number in range(70)]).text("x", bold=True)
    operations = lay_out(receipt, WIDE).operations
    assert [len(block.lines) for block in operations if isinstance(block, PrintBlock)] == [32, 32, 6]
    assert operations[-1] == PrintLine((Run(b"x", 0, Style(bold=True)),))


@pytest.mark.parametrize("between", [Receipt().feed(), Receipt().text(""), Receipt().cut(), Receipt().raw(b"x")])
def test_a_block_ends_where_something_else_comes(between: Receipt) -> None:
    before, after = Receipt().text("a").text("b"), Receipt().text("c").text("d")
    first, *_, last = lay_out(before + between + after, WIDE).operations
    assert (first, last) == (PrintBlock((b"a", b"b"), 0, PLAIN), PrintBlock((b"c", b"d"), 0, PLAIN))
