"""What 10,000 jobs leave behind in memory: in the driver, in the emulated printer, and in both over a cable."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Awaitable, Callable

from harness import Row

from posdevkit.aio import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.profiles import load_profile
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.receipt import ReceiptPrinterModel

AIM = 128 * 1024
"""Bytes more after all jobs than after a tenth of them; about 14 for each of the 9,000 between."""
PROFILE = load_profile("epson-tm-t88v")
CUT = b"\x1dVA\x00"


def measure(rounds: int) -> list[Row]:
    """Python's own count of what it holds (tracemalloc), after a collection."""
    count = 10_000 if rounds > 1 else 100
    return [
        _row("an emulated printer: tickets torn off and taken away", *asyncio.run(_held(count, _tickets()))),
        _row(
            "driver and emulator over a cable in memory, tickets the latest 1,000 kept in the tray",
            *asyncio.run(_jobs(count)),
        ),
    ]


def _row(what: str, first: int, last: int) -> Row:
    more = last - first
    note = f"{first / 1024:.0f} and {last / 1024:.0f} KiB"
    what = f"memory more after 10,000 jobs than after 1,000: {what}"
    return Row(what, more / 1024, "KiB", f"at most {AIM // 1024} KiB", more <= AIM, note)


def _tickets() -> Callable[[int], Awaitable[None]]:
    model = ReceiptPrinterModel(PROFILE)
    model.connected()

    async def one(number: int) -> None:
        model.receive(b"Kvittering %d\n38,00\n" % number + CUT)

    return one


async def _jobs(count: int) -> tuple[int, int]:
    receipt = Receipt().title("Kvittering").row("Flat white", "38,00").cut()
    async with (
        ReceiptPrinterBench.memory("flat", profile=PROFILE) as bench,
        ReceiptPrinter.open(bench.url, profile=PROFILE) as printer,
    ):

        async def one(number: int) -> None:
            outcome = await printer.print(receipt.text(str(number)), key=f"order-{number}")
            assert outcome.confirmed

        return await _held(count, one)


async def _held(count: int, one: Callable[[int], Awaitable[None]]) -> tuple[int, int]:
    """Bytes that Python holds after a tenth of the jobs, and after all of them."""
    tracemalloc.start()
    held = []
    for number in range(count):
        await one(number)
        if number in (count // 10 - 1, count - 1):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return held[0], held[1]
