"""Opened and closed time and again on each cable: descriptors, threads and memory are what they were."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.devices import ReceiptPrinter as Driver
from posdevkit_emulators.bench import ReceiptPrinterBench
from tests.soak.resources import held

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds in this way"),
]

CYCLES, WARM = 1000, 100
USB_CYCLES = 150
"""Closing a USB device waits for its read to end, up to 50 ms; a thousand were run by hand, with the same result."""
MOST_MIB = 4.0
"""What the allocator may keep; a leak of one object of 8 KiB a cycle would be twice that."""
BENCHES: dict[str, Callable[[], ReceiptPrinterBench]] = {
    "tcp": ReceiptPrinterBench.tcp,
    "memory": lambda: ReceiptPrinterBench.memory("soak-open-close"),
    "serial": ReceiptPrinterBench.pty,
    "usb": ReceiptPrinterBench.usb,
}


async def cycle(url: str) -> None:
    printer: Driver
    async with ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        assert printer.last_status.online


@pytest.mark.parametrize("cable", BENCHES)
async def test_cycles_leave_nothing_behind(cable: str) -> None:
    async with BENCHES[cable]() as bench:
        for _ in range(WARM):
            await cycle(bench.url)
        before = held()
        for _ in range(USB_CYCLES if cable == "usb" else CYCLES):
            await cycle(bench.url)
        after = held()
    assert after.descriptors <= before.descriptors
    assert after.threads <= before.threads
    assert after.memory - before.memory < MOST_MIB
