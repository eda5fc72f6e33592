"""Bitmaps and messages of ZVT: what is written reads back, and noise is refused or read, never more."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from posdevkit.protocols.vocabulary import Unknown
from posdevkit.protocols.zvt import ZvtSession
from posdevkit.protocols.zvt.bitmaps import BadBitmaps, bcd, packed, read_bitmaps, read_tlv, write_bitmaps, write_tlv
from posdevkit.protocols.zvt.framing import Apdus, apdu

FIELDS = st.fixed_dictionaries(
    {},
    optional={
        0x04: st.binary(min_size=6, max_size=6),
        0x27: st.binary(min_size=1, max_size=1),
        0x22: st.binary(max_size=99),
        0x3C: st.binary(max_size=999),
        0x06: st.binary(max_size=70_000),
    },
)


@given(FIELDS)
def test_bitmaps_read_back(fields: dict[int, bytes]) -> None:
    assert read_bitmaps(write_bitmaps(fields)) == fields


@given(st.integers(0, 10**12 - 1))
def test_amounts_read_back(amount: int) -> None:
    assert packed(bcd(amount, 6)) == amount


@given(st.lists(st.tuples(st.sampled_from([0x07, 0x25, 0x1F07]), st.binary(max_size=300)), max_size=5))
def test_tlv_reads_back(items: list[tuple[int, bytes]]) -> None:
    assert list(read_tlv(b"".join(write_tlv(tag, value) for tag, value in items))) == items


@given(st.lists(st.binary(min_size=2, max_size=600), max_size=4), st.integers(1, 40))
def test_messages_at_any_split(messages: list[bytes], size: int) -> None:
    data = b"".join(apdu(Unknown(message)) for message in messages)
    whole, pieces = Apdus(), Apdus()
    found = [command for at in range(0, len(data), size) for command in pieces.receive(data[at : at + size])]
    assert found == whole.receive(data)
    assert len(found) == len(messages)


@given(st.binary(max_size=800))
def test_noise_is_no_surprise(noise: bytes) -> None:
    ZvtSession("000000").receive(noise)
    with suppress(BadBitmaps):
        assert read_bitmaps(noise) == read_bitmaps(noise, strict=False)
