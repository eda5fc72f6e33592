"""The IPP codec against the examples of RFC 8010, appendix A, and total on whatever else comes.

Seen as transcribed, octet by octet, in the tests of a peer (C++, `rfc8010` examples 1 to 6, 8 and 9)."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.protocols.ipp import queue as ipp
from posdevkit.protocols.ipp.message import (
    Attribute,
    Group,
    GroupTag,
    IppError,
    Message,
    Tag,
    Value,
    decode_message,
    encode_message,
)

PRINTER = "ipp://printer.example.com/ipp/print/pinetree"


def line(tag: int, name: str, value: bytes) -> bytes:
    """An attribute as the appendix lists it: value-tag, name-length, name, value-length, value."""
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value


HEAD = line(0x47, "attributes-charset", b"utf-8") + line(0x48, "attributes-natural-language", b"en-us")
MADE = (
    line(0x21, "job-id", bytes((0, 0, 0, 147)))
    + line(0x45, "job-uri", f"{PRINTER}/147".encode())
    + line(0x23, "job-state", b"\0\0\0\x03")
)
LANGUAGE = (
    Attribute.of("attributes-charset", Tag.CHARSET, "utf-8"),
    Attribute.of("attributes-natural-language", Tag.LANGUAGE, "en-us"),
)
JOB = Group(
    GroupTag.JOB,
    (
        Attribute.of("job-id", Tag.INTEGER, 147),
        Attribute.of("job-uri", Tag.URI, f"{PRINTER}/147"),
        Attribute.of("job-state", Tag.ENUM, 3),
    ),
)
IGNORED = Group(
    GroupTag.UNSUPPORTED,
    (Attribute.of("copies", Tag.INTEGER, 20), Attribute.of("sides", Tag.UNSUPPORTED, None)),
)
IGNORED_BYTES = b"\x05" + line(0x21, "copies", b"\0\0\0\x14") + line(0x10, "sides", b"")


def said(words: str) -> Attribute:
    return Attribute.of("status-message", Tag.TEXT, words)


EXAMPLES = {
    "A.1 Print-Job request": (
        bytes.fromhex("0101 0002 00000001 01")
        + HEAD
        + line(0x45, "printer-uri", PRINTER.encode())
        + line(0x42, "job-name", b"foobar")
        + line(0x22, "ipp-attribute-fidelity", b"\x01")
        + b"\x02"
        + line(0x21, "copies", b"\0\0\0\x14")
        + line(0x44, "sides", b"two-sided-long-edge")
        + b"\x03%!PDF...",
        Message(
            0x0002,
            1,
            (
                Group(
                    GroupTag.OPERATION,
                    (
                        *LANGUAGE,
                        Attribute.of("printer-uri", Tag.URI, PRINTER),
                        Attribute.of("job-name", Tag.NAME, "foobar"),
                        Attribute.of("ipp-attribute-fidelity", Tag.BOOLEAN, True),
                    ),
                ),
                Group(
                    GroupTag.JOB,
                    (
                        Attribute.of("copies", Tag.INTEGER, 20),
                        Attribute.of("sides", Tag.KEYWORD, "two-sided-long-edge"),
                    ),
                ),
            ),
            b"%!PDF...",
        ),
    ),
    "A.2 Print-Job response, successful": (
        bytes.fromhex("0101 0000 00000001 01")
        + HEAD
        + line(0x41, "status-message", b"successful-ok")
        + b"\x02"
        + MADE
        + b"\x03",
        Message(0x0000, 1, (Group(GroupTag.OPERATION, (*LANGUAGE, said("successful-ok"))), JOB)),
    ),
    "A.3 Print-Job response, failure": (
        bytes.fromhex("0101 040B 00000001 01")
        + HEAD
        + line(0x41, "status-message", b"client-error-attributes-or-values-not-supported")
        + IGNORED_BYTES
        + b"\x03",
        Message(
            0x040B,
            1,
            (
                Group(GroupTag.OPERATION, (*LANGUAGE, said("client-error-attributes-or-values-not-supported"))),
                IGNORED,
            ),
        ),
    ),
    "A.4 Print-Job response, attributes ignored": (
        bytes.fromhex("0101 0001 00000001 01")
        + HEAD
        + line(0x41, "status-message", b"successful-ok-ignored-or-substituted-attributes")
        + IGNORED_BYTES
        + b"\x02"
        + MADE
        + b"\x03",
        Message(
            0x0001,
            1,
            (
                Group(GroupTag.OPERATION, (*LANGUAGE, said("successful-ok-ignored-or-substituted-attributes"))),
                IGNORED,
                JOB,
            ),
        ),
    ),
    "A.5 Print-URI request": (
        bytes.fromhex("0101 0003 00000001 01")
        + HEAD
        + line(0x45, "printer-uri", PRINTER.encode())
        + line(0x45, "document-uri", b"ftp://foo.example.com/foo")
        + line(0x42, "job-name", b"foobar")
        + b"\x02"
        + line(0x21, "copies", b"\0\0\0\x01")
        + b"\x03",
        Message(
            0x0003,
            1,
            (
                Group(
                    GroupTag.OPERATION,
                    (
                        *LANGUAGE,
                        Attribute.of("printer-uri", Tag.URI, PRINTER),
                        Attribute.of("document-uri", Tag.URI, "ftp://foo.example.com/foo"),
                        Attribute.of("job-name", Tag.NAME, "foobar"),
                    ),
                ),
                Group(GroupTag.JOB, (Attribute.of("copies", Tag.INTEGER, 1),)),
            ),
        ),
    ),
    "A.6 Create-Job request": (
        bytes.fromhex("0101 0005 00000001 01") + HEAD + line(0x45, "printer-uri", PRINTER.encode()) + b"\x03",
        Message(0x0005, 1, (Group(GroupTag.OPERATION, (*LANGUAGE, Attribute.of("printer-uri", Tag.URI, PRINTER))),)),
    ),
    "A.8 Get-Jobs request": (
        bytes.fromhex("0101 000A 0000007B 01")
        + HEAD
        + line(0x45, "printer-uri", PRINTER.encode())
        + line(0x21, "limit", b"\0\0\0\x32")
        + line(0x44, "requested-attributes", b"job-id")
        + line(0x44, "", b"job-name")
        + line(0x44, "", b"document-format")
        + b"\x03",
        Message(
            0x000A,
            123,
            (
                Group(
                    GroupTag.OPERATION,
                    (
                        *LANGUAGE,
                        Attribute.of("printer-uri", Tag.URI, PRINTER),
                        Attribute.of("limit", Tag.INTEGER, 50),
                        Attribute.of("requested-attributes", Tag.KEYWORD, "job-id", "job-name", "document-format"),
                    ),
                ),
            ),
        ),
    ),
    "A.9 Get-Jobs response": (
        bytes.fromhex("0101 0000 0000007B 01")
        + HEAD
        + line(0x41, "status-message", b"successful-ok")
        + b"\x02"
        + line(0x21, "job-id", b"\0\0\0\x93")
        + line(0x36, "job-name", b"\0\x05fr-ca\0\x03fou")
        + b"\x02\x02"
        + line(0x21, "job-id", b"\0\0\0\x95")
        + line(0x36, "job-name", b"\0\x05de-CH\0\x09isch guet")
        + b"\x03",
        Message(
            0x0000,
            123,
            (
                Group(GroupTag.OPERATION, (*LANGUAGE, said("successful-ok"))),
                Group(
                    GroupTag.JOB,
                    (
                        Attribute.of("job-id", Tag.INTEGER, 147),
                        Attribute("job-name", ((0x36, b"\0\x05fr-ca\0\x03fou"),)),
                    ),
                ),
                Group(GroupTag.JOB),
                Group(
                    GroupTag.JOB,
                    (
                        Attribute.of("job-id", Tag.INTEGER, 149),
                        Attribute("job-name", ((0x36, b"\0\x05de-CH\0\x09isch guet"),)),
                    ),
                ),
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_standard(name: str) -> None:
    data, message = EXAMPLES[name]
    assert decode_message(data) == message
    assert encode_message(message) == data


def test_what_an_answer_says() -> None:
    made = ipp.job_report(decode_message(EXAMPLES["A.2 Print-Job response, successful"][0]))
    assert made == ipp.JobReport(147, ipp.JobAnswer.PENDING)
    refused = decode_message(EXAMPLES["A.3 Print-Job response, failure"][0])
    assert ipp.job_report(refused) is None
    assert "not-supported" in ipp.refusal(refused)
    assert ipp.refusal(decode_message(EXAMPLES["A.4 Print-Job response, attributes ignored"][0])) == ""


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_breaks_off_is_an_error_and_no_crash(name: str) -> None:
    data, message = EXAMPLES[name]
    for end in range(len(data) - len(message.data)):
        with pytest.raises(IppError):
            decode_message(data[:end])


@given(st.binary(max_size=64), st.sampled_from(sorted(EXAMPLES)), st.integers(0, 400), st.integers(0, 255))
def test_any_bytes_are_a_message_or_an_error(noise: bytes, name: str, at: int, byte: int) -> None:
    data = bytearray(EXAMPLES[name][0])
    data[at % len(data)] = byte
    for raw in (bytes(data), noise, bytes(data[:8]) + noise):
        try:
            message = decode_message(raw)
        except IppError:
            continue
        ipp.status_of(ipp.queue_report(message))
        ipp.job_report(message)
        ipp.refusal(message)


VALUES: st.SearchStrategy[tuple[int, Value]] = st.one_of(
    st.tuples(st.sampled_from([Tag.INTEGER, Tag.ENUM]), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just(Tag.BOOLEAN), st.booleans()),
    st.tuples(st.sampled_from([Tag.TEXT, Tag.NAME, Tag.KEYWORD, Tag.URI]), st.text(max_size=12)),
    st.tuples(st.just(Tag.OCTETS), st.binary(max_size=12)),
    st.tuples(st.sampled_from([Tag.UNKNOWN, Tag.NO_VALUE]), st.none()),
)
GROUPS = st.builds(
    Group,
    st.sampled_from(list(GroupTag)),
    st.lists(
        st.builds(Attribute, st.text(min_size=1, max_size=8), st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
        max_size=4,
        unique_by=lambda one: one.name,
    ).map(tuple),
)


@given(st.integers(0, 0x7FFF), st.integers(1, 2**31 - 1), st.lists(GROUPS, max_size=3), st.binary(max_size=9))
def test_a_message_comes_back_as_it_was(code: int, request: int, groups: list[Group], data: bytes) -> None:
    message = Message(code, request, tuple(groups), data)
    assert decode_message(encode_message(message)) == message


QUEUES = {
    "idle, and the last job's reason still stands": (ipp.QueueReport(False, False, True, ("offline-report",)), None),
    "stopped": (ipp.QueueReport(False, True, True, ("paused",)), False),
    "works": (ipp.QueueReport(True, False, True), None),
    "works, and says no more than that": (ipp.QueueReport(True, False, True, (), "Connected to printer."), None),
    "cannot reach it, in words": (
        ipp.QueueReport(True, False, True, (), "The printer may not exist or is unavailable at this time."),
        False,
    ),
    "lost it": (ipp.QueueReport(True, False, True, ("offline-report",)), False),
}


@pytest.mark.parametrize("name", QUEUES)
def test_whether_a_printer_is_there(name: str) -> None:
    report, online = QUEUES[name]
    assert ipp.status_of(report).online is online


@pytest.mark.parametrize(
    ("reason", "paper", "cover", "fault"),
    [
        ("media-empty-warning", "out", None, "unknown"),  # the backend `usb` of CUPS
        ("media-empty-error", "out", None, "unknown"),
        ("media-needed", "out", None, "unknown"),
        ("media-empty-report", "unknown", None, "unknown"),
        ("media-low-report", "near_end", None, "unknown"),
        ("cover-open-error", "unknown", True, "unknown"),
        ("media-jam-error", "unknown", None, "recoverable"),
        ("moving-to-paused", "unknown", None, "unknown"),
    ],
)
def test_what_a_reason_tells(reason: str, paper: str, cover: bool | None, fault: str) -> None:
    status = ipp.status_of(ipp.QueueReport(True, False, True, (reason,)))
    assert (status.paper.value, status.cover_open, status.fault.value) == (paper, cover, fault)
