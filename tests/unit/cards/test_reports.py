"""Where tracks stand in HID reports: by page 8E, and by MagTek's manual."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.protocols.cards import SwipeReportSession
from posdevkit.protocols.cards.reports import MAGTEK, StripeLayout, TrackPlace, stripe_layout

PAN = "4111111111111111"
TWO = f"{PAN}=29121010000000000"
# Report 1; track 2 alone: its length behind a byte of the maker's own, and 40 bytes of data.
TRACK_2_ALONE = bytes.fromhex("058E0901A1018501150026FF007508 0601FF09019501 8102 058E0912 8102 09229528 820201C0")


def test_a_descriptor_says_where_tracks_stand() -> None:
    assert stripe_layout(TRACK_2_ALONE) == StripeLayout(1, (TrackPlace(2, 2, 3, 40),))


def test_magteks_layout_is_that_of_its_manual() -> None:
    """Its USB HID readers, pages 21 to 23: status 0-2, lengths 3-5, encoding 6, tracks at 7, 117 and 227, 337 bytes."""
    assert stripe_layout(b"") is MAGTEK
    assert [(track.error, track.length, track.data) for track in MAGTEK.tracks] == [(0, 3, 7), (1, 4, 117)]
    report = bytearray(337)
    report[4] = len(TWO) + 2
    report[117 : 117 + len(TWO) + 2] = f";{TWO}?".encode()
    [swipe] = SwipeReportSession().receive(bytes(report))
    assert [track.pan.reveal() for track in swipe.tracks] == [PAN]
    report[1] = 1
    assert SwipeReportSession().receive(bytes(report))[0].problems == ("the reader could not read track 2",)


@pytest.mark.parametrize("text", [TWO, f";{TWO}?"], ids=["bare", "with sentinels"])
def test_sentinels_may_be_there_or_not(text: str) -> None:
    session = SwipeReportSession(TRACK_2_ALONE)
    [swipe] = session.receive(bytes([1, 0, len(text)]) + text.encode().ljust(40, b"\0"))
    assert [track.pan.reveal() for track in swipe.tracks] == [PAN]
    assert session.receive(b"\x02" + bytes(42)) == []


def test_a_length_beyond_its_place_is_a_track_that_could_not_be_read() -> None:
    [swipe] = SwipeReportSession(TRACK_2_ALONE).receive(bytes([1, 0, 41]) + TWO.encode().ljust(40, b"\0"))
    assert (swipe.tracks, swipe.problems) == ((), ("the reader could not read track 2",))


@given(st.binary(max_size=80), st.lists(st.binary(max_size=400), max_size=4))
def test_total_over_all_bytes(descriptor: bytes, reports: list[bytes]) -> None:
    session = SwipeReportSession(descriptor)
    for report in reports:
        assert all(swipe.tracks or swipe.problems for swipe in session.receive(report))
