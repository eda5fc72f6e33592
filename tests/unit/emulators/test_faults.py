"""Faults as text, and what they do to bytes on the cable."""

from __future__ import annotations

import pytest

from posdevkit.errors import UsageError
from posdevkit_emulators.faults import (
    KNOWN_FAULTS,
    CloseAt,
    CoverOpenAfter,
    CutterJam,
    Drop,
    Fault,
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
