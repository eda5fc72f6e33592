"""Bytes of scanners to codes: streams, reports, keys; cut anywhere, garbled, and total."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.errors import BadUrl
from posdevkit.protocols.keys import WedgeSession, layout_names, type_text
from posdevkit.protocols.scan import Code, Garbled, HidSession, StreamSession
from posdevkit.protocols.scan.reports import LAYOUT_A, ScannedData, layout_of
from posdevkit_emulators.scanners.hid import DESCRIPTOR_A
from posdevkit_emulators.scanners.model import ScannerModel


def fed(session: StreamSession | HidSession | WedgeSession, *pieces: bytes) -> list[Code | Garbled]:
    return [one for piece in pieces for one in session.receive(piece)]


@given(st.lists(st.integers(0, 60)))
def test_a_stream_may_be_cut_anywhere(cuts: list[int]) -> None:
    whole = b"]E04006381333931\r\n]C10109506000134352\x1d10AB\rplain\r"
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    assert fed(StreamSession(), *pieces) == [
        Code(b"4006381333931", "E0", "EAN-13"),
        Code(b"0109506000134352\x1d10AB", "C1", "GS1-128"),
        Code(b"plain"),
    ]


def test_noise_is_seen_and_the_next_code_read() -> None:
    session = StreamSession()
    assert fed(session, b"\x00\x8f\x07\r123\r") == [Garbled("control characters that no code has", 3), Code(b"123")]
    assert fed(session, b"half") == []
    waiting = session.patience
    assert session.quiet() == [Garbled("no suffix came", 4)]
    assert (waiting, session.patience) == (1.0, None)
    (found,) = fed(session, b"x" * 9000, b"y\r")
    assert isinstance(found, Garbled)
    assert fed(session, b"123\r") == [Code(b"123")]


def test_prefix_and_other_suffixes() -> None:
    session = StreamSession(prefix="stx", suffix="etx")
    assert fed(session, b"\x02]E4963850", b"74\x03") == [Code(b"96385074", "E4", "EAN-8")]
    assert fed(session, b"123\x03") == [Garbled("the prefix is missing", 3)]
    bare = StreamSession(suffix="none")
    assert fed(bare, b"12", b"3") == []
    assert bare.quiet() == [Code(b"123")]
    with pytest.raises(BadUrl):
        StreamSession(suffix="crr")


def test_the_descriptor_tells_where_things_stand() -> None:
    assert layout_of(DESCRIPTOR_A) == LAYOUT_A
    # One byte of a maker's own in front moves everything, and the session follows.
    shifted = DESCRIPTOR_A.replace(
        bytes.fromhex("0666FF09049501 8102".replace(" ", "")),
        bytes.fromhex("0666FF09049501810209059501 8101".replace(" ", "")),
    )
    layout = layout_of(shifted)
    assert layout is not None
    assert (layout.length, layout.aim, layout.data, layout.continued) == (1, 3, 6, 64)
    body = bytearray(65)
    body[0], body[1], body[3:6], body[6:9] = 2, 3, b"]C0", b"abc"
    assert fed(HidSession(shifted), bytes(body)) == [Code(b"abc", "C0", "Code 128")]


def test_a_long_code_comes_in_several_reports() -> None:
    data = bytes(range(0x20, 0x7F)) * 2
    for session in (HidSession(DESCRIPTOR_A), HidSession()):
        reports = ScannerModel().reports(data, "Q1")
        assert len(reports) == 4
        assert fed(session, *reports) == [Code(data, "Q1", "QR Code")]
        assert fed(session, reports[0]) == []
        assert session.quiet() == [Garbled("the rest of a long code never came", 56)]


def test_reports_without_aim_identifiers() -> None:
    model = ScannerModel(aim=False)
    assert fed(HidSession(), *model.reports(b"4006381333931", "E0", "d")) == [Code(b"4006381333931", "", "EAN-13")]


def test_a_report_by_hand() -> None:
    """Layout A by the Access-IS ATR110 manual: id, length, identifier, 56 bytes, letter, 0, flags."""
    report = b"\x02\x08]E4" + b"96385074".ljust(56, b"\0") + b"D\0\0"
    assert len(report) == 64
    assert ScannedData(8, b"]E4", b"96385074".ljust(56, b"\0"), vendor=ord("D")).encode() == report
    assert fed(HidSession(), report) == [Code(b"96385074", "E4", "EAN-8")]


@pytest.mark.parametrize("layout", layout_names())
@given(text=st.text(st.characters(min_codepoint=0x1C, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1))
def test_what_is_typed_comes_back(layout: str, text: str) -> None:
    found = fed(WedgeSession(layout), type_text(text, layout))
    assert len(found) == 1
    (code,) = found
    assert isinstance(code, Code)
    prefix = f"]{code.aim}" if code.aim else ""
    assert prefix + code.data.decode() == text


def test_the_same_keys_in_another_layout() -> None:
    assert fed(WedgeSession("dk"), type_text("a-b", "us")) == [Code(b"a+b")]


def test_a_typist_without_enter_ends_by_silence() -> None:
    session = WedgeSession()
    assert fed(session, type_text("123", enter=False)) == []
    assert session.patience == pytest.approx(0.08)
    assert session.quiet() == [Code(b"123")]


def test_two_typed_codes_that_are_read_at_once_are_two_by_the_times_of_their_keys() -> None:
    """A program that stood still between them hears them in one piece, and no Enter stands between."""
    first, second = type_text("123", at=50.0, enter=False), type_text("Abc", at=51.5, enter=False)
    session = WedgeSession()
    assert fed(session, first + second) == [Code(b"123")]
    assert session.quiet() == [Code(b"Abc")]
    # A time that came garbled, as another than its SYNC's, is not believed.
    garbled = bytearray(first + type_text("Abc", at=50.1, enter=False))
    garbled[0] ^= 0x20
    assert fed(WedgeSession(), bytes(garbled)) == []
    # One that pauses within what silence is made for, on a kernel that is slow as well, is one.
    assert fed(session, type_text("12", at=60.0, enter=False) + type_text("3", at=60.5)) == [Code(b"123")]


@given(st.binary(max_size=300))
def test_sessions_take_any_bytes(data: bytes) -> None:
    for session in (StreamSession(), HidSession(), HidSession(data), HidSession(DESCRIPTOR_A), WedgeSession()):
        session.receive(data)
        session.quiet()


@given(st.binary(max_size=80))
def test_any_descriptor_gives_a_layout_or_none(data: bytes) -> None:
    layout_of(data + DESCRIPTOR_A[: len(data)])
