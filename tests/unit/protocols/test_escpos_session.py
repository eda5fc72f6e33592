"""The conversation, fed bytes that were written down by hand: whole, byte by byte, and mixed on one stream."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posdevkit.events import Fault, Paper
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import (
    Cleared,
    Completed,
    EscPosSession,
    IdentityTold,
    Processed,
    SessionEvent,
    StatusTold,
)

TM = load_profile("epson-tm-t88v")
MIXED = b"\x12\x12" + b"\x10\x00\x03\x00" + b"\x12\x12" + b"_EPSON\x00" + b"\x37\x22!!!\x22\x00" + b"\x00"


def greeted() -> EscPosSession:
    session = EscPosSession(TM)
    session.sent(session.greeting())
    return session


def test_the_greeting_asks_for_what_the_profile_knows() -> None:
    assert EscPosSession(TM).greeting() == (
        b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
        b"\x1da\x0f"
        b"\x1d(D\x05\x00\x14\x01\x00\x02\x00"
        b"\x1dIB\x1dIC\x1dIA\x1dID"
    )
    bare = replace(TM, realtime_status=False, asb=False, identity=False, realtime_guard=False)
    assert EscPosSession(bare).greeting() == b""
    assert EscPosSession(bare).greeted
    assert EscPosSession(load_profile("generic-mute")).greeting() in (b"", b"\x1d(D\x05\x00\x14\x01\x00\x02\x00")


@pytest.mark.parametrize("size", [1, 2, 3, len(MIXED)])
def test_one_mixed_stream_cut_anywhere(size: int) -> None:
    session = greeted()
    request, process_id = session.completion_request()
    assert (request, process_id) == (b"\x1d(H\x06\x0000!!!\x22\x1dr\x01", b'!!!"')
    events: list[SessionEvent] = []
    for at in range(0, len(MIXED), size):
        events += session.receive(MIXED[at : at + size])
    assert session.greeted
    kinds = [type(event) for event in events]
    assert kinds == [StatusTold, StatusTold, IdentityTold, Completed, Processed]
    assert events[3] == Completed(b'!!!"')
    assert session.identity.maker == "EPSON"


def test_answers_find_their_questions_in_order() -> None:
    session = greeted()
    assert session.receive(b"\x1a\x16\x12") == []
    (told,) = session.receive(b"\x12")
    assert isinstance(told, StatusTold)
    assert (told.status.online, told.status.cover_open, told.status.paper) == (False, True, Paper.OK)


def test_a_question_inside_picture_data_is_expected_too() -> None:
    session = greeted()
    session.receive(b"\x12\x12\x12\x12")
    session.sent(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04")
    session.sent(b"\x01")
    session.sent(session.status_request())
    session.receive(b"\x12" + b"\x12\x52\x1a")
    (told,) = session.receive(b"\x7e")
    assert isinstance(told, StatusTold)
    assert (told.status.fault, told.status.paper) == (Fault.CUTTER, Paper.OUT)


def test_bytes_that_nobody_asked_for_change_nothing() -> None:
    session = EscPosSession(TM)
    before = session.status
    assert session.receive(b"\x12\x00_text\x00\x11\x13\xff") == []
    assert session.status == before
    assert session.heard


def test_clearing_forgets_the_questions_that_were_cleared() -> None:
    session = greeted()
    session.completion_request()
    assert session.clear_request() == b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
    assert session.receive(b"\x37\x25\x00") == [Cleared()]
    assert session.receive(b"\x00") == []


def test_ids_differ_and_stay_printable() -> None:
    session = EscPosSession(TM, seed=94**4 - 3)
    ids = [session.completion_request()[1] for _ in range(200)]
    assert len(set(ids)) == 200
    assert all(len(each) == 4 and all(0x21 <= byte <= 0x7E for byte in each) for each in ids)


def test_what_a_model_offers_decides_what_is_asked() -> None:
    in_order = EscPosSession(replace(TM, completion="in_order_status"))
    assert in_order.completion_request() == (b"\x1dr\x01", b"")
    assert EscPosSession(replace(TM, completion="none")).completion_request() == (b"", b"")
    assert EscPosSession(replace(TM, realtime_clear=False)).clear_request() == b""
