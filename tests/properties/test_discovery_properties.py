"""Datagrams come from anybody on the network: any bytes are read without an error, and what is written is read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from posdevkit.protocols.discovery import dns, enpc, star

LABELS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15).filter(
    lambda text: len(text.encode()) < 64
)
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(tuple)
KEYS = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=9)
RECORDS = st.one_of(
    st.builds(dns.Pointer, NAMES, NAMES),
    st.builds(dns.Service, NAMES, NAMES, st.integers(0, 65535)),
    st.builds(dns.Address, NAMES, st.ip_addresses().map(str)),
    st.builds(dns.Text, NAMES, st.dictionaries(KEYS, st.text(st.characters(codec="ascii"), max_size=40), max_size=5)),
)


@given(st.lists(RECORDS, max_size=8))
def test_records_are_read_back(given_records: list[dns.Record]) -> None:
    assert dns.records(dns.answer(given_records)) == given_records


@given(st.lists(NAMES, max_size=5))
def test_questions_are_read_back(names: list[dns.Name]) -> None:
    assert dns.questions(dns.query(names)) == names


@given(
    st.lists(RECORDS, max_size=5).map(dns.answer),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    st.integers(0, 400),
)
def test_bent_and_cut_messages_are_read(message: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    bent = bytearray(message)
    for place, value in changes:
        if place < len(bent):
            bent[place] = value
    for known in (dns.records(bytes(bent)), dns.records(bytes(bent[:cut]))):
        for one in dns.instances(known):
            assert 0 <= one.port < 65536
    dns.questions(bytes(bent))


@given(st.binary(max_size=400), st.sampled_from([b"", b"EPSONq", b"EPSONQ", star.ASK[:16] + b"RS"]))
def test_any_bytes_are_read(data: bytes, start: bytes) -> None:
    for one in (data, start + data):
        dns.records(one)
        dns.questions(one)
        epson, printer = enpc.read_reply(one), star.read_reply(one)
        assert epson is None or one.startswith(b"EPSONq")
        assert printer is None or one.startswith(b"STR_BCAST")


@given(KEYS, st.binary(min_size=6, max_size=6))
def test_emulated_boards_are_read_back(name: str, hardware: bytes) -> None:
    told = enpc.read_reply(enpc.name_reply(name, hardware))
    assert told == enpc.Reply(name=name, hardware=hardware.hex(":").upper())
    assert enpc.read_reply(enpc.model_reply(name)) == enpc.Reply(model=name)
