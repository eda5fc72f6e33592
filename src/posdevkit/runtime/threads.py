"""Waiting in threads: so that Ctrl-C gets through, and for calls that only know how to block."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from .clock import wake

__all__ = ["Done", "in_thread", "wait_on"]

T = TypeVar("T")

_SLICE_SECONDS: Final = 0.1
"""On Windows a waiting lock is deaf to Ctrl-C, so the main thread looks up this often there."""
_LOCKS_HEAR_CTRL_C: Final = sys.platform != "win32"


def wait_on(condition: threading.Condition, ready: Callable[[], bool], timeout: float | None = None) -> bool:
    """Wait, with `condition` held, until `ready()`; False when `timeout` seconds passed first. Ctrl-C interrupts it."""
    end = None if timeout is None else time.monotonic() + timeout
    sliced = not _LOCKS_HEAR_CTRL_C and threading.current_thread() is threading.main_thread()
    while not ready():
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return False
        if sliced:
            left = _SLICE_SECONDS if left is None else min(left, _SLICE_SECONDS)
        condition.wait(left)
    return True


class Done:
    """A gate that opens once, for one thread that waits and another that opens it; in any order.

    A bare lock and no Condition: those hold their lock in Python code, where Ctrl-C in the waiting thread can strike
    between taking and keeping it, and then the other thread would wait for ever.
    """

    def __init__(self) -> None:
        self._open = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Open it. Once is enough; again does nothing."""
        if not self._open:
            self._open = True
            self._lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it opened within `timeout` seconds. Ctrl-C interrupts it, and it may be called again."""
        end = None if timeout is None else time.monotonic() + timeout
        sliced = not _LOCKS_HEAR_CTRL_C and threading.current_thread() is threading.main_thread()
        while not self._open:
            left = None if end is None else max(0.0, end - time.monotonic())
            if sliced:
                left = _SLICE_SECONDS if left is None else min(left, _SLICE_SECONDS)
            # Taken or not does not matter from here on: the flag tells, and nobody else ever takes it.
            taken = self._lock.acquire(timeout=-1 if left is None else left)
            if not taken and end is not None and time.monotonic() >= end:
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
