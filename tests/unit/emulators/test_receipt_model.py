"""The receipt printer as a pure model: order, buffers, confirmation, recovery."""

from __future__ import annotations

import hashlib

import pytest

from posdevkit.events import Fault, Paper
from posdevkit.profiles import load_profile
from posdevkit_emulators.faults import parse_faults
from posdevkit_emulators.printers import Effects, ReceiptPrinterModel, What

CUT = b"\x1dVA\x00"
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
KICK_NOW = b"\x10\x14\x01\x00\x02"
NO_REALTIME_KICK = b"\x1d(D\x05\x00\x14\x01\x00\x02\x00"


def make(*faults: str, profile: str = "epson-tm-t88v", connected: bool = True) -> ReceiptPrinterModel:
    model = ReceiptPrinterModel(load_profile(profile), parse_faults(faults))
    if connected:
        model.connected()
    return model


def request_id(name: bytes) -> bytes:
    return b"\x1d(H\x06\x0000" + name


def reply_id(name: bytes) -> bytes:
    return b"\x37\x22" + name + b"\x00"


def happened(effects: Effects) -> list[What]:
    return [event.what for event in effects.events]


def ticket_text(effects: Effects) -> str:
    (ticket,) = [event.ticket for event in effects.events if event.ticket is not None]
    return ticket.text


def test_a_ticket_comes_out_at_the_cut() -> None:
    model = make()
    assert model.receive(b"Hello\n").events == ()
    assert ticket_text(model.receive(b"world\n" + CUT)) == "Hello\nworld\n"
    assert model.tickets_out == 1


def test_the_ticket_knows_its_commands_and_bytes() -> None:
    sent = b"\x1b@Hello\n" + CUT
    event = make().receive(sent).events[-1]
    assert event.ticket is not None
    assert [type(command).__name__ for command in event.ticket.commands] == [
        "Initialize",
        "Text",
        "LineFeed",
        "FeedAndCut",
    ]
    assert event.ticket.size == len(sent)
    assert event.ticket.sha256 == hashlib.sha256(sent).hexdigest()
    assert event.ticket.cut


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_bytes_in_any_pieces_do_the_same(size: int) -> None:
    sent = (
        b"\x1da\x0f\x1b@Hi\n\x1dv0\x00\x01\x00\x02\x00\x10\x04\x10\x04\x01"
        + request_id(b"0001")
        + CUT
        + b"\x10\x04\x04"
    )
    whole, pieces = make(), make()
    once = whole.receive(sent)
    many = [pieces.receive(sent[at : at + size]) for at in range(0, len(sent), size)]
    assert b"".join(effects.writes for effects in many) == once.writes
    assert [event for effects in many for event in effects.events] == list(once.events)


def test_an_unfinished_line_is_not_printed() -> None:
    model = make()
    assert model.receive(b"half" + request_id(b"0001")).writes == b""
    assert model.receive(b"\n").writes == reply_id(b"0001")


def test_initialize_drops_the_half_line_and_what_was_to_confirm_it() -> None:
    model = make()
    model.receive(b"half" + request_id(b"0001") + b"\x1b@")
    effects = model.receive(b"whole\n" + CUT + request_id(b"0002"))
    assert ticket_text(effects) == "whole\n"
    assert effects.writes == reply_id(b"0002")


def test_an_id_with_a_control_character_is_ignored() -> None:
    assert make().receive(request_id(b"a\x00bc")).writes == b""


def test_paper_out_stops_and_goes_on_with_the_buffer() -> None:
    model = make("paper-out-after=2")
    effects = model.receive(b"1\n2\n3\n4\n" + CUT + request_id(b"done"))
    assert happened(effects) == [What.PAPER_OUT]
    assert effects.writes == b""
    assert model.waiting
    assert model.uncut().text() == "1\n2\n"
    effects = model.load_paper()
    assert happened(effects) == [What.PAPER_LOADED, What.TICKET, What.CONFIRMED]
    assert ticket_text(effects) == "1\n2\n3\n4\n"
    assert effects.writes == reply_id(b"done")
    assert not model.waiting


def test_the_ticket_tells_its_troubles() -> None:
    model = make("paper-out-after=1")
    model.receive(b"1\n2\n" + CUT)
    (ticket,) = [event.ticket for event in model.load_paper().events if event.ticket]
    assert ticket.troubles == ("paper-out",)
    assert ticket.facts()["faults"] == ["paper-out"]


def test_a_new_roll_without_an_end_stays() -> None:
    model = make("paper-out-after=1")
    model.receive(b"1\n")
    model.load_paper()
    model.receive(b"2\n" * 50)
    assert model.status.paper is Paper.OK


def test_many_blank_lines_stop_in_the_middle() -> None:
    model = make("paper-out-after=3")
    model.receive(b"\x1bd\x0a")
    assert model.uncut().height == 3 * 30
    model.load_paper()
    assert model.uncut().height == 10 * 30


def test_the_buffer_fills_and_then_has_no_room() -> None:
    model = make("paper-out-after=0")
    assert model.room == 4096
    model.receive(b"x" * 4000)
    assert model.room == 96
    model.receive(b"x" * 96)
    assert model.room == 0
    model.load_paper()
    assert model.room == 4096


def test_a_long_picture_under_way_takes_no_room() -> None:
    model = make()
    rows = 500
    model.receive(b"\x1dv0\x00\x40\x00" + rows.to_bytes(2, "little") + b"\x55" * 4096)
    assert model.room == 4096


def test_real_time_status_answers_while_the_printer_stands_still() -> None:
    model = make("paper-out-after=0")
    model.receive(b"text\n")
    assert model.receive(b"\x10\x04\x04").writes == b"\x7e"


def test_near_end_is_told_and_prints_on() -> None:
    model = make("near-end-after=2")
    model.receive(b"\x1da\x08")
    effects = model.receive(b"1\n2\n3\n" + CUT)
    assert effects.writes == b"\x10\x00\x03\x00"
    assert happened(effects) == [What.PAPER_NEAR_END, What.TICKET]


def test_cover_open_stops_until_it_is_closed() -> None:
    model = make("cover-open-after=1")
    assert happened(model.receive(b"1\n2\n" + CUT)) == [What.COVER_OPENED]
    assert ticket_text(model.close_cover()) == "1\n2\n"


def test_a_closed_cover_without_paper_does_not_print() -> None:
    model = make("paper-out-after=1", "cover-open-after=1")
    model.receive(b"1\n2\n")
    model.close_cover()
    assert model.waiting
    model.load_paper()
    assert not model.waiting


def test_a_jammed_cutter_keeps_the_cut_until_it_is_clear() -> None:
    model = make("cutter-jam")
    effects = model.receive(b"1\n" + CUT + request_id(b"0001") + b"2\n")
    assert happened(effects) == [What.CUTTER_JAMMED]
    assert effects.writes == b""
    assert model.status.fault is Fault.CUTTER
    # Asked to recover while the cause is there, it stops at the same place.
    assert What.TICKET not in happened(model.receive(b"\x10\x05\x01"))
    assert model.status.fault is Fault.CUTTER
    effects = model.clear_error()
    assert ticket_text(effects) == "1\n"
    assert effects.writes == reply_id(b"0001")


def test_the_second_cut_jams() -> None:
    model = make("cutter-jam=2")
    assert What.TICKET in happened(model.receive(b"1\n" + CUT))
    assert happened(model.receive(b"2\n" + CUT)) == [What.CUTTER_JAMMED]


def test_dle_enq_2_recovers_and_clears() -> None:
    model = make()
    model.jam(Fault.RECOVERABLE)
    model.receive(b"lost\n" + request_id(b"lost"))
    effects = model.receive(b"\x10\x05\x02")
    assert happened(effects) == [What.BUFFER_CLEARED, What.ERROR_CLEARED]
    assert model.receive(b"kept\n" + request_id(b"kept")).writes == reply_id(b"kept")
    assert model.uncut().text() == "kept\n"


def test_dle_enq_does_nothing_for_want_of_paper() -> None:
    model = make("paper-out-after=0")
    model.receive(b"kept\n")
    model.receive(b"\x10\x05\x02")
    model.load_paper()
    assert model.uncut().text() == "kept\n"


def test_clear_drops_what_is_not_printed_and_answers() -> None:
    model = make("paper-out-after=1")
    model.receive(b"1\n2\n" + request_id(b"gone"))
    effects = model.receive(b"3\n" + CLEAR + b"4\n")
    assert effects.writes == b"\x37\x25\x00"
    assert What.BUFFER_CLEARED in happened(effects)
    effects = model.load_paper()
    assert effects.writes == b""
    assert model.uncut().text() == "1\n4\n"


def test_clear_drops_a_half_line_and_half_a_command() -> None:
    model = make()
    model.receive(b"half\x1dv0\x00\x10\x00\x10\x00partly" + CLEAR)
    assert ticket_text(model.receive(b"new\n" + CUT)) == "new\n"


def test_a_printer_that_knows_no_clear_ignores_it() -> None:
    model = make(profile="generic-80mm")
    assert model.receive(CLEAR).writes == b""


def test_the_drawer_opens_in_order_and_at_once() -> None:
    model = make("paper-out-after=1")
    model.receive(b"1\n")
    assert happened(model.receive(b"\x1bp\x00\x19\xfa")) == []  # waits for paper
    assert What.DRAWER_KICK in happened(model.receive(KICK_NOW))  # does not
    assert What.DRAWER_KICK in happened(model.load_paper())


def test_a_kick_is_felt_at_pin_3() -> None:
    model = make()
    model.receive(b"\x1da\x01")
    assert model.receive(KICK_NOW).writes == b"\x14\x00\x00\x00"
    assert model.set_drawer(False).writes == b"\x10\x00\x00\x00"


def picture(data: bytes) -> bytes:
    return b"\x1dv0\x00" + len(data).to_bytes(2, "little") + b"\x01\x00" + data


def test_a_kick_in_a_picture_is_executed_unless_it_is_disabled() -> None:
    # The control: without the guard, dots open the drawer.
    assert What.DRAWER_KICK in happened(make().receive(picture(KICK_NOW * 4)))
    guarded = make()
    assert What.DRAWER_KICK not in happened(guarded.receive(NO_REALTIME_KICK + picture(KICK_NOW * 4)))
    guarded.receive(b"\x1b@")
    assert What.DRAWER_KICK in happened(guarded.receive(picture(KICK_NOW * 4)))


def test_a_printer_without_the_guard_kicks_all_the_same() -> None:
    from dataclasses import replace

    profile = replace(load_profile("epson-tm-t88v"), realtime_guard=False)
    model = ReceiptPrinterModel(profile)
    assert What.DRAWER_KICK in happened(model.receive(NO_REALTIME_KICK + picture(KICK_NOW * 4)))


def test_the_dots_of_a_picture_full_of_commands_are_printed_as_dots() -> None:
    dots = b"\x10\x04\x01\x10\x14\x08\x01\x03" * 8
    model = make()
    model.receive(NO_REALTIME_KICK + picture(dots))
    model.receive(b"\n")
    raster = model.uncut().raster()
    assert raster.data[: len(dots)] == dots


def test_a_mute_printer_never_sends() -> None:
    model = make(profile="generic-mute")
    sent = b"\x1da\x0f\x10\x04\x01\x10\x04\x04\x1dr\x01\x1dI\x43A\n" + request_id(b"0001") + CLEAR
    assert model.receive(sent).writes == b""
    for effects in (model.open_cover(), model.close_cover(), model.run_out(), model.load_paper()):
        assert effects.writes == b""


def test_a_printer_without_process_ids_says_nothing() -> None:
    model = make(profile="generic-80mm")
    assert model.receive(b"A\n" + request_id(b"0001") + b"\x1dr\x01").writes == b"\x00"


def test_automatic_status_is_off_on_a_new_connection() -> None:
    model = make()
    model.receive(b"\x1da\x0f")
    model.disconnected()
    model.connected()
    assert model.open_cover().writes == b""


def test_data_of_a_host_that_left_is_printed_and_told_to_the_next() -> None:
    model = make("paper-out-after=0")
    model.receive(b"1\n" + request_id(b"0001") + request_id(b"0002"))
    model.disconnected()
    assert model.load_paper().writes == b""
    assert model.uncut().text() == "1\n"
    assert model.connected().writes == reply_id(b"0002")


def test_a_power_cut_loses_buffer_modes_and_ids_but_not_the_paper() -> None:
    model = make("paper-out-after=1")
    model.receive(b"\x1da\x0f1\n2\n" + request_id(b"lost"))
    effects = model.power_cycle()
    assert effects.disconnects
    assert effects.writes == b""
    assert model.load_paper().writes == b""
    assert model.connected().writes == b""
    assert ticket_text(model.receive(b"3\n" + CUT)) == "1\n3\n"


def test_a_power_cut_clears_a_fault_but_not_its_cause() -> None:
    model = make("cutter-jam")
    model.receive(b"1\n" + CUT)
    model.power_cycle()
    assert model.status.fault is Fault.NONE
    assert happened(model.receive(b"2\n" + CUT)) == [What.CUTTER_JAMMED]


def test_what_is_not_cut_is_torn_off_at_the_end() -> None:
    model = make()
    model.receive(b"rest\nhalf")
    (ticket,) = [event.ticket for event in model.tear_off().events if event.ticket]
    assert ticket.text == "rest\n"
    assert not ticket.cut
    assert model.tear_off().events == ()


def test_near_end_and_out_on_request() -> None:
    model = make()
    model.near_end(after=1)
    model.run_out(after=2)
    seen = [model.status.paper]
    for line in (b"1\n", b"2\n"):
        model.receive(line)
        seen.append(model.status.paper)
    assert seen == [Paper.OK, Paper.NEAR_END, Paper.OUT]


def test_commands_that_are_too_long_are_passed_over() -> None:
    model = make()
    size = 20 * 1024 * 1024
    model.receive(b"\x1d8L" + (size + 10).to_bytes(4, "little") + b"0p0\x01\x011\x00\x40\x00\x40")
    for _ in range(size // 65536):
        model.receive(bytes(65536))
    model.receive(b"after\n" + CUT)
    assert model.tickets_out == 1


def test_a_ticket_longer_than_any_roll_is_torn_off() -> None:
    model = make()
    tickets = 0
    for _ in range(40):
        effects = model.receive(b"\x1bJ\xff" * 1300)
        tickets += happened(effects).count(What.TICKET)
    assert tickets >= 1


def test_two_thousand_lines_are_one_ticket() -> None:
    model = make()
    job = b"".join(b"%4d a line of a long receipt\n" % number for number in range(2000)) + CUT
    effects = model.receive(job)
    assert happened(effects).count(What.TICKET) == 1


def test_a_buzzer_is_heard_where_the_model_has_one() -> None:
    job = b"\x1bB\x03\x02\x1b(A\x03\x00a\x01\x01\x1b(A\x01\x00b"
    for buzzer, heard in ((None, []), ("esc_b", ["3 times"]), ("esc_paren_a", ["once"])):
        printer = ReceiptPrinterModel(load_profile("generic-80mm", {"buzzer": buzzer or False}))
        printer.connected()
        events = printer.receive(job).events
        assert [event.detail for event in events if event.what is What.BUZZER] == heard


def test_a_page_is_confirmed_when_it_has_been_printed_and_not_before() -> None:
    model = make()
    asked = model.receive(b"\x1bL\x1bW\x00\x00\x00\x00\x64\x00\x64\x00on a page" + request_id(b"0001"))
    assert reply_id(b"0001") not in asked.writes
    assert reply_id(b"0001") in model.receive(b"\x0c").writes
    # Once printed, what a page keeps (ESC FF) holds nothing up.
    kept = model.receive(b"\x1bL\x1bW\x00\x00\x00\x00\x64\x00\x64\x00again\x1b\x0c" + request_id(b"0002"))
    assert reply_id(b"0002") in kept.writes


def test_paper_that_runs_out_before_a_page_keeps_its_proof_back() -> None:
    model = make("paper-out-after=1")
    model.receive(b"line\n")
    done = model.receive(b"\x1bL\x1bW\x00\x00\x00\x00\x64\x00\x64\x00page\x0c" + request_id(b"0001"))
    assert reply_id(b"0001") not in done.writes
    assert reply_id(b"0001") in model.load_paper().writes
