"""Whole jobs with something wrong in them: a bit, a byte, a piece. Random bytes find little; nearly right ones do.

A printer that was sent a broken job must come back: when the command that was broken has had the bytes it claims, the
next job is read as if nothing had happened.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posdevkit.protocols.escpos import Decoder
from posdevkit.protocols.escpos.commands import mechanism, position, status, symbols, text
from posdevkit.protocols.escpos.commands.graphics import BitImage, PrintGraphics, RasterImage, StoreRaster
from posdevkit.protocols.escpos.realtime import RealtimeScanner
from posdevkit.protocols.vocabulary import Command, Text
from tests import strategies as some

LIMIT = 1 << 16

_DOTS = bytes(range(256)) * 9
RECEIPT: list[Command] = [
    text.Initialize(),
    status.EnableRealtime(b"\x01\x00\x02\x00"),
    text.SelectCodePage(19),
    text.SetJustification(1),
    RasterImage(0, 48, 48, _DOTS),
    StoreRaster(48, 1, 1, 49, 384, 48, _DOTS),
    PrintGraphics(),
    text.SelectCharacterSize.of(2, 2),
    Text(b"Caf\x82 Nord"),
    position.LineFeed(),
    text.SelectCharacterSize.of(1, 1),
    position.SetTabs(b"\x08\x10\x18"),
    BitImage(33, 24, _DOTS[:72]),
    position.LineFeed(),
    Text(b"Flat white             38,00"),
    position.LineFeed(),
    text.DefineUserCharacters(3, 65, 66, b"\x02abcdef\x01ghi"),
    symbols.SetBarcodeHeight(80),
    symbols.BarcodeA(4, b"ORDER 8812"),
    symbols.BarcodeB(73, b"{BORDER-8812"),
    symbols.QrModel(50),
    symbols.QrStore(b"https://r.example/8F2"),
    symbols.QrPrint(),
    status.RequestProcessId(b"0001"),
    status.AskStatus(1),
    mechanism.FeedAndCut(66, 40),
    mechanism.DrawerPulse(0, 50, 250),
]
JOB = b"".join(command.encode() for command in RECEIPT)
NEXT_JOB = b"\x1b@NEXT\n"
NEXT = [text.Initialize(), Text(b"NEXT"), position.LineFeed()]


def _flipped(job: bytes, at: int, pick: random.Random) -> bytes:
    return job[:at] + bytes([job[at] ^ 1 << pick.randrange(8)]) + job[at + 1 :]


def _replaced(job: bytes, at: int, pick: random.Random) -> bytes:
    return job[:at] + bytes([pick.choice((0, 1, 0xFF, 0x1B, 0x1D, 0x1C, 0x10, pick.randrange(256)))]) + job[at + 1 :]


def _without(job: bytes, at: int, pick: random.Random) -> bytes:
    return job[:at] + job[at + pick.randint(1, 4) :]


def _with_more(job: bytes, at: int, pick: random.Random) -> bytes:
    return job[:at] + pick.randbytes(pick.randint(1, 4)) + job[at:]


def _twice(job: bytes, at: int, pick: random.Random) -> bytes:
    return job[: at + pick.randint(1, 300)] + job[at:]


def _cut_off(job: bytes, at: int, pick: random.Random) -> bytes:
    return job[:at]


def _swapped(job: bytes, at: int, pick: random.Random) -> bytes:
    first, second = sorted((at, pick.randrange(len(job))))
    return job[second:] + job[first:second] + job[:first]


Mutation = Callable[[bytes, int, random.Random], bytes]
MUTATIONS: list[Mutation] = [_flipped, _replaced, _without, _with_more, _twice, _cut_off, _swapped]


def _is_read_again(decoder: Decoder) -> None:
    """What the broken command still claims is given to it; then the next job is read whole."""
    for _ in range(400):
        missing = decoder.missing
        assert len(decoder.pending) <= LIMIT
        if not missing:
            assert decoder.feed(NEXT_JOB) == NEXT
            return
        if missing > 1 << 22:
            # Gigabytes are claimed: nothing is kept of them, and a clear (or a new connection) ends it.
            assert decoder.pending == b""
            decoder.clear()
        else:
            decoder.feed(b"\0" * missing)
    pytest.fail("the command that was broken does not end")


def test_the_job_itself_is_read() -> None:
    assert Decoder(LIMIT).feed(JOB) == RECEIPT


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__[1:])
def test_a_broken_job_harms_nobody_but_itself(mutate: Mutation) -> None:
    pick = random.Random(MUTATIONS.index(mutate))
    for at in sorted(pick.sample(range(len(JOB)), 400)):
        broken = mutate(JOB, at, pick)
        decoder = Decoder(LIMIT)
        whole = some.merged(decoder.feed(broken))
        pieces = Decoder(LIMIT)
        size = pick.choice((1, 7, 64, 1000))
        cut = [command for i in range(0, len(broken), size) for command in pieces.feed(broken[i : i + size])]
        assert some.merged(cut) == whole
        assert pieces.missing == decoder.missing
        RealtimeScanner().feed(broken)
        _is_read_again(decoder)


def test_where_one_command_is_broken_the_others_before_it_are_still_read() -> None:
    place = 0
    for index, command in enumerate(RECEIPT):
        length = len(command.encode())
        for at in range(place, min(place + length, place + 12)):
            for bit in (1, 0x80):
                broken = JOB[:at] + bytes([JOB[at] ^ bit]) + JOB[at + 1 :]
                found = Decoder(LIMIT).feed(broken)
                before = RECEIPT[:index]
                if before and isinstance(before[-1], Text):
                    before = before[:-1]  # the broken bytes may have become part of it
                assert found[: len(before)] == before
        place += length


@settings(max_examples=150)
@given(data=st.data())
def test_any_command_may_be_broken_anywhere(data: st.DataObject) -> None:
    command = data.draw(some.commands())
    encoded = command.encode()
    at = data.draw(st.integers(0, len(encoded) - 1))
    mutate = data.draw(st.sampled_from(MUTATIONS))
    decoder = Decoder(LIMIT)
    decoder.feed(mutate(encoded, at, random.Random(data.draw(st.integers(0, 1000)))))
    _is_read_again(decoder)


def test_a_width_with_one_wrong_bit_costs_this_picture_and_what_it_claims() -> None:
    """Not a wish but what printers do: the picture takes as many bytes as its header says."""
    picture = RasterImage(0, 2, 2, b"\xaa\x55\xaa\x55").encode()
    wrong = picture[:4] + b"\x04" + picture[5:]  # four bytes to the row instead of two
    decoder = Decoder()
    assert decoder.feed(wrong + b"AB\n") == []
    assert decoder.missing == 1
    assert decoder.feed(b"\n" + NEXT_JOB) == [RasterImage(0, 4, 2, b"\xaa\x55\xaa\x55AB\n\n"), *NEXT]


def test_gigabytes_that_were_claimed_are_counted_and_never_kept() -> None:
    decoder = Decoder(LIMIT)
    assert decoder.feed(b"\x1dv0\x00\xff\xff\xff\xff" + JOB) == []
    assert decoder.pending == b""
    assert decoder.missing == 0xFFFF * 0xFFFF - len(JOB)


def test_a_megabyte_of_broken_jobs_is_read_in_pieces_and_in_one() -> None:
    pick = random.Random(12)
    broken = b"".join(pick.choice(MUTATIONS)(JOB, pick.randrange(len(JOB)), pick) for _ in range(160))
    assert len(broken) > 500_000
    whole = some.merged(Decoder(LIMIT).feed(broken))
    decoder = Decoder(LIMIT)
    pieces: list[Command] = []
    place = 0
    while place < len(broken):
        size = pick.choice((1, 3, 500, 4096, 65536))
        pieces += decoder.feed(broken[place : place + size])
        place += size
    assert some.merged(pieces) == whole
    assert sum(isinstance(command, Text) for command in whole) > 160
    _is_read_again(decoder)
