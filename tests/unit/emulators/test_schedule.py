"""Faults that come after so many bytes, lines or tickets: how they are written, when they come, and what is told."""

from __future__ import annotations

import pytest

from posdevkit.errors import UsageError
from posdevkit.events import Fault, Paper
from posdevkit.profiles import load_profile
from posdevkit_emulators.faults import OF_A_LABEL_PRINTER, PowerCutAt, StallAt, parse_fault, parse_faults
from posdevkit_emulators.printers import PrinterModel, What
from posdevkit_emulators.printers.models import printer_model
from posdevkit_emulators.schedule import Scheduled, Trouble

CUT = b"\x1dVA\x00"
STAR_CUT = b"\x1bd\x02"


def make(*faults: str, profile: str = "epson-tm-t88v") -> PrinterModel:
    model = printer_model(load_profile(profile), parse_faults(faults), serial="1")
    model.connected()
    return model


def fault_of(model: PrinterModel) -> Fault:
    """The error that it tells now."""
    return model.status.fault


def seen(model: PrinterModel, data: bytes) -> list[What]:
    return [event.what for event in model.receive(data).events]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("cutter after 1200 bytes", Scheduled(Trouble.CUTTER, 1200, "bytes")),
        ("cutter after 1 byte", Scheduled(Trouble.CUTTER, 1, "bytes")),
        ("paper-out at line 30", Scheduled(Trouble.PAPER_OUT, 29, "lines")),
        ("Paper Out  at  Line 1", Scheduled(Trouble.PAPER_OUT, 0, "lines")),
        ("near end after 5 lines", Scheduled(Trouble.NEAR_END, 5, "lines")),
        ("head after 2 tickets for 5 seconds", Scheduled(Trouble.HEAD, 2, "tickets", 5.0)),
        ("overheat at ticket 3 for 0.5 s", Scheduled(Trouble.HEAD, 2, "tickets", 0.5)),
        ("voltage after 0 bytes", Scheduled(Trouble.VOLTAGE, 0, "bytes")),
        ("drawer after 1 ticket", Scheduled(Trouble.DRAWER_OPEN, 1, "tickets")),
        ("stall after 100 bytes for 2.5 seconds", StallAt(100, 2.5)),
        ("power-cut at byte 301", PowerCutAt(300)),
    ],
)
def test_sentence_to_fault_and_back(text: str, fault: object) -> None:
    assert parse_fault(text) == fault
    assert parse_fault(str(fault)) == fault


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("cutter after", "what and when"),
        ("cutter after 12", "what and when"),
        ("after 12 bytes", "what and when"),
        ("cuter after 12 bytes", "'cutter'"),
        ("cutter after many bytes", "'many'"),
        ("cutter after -1 bytes", "'-1'"),
        ("cutter at line 0", "'0'"),
        ("cutter after ٣ lines", "'٣'"),
        ("cutter after 12 pages", "'pages'"),
        ("cutter after 12 bytes for ever", "what and when"),
        ("cutter after 12 bytes for long seconds", "'long'"),
        ("cutter after 12 bytes for nan seconds", "'nan'"),
        ("cutter after 12 bytes for -1 seconds", "'-1'"),
        ("stall after 3 lines", "lines"),
        ("close after 3 bytes for 2 seconds", "no time"),
        ("cutter after 12 bytes and head after 3 lines", "what and when"),
    ],
)
def test_a_wrong_sentence_is_one_clear_error(text: str, named: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_fault(text)
    assert named in str(raised.value)
    assert raised.value.remedy()


def test_several_are_parted_by_commas_and_a_label_printer_has_none_of_them() -> None:
    assert parse_faults(["cutter after 12 bytes, split=3", "head at line 2"]) == (
        parse_fault("cutter after 12 bytes"),
        parse_fault("split=3"),
        parse_fault("head at line 2"),
    )
    with pytest.raises(UsageError, match="cannot happen to this device"):
        parse_faults(["cutter after 12 bytes"], OF_A_LABEL_PRINTER)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_bytes_are_counted_as_they_come_however_they_are_cut(size: int) -> None:
    """`head after 6 bytes` leaves "One\\nTw" received, so one line printed, and the second waits."""
    model = make("head after 6 bytes")
    data = b"One\nTwo\n"
    told = [what for at in range(0, len(data), size) for what in seen(model, data[at : at + size])]
    assert told == [What.FAULT, What.HEAD_HOT]
    assert fault_of(model) is Fault.AUTO_RECOVERABLE
    assert model.uncut().text() == "One\n"
    model.clear_error()
    assert model.uncut().text() == "One\nTwo\n"


def test_at_line_3_two_lines_are_printed_and_the_third_waits() -> None:
    model = make("paper-out at line 3")
    assert seen(model, b"1\n2\n3\n4\n") == [What.FAULT, What.PAPER_OUT]
    assert model.uncut().text() == "1\n2\n"
    assert model.status.paper is Paper.OUT
    model.load_paper()
    assert model.uncut().text() == "1\n2\n3\n4\n"


@pytest.mark.parametrize(("profile", "cut"), [("epson-tm-t88v", CUT), ("star-mc-print3", STAR_CUT)])
def test_a_cutter_that_sticks_after_two_tickets_shows_at_the_third_cut(profile: str, cut: bytes) -> None:
    model = make("cutter after 2 tickets", profile=profile)
    assert seen(model, (b"x\n" + cut) * 2) == [What.TICKET, What.TICKET, What.FAULT]
    assert fault_of(model) is Fault.NONE
    assert seen(model, b"third\n") == []
    assert seen(model, cut) == [What.CUTTER_JAMMED]
    assert fault_of(model) is Fault.CUTTER
    assert [event.what for event in model.clear_error().events] == [What.ERROR_CLEARED, What.TICKET]


def test_several_at_once_and_the_gravest_is_told_until_it_is_gone() -> None:
    model = make("error after 4 bytes", "voltage after 4 bytes", "cover-open after 4 bytes", "drawer after 4 bytes")
    assert seen(model, b"One\nTwo\n") == [
        What.FAULT, What.ERROR, What.FAULT, What.FAILED, What.FAULT, What.COVER_OPENED, What.FAULT, What.DRAWER_OPENED,
    ]  # fmt: skip
    assert (model.status.fault, model.status.cover_open, model.status.drawer_pin_high) == (
        Fault.UNRECOVERABLE,
        True,
        True,
    )
    model.close_cover()
    model.clear_error()  # no hand helps against the voltage
    assert fault_of(model) is Fault.UNRECOVERABLE
    model.power_cycle()
    assert fault_of(model) is Fault.NONE
    assert model.status.online


def test_dle_enq_recovers_from_an_error_and_from_no_other() -> None:
    """Epson dle_enq: 1 goes on where it stopped, 2 forgets what is not printed; neither cools a head."""
    for fault, recovers in (("error", True), ("head", False), ("voltage", False)):
        model = make(f"{fault} at line 2")
        model.receive(b"One\nTwo\n")
        told = seen(model, b"\x10\x05\x01")
        assert (What.ERROR_CLEARED in told) is recovers, fault
        assert model.uncut().text() == ("One\nTwo\n" if recovers else "One\n"), fault
    model = make("error at line 2")
    model.receive(b"One\nTwo\n")
    assert seen(model, b"\x10\x05\x02") == [What.BUFFER_CLEARED, What.ERROR_CLEARED]
    assert model.uncut().text() == "One\n"


def test_faults_outlive_a_power_cycle_and_bytes_are_counted_over_it() -> None:
    model = make("head after 8 bytes")
    model.receive(b"One\n")
    model.power_cycle()
    assert seen(model, b"Two\n") == [What.FAULT, What.HEAD_HOT]


def test_a_drawer_is_opened_by_a_pulse_closed_by_hand_and_opened_by_hand() -> None:
    model = make("drawer-close after 5 bytes", "drawer-open after 6 bytes")
    assert seen(model, b"\x1bp\x00\x19\xfa") == [What.DRAWER_KICK, What.DRAWER_OPENED, What.FAULT, What.DRAWER_CLOSED]
    assert seen(model, b"x") == [What.FAULT, What.DRAWER_OPENED]
    assert model.status.drawer_pin_high
