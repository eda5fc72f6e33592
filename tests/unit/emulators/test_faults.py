"""Faults as text, and what they do to bytes on the cable."""

from __future__ import annotations

import argparse

import pytest

from posdevkit.cli.main import build_parser
from posdevkit.errors import UsageError
from posdevkit_emulators.faults import (
    KNOWN_FAULTS,
    CloseAt,
    CoverOpenAfter,
    CutterJam,
    Drop,
    Fault,
    Garble,
    GarbleSent,
    NearEndAfter,
    PaperOutAfter,
    PowerCutAt,
    Slow,
    Split,
    StallAt,
    parse_fault,
    parse_faults,
)
from posdevkit_emulators.wires.disturbance import Disturbance


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("paper-out-after=12", PaperOutAfter(12)),
        ("paper-out:3", PaperOutAfter(3)),
        ("near-end-after=5", NearEndAfter(5)),
        ("cover-open-after=0", CoverOpenAfter(0)),
        ("cutter-jam", CutterJam(1)),
        ("cutter-jam=3", CutterJam(3)),
        ("stall-at=100", StallAt(100)),
        ("stall-at=100:2.5", StallAt(100, 2.5)),
        ("stall-at:100:2.5", StallAt(100, 2.5)),
        ("drop=7", Drop(7, 7)),
        ("drop=7..9", Drop(7, 9)),
        ("garble=7", Garble(7, 7)),
        ("garble=7..9", Garble(7, 9)),
        ("garble-sent=0..3", GarbleSent(0, 3)),
        ("split=1", Split(1)),
        ("close-at=0", CloseAt(0)),
        ("power-cut-at=300", PowerCutAt(300)),
        (" Slow = 1000 ", Slow(1000)),
    ],
)
def test_text_to_fault_and_back(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault
    assert parse_fault(str(fault)) == fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "paper",
        "paper-out-after",
        "paper-out-after=many",
        "paper-out-after=-1",
        "paper-out-after=٣",
        "cutter-jam=0",
        "stall-at=1:soon",
        "stall-at=1:inf",
        "stall-at=1:-1",
        "drop=9..7",
        "garble=9..7",
        "garble-sent=all",
        "split=0",
        "slow=0",
        "close-at=1.5",
        "close-at=99999999999999999999",
    ],
)
def test_a_wrong_fault_is_one_clear_error(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault(text)
    assert repr(text) in str(caught.value)


def test_an_unknown_fault_names_the_known_and_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault("paper-out-affter=3")
    assert "'paper-out-after'" in str(caught.value)
    for known in KNOWN_FAULTS:
        assert known in caught.value.remedy()


def test_values_pass_through() -> None:
    assert parse_faults(["split=3", Slow(10)]) == (Split(3), Slow(10))


def test_reads_end_where_a_fault_is_due() -> None:
    cable = Disturbance(parse_faults(["close-at=10", "stall-at=4:1"]))
    assert cable.due() is None
    assert cable.limit(4096) == 4
    cable.arrived(b"1234")
    assert cable.due() == StallAt(4, 1.0)
    assert cable.due() is None
    assert cable.limit(4096) == 6
    cable.arrived(b"567890")
    assert cable.due() == CloseAt(10)
    assert cable.limit(4096) == 4096


def test_dropped_bytes_are_gone_however_they_come() -> None:
    data = bytes(range(20))
    for size in (1, 3, 20):
        cable = Disturbance(parse_faults(["drop=5..7", "drop=19"]))
        kept = b"".join(cable.arrived(data[at : at + size])[0] for at in range(0, 20, size))
        assert kept == bytes(byte for byte in data if byte not in (5, 6, 7, 19))


def test_split_and_slow_make_small_reads() -> None:
    assert Disturbance([Split(3)]).limit(100) == 3
    slow = Disturbance([Slow(100)])
    assert slow.limit(4096) == 5
    assert slow.pause(5) == pytest.approx(0.05)
    assert list(Disturbance([Split(2)]).pieces(b"abcde")) == [b"ab", b"cd", b"e"]
    assert list(Disturbance([]).pieces(b"abcde")) == [b"abcde"]


def test_bits_are_flipped_where_it_is_said_each_way_by_its_own_count() -> None:
    cable = Disturbance(parse_faults(["garble=1..2", "garble-sent=3"]))
    assert cable.arrived(b"ab") == (b"a\x9d", 0)
    assert cable.arrived(b"cd") == (b"\x9cd", 0)
    assert b"".join(cable.pieces(b"xy")) == b"xy"
    assert cable.leaving(b"xyz") == b"x\x86z"


def test_a_garbled_byte_may_be_dropped_as_well() -> None:
    cable = Disturbance(parse_faults(["garble=0..3", "drop=1..2"]))
    assert cable.arrived(b"\x00\x01\x02\x03\x04") == (b"\xff\xfc\x04", 2)


def test_faults_that_come_up_later_count_from_then() -> None:
    cable = Disturbance()
    cable.arrived(b"0123456789")
    cable.leaving(b"0123")
    cable.add(StallAt(2))
    cable.add(Garble(1, 1))
    cable.add(GarbleSent(0, 0))
    assert cable.due() is None
    assert cable.limit(100) == 2
    assert cable.arrived(b"ab")[0] == b"a\x9d"
    assert isinstance(cable.due(), StallAt)
    assert cable.leaving(b"a") == b"\x9e"
    cable.add(Split(1))
    cable.add(CloseAt(0))
    cable.calm()
    assert cable.due() is None
    assert list(cable.pieces(b"ab")) == [b"ab"]


def test_the_command_lines_help_names_every_fault() -> None:
    parser = build_parser(others=True)
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    words = commands.choices["emulate"].format_help().replace(";", " ").split()
    assert set(KNOWN_FAULTS) <= set(words)
