"""Event streams: the same events however the bytes are cut, and no bytes that raise."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.cloud.sse import LARGEST, ServerEvent, SseParser

# The examples of WHATWG HTML, section 9.2.6, and its rules one by one.
STREAMS = [
    (b"data: YHOO\ndata: +2\ndata: 10\n\n", [("message", "YHOO\n+2\n10", "")]),
    (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        [("message", "first event", "1"), ("message", "second event", ""), ("message", " third event", "")],
    ),
    (b"data\n\ndata\ndata\n\ndata:", [("message", "", ""), ("message", "\n", "")]),
    (b"data:test\n\ndata: test\n\n", [("message", "test", ""), ("message", "test", "")]),
    (b"\xef\xbb\xbfdata: bom\r\n\r\n", [("message", "bom", "")]),
    (b"event: change\rdata: a\rid: 7\r\rdata: b\r\r", [("change", "a", "7"), ("message", "b", "7")]),
    (b"id: 1\x00\ndata: x\n\n", [("message", "x", "")]),
    (b"retry: 1500\nunknown: y\ndata: x\n\n", [("message", "x", "")]),
    (b"event: empty\nid: 9\n\n", []),
    (b"data: caf\xc3\xa9 \xff\n\n", [("message", "café \ufffd", "")]),
    (b"data: unfinished\n", []),
]


def parsed(chunks: list[bytes]) -> tuple[list[ServerEvent], str, float | None]:
    parser = SseParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events, parser.last_id, parser.retry_seconds


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(("data", "expected"), STREAMS)
def test_the_specification_read_whole_and_byte_by_byte(data: bytes, expected: list[tuple[str, str, str]]) -> None:
    wanted = [ServerEvent(*one) for one in expected]
    assert parsed([data])[0] == wanted
    assert parsed([data[place : place + 1] for place in range(len(data))])[0] == wanted


def test_an_event_that_never_ended_leaves_no_id() -> None:
    assert parsed([b"id: 3\ndata: x\n\nid: 4\ndata: y\n"])[1] == "3"


PIECES = st.sampled_from(
    [b"data: x", b"id: 1", b"id", b"event: e", b":", b"retry: 5", b"\r", b"\n", b"\r\n", b"\n\n", b"\xef\xbb\xbf"]
)
NOISE = st.lists(PIECES | st.binary(max_size=8), max_size=40).map(b"".join)


@given(NOISE, st.lists(st.integers(0, 1000), max_size=12))
def test_cutting_changes_nothing_and_nothing_raises(data: bytes, places: list[int]) -> None:
    assert parsed(cut(data, places)) == parsed([data])


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20), st.integers(1)
        ),
        max_size=8,
    ),
    st.lists(st.integers(0, 1000), max_size=5),
    st.sampled_from(["\r", "\n", "\r\n"]),
)
def test_what_is_written_is_read(events: list[tuple[str, int]], places: list[int], end: str) -> None:
    text = "".join(f"id: {number}{end}data: {data}{end}{end}: beat{end}" for data, number in events)
    assert [(event.data, event.id) for event in parsed(cut(text.encode(), places))[0]] == [
        (data, str(number)) for data, number in events
    ]


@pytest.mark.parametrize("size", [LARGEST, LARGEST + 100])
def test_what_is_too_large_is_dropped_and_the_next_one_read(size: int) -> None:
    data = b"data: " + b"x" * size + b"\ndata: y\n\ndata: z\n\n"
    for chunks in ([data], cut(data, list(range(0, len(data), 65_536)))):
        assert [event.data for event in parsed(chunks)[0]] == ["z"]
    parser = SseParser()
    for _ in range(64):
        parser.feed(b"x" * 65_536)
    assert len(parser._bytes) <= LARGEST
