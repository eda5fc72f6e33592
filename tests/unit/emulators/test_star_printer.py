"""An emulated Star printer under a person's hands, and the steps of its paper."""

from __future__ import annotations

import pytest

from posdevkit.paper import Symbol, TextCells, Ticket, render_job
from posdevkit.profiles import load_profile
from posdevkit_emulators.faults import CutterJam
from posdevkit_emulators.printers.effects import Effects, What
from posdevkit_emulators.printers.models import printer_model
from posdevkit_emulators.printers.receipt import ReceiptPrinterModel
from posdevkit_emulators.printers.star import StarPrinterModel

ENTER, QUIT = b"\x1b*rA\x1b*rP0\0", b"\x1b*rB"
ROW = b"b\x01\x00\xff"


def printer(name: str = "star-mc-print3") -> StarPrinterModel:
    model = StarPrinterModel(load_profile(name))
    model.connected()
    return model


def happened(effects: Effects) -> list[tuple[What, str]]:
    return [(event.what, event.detail) for event in effects.events]


def papers(data: bytes, name: str = "star-mc-print3") -> tuple[Ticket, ...]:
    return render_job(data, load_profile(name))


def inked(ticket: Ticket) -> list[int]:
    """Rows of the ticket with ink on them."""
    rows = [row for strip in ticket.strips() for row in _rows(strip.data, strip.stride)]
    return [number for number, row in enumerate(rows) if row.strip(b"\0")]


def _rows(data: bytes, stride: int) -> list[bytes]:
    return [data[at : at + stride] for at in range(0, len(data), stride)]


def test_the_profile_says_which_model_plays_it() -> None:
    for name, kind in (("epson-tm-t88v", ReceiptPrinterModel), ("star-mpop", StarPrinterModel)):
        assert type(printer_model(load_profile(name), (), serial="1")) is kind


@pytest.mark.parametrize(
    ("job", "kick"),
    [
        (b"\x07", "pin 2, 200 ms"),
        (b"\x1b\x07\x05\x0a\x07", "pin 2, 50 ms"),
        (b"\x1b\x07\x05\x0a\x1b@\x07", "pin 2, 50 ms"),  # initialization leaves the pulse as it is
        (b"\x1b\x07\x05\x0a\x1a", "pin 5, 200 ms"),
        (b"\x1c", "pin 2, 200 ms"),
        (b"\x19", "pin 5, 200 ms"),
        (ENTER + b"\x1b*rD1\0", "pin 2, 200 ms"),
        (ENTER + b"\x1b*rD2\0", "pin 5, 200 ms"),
    ],
)
def test_drawers(job: bytes, kick: str) -> None:
    effects = printer().receive(job)
    assert (What.DRAWER_KICK, kick) in happened(effects)
    assert (What.DRAWER_OPENED, "") in happened(effects)


def test_a_drawer_that_opens_at_once_opens_while_the_printer_waits_and_the_other_in_its_turn() -> None:
    model = printer()
    model.run_out()
    assert (What.DRAWER_KICK, "pin 5, 200 ms") in happened(model.receive(b"text\n\x07\x19"))
    assert (What.DRAWER_KICK, "pin 2, 200 ms") in happened(model.load_paper())


def test_a_drawer_the_model_has_not_stays_closed() -> None:
    assert happened(printer("star-mpop").receive(b"\x1a\x19")) == []


def test_rows_are_printed_by_what_executes_them_and_only_then() -> None:
    model = printer("star-tsp100")
    model.receive(ENTER + b"\x1b*rE13\0" + ROW * 3)
    assert model.uncut().height == 0
    effects = model.receive(b"\x1b\x0c\x04")
    assert [what for what, _ in happened(effects)] == [What.TICKET]
    model.receive(b"\x1b\x0c\x04" + QUIT)  # nothing is left to execute
    assert model.tickets_out == 1


def test_leaving_raster_mode_prints_what_is_left_and_does_as_the_eot_mode_says() -> None:
    (cut,) = papers(ENTER + ROW + QUIT, "star-tsp100")
    assert cut.cut is not None  # mode 13 holds if none was set
    assert cut.cut.partial
    (full,) = papers(ENTER + b"\x1b*rE9\0" + ROW + QUIT, "star-tsp700ii")
    assert (full.cut is not None, full.cut is not None and full.cut.partial) == (True, False)
    (torn,) = papers(ENTER + b"\x1b*rE1\0" + ROW + QUIT, "star-tsp100")
    assert (torn.cut, torn.height) == (None, 1)


def test_a_mode_is_ignored_while_rows_wait() -> None:
    (torn,) = papers(ENTER + b"\x1b*rE1\0" + ROW + b"\x1b*rE13\0" + QUIT, "star-tsp100")
    assert torn.cut is None


def test_rows_skips_and_dots_laid_over_one_another() -> None:
    job = ENTER + b"\x1b*rE1\0" + b"k\x01\x00\x80" + b"k\x02\x00\x01\x01" + b"\x1b*rY3\0" + ROW + QUIT
    (ticket,) = papers(job, "star-tsp100")
    assert (ticket.height, inked(ticket)) == (4, [0, 3])
    first = next(ticket.strips()).data[:72]
    assert first == b"\x81\x01" + bytes(70)
    (moved,) = papers(ENTER + b"\x1b*rE1\0\x1b*rml2\0" + ROW + QUIT, "star-tsp100")
    assert next(moved.strips()).data[:4] == b"\0\0\xff\0"


@pytest.mark.parametrize("forget", [b"\x1b*rC", b"\x1b*rR"])
def test_rows_are_forgotten(forget: bytes) -> None:
    assert papers(ENTER + ROW + forget + QUIT, "star-tsp100") == ()


def test_rows_that_never_end_are_printed_a_page_at_a_time() -> None:
    model = printer("star-tsp100")
    model.receive(ENTER + b"\x1b*rY999999999\0")
    assert model.uncut().height == 64_000


def test_paper_runs_out_within_a_picture_and_the_rest_comes_on_the_next_roll() -> None:
    model = printer("star-tsp100")
    model.run_out(after=2)
    model.receive(ENTER + b"\x1b*rE13\0" + ROW * 320 + b"\x1b\x0c\x04" + QUIT + b"\x17")
    assert model.uncut().height == 64
    model.load_paper()
    assert model.tickets_out == 1
    assert model.waiting is False


def test_a_jammed_cutter_keeps_what_would_cut() -> None:
    for name, job in (("star-mc-print3", b"text\n\x1bd\x03"), ("star-tsp100", ENTER + ROW + b"\x1b\x0c\x04")):
        model = printer_model(load_profile(name), [CutterJam(1)], serial="1")
        model.connected()
        assert (What.CUTTER_JAMMED, "") in happened(model.receive(job)), name
        assert model.tickets_out == 0, name
        assert What.TICKET in [what for what, _ in happened(model.clear_error())], name


def test_every_barcode_mode_is_as_wide_as_the_manual_says() -> None:
    # JAN/EAN: 95 modules of 2, 3 and 4 dots (Line Mode specifications 5-2: 23.75, 35.625 and 47.5 mm at 8 dots/mm).
    for mode, millimetres in ((1, 23.75), (2, 35.625), (3, 47.5)):
        (ticket,) = papers(b"\x1bb\x03\x01" + bytes([mode]) + b"\x10490123456789\x1e\n")
        (symbol,) = [item for item in ticket.items if isinstance(item, Symbol)]
        assert symbol.raster.width == round(millimetres * 8)
    # Code 39: * and A and *, each 6 narrow and 3 wide, and two narrow gaps.
    for mode, (narrow, wide) in {1: (2, 6), 5: (3, 8), 7: (2, 4), 9: (4, 8)}.items():
        (ticket,) = papers(b"\x1bb\x04\x01" + bytes([mode]) + b"\x10A\x1e\n")
        (symbol,) = [item for item in ticket.items if isinstance(item, Symbol)]
        assert symbol.raster.width == 3 * (6 * narrow + 3 * wide) + 2 * narrow


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x06\x02\x01\x10A%0B", "A%B"),
        (b"\x06\x02\x01\x10%7AB", "AB"),
        (b"\x05\x02\x01\x10123", "0123"),
        (b"\x02\x02\x01\x1012345679", "12345670"),  # the digit worked out takes the place of a wrong one
    ],
)
def test_what_a_barcode_says(data: bytes, text: str) -> None:
    (ticket,) = papers(b"\x1bb" + data + b"\x1e\n")
    assert text in ticket.text()


@pytest.mark.parametrize(
    "data", [b"\x06\x02\x01\x10%2A", b"\x03\x02\x01\x1012", b"\x04\x02\x01\x10abc", b"\x0a\x02\x01\x1012"]
)
def test_a_barcode_that_is_refused_prints_nothing(data: bytes) -> None:
    assert papers(b"\x1bb" + data + b"\x1e") == ()


def test_positions_margins_tabs_and_sizes() -> None:
    job = b"\x1bl\x02\x1bQ\x0aABCDEFGHIJ\n\x1b@\tX\n\x1bD\x05\0\tY\n\x1b\x1dA\x30\x00Z\n\x0e\x1b\x0eW\x14\x1b\x14w\n"
    (ticket,) = papers(job + b"\x1b\x1da\x02R\n")
    cells = [(item.x, item.text, item.height) for item in ticket.items if isinstance(item, TextCells)]
    assert cells == [
        (24, "ABCDEFGH", 24),
        (24, "IJ", 24),
        (96, "X", 24),
        (60, "Y", 24),
        (48, "Z", 24),
        (0, "W", 48),
        (24, "w", 24),
        (564, "R", 24),
    ]


def test_cancelling_drops_the_line_and_the_counter() -> None:
    model = printer()
    model.receive(b"\x17\x17half\x18whole\n")
    assert model.uncut().text().strip() == "whole"
    assert model.receive(b"\x1b\x06\x01").writes[7] == 0


def test_the_number_comes_back_when_all_before_it_is_printed() -> None:
    model = printer()
    assert model.receive(b"\x1b\x1d\x03\x00\x00\x00").writes == b"\x1b\x1d\x03\x00\x00\x00\x00\x00"
    assert model.receive(b"half a line\x1b\x1d\x03\x01\x02\x11").writes == b""
    assert model.receive(b"\n").writes == b"\x1b\x1d\x03\x01\x02\x11\x01\x00"
    model.run_out()
    assert b"\x1b\x1d\x03" not in model.receive(b"a\n\x1b\x1d\x03\x01\x02\x12").writes
    assert b"\x1b\x1d\x03\x01\x02\x12\x02\x00" in model.load_paper().writes
    model.receive(b"\x1b\x1d\x03\x02\x00\x00")
    assert model.receive(b"\x1b\x1d\x03\x00\x00\x07").writes == b"\x1b\x1d\x03\x00\x00\x07\x00\x00"


def test_the_number_goes_to_whoever_is_connected_and_counts_without_anybody() -> None:
    model = printer()
    model.run_out()
    model.receive(b"a\n\x1b\x1d\x03\x01\x02\x11")
    model.disconnected()
    model.connected()
    assert b"\x1b\x1d\x03\x01\x02\x11\x01\x00" in model.load_paper().writes
    model.run_out()
    model.receive(b"a\n\x1b\x1d\x03\x01\x02\x12")
    model.disconnected()
    assert model.load_paper().writes == b""
    model.connected()
    assert model.receive(b"\x1b\x1d\x03\x00\x00\x00").writes == b"\x1b\x1d\x03\x00\x00\x00\x02\x00"


def test_raster_mode_knows_no_number() -> None:
    assert printer("star-tsp100").receive(b"\x1b\x1d\x03\x01\x00\x01").writes == b""
