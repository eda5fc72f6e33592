"""The rooms that one payment passes, each once out and once back: the architecture page's picture, held to the code."""

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

AMOUNT = 734_157
OUT = ["blocking", "devices", "protocols", "links"]
"""The amount, and the message with it. The journal is kept by the driver."""
BACK = ["links", "protocols", "devices", "blocking"]
"""The terminal's word on that amount, what it means, the payment."""


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


def one_payment() -> Passage:
    """Pay once."""
    with terminal() as url:
        background.stop()
        with watched() as passage, pos.PaymentTerminal.open(url) as device:
            payment = device.pay(Money(AMOUNT, "DKK"), intent="sale-1")
            passage.stop()
            assert payment.approved
    return passage


def charged(value: object) -> bool:
    """The amount, as a number or as six bytes of two digits each, as ZVT writes it."""
    digits = bytes.fromhex(f"{AMOUNT:012d}")
    return (isinstance(value, int) and value == AMOUNT) or (isinstance(value, bytes) and digits in value)


def test_one_payment_passes_each_room_once_on_the_way_out_and_once_on_the_way_back() -> None:
    one_payment()  # everything is loaded now
    passage = one_payment()
    out, back = passage.of(charged).turned("links")
    assert out.down == OUT, out.passed
    assert back.up == BACK, back.passed
    # A payment has nothing to do with paper or with what is on it.
    assert passage.rooms == {*OUT, "registry"}
