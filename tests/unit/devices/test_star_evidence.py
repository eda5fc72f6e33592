"""A Star printer that is still busy, without paper or slow to answer when a connection begins: its proof is kept.

The printer is played by hand, from the tables of Star's Line Mode specifications, and shares no code with the driver.
"""

from __future__ import annotations

import asyncio

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.errors import Disconnected
from posdevkit.events import Delivery, Evidence, JobState
from posdevkit.links.memory import MemoryPeer
from posdevkit.profiles import load_profile
from posdevkit.runtime.clock import ManualClock

from .scripted import ScriptedPrinter
from .test_outcomes import until

pytestmark = pytest.mark.asyncio

STAR = load_profile("star-tsp650ii")
RECEIPT = Receipt().text("Flat white 38,00").cut()
ETB = b"\x17"
ASK = b"\x1b\x06\x01"
VERSION = b"\x1b#*\n\x00"


class ScriptedStar(ScriptedPrinter):
    """Tells its status at once, and its version and counts in turn with what it prints."""

    out = False
    counter = 7
    tells_version = True

    @property
    def frame(self) -> bytes:
        """Nine bytes (23h) of generation 3 (06h): offline and paper in bytes 2 and 5, the counter in byte 7."""
        counter = (self.counter & 0x18) << 2 | (self.counter & 0x07) << 1
        return bytes([0x23, 0x06, 0x08 * self.out, 0, 0, 0x0C * self.out, 0, counter, 0])

    async def _answer(self, peer: MemoryPeer, data: bytes) -> None:
        if ASK in data:
            await peer.send(self.frame)
        if VERSION in data and self.tells_version:
            self.held.append(b"\x1b#*,TSP650IIVer2.1\n\x00")
        self.held += [ETB] * data.count(ETB)
        if self.printing.is_set():
            await self._release()

    async def _release(self) -> None:
        assert self._peer is not None
        held, self.held = self.held, []
        for one in held:
            if one == ETB:
                self.counter = (self.counter + 1) % 32
            await self._peer.send(self.frame if one == ETB else one)

    async def load(self) -> None:
        """Paper is in: that is told at once, long before anything is printed."""
        self.out = False
        assert self._peer is not None
        await self._peer.send(self.frame)


async def test_paper_that_was_out_when_the_connection_began_costs_no_proof() -> None:
    async with ScriptedStar("star-out") as printer, ReceiptPrinter.open(printer.url, profile=STAR) as opened:
        assert opened.identity.model == "TSP650II"
    async with ScriptedStar("star-out") as printer:
        printer.out = True
        printer.printing.clear()
        async with ReceiptPrinter.open(printer.url, profile=STAR) as driver:
            await driver.connect()
            job = await driver.submit(RECEIPT)
            await until(lambda: job.state is JobState.WAITING)
            await printer.load()
            await asyncio.sleep(0.05)
            await printer.finish()
            outcome = await job.wait(5)
    assert (outcome.delivery, outcome.evidence) == (Delivery.CONFIRMED, Evidence.ETB)


async def test_a_printer_that_still_prints_for_an_earlier_connection_is_waited_for() -> None:
    clock = ManualClock()
    async with ScriptedStar("star-busy") as printer:
        printer.printing.clear()
        driver = ReceiptPrinter(printer.url, STAR, clock=clock)
        connecting = asyncio.create_task(driver.connect(None))
        await until(lambda: printer.received)
        await clock.run(2.0)
        await connecting
        job = await driver.submit(RECEIPT)
        await clock.run(5.0)
        assert job.outcome.bytes_taken == 0
        await printer.finish()
        outcome = await job.wait(5)
        await driver.close()
    assert (outcome.delivery, outcome.evidence) == (Delivery.CONFIRMED, Evidence.ETB)


async def test_one_that_never_tells_its_version_is_waited_for_once_and_ends_as_sent() -> None:
    clock = ManualClock()
    async with ScriptedStar("star-no-version") as printer:
        printer.tells_version = False
        driver = ReceiptPrinter(printer.url, STAR, clock=clock)
        connecting = asyncio.create_task(driver.connect(None))
        await until(lambda: printer.received)
        await clock.run(2.0)
        await connecting
        job = await driver.submit(RECEIPT)
        await clock.run(40.0)
        first = await job.wait(5)
        second = await (await driver.submit(RECEIPT)).wait(0.5)
        await driver.close()
    assert {first.delivery, second.delivery} == {Delivery.SENT}
    assert first.evidence is Evidence.NONE


async def test_a_job_that_waits_for_a_busy_printer_can_be_given_up() -> None:
    clock = ManualClock()
    async with ScriptedStar("star-given-up") as printer:
        printer.printing.clear()
        driver = ReceiptPrinter(printer.url, STAR, clock=clock)
        connecting = asyncio.create_task(driver.connect(None))
        await until(lambda: printer.received)
        await clock.run(2.0)
        await connecting
        job = await driver.submit(RECEIPT)
        await asyncio.sleep(0)
        outcome = await job.abandon(5)
        await driver.close()
    assert outcome.delivery is Delivery.NONE
    assert b"Flat white" not in printer.received


@pytest.mark.parametrize("late", [2.0, 4.0])
async def test_an_answer_that_comes_late_after_a_reconnect_costs_no_proof(late: float) -> None:
    clock = ManualClock()
    async with ScriptedStar("star-late") as printer:
        driver = ReceiptPrinter(printer.url, STAR, clock=clock)
        await driver.connect(None)
        assert (await driver.print(RECEIPT)).confirmed
        printer.silent = True
        printer.cut_cable()
        await until(lambda: len(printer.connections) == 2 and printer.connections[1])
        job = await driver.submit(RECEIPT)
        await clock.run(late)
        printer.silent = False
        for _ in range(20):
            await clock.run(0.5)
        outcome = await job.wait(1)
        await driver.close()
    assert (outcome.delivery, outcome.evidence) == (Delivery.CONFIRMED, Evidence.ETB)


async def test_a_printer_that_answered_and_says_nothing_after_a_reconnect_is_gone_and_gets_no_job() -> None:
    """As one on a serial line that was switched off: the line takes every byte, and nobody prints it."""
    clock = ManualClock()
    async with ScriptedStar("star-off") as printer:
        driver = ReceiptPrinter(printer.url, STAR, clock=clock)
        await driver.connect(None)
        assert (await driver.print(RECEIPT)).confirmed
        printer.silent = True
        printer.cut_cable()
        job = await driver.submit(Receipt().text("nowhere").cut())
        ended = asyncio.create_task(job.wait())
        await clock.run(60.0)
        with pytest.raises(Disconnected) as raised:
            await ended
        assert raised.value.outcome is not None
        assert raised.value.outcome.safe_to_retry
        printer.silent = False
        outcome = await driver.print(RECEIPT, timeout=None)
        await driver.close()
    assert outcome.confirmed
    assert b"nowhere" not in printer.received
