"""Tracks: what stands in them, their bits, and that nothing of them shows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.protocols.cards import BadTrack, SwipeSession, lrc, luhn, read_raw, read_track, write_raw
from posdevkit.protocols.cards.stream import redacted

# Visa's published test number.
PAN = "4111111111111111"
ONE = f"%B{PAN}^HANSEN/KIRSTEN            ^29121010000000000?"
TWO = f";{PAN}=29121010000000000?"


def test_both_tracks() -> None:
    one, two = read_track(ONE), read_track(TWO)
    assert one.pan == two.pan
    assert one.pan.reveal() == PAN
    assert one.pan.hint == "1111"
    assert one.name is not None
    assert one.name.reveal() == "HANSEN/KIRSTEN"
    assert one.expiry is not None
    assert one.expiry.reveal() == "2912"
    assert two.service is not None
    assert two.service.reveal() == "101"
    assert PAN not in repr(one) + repr(two)
    assert "HANSEN" not in repr(one)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%E?",
        ";E?",
        TWO[:-1],
        TWO.replace("1111=", "1112="),
        TWO.replace("=2912", "=2913"),
        ";41=29?",
        ONE + "x" * 40,
    ],
)
def test_what_is_no_track(text: str) -> None:
    with pytest.raises(BadTrack) as caught:
        read_track(text)
    assert "4111" not in str(caught.value)


def test_check_digits() -> None:
    # ISO/IEC 7812-1 annex B; the second is the example that Luhn's patent (US 2950048) is known by.
    assert luhn(PAN)
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert not luhn("")
    assert not luhn("4111-1111")


def test_bits_of_single_characters() -> None:
    # ISO/IEC 7811-2: `;` is 1011 and odd parity on track 2, low bit first 1101 0; `%` is 05 on track 1: 101000 1.
    assert write_raw(2, ";")[:5] == (1, 1, 0, 1, 0)
    assert write_raw(1, "%")[:7] == (1, 0, 1, 0, 0, 0, 1)
    assert write_raw(2, "0")[:5] == (0, 0, 0, 0, 1)


def test_lrc_of_a_track() -> None:
    # By hand: ; is B, then 1 2 3, ? is F: B ^ 1 ^ 2 ^ 3 ^ F = 4.
    assert lrc(2, ";123?") == "4"


@given(digits=st.text("0123456789=", max_size=30), before=st.integers(0, 30), after=st.integers(0, 30))
def test_bits_read_back_between_clocking_zeros(digits: str, before: int, after: int) -> None:
    text = f";{digits}?"
    assert read_raw(2, (0,) * before + write_raw(2, text) + (0,) * after) == text


@given(place=st.integers(0, len(write_raw(2, TWO)) - 1))
def test_every_single_wrong_bit_is_noticed(place: int) -> None:
    bits = list(write_raw(2, TWO))
    bits[place] ^= 1
    with pytest.raises(BadTrack):
        read_raw(2, tuple(bits))


@given(cuts=st.lists(st.integers(0, 400), max_size=6))
def test_swipes_at_any_split(cuts: list[int]) -> None:
    data = f"{ONE}{TWO}\r\n;E?\r{TWO}\r".encode()
    session = SwipeSession()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    found = [swipe for at, to in pairwise(places) for swipe in session.receive(data[at:to])]
    assert [len(swipe.tracks) for swipe in found] == [2, 0, 1]
    assert not session.begun


@given(st.binary(max_size=600))
def test_noise_never_hurts_and_the_next_swipe_is_read(noise: bytes) -> None:
    session = SwipeSession()
    session.receive(noise + b"\r")
    (swipe,) = session.receive(TWO.encode() + b"\r")
    assert [track.pan.reveal() for track in swipe.tracks] == [PAN]


def test_a_trace_shows_where_tracks_are_and_nothing_else() -> None:
    kept = redacted("receive", f"{ONE}{TWO}\r".encode())
    assert len(kept) == len(ONE) + len(TWO) + 1
    assert set(kept) <= set(b"%;?=^\r*")
