"""A conversation with a Star printer: what it asks, what it believes, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posdevkit.events import Evidence, Fault, Paper, PrinterStatus
from posdevkit.profiles import load_profile
from posdevkit.protocols.conversation import Completed, Identity, IdentityTold, StatusTold
from posdevkit.protocols.star.session import StarSession
from posdevkit.protocols.star.status import asb_bytes

PROFILE = load_profile("star-mc-print3")
FINE = PrinterStatus(online=True, cover_open=False, paper=Paper.OK, fault=Fault.NONE)


def told(counter: int, status: PrinterStatus = FINE) -> bytes:
    return asb_bytes(status, counter, size=11, version=5)


def greeted(counter: int = 0, seed: int = 0) -> StarSession:
    session = StarSession(PROFILE, seed)
    session.greeting()
    session.receive(told(counter))
    before = session.greeted
    session.receive(b"\x1b#*,mC-Print3Ver3.1\n\0")
    # What an earlier connection left may still be counted until the version is told.
    assert (before, session.greeted) == (False, True)
    return session


def completed(session: StarSession, data: bytes) -> list[bytes]:
    return [event.id for event in session.receive(data) if isinstance(event, Completed)]


def test_the_greeting_asks_for_what_the_profile_knows() -> None:
    session = StarSession(PROFILE)
    assert session.greeting() == b"\x1b\x06\x01\x1b\x1ea\x01\x1b#*\n\0\x1b\x1d)I\x01\x001"
    assert not session.greeted
    quiet = replace(PROFILE, answers=False, asb=False, realtime_status=False, identity=False, completion="none")
    mute = StarSession(quiet)
    assert (mute.greeting(), mute.greeted, mute.status_request()) == (b"", True, b"")
    assert mute.completion_request() == (b"", b"")


def test_a_job_is_proven_when_the_counter_moves() -> None:
    session = greeted(4)
    request, name = session.completion_request()
    assert (request, session.evidence) == (b"\x17", Evidence.ETB)
    assert completed(session, told(4, replace(FINE, paper=Paper.OUT, online=False))) == []
    assert session.status.paper is Paper.OUT
    assert completed(session, told(5)) == [name]
    assert completed(session, told(5)) == []


def test_several_places_in_the_counting() -> None:
    session = greeted(1)
    names = [session.completion_request()[1] for _ in range(3)]
    assert len(set(names)) == 3
    assert completed(session, told(3)) == names[:2]
    assert completed(session, told(4)) == names[2:]


def test_every_count_and_beyond() -> None:
    session, counter = greeted(0), 0
    for _ in range(70):
        request, name = session.completion_request()
        counter = (counter + len(request)) % 32
        assert counter != 0
        assert completed(session, told(counter)) == [name]


def test_no_proof_rests_on_0_which_a_printer_tells_that_lost_its_power() -> None:
    session = greeted(31)
    request, name = session.completion_request()
    assert request == b"\x17\x17"
    assert completed(session, told(0)) == []
    assert completed(session, told(1)) == [name]
    session = greeted(31)
    session.completion_request()
    assert completed(session, told(0)) == []


@pytest.mark.parametrize("counter", [0, 1, 9, 11, 31])
def test_a_counter_that_jumps_proves_nothing(counter: int) -> None:
    """A power cut, or a host beside this one that counted too."""
    session = greeted(9)
    _, name = session.completion_request()
    assert completed(session, told(counter)) == []
    assert name not in completed(session, told((counter + 1) % 32)) or counter == 9
    if counter != 9:
        _, later = session.completion_request()
        assert completed(session, told((counter + 2) % 32)) == ([later] if (counter + 2) % 32 else [])


def test_a_printer_that_tells_no_counter_proves_nothing() -> None:
    session = StarSession(PROFILE)
    session.receive(bytes.fromhex("0f060000000000"))
    assert session.status.online is True
    assert session.completion_request() == (b"", b"")


def test_what_an_earlier_connection_left_is_counted_for_nobody() -> None:
    session = StarSession(PROFILE)
    session.receive(told(4, replace(FINE, paper=Paper.OUT, online=False)))
    assert session.greeted  # it tells who it is when it has paper again
    assert session.completion_request() == (b"", b"")
    assert completed(session, told(5)) == []  # the earlier job's ETB
    session.receive(b"\x1b#*,mC-Print3Ver3.1\n\0")
    _, name = session.completion_request()
    assert completed(session, told(6)) == [name]


def test_ids_of_another_connection_are_others() -> None:
    assert greeted(seed=5).completion_request()[1] != greeted(seed=6).completion_request()[1]


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_who_it_is_over_usb_and_over_a_network(size: int) -> None:
    version, serial = b"\x1b#*,mC-Print3Ver3.1\n\0", b"\x1b\x1d)I\x01\x001PrSrN=2570123456789012,\n\0"
    who = Identity(maker="Star", model="mC-Print3", firmware="3.1", serial="2570123456789012")
    plain = told(0) + version + serial
    frame = bytearray(told(0))
    frame[1] |= 0x80
    network = b"".join(
        bytes(frame) + (len(data)).to_bytes(2, "little") + data
        for data in (b"", *(b"11:B" + len(text).to_bytes(2, "little") + text + b";" for text in (version, serial)))
    )
    for stream in (plain, network):
        session = StarSession(PROFILE)
        events = [event for at in range(0, len(stream), size) for event in session.receive(stream[at : at + size])]
        assert session.identity == who
        assert [type(event) for event in events].count(IdentityTold) == 2
        assert StatusTold(FINE_TOLD) in events


FINE_TOLD = replace(FINE, drawer_pin_high=False, feed_button=False, waiting_for_recovery=False)


def test_half_a_command_is_completed_by_nothing_that_prints() -> None:
    session = StarSession(PROFILE)
    assert session.clear_request() == b""
    assert session.mend(4) == b"\0\0\0\0\x1e"


ENDS = load_profile("star-mc-print3", {"completion": "print_end"})


def numbered(seed: int = 0) -> StarSession:
    session = StarSession(ENDS, seed)
    session.receive(told(0) + b"\x1b#*,mC-Print3Ver3.1\n\0")
    return session


def test_a_job_is_proven_when_its_number_comes_back() -> None:
    """The second example of communication of the specifications (Line Mode 3-57, ESC/POS rev. 2.52, 190)."""
    session = numbered(0x0210)
    request, name = session.completion_request()
    assert (request.hex(" "), session.evidence) == ("1b 1d 03 01 02 11", Evidence.PRINT_END)
    second, other = session.completion_request()
    assert second.hex(" ") == "1b 1d 03 01 02 12"
    assert completed(session, bytes.fromhex("1b1d03 01 0211 01 00")) == [name]
    assert completed(session, bytes.fromhex("1b1d03 01 0211 01 00")) == []
    assert completed(session, bytes.fromhex("1b1d03 01 0212 02 00")) == [other]


def test_over_a_network_the_answer_stands_behind_a_frame() -> None:
    """Kind "20", of eight bytes (Status Transmission Specification List); lengths low byte first, as elsewhere."""
    session = numbered(0x0210)
    _, name = session.completion_request()
    frame = bytearray(told(0))
    frame[1] |= 0x80
    answer = bytes(frame) + b"\x0f\x00" + b"20:B\x08\x00" + bytes.fromhex("1b1d03010211 01 00") + b";"
    for size in (1, 2, 5, len(answer)):
        pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
        again = numbered(0x0210)
        assert again.completion_request()[1] == name
        assert [one for piece in pieces for one in completed(again, piece)] == [name], size


def test_neither_another_number_nor_the_counter_of_others_proves_it() -> None:
    session = numbered(0x0210)
    _, name = session.completion_request()
    for noise in (
        told(1) + told(7),  # ETB of another host, which all are told
        bytes.fromhex("1b1d03 01 0212 01 00"),  # another number
        bytes.fromhex("1b1d03 00 0211 01 00"),  # an answer that did not wait
        bytes.fromhex("1b1d03 01 0211 01 07"),  # no answer: its last byte is not 0
    ):
        assert completed(session, noise) == [], noise
    assert completed(session, bytes.fromhex("1b1d03 01 0211 09 00")) == [name]


def test_a_number_is_asked_for_once_what_was_there_before_is_through() -> None:
    session = StarSession(ENDS, 0)
    session.receive(told(0))
    assert session.completion_request() == (b"", b"")
    session.receive(b"\x1b#*,mC-Print3Ver3.1\n\0")
    assert session.completion_request()[0] == b"\x1b\x1d\x03\x01\x00\x01"
    numbers = {numbered(0xFFFE + n).completion_request()[0][4:] for n in range(3)}
    assert numbers == {b"\xff\xff", b"\x00\x00", b"\x00\x01"}
