"""What prints when, how far the paper moves, and that it can be stopped between any two lines."""

from __future__ import annotations

import pytest

from posdevkit import preview
from posdevkit.documents import Receipt, Span, Style
from posdevkit.paper import (
    DrawerKick,
    DrawerKicked,
    EscPosRenderer,
    Geometry,
    LinePrinted,
    RasterBlock,
    RollChange,
    Step,
    Symbol,
    TextCells,
    Ticket,
    TicketFinished,
    render_job,
)
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.escpos import Decoder

PAPER = Geometry(width=576, pages={0: "cp437", 16: "cp1252", 17: "cp866", 19: "cp858"}, cutter_feed=100)


def steps(job: bytes, geometry: Geometry = PAPER) -> list[Step]:
    renderer = EscPosRenderer(geometry)
    return [step for command in Decoder().feed(job) for step in renderer.render(command)]


def text(job: bytes, geometry: Geometry = PAPER) -> str:
    return "".join(ticket.text() for ticket in render_job(job, geometry))


def only(job: bytes, geometry: Geometry | Profile = PAPER) -> Ticket:
    (ticket,) = render_job(job, geometry)
    return ticket


def test_an_unfinished_line_never_prints() -> None:
    assert render_job(b"half a line", PAPER) == ()
    assert text(b"whole\nhalf") == "whole\n"


def test_initialize_drops_a_half_set_line_and_every_mode() -> None:
    assert text(b"dropped\x1b@kept\n") == "kept\n"
    assert text(b"\x1bt\x11\x1b@\x80\n") == "Ç\n"  # back on page 437


@pytest.mark.parametrize("end", [b"\n", b"\x1bd\x01", b"\x1bJ\x1e", b"\x1dV\x00", b"\x1dVB\x00", b"\x1bi", b"\x1bm"])
def test_what_prints_a_line(end: bytes) -> None:
    assert text(b"line" + end) == "line\n"


@pytest.mark.parametrize(
    "none", [b"\r", b"\t", b"\x1bE\x01", b"\x10\x04\x01", b"\x1dr\x01", b"\x00\x07", b"\x1bp\x00\x32\x32"]
)
def test_what_does_not(none: bytes) -> None:
    assert text(b"line" + none) == ""


@pytest.mark.parametrize(
    ("job", "dots"),
    [
        (b"\n", [30]),
        (b"x\n", [30]),
        (b"\x1b3\x0ax\n", [24]),
        (b"\x1b3\x0a\n", [10]),
        (b"\x1b3\x00\n", []),
        (b"\x1b3\x50x\n\x1b2x\n", [80, 30]),
        (b"\x1d!\x01x\n", [48]),
        (b"\x1d!\x07x\n", [192]),
        (b"\x1bM\x01x\n", [30]),
        (b"\x1b3\x00\x1bM\x01x\n", [17]),
        (b"\x1bd\x03", [30, 30, 30]),
        (b"x\x1bd\x02", [30, 30]),
        (b"x\x1bd\x00", [24]),
        (b"\x1bd\x00", []),
        (b"\x1bJ\x64", [100]),
        (b"x\x1bJ\x05", [24]),
        (b"x" * 48 + b"\n", [30]),
        (b"x" * 49 + b"\n", [30, 30]),
        (b"x" * 200, [30, 30, 30, 30]),
        (b"\x1dv0\x00\x01\x00\x05\x00" + bytes(5), [5]),
        (b"\x1dv0\x00\x01\x00\x00\x00", []),
        (b"x\x1dv0\x00\x01\x00\x05\x00" + bytes(5), [30, 5]),
        (b"\x1dh\x50\x1dkD\x071234567", [80]),
        (b"\x1dh\x50\x1dH\x02\x1dkD\x071234567", [104]),
        (b"\x1dh\x50\x1dH\x03\x1dkD\x071234567", [128]),
        (b"\x1dh\x50\x1dH\x01\x1df\x01\x1dkD\x071234567", [97]),
    ],
)
def test_how_far_the_paper_moves(job: bytes, dots: list[int]) -> None:
    assert steps(job) == [LinePrinted(number) for number in dots]


def test_the_way_to_the_cutter_is_paper_too() -> None:
    printed, fed, finished = steps(b"x\n\x1dVB\x0a")
    assert (printed, fed) == (LinePrinted(30), LinePrinted(110))
    assert isinstance(finished, TicketFinished)
    assert finished.ticket.height == 140
    assert finished.ticket.cut is not None
    assert (finished.ticket.cut.partial, finished.ticket.cut.through) == (True, False)


@pytest.mark.parametrize(("fed", "through"), [(b"", True), (b"\x1bJ\x5d", True), (b"\x1bJ\x5e", False)])
def test_a_cut_too_early_goes_through_the_last_line(fed: bytes, through: bool) -> None:
    # 24 dots of ink in a line of 30: 6 and 94 dots of feed make the 100 from head to blade.
    cut = only(b"x\n" + fed + b"\x1dV\x00").cut
    assert cut is not None
    assert cut.through is through
    assert not cut.partial


def test_a_blade_that_leaves_a_hinge_always_leaves_it() -> None:
    cut = only(b"x\n\x1dVA\x00", load_profile("epson-tm-t88v")).cut
    assert cut is not None
    assert cut.partial


def test_each_cut_begins_a_ticket_and_blank_paper_is_not_cut_twice() -> None:
    tickets = render_job(b"one\n\x1dV\x00\x1dV\x00two\n\x1dV\x01three\n", PAPER)
    assert [ticket.text() for ticket in tickets] == ["one\n", "two\n", "three\n"]
    assert [ticket.cut and ticket.cut.partial for ticket in tickets] == [False, True, None]


def test_the_paper_can_end_between_any_two_lines_and_the_command_goes_on_afterwards() -> None:
    renderer = EscPosRenderer(PAPER)
    commands = Decoder().feed(b"a" * 48 * 3 + b"\n\x1bd\x02b\n\x1dVB\x00")
    printed = 0
    whole = None
    for command in commands:
        work = renderer.render(command)
        for step in work:
            if isinstance(step, TicketFinished):
                whole = step.ticket
            else:
                printed += 1
                # Out of paper here: nothing moves until the next step is asked for.
                assert renderer.rows == renderer.snapshot().height
                assert sum(item.text.count("a") for item in texts(renderer.snapshot())) == 48 * min(printed, 3)
    assert whole is not None
    assert whole.text() == ("a" * 48 + "\n") * 3 + "\n\nb\n"
    assert printed == 3 + 2 + 1 + 1


def texts(ticket: Ticket) -> list[TextCells]:
    return [item for item in ticket.items if isinstance(item, TextCells)]


def test_a_command_that_is_given_up_keeps_what_is_on_paper() -> None:
    renderer = EscPosRenderer(PAPER)
    (command,) = Decoder().feed(b"a" * 48 * 3)
    work = renderer.render(command)
    assert next(work) == LinePrinted(30)
    work.close()  # type: ignore[attr-defined]
    renderer.discard()
    renderer.new_roll()
    (again,) = Decoder().feed(b"\n")
    assert list(renderer.render(again)) == [LinePrinted(30)]
    ticket = renderer.finish()
    assert ticket is not None
    assert ticket.text() == "a" * 48 + "\n"
    assert [item.y for item in ticket.items if isinstance(item, RollChange)] == [30]
    assert renderer.finish() is None


def test_discard_keeps_modes_and_reset_does_not() -> None:
    renderer = EscPosRenderer(PAPER)

    def feed(data: bytes) -> None:
        for command in Decoder().feed(data):
            list(renderer.render(command))

    feed(b"\x1ba\x02" + b"lost")
    renderer.discard()
    feed(b"R\n")
    feed(b"lost too")
    renderer.reset()
    feed(b"L\n")
    ticket = renderer.finish()
    assert ticket is not None
    assert [(item.x, item.text) for item in texts(ticket)] == [(564, "R"), (0, "L")]


@pytest.mark.parametrize(("pin", "number"), [(0, 2), (48, 2), (1, 5), (49, 5)])
def test_the_drawer(pin: int, number: int) -> None:
    job = b"x\n\x1bp" + bytes([pin]) + b"\x19\xfa\n"
    assert steps(job)[1] == DrawerKicked(number, 50, 500)
    assert only(job).drawer_kicks == (DrawerKick(30, number, 50, 500),)


@pytest.mark.parametrize("command", [b"\x1ba\x02", b"\x1b{\x01", b"\x1dL\x64\x00", b"\x1dW\x64\x00"])
def test_line_modes_wait_for_the_start_of_a_line(command: bytes) -> None:
    (plain,) = texts(only(b"ab\n"))
    first, second = texts(only(b"a" + command + b"b\nc\n"))
    assert (first, second.text) == (plain, "c")
    assert (second.x, second.upside_down) == (0, False)


def test_tabs() -> None:
    job = b"a\tb\tc\n"
    assert [(item.x // 12, item.text) for item in texts(only(job))] == [(0, "a"), (8, "b"), (16, "c")]
    assert [item.x // 12 for item in texts(only(b"\x1bD\x05\x14\x00" + job))] == [0, 5, 20]
    assert [item.text for item in texts(only(b"\x1bD\x00" + job))] == ["abc"]
    wide = b"\x1d!\x10\x1bD\x05\x00\x1d!\x00"  # a stop is as far as the characters of its moment are wide
    assert [item.x // 12 for item in texts(only(wide + b"a\tb\n"))] == [0, 10]


@pytest.mark.parametrize(
    ("job", "shown"),
    [
        (b"\x82\n", "é"),
        (b"\x1bt\x10\x80 \xe6\xf8\xe5\n", "€ æøå"),
        (b"\x1bt\x13\xd5\n", "€"),
        (b"\x1bt\x11\x80\n", "А"),
        (b"\x1bt\x63\x82\n", "é"),  # a number the model does not know changes nothing
        (b"\x1bR\x04[]\n", "ÆÅ"),
        (b"\x1bR\x03#\n", "£"),
        (b"\x1bR\x04\x1bt\x10[\x80\n", "Æ€"),
        (b"\x1bR\x63#\n", "#"),
        (b"\x1bt\x10\x81\n", "\ufffd"),
    ],
)
def test_characters(job: bytes, shown: str) -> None:
    assert text(job) == shown + "\n"


@pytest.mark.parametrize(
    "job",
    [
        b"\x1dw\x06\x1dkI\x1c{BABCDEFGHIJKLMNOPQRSTUVWXYZ",
        b"\x1d(k\x03\x001C\x10" + b"\x1d(k\x83\x001P0" + b"x" * 128 + b"\x1d(k\x03\x001Q0",
        b"\x1d(k\x03\x001Q0",
    ],
)
def test_a_symbol_that_is_too_wide_or_empty_prints_nothing(job: bytes) -> None:
    assert steps(job) == []


@pytest.mark.parametrize(
    ("job", "shown"),
    [
        (b"\x1dkC\x0d5701234567890\n", "5701234567890"),  # the check digit is 9
        (b"\x1dk\x02ABC\x00\n", "ABC"),
        (b"\x1dkI\x05ABCDE\n", "ABCDE"),  # no code set
        (b"\x1dkK\x0c012345678901\n", "012345678901"),  # a digit short
    ],
)
def test_refused_barcode_data_prints_as_text(job: bytes, shown: str) -> None:
    assert text(job) == shown + "\n"


def test_a_barcode_is_aligned_and_its_characters_stand_under_it() -> None:
    # EAN-8 has 67 modules: 201 dots at 3 a module; (576 - 201) // 2 = 187.
    ticket = only(b"\x1ba\x01\x1dH\x02\x1dh\x28\x1dkD\x0796385074"[:-1])
    symbol, shown = ticket.items
    assert isinstance(symbol, Symbol)
    assert isinstance(shown, TextCells)
    assert (symbol.x, symbol.y, symbol.width, symbol.height, symbol.kind) == (187, 0, 201, 40, "EAN8")
    # Eight characters of 12 dots: 187 + (201 - 96) // 2.
    assert (shown.text, shown.x, shown.y) == ("96385074", 239, 40)
    assert ticket.text() == "               [EAN8 96385074]\n                   96385074\n"


def test_wide_characters_take_two_cells_and_wrap_whole() -> None:
    from posdevkit.paper.display import CellStyle
    from posdevkit.paper.line import Line

    line = Line(room=12 * 5)
    assert line.put_text("a茶茶茶", CellStyle("A", 12, 24)) == "茶"
    assert line.cursor == 60
    assert Line(room=10).put_text("茶b", CellStyle("A", 12, 24)) == "b"  # too wide for any line: set all the same


def test_a_giant_on_narrow_paper_prints_its_left_part() -> None:
    ticket = only(b"\x1d!\x77LL\n", Geometry(width=60))
    assert [item.text for item in texts(ticket)] == ["L", "L"]
    assert ticket.raster().width == 60
    assert any(ticket.raster().data)


def test_the_text_form_keeps_columns_and_blank_lines() -> None:
    job = (
        b"\x1ba\x01\x1d!\x11Title\x1d!\x00\n\n\x1ba\x00left" + b" " * 10 + b"1,00\n"
        b"\x1b$\xf0\x00at\n\n\n" + b"\x1dv0\x00\x02\x00\x03\x00" + bytes(6) + b"\x1dv0\x00\x02\x00\x04\x00" + bytes(8)
    )
    assert only(job).text() == (
        "                   Title\n\nleft          1,00\n                    at\n\n\n[image 16x7]\n"
    )


def test_bands_stay_what_they_are_in_the_list() -> None:
    band = b"\x1dv0\x00\x02\x00\x03\x00" + bytes(6)
    assert [item.y for item in only(band * 3).items if isinstance(item, RasterBlock)] == [0, 3, 6]


@pytest.mark.parametrize("name", ["generic-80mm", "generic-58mm", "epson-tm-t88v", "hprt-tp808"])
def test_every_profile_has_a_geometry(name: str) -> None:
    profile = load_profile(name)
    columns = profile.fonts["A"].columns
    ticket = render_job(b"x" * columns + b"\ny\n", profile)[0]
    assert ticket.width == profile.width
    assert ticket.text() == "x" * columns + "\ny\n"


def test_the_sides_of_a_frame_stay_below_each_other_in_text() -> None:
    receipt = Receipt().box(Receipt().text("Order 42", width=2, height=2, align="center").row("Tea", "8,50"))
    lines = preview(receipt, "generic-58mm").text().splitlines()
    assert {len(line) for line in lines} == {32}
    assert [line[0] + line[-1] for line in lines] == ["┌┐", "││", "││", "└┘"]
    # Words of several sizes on one line stand as close as they are written.
    large = Receipt().line("Paid ", Span("74,50", Style(width=2)), " DKK")
    assert preview(large, "generic-58mm").text() == "Paid 74,50 DKK\n"
