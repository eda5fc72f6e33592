"""Time that can be injected: the system's, or one that a test moves by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from datetime import UTC, datetime
from typing import Final, Protocol, runtime_checkable

__all__ = ["LOCAL_TIME", "SYSTEM_CLOCK", "Clock", "ManualClock", "WallClock"]

_SETTLING_ROUNDS: Final = 50
"""Turns of the loop that `ManualClock.run` gives woken tasks: far more awaits than stand between two sleeps here."""


@runtime_checkable
class Clock(Protocol):
    """What the library needs of time. Seconds, from an arbitrary origin, never going back."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` (at once, after one turn of the loop, when they are not positive)."""
        ...


class _SystemClock:
    """The machine's own monotonic clock."""

    __slots__ = ()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def __repr__(self) -> str:
        return "SYSTEM_CLOCK"


SYSTEM_CLOCK: Final[Clock] = _SystemClock()
"""The clock that everything uses unless told otherwise."""


class WallClock(Protocol):
    """What people call the time."""

    def now(self) -> datetime:
        """Date and time with the distance from UTC. It may jump, also back: nothing is ordered by it."""
        ...


class _LocalTime:
    """The machine's own, in its time zone."""

    __slots__ = ()

    def now(self) -> datetime:
        return datetime.now(UTC).astimezone()

    def __repr__(self) -> str:
        return "LOCAL_TIME"


LOCAL_TIME: Final[WallClock] = _LocalTime()
"""The wall clock that registers use unless told otherwise."""


class ManualClock:
    """A clock that stands still until it is moved, for tests. Sleepers may live on any loop and in any thread."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        """The time it was moved to."""
        return self._now

    @property
    def sleepers(self) -> int:
        """How many calls of `sleep` wait for the clock to move."""
        with self._lock:
            return sum(1 for *_, future in self._sleepers if not future.done())

    async def sleep(self, seconds: float) -> None:
        """Return once the clock was moved by `seconds`."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), loop, future))
        await future

    def advance(self, seconds: float) -> None:
        """Move at once by `seconds` and wake, in order of their time, the sleepers that are due.

        They run when their loop next turns. One that then sleeps again counts from the new time; `run` steps instead.
        """
        if seconds < 0:
            raise ValueError("time goes forward only")
        self._move_to(self._now + seconds)

    async def run(self, seconds: float) -> None:
        """Move by `seconds` from sleeper to sleeper on the running loop, letting each do its work at its time."""
        end = self._now + seconds
        await self._settle()
        while (due := self._next_due()) is not None and due <= end:
            self._move_to(due)
            await self._settle()
        self._move_to(end)
        await self._settle()

    def _next_due(self) -> float | None:
        with self._lock:
            while self._sleepers and self._sleepers[0][3].done():
                heapq.heappop(self._sleepers)
            return self._sleepers[0][0] if self._sleepers else None

    def _move_to(self, moment: float) -> None:
        while True:
            with self._lock:
                if not self._sleepers or self._sleepers[0][0] > moment:
                    self._now = max(self._now, moment)
                    return
                due, _, loop, future = heapq.heappop(self._sleepers)
                self._now = max(self._now, due)
            wake(loop, future)

    @staticmethod
    async def _settle() -> None:
        for _ in range(_SETTLING_ROUNDS):
            await asyncio.sleep(0)


def wake(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
    """Complete `future`, from whichever thread; a future that is done or whose loop is closed stays as it is."""

    def complete() -> None:
        if not future.done():
            future.set_result(None)

    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        running = None
    if running is loop:
        complete()
        return
    try:
        loop.call_soon_threadsafe(complete)
    except RuntimeError:
        pass  # that loop is closed, and with it everybody who could wait
