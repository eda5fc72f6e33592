"""The stripe reader against its emulator: swipes, garbled ones, splits, and an unplugged cable."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from posdevkit.aio import Card, CardReader, GarbledSwipe
from posdevkit.errors import DeadlineExceeded, Disconnected
from posdevkit_emulators.readers import EmulatedHidStripeReader, StripeReaderBench

pytestmark = pytest.mark.asyncio
PAN = "4111111111111111"
ONE = f"%B{PAN}^HANSEN/KIRSTEN^29121010000000000?"
TWO = f";{PAN}=29121010000000000?"


async def test_a_card_and_nothing_of_it_in_sight() -> None:
    async with StripeReaderBench() as bench, CardReader.open(bench.url) as reader:
        await bench.swipe(ONE, TWO)
        card = await reader.read(timeout=5)
    assert isinstance(card, Card)
    assert card.number.reveal() == PAN
    assert f"{card.number}" == "****1111"
    assert PAN not in repr(card)
    with pytest.raises(TypeError):
        json.dumps(card.number)


async def test_a_garbled_swipe_is_told_and_the_next_works() -> None:
    async with StripeReaderBench("garble-track-1", "garble-track-2") as bench, CardReader.open(bench.url) as reader:
        await bench.swipe(ONE, TWO)
        assert isinstance(await reader.read(timeout=5), GarbledSwipe)
        await bench.swipe(ONE, TWO)
        assert isinstance(await reader.read(timeout=5), Card)


async def test_one_good_track_is_enough_and_the_other_is_told() -> None:
    async with StripeReaderBench("garble-track-1") as bench, CardReader.open(bench.url) as reader:
        await bench.swipe(ONE, TWO)
        card = await reader.read(timeout=5)
    assert isinstance(card, Card)
    assert card.name is None
    assert len(card.problems) == 1


async def test_a_swipe_without_its_end_ends_by_silence() -> None:
    async with StripeReaderBench("no-end") as bench, CardReader.open(bench.url) as reader:
        await bench.swipe(ONE, TWO)
        assert isinstance(await reader.read(timeout=5), Card)


async def test_a_loop_that_stands_still_within_a_swipe_does_not_cut_it() -> None:
    async with StripeReaderBench() as bench, CardReader.open(bench.url) as reader:
        reading = asyncio.create_task(reader.read(timeout=5))
        await bench.send(ONE.encode())
        await asyncio.sleep(0.05)
        time.sleep(0.6)  # another task of the program
        await bench.send(TWO.encode() + b"\r")
        card = await reading
        assert isinstance(card, Card)
        assert not card.problems
        with pytest.raises(DeadlineExceeded):  # the second track came with the first, not as a card of its own
            await reader.read(timeout=0.05)


async def test_nobody_swipes_and_the_cable_is_drawn() -> None:
    async with StripeReaderBench() as bench, CardReader.open(bench.url) as reader:
        with pytest.raises(DeadlineExceeded):
            await reader.read(timeout=0.02)
        waiting = asyncio.create_task(reader.read(timeout=5))
        await bench.send(b"")
        await bench.unplug()
        with pytest.raises(Disconnected):
            await waiting


async def test_a_trace_holds_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path))
    async with StripeReaderBench() as bench, CardReader.open(bench.url) as reader:
        await bench.swipe(ONE, TWO)
        await reader.read(timeout=5)
    (path,) = tmp_path.iterdir()
    text = path.read_text()
    assert '"receive"' in text
    assert PAN not in text
    assert PAN.encode().hex() not in text.lower()


@pytest.mark.parametrize("magtek", [False, True], ids=["page 8E", "MagTek"])
async def test_a_hid_reader_is_read_by_its_descriptor_or_its_maker(magtek: bool) -> None:
    with EmulatedHidStripeReader(magtek=magtek) as bench:
        async with CardReader.open(bench.url) as reader:
            bench.swipe(ONE, TWO)
            bench.swipe(ONE, TWO, "garble-track-1")
            bench.swipe(ONE, TWO, "garble-track-1", "garble-track-2")
            both, second, none = [await reader.read(timeout=5) for _ in range(3)]
            bench.unplug()
            with pytest.raises(Disconnected):
                await reader.read(timeout=5)
    assert isinstance(both, Card)
    assert (both.number.reveal(), both.problems) == (PAN, ())
    assert isinstance(second, Card)
    assert (second.number.reveal(), second.problems) == (PAN, ("the reader could not read track 1",))
    assert none == GarbledSwipe(("the reader could not read track 1", "the reader could not read track 2"))


async def test_a_cut_report_is_told_and_an_empty_one_is_no_swipe() -> None:
    with EmulatedHidStripeReader() as bench:
        async with CardReader.open(bench.url) as reader:
            bench.report(bytes(222))
            bench.report(b"\x4f\x28%B")
            assert await reader.read(timeout=5) == GarbledSwipe(("a report that was cut off",))
            bench.swipe("", TWO)
            card = await reader.read(timeout=5)
    assert isinstance(card, Card)
    assert card.number.reveal() == PAN
