"""One deadline per public call: relative outside, absolute inside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from inspect import iscoroutine
from math import isnan
from typing import ClassVar, TypeVar

from posdevkit.errors.inputs import check_seconds

from .clock import SYSTEM_CLOCK, Clock

__all__ = ["Deadline", "within"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock; `at` in that clock's seconds, None for never."""

    at: float | None
    clock: Clock = SYSTEM_CLOCK

    NEVER: ClassVar[Deadline]
    """No deadline, on the system's clock."""

    @classmethod
    def after(cls, seconds: float | None, clock: Clock = SYSTEM_CLOCK) -> Deadline:
        """The moment in `seconds` from now; None for never. Raises UsageError for what is no number."""
        if seconds is not None and (type(seconds) is not float or isnan(seconds)):
            check_seconds(seconds, "a timeout")
        return cls(None if seconds is None else clock.monotonic() + seconds, clock)

    def remaining(self) -> float | None:
        """Seconds left, never negative; None for never. Fits every `timeout=` of asyncio."""
        return None if self.at is None else max(0.0, self.at - self.clock.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the moment has passed."""
        return self.at is not None and self.clock.monotonic() >= self.at

    def at_most(self, seconds: float) -> Deadline:
        """This deadline, or the moment in `seconds` from now if that comes first."""
        soon = self.clock.monotonic() + seconds
        return Deadline(soon if self.at is None else min(self.at, soon), self.clock)


Deadline.NEVER = Deadline(None)


async def within(deadline: Deadline, awaitable: Awaitable[T]) -> T:
    """The result of `awaitable`, or the built-in TimeoutError once the deadline's clock passes it.

    What is awaited is cancelled and has ended, its cleaning up included, before TimeoutError is raised. It is not
    started at all when the deadline has passed already. A cancellation from outside is never swallowed, not even one
    that comes together with the deadline.
    """
    remaining = deadline.remaining()
    if remaining is None:
        return await awaitable
    if remaining <= 0:
        _drop(awaitable)
        raise TimeoutError
    if deadline.clock is SYSTEM_CLOCK:
        async with asyncio.timeout(remaining):
            return await awaitable
    return await _within_clock(deadline.clock, remaining, awaitable)


async def _within_clock(clock: Clock, seconds: float, awaitable: Awaitable[T]) -> T:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("within() needs a running task")
    cancelled_before = task.cancelling()
    passed = False

    async def watch() -> None:
        nonlocal passed
        await clock.sleep(seconds)
        passed = True
        task.cancel()

    watcher = asyncio.create_task(watch(), name="posdevkit-deadline")
    try:
        result = await awaitable
    except asyncio.CancelledError as problem:
        # Only the watcher's own cancellation becomes a TimeoutError; with another one pending, that one goes on.
        if passed and task.uncancel() <= cancelled_before:
            raise TimeoutError from problem
        raise
    except BaseException:
        if passed:
            task.uncancel()
        raise
    else:
        if passed:
            task.uncancel()
        return result
    finally:
        watcher.cancel()


def _drop(awaitable: Awaitable[object]) -> None:
    """Let go of something that will not be awaited, without the interpreter's warning."""
    if iscoroutine(awaitable):
        awaitable.close()
    elif isinstance(awaitable, asyncio.Future):
        awaitable.cancel()
