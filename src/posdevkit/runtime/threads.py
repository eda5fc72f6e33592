"""Waiting in threads: so that Ctrl-C gets through, and for calls that only know how to block."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from .clock import wake

__all__ = ["Done", "in_thread"]

T = TypeVar("T")

_SLICE_SECONDS: Final = 0.1
"""How long the main thread waits before it looks up; see `Done.wait`."""


class Done:
    """A gate that opens once, for one thread that waits and another that opens it; in any order.

    The one way in which the library waits in a thread that may be hit by Ctrl-C. A bare lock and no Condition or Event:
    those hold their lock in Python code, where Ctrl-C in the waiting thread can strike between taking and keeping it,
    and then the other thread would wait for ever.
    """

    def __init__(self) -> None:
        self._open = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Open it. Once is enough; again does nothing."""
        if self._open:
            return
        # In this order: Ctrl-C between the two lets the waiter through, which then says so itself.
        with suppress(RuntimeError):  # two opened it at once
            self._lock.release()
        self._open = True

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it opened within `timeout` seconds. Ctrl-C interrupts it, and it may be called again.

        The main thread waits in slices, since Python runs signal handlers nowhere else and a lock does not always hear
        of a signal: on Windows never; elsewhere not if the system gave it to another thread, or if it came after
        Python's last look and before the lock went to sleep, which a busy machine can make long.
        """
        end = None if timeout is None else time.monotonic() + timeout
        sliced = threading.current_thread() is threading.main_thread()
        while not self._open:
            left = None if end is None else max(0.0, end - time.monotonic())
            if sliced:
                left = _SLICE_SECONDS if left is None else min(left, _SLICE_SECONDS)
            if self._lock.acquire(timeout=-1 if left is None else left):
                self._open = True
            elif end is not None and time.monotonic() >= end:
                break
        return self._open


async def in_thread(function: Callable[[], T], *, name: str) -> T:
    """The result of a call that blocks, made in a thread of its own called `name`.

    The thread ends with the call, unlike a pool's. When the caller is cancelled the call runs on and its result is
    lost, so give it only calls that change nothing; being a daemon it does not keep the process alive.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    results: list[T] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            results.append(function())
        except BaseException as problem:  # noqa: BLE001  # raised again where it is awaited
            problems.append(problem)
        wake(loop, done)

    threading.Thread(target=work, name=name, daemon=True).start()
    await done
    if problems:
        try:
            raise problems[0]
        finally:
            problems.clear()  # or the error would keep itself alive through this frame
    return results[0]
