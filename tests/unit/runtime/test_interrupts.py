"""Ctrl-C at every line of the way that a waiting thread takes: it comes through, and no lock stays taken."""

from __future__ import annotations

import asyncio
import dis
import itertools
import linecache
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

import pytest

import posdevkit
from posdevkit.blocking import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.runtime import Broadcaster, background
from posdevkit.runtime.threads import Done

if TYPE_CHECKING:
    from _typeshed import TraceFunction

    from posdevkit_emulators.bench import EmulatedReceiptPrinter

T = TypeVar("T")

TIMEOUT = 10.0
ROOMS = tuple(str(Path(posdevkit.__file__).with_name(room)) for room in ("runtime", "blocking"))


class Struck(KeyboardInterrupt):
    """What the signal raises here, so that nobody else's is taken for it."""


def leaves_a_with_block(frame: FrameType) -> bool:
    """Whether the block has ended and `__exit__` is about to be called: there Python does not look for signals."""
    here = dis.opname[frame.f_code.co_code[frame.f_lasti]]
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return here in ("LOAD_CONST", "SWAP") and line.lstrip().startswith("with ")


@contextmanager
def struck_at(step: int) -> Iterator[list[str]]:
    """Raise Struck on this thread at that line of the rooms under test, counted from 0; gives the place, once there."""
    places: list[str] = []
    lines = itertools.count()

    def trace(frame: FrameType, event: str, _argument: object) -> TraceFunction | None:
        if not frame.f_code.co_filename.startswith(ROOMS):
            return None
        if event == "line" and not places and not leaves_a_with_block(frame) and next(lines) == step:
            places.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
            raise Struck
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield places
    finally:
        sys.settrace(before)


def at_every_line(action: Callable[[T], object], prepared: Callable[[], AbstractContextManager[T]]) -> Iterator[str]:
    """Run `action` on what `prepared` gives again and again, struck one line later each time; gives each place.

    The last time it gets through.
    """
    for step in itertools.count():
        with prepared() as thing, struck_at(step) as places:
            try:
                action(thing)
            except Struck:
                pass
            else:
                assert not places, f"{places[0]}: the interruption was lost"
                return
        yield places[0]


def elsewhere(call: Callable[[], object], place: str) -> None:
    """Make the call in another thread, which must not find a lock taken."""
    done = Done()

    def called() -> None:
        call()
        done.set()

    threading.Thread(target=called, daemon=True).start()
    assert done.wait(TIMEOUT), f"struck at {place}, it left a lock taken"


def test_a_call_on_the_background_loop() -> None:
    trail: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(0.001)
        finally:
            trail.append("ended")

    background.run(work)
    places = set()
    for place in at_every_line(lambda _: background.run(work), nullcontext):
        places.add(place)
        trail.clear()
        elsewhere(lambda: background.run(work, timeout=TIMEOUT), place)
        assert trail == ["ended"], place
    assert len(places) > 15
    background.stop()


def test_a_wait_for_an_event() -> None:
    async def later(publish: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(0.002, publish)

    background.run(lambda: asyncio.sleep(0))
    latest: list[Callable[[str], None]] = []

    def wait(_: object) -> None:
        broadcaster: Broadcaster[str] = Broadcaster()
        latest[:] = [broadcaster.publish]
        with broadcaster.subscribe() as subscription:
            latest.append(subscription.push)
            background.run(lambda: later(lambda: broadcaster.publish("news")))
            assert next(subscription.blocking(TIMEOUT)) == "news"

    places = set()
    for place in at_every_line(wait, nullcontext):
        places.add(place)
        for publish in latest:
            elsewhere(partial(publish, "more"), place)
    assert len(places) > 40
    background.stop()


def test_a_printer_that_prints_and_closes(receipt_printer: EmulatedReceiptPrinter) -> None:
    receipt = Receipt().text("hello").cut()

    def opened() -> ReceiptPrinter:
        return ReceiptPrinter.open(receipt_printer.url, profile="epson-tm-t88v", timeout=TIMEOUT)

    def use(printer: ReceiptPrinter) -> None:
        printer.print(receipt, timeout=TIMEOUT)
        printer.close()

    places = set(at_every_line(use, opened))  # `with` closes it, once more if need be
    assert len(places) > 40
    background.stop()


if sys.platform != "win32":  # which has no signal that a program may give a meaning of its own

    @pytest.mark.parametrize("waiting", ["for a call", "for an event"])
    def test_a_signal_that_does_not_interrupt_the_lock_still_comes_through(waiting: str) -> None:
        """As if it had come just before the lock went to sleep: another thread gets it, the main thread sleeps on."""

        def raise_(_number: int, _frame: FrameType | None) -> None:
            raise Struck

        def strike() -> None:
            time.sleep(0.05)
            signal.raise_signal(signal.SIGUSR1)  # in this thread

        before = signal.signal(signal.SIGUSR1, raise_)
        begin = time.monotonic()
        try:
            with Broadcaster[str]().subscribe() as subscription, pytest.raises(Struck):
                threading.Thread(target=strike, daemon=True).start()
                if waiting == "for an event":
                    subscription.get_blocking(TIMEOUT)
                else:
                    background.run(lambda: asyncio.sleep(TIMEOUT))
            assert time.monotonic() - begin < TIMEOUT / 2
        finally:
            signal.signal(signal.SIGUSR1, before)
            background.stop()
