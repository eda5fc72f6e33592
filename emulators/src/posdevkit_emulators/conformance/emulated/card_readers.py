"""Emulated stripe readers as rigs, on every wire they have."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from posdevkit.devices import CardReader
from posdevkit_emulators.conformance.card_reader import CardReaderRig
from posdevkit_emulators.conformance.suite import Disruption, Wire, until
from posdevkit_emulators.faults import CableFault
from posdevkit_emulators.readers import EmulatedHidStripeReader, StripeReaderBench, swiped
from posdevkit_emulators.scanners.wires import PtyWire

from .haste import HastyClock

__all__ = ["CARD_READER_WIRES"]

# Numbers that schemes publish for tests.
_NUMBERS: Final = ("4111111111111111", "5555555555554444")
_PACE: Final = 5.0
_serials = itertools.count(1)


def _tracks(card: int) -> tuple[str, str]:
    number = _NUMBERS[card]
    return f"%B{number}^HANSEN/KIRSTEN^29121010000000000?", f";{number}=29121010000000000?"


class EmulatedStripeReader:
    """A reader whose cable carries a stream, with two cards beside it."""

    numbers = _NUMBERS

    def __init__(self, bench: StripeReaderBench) -> None:
        self._bench = bench
        self._clock = HastyClock(_PACE)

    async def open(self) -> CardReader:
        return await CardReader.open(self._bench.url, clock=self._clock)

    async def swipe(self, card: int) -> None:
        self._clock.ease()
        await self._bench.swipe(*_tracks(card))

    async def half(self, card: int) -> None:
        self._clock.hurry()
        whole = swiped(*_tracks(card))
        await self._bench.send(whole[: len(whole) // 2])

    async def unplug(self) -> None:
        await self._bench.unplug()
        self._clock.hurry()

    async def plug(self) -> None:
        await self._bench.plug()
        self._clock.ease()

    def disturb(self, fault: CableFault) -> None:
        self._clock.disturbed(fault)
        self._bench.disturbance.add(fault)

    def calm(self) -> None:
        self._bench.disturbance.calm()
        self._clock.ease()


class EmulatedHidReader:
    """The same on a cable that carries reports."""

    numbers = _NUMBERS

    def __init__(self, reader: EmulatedHidStripeReader) -> None:
        self._reader = reader
        self._clock = HastyClock(_PACE)

    async def open(self) -> CardReader:
        return await CardReader.open(self._reader.url, clock=self._clock)

    async def swipe(self, card: int) -> None:
        self._clock.ease()
        await self._report(self._reader.swiped(*_tracks(card)))

    async def half(self, card: int) -> None:
        self._clock.hurry()
        whole = self._reader.swiped(*_tracks(card))
        await self._report(whole[: len(whole) // 2])

    async def _report(self, data: bytes) -> None:
        await until(lambda: self._reader.heard, "nobody reads the reports")
        self._reader.report(data)

    async def unplug(self) -> None:
        self._reader.unplug()
        self._clock.hurry()

    async def plug(self) -> None:
        self._reader.plug()
        self._clock.ease()

    def disturb(self, fault: CableFault) -> None:
        self._clock.disturbed(fault)
        self._reader.disturbance.add(fault)

    def calm(self) -> None:
        self._reader.disturbance.calm()
        self._clock.ease()


@asynccontextmanager
async def _over_tcp() -> AsyncIterator[CardReaderRig]:
    async with StripeReaderBench() as bench:
        yield EmulatedStripeReader(bench)


@asynccontextmanager
async def _on_a_pty() -> AsyncIterator[CardReaderRig]:
    async with StripeReaderBench(wire=PtyWire()) as bench:
        yield EmulatedStripeReader(bench)


def _over_hid(*, magtek: bool) -> Callable[[], AbstractAsyncContextManager[CardReaderRig]]:
    @asynccontextmanager
    async def rig() -> AsyncIterator[CardReaderRig]:
        async with EmulatedHidStripeReader(magtek=magtek, serial=f"CONFORMANCEMSR{next(_serials)}") as reader:
            yield EmulatedHidReader(reader)

    return rig


_REPORTS_LACK: Final = {
    Disruption.SPLIT: "a report is handed over whole, or not at all",
    Disruption.CLAIM: "it has no node in the file system, and the lock is on that",
}
CARD_READER_WIRES: Final[tuple[Wire[CardReaderRig], ...]] = (
    Wire("tcp", _over_tcp, {Disruption.CLAIM: "a serial device server sends to every program that connects"}),
    Wire("pty", _on_a_pty),
    Wire("hid", _over_hid(magtek=False), _REPORTS_LACK),
    Wire("hid (MagTek)", _over_hid(magtek=True), _REPORTS_LACK),
)
