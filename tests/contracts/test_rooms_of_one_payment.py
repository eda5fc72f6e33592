"""The rooms that one payment passes, to the terminal and back: what the architecture page draws."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import posdevkit as pos
from posdevkit.money import Money
from posdevkit.runtime import background
from posdevkit_emulators.terminals import PaymentTerminalBench

from .rooms import Passage, watched

# Each room when it is entered first, after the terminal was opened, and each when it is left for good. The journal is
# kept by the driver; the link goes on listening.
OUT = ["blocking", "devices", "protocols", "links"]
BACK = ["protocols", "devices", "blocking"]


@contextmanager
def terminal() -> Iterator[str]:
    """An emulated terminal on a thread that is not watched; its URL."""
    ready: list[str] = []
    up = threading.Event()
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with PaymentTerminalBench() as bench:
            stop = asyncio.Event()
            loops.append((asyncio.get_running_loop(), stop))
            ready.append(bench.url)
            up.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert up.wait(10)
        yield ready[0]
    finally:
        for loop, stop in loops:
            loop.call_soon_threadsafe(stop.set)
        thread.join()


def one_payment(url: str, intent: str) -> tuple[Passage, int]:
    """Pay once. What was passed, and where in it the terminal was open."""
    with watched() as passage, pos.PaymentTerminal.open(url) as device:
        start = len(passage.rooms)
        payment = device.pay(Money(7000, "DKK"), intent=intent)
        passage.stop()
        assert payment.approved
    return passage, start


def test_one_payment_passes_the_rooms_to_the_terminal_and_its_outcome_back() -> None:
    with terminal() as url:
        one_payment(url, "sale-1")  # everything is loaded now
        background.stop()
        passage, start = one_payment(url, "sale-2")
    paid = Passage(passage.rooms[start:])
    assert paid.first(OUT) == OUT, passage.rooms
    assert paid.last(BACK) == BACK, passage.rooms
    # A payment has nothing to do with paper or with what is on it.
    assert not {"layout", "imaging", "paper", "documents", "profiles", "till", "cli", "config"} & set(passage.rooms)
