"""Switching an emulated printer off at any moment leaves no connection, task or thread behind."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from posdevkit.registry import open_link
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.bench import ReceiptPrinterBench, emulated_receipt_printer
from posdevkit_emulators.faults import StallAt
from posdevkit_emulators.printers.effects import What


def test_off_at_any_moment() -> None:
    randomly = random.Random(7)
    for _ in range(60):
        with contextlib.ExitStack() as stack, emulated_receipt_printer(faults=["split=5"]) as printer:
            where = urlsplit(printer.url)
            for _ in range(randomly.randrange(3)):
                client = stack.enter_context(socket.create_connection((where.hostname, where.port or 0)))
                client.sendall(b"\x1da\x0fHello\n\x10\x04\x01" * randomly.randrange(20))
                if randomly.random() < 0.5:
                    client.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("make", [ReceiptPrinterBench.tcp, lambda: ReceiptPrinterBench.memory("off-while-stalled")])
@pytest.mark.asyncio
async def test_off_in_the_moment_in_which_a_stall_ends(make: Callable[[], ReceiptPrinterBench]) -> None:
    """The waiting that was over swallowed the word to end, and switching off waited for ever."""
    async with make() as bench:
        link = open_link(bench.url)
        await link.open(Deadline.after(10))
        bench.disturb(StallAt(0))
        await link.send(b"x")
        await bench.happened(What.CABLE_FAULT)
        bench.printer.resume()
        await within(Deadline.after(10), bench.wire.close())
        link.abort()
        await link.close()
