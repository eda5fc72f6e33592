"""Emulated payment terminals as rigs, on every wire they have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from posdevkit.devices import PaymentTerminal
from posdevkit_emulators.conformance.payment_terminal import PRICE, PaymentTerminalRig
from posdevkit_emulators.conformance.suite import Wire
from posdevkit_emulators.faults import CableFault
from posdevkit_emulators.terminals import Booking, PaymentTerminalBench

from .haste import HastyClock

__all__ = ["PAYMENT_TERMINAL_WIRES"]

_PACE: Final = 20.0


class EmulatedTerminal:
    """A terminal that speaks ZVT, and the journal of its till."""

    def __init__(self, bench: PaymentTerminalBench, journal: Path) -> None:
        self._bench = bench
        self._journal = journal
        self._clock = HastyClock(_PACE)
        self._stalls = 0

    async def open(self) -> PaymentTerminal:
        return await PaymentTerminal.open(self._bench.url, journal=self._journal, clock=self._clock)

    def charged(self) -> int:
        return self._booked(Booking.CHARGE)

    def refunded(self) -> int:
        return self._booked(Booking.REFUND)

    def reversed(self) -> int:
        return self._booked(Booking.REVERSAL)

    def _booked(self, booking: Booking) -> int:
        ledger = self._bench.model.ledger
        return sum(1 for one in ledger if one.booking is booking and one.amount == PRICE.minor)

    def moved_otherwise(self) -> int:
        return sum(1 for one in self._bench.model.ledger if one.amount != PRICE.minor)

    async def unplug(self) -> None:
        await self._bench.unplug()
        self._clock.hurry()

    async def plug(self) -> None:
        await self._bench.plug()
        self._clock.ease()

    def disturb(self, fault: CableFault) -> None:
        self._clock.disturbed(fault)
        self._stalls = self._bench.stalls
        self._bench.disturbance.add(fault)

    async def held_up(self) -> None:
        await self._bench.held_up(self._stalls)

    def resume(self) -> None:
        self._bench.resume()
        self._clock.ease()

    def calm(self) -> None:
        self._bench.disturbance.calm()
        self._clock.ease()


@asynccontextmanager
async def _over_tcp() -> AsyncIterator[PaymentTerminalRig]:
    with TemporaryDirectory(prefix="posdevkit-conformance-") as folder:
        async with PaymentTerminalBench() as bench:
            yield EmulatedTerminal(bench, Path(folder) / "journal.jsonl")


PAYMENT_TERMINAL_WIRES: Final[tuple[Wire[PaymentTerminalRig], ...]] = (Wire("tcp", _over_tcp),)
