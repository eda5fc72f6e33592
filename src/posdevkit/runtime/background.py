"""The one background event loop that all blocking handles of a process share, started at first use.

Its thread sleeps in the selector while nothing happens. A forked child gets a fresh one at its own first use.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import selectors
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from posdevkit.errors import WrongThread

from .threads import Done

__all__ = ["LOOP_THREAD", "in_loop_thread", "is_running", "run", "run_on", "stop"]

T = TypeVar("T")

LOOP_THREAD: Final = "posdevkit-loop"
"""Name of the background loop's thread."""

_CLEAN_UP_SECONDS: Final = 2.0
"""How long an interrupted call may take to clean up before it is left to the loop."""
_STOP_SECONDS: Final = 5.0
"""How long `stop` waits for what is under way to clean up."""

_log = logging.getLogger("posdevkit.runtime")


class _Loop:
    """A loop in a thread of its own."""

    def __init__(self) -> None:
        # A selector loop on Windows too: only there can a socket be watched while its bytes are counted.
        self._selector = selectors.DefaultSelector()
        self.loop = asyncio.SelectorEventLoop(self._selector)
        self.alive = True
        """Asked instead of `thread.is_alive()`, which takes a running thread for ended when Ctrl-C strikes in it."""
        self.thread = threading.Thread(target=self._turn, name=LOOP_THREAD, daemon=True)
        self.thread.start()

    def _turn(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.alive = False
            try:
                _cancel_all(self.loop)
                self.loop.run_until_complete(self.loop.shutdown_asyncgens())
                self.loop.run_until_complete(self.loop.shutdown_default_executor())
            finally:
                asyncio.set_event_loop(None)
                self.loop.close()

    def stop(self) -> None:
        try:
            self.loop.call_soon_threadsafe(self.loop.stop)
        except RuntimeError:
            return  # it has ended already
        self.thread.join(_STOP_SECONDS)
        if self.thread.is_alive():
            _log.warning("The background loop did not end within %g seconds", _STOP_SECONDS)

    def forget_after_fork(self) -> None:
        """Let go, in a forked child, of the copy of the selector; its thread does not exist here."""
        with suppress(OSError):  # not every kernel hands a selector to a child at all
            self._selector.close()
        # Its tasks will be collected unfinished when the child exits; the parent finishes them, so nothing is amiss.
        self.loop.set_exception_handler(lambda _loop, _context: None)


class _Call(Generic[T]):
    """One call on its way through a loop, and the thread that waits for it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, function: Callable[[], Awaitable[T]]) -> None:
        self._loop = loop
        self._function = function
        self._ended = Done()
        self._task: asyncio.Task[T] | None = None
        self._cancelled = False

    def start(self) -> None:
        self._loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        if self._cancelled:
            self._ended.set()
            return
        self._task = self._loop.create_task(self._work())
        self._task.add_done_callback(self._finish)

    async def _work(self) -> T:
        return await self._function()

    def _finish(self, task: asyncio.Task[T]) -> None:
        # Here, and not when the waiting thread lets go of the task: a weak reference's callback would do it then, and
        # Python throws away a Ctrl-C that strikes inside such a callback.
        asyncio.tasks._unregister_task(task)
        self._ended.set()

    def cancel(self) -> None:
        def cancel() -> None:
            if self._task is not None:
                self._task.cancel()
            else:
                self._ended.set()  # struck before it was handed to the loop

        self._cancelled = True
        try:
            self._loop.call_soon_threadsafe(cancel)
        except RuntimeError:
            self._ended.set()  # the loop is closed, and what ran on it has ended

    def wait(self, timeout: float | None) -> bool:
        return self._ended.wait(timeout)

    def result(self) -> T:
        if self._task is None:
            raise asyncio.CancelledError
        return self._task.result()


_lock = threading.Lock()
_current: _Loop | None = None
_orphans: list[_Loop] = []
"""Loops of parent processes, kept so that nobody collects (and complains about) what cannot be closed here."""


def _running() -> _Loop:
    global _current  # noqa: PLW0603  # one per process is the point
    with _lock:
        if _current is None or not _current.alive:
            _current = _Loop()
        return _current


def run(function: Callable[[], Awaitable[T]], timeout: float | None = None) -> T:
    """Call `function` on the background loop and wait for its result, from any thread and from several at once.

    A function and no coroutine: Ctrl-C between making one here and handing it over would leave it behind unawaited.

    Raises the built-in TimeoutError when `timeout` seconds pass (after the call was cancelled and cleaned up), and
    WrongThread when called from the background loop itself, which could only wait for itself. Ctrl-C cancels the
    call, waits briefly for its cleaning up, and is raised. The caller's context variables are seen inside.
    """
    if in_loop_thread():
        raise WrongThread("posdevkit.runtime.background.run()")
    return run_on(_running().loop, function, timeout)


def run_on(
    loop: asyncio.AbstractEventLoop,
    function: Callable[[], Awaitable[T]],
    timeout: float | None = None,
) -> T:
    """As `run`, on a loop that another thread runs. Raises RuntimeError when that loop is closed."""
    call = _Call(loop, function)
    try:
        call.start()
        in_time = call.wait(timeout)
    except BaseException:
        call.cancel()
        call.wait(_CLEAN_UP_SECONDS)
        raise
    if in_time:
        return call.result()
    call.cancel()
    call.wait(_CLEAN_UP_SECONDS)
    try:
        return call.result()  # it may have ended just then, and a result is never thrown away
    except (asyncio.CancelledError, asyncio.InvalidStateError):
        raise TimeoutError from None


def in_loop_thread() -> bool:
    """Whether the calling thread is the background loop's own."""
    current = _current
    return current is not None and current.thread is threading.current_thread()


def is_running() -> bool:
    """Whether the background loop has been started and not been stopped."""
    current = _current
    return current is not None and current.alive


def stop() -> None:
    """Cancel what is under way, wait for it, and end the background loop. The next `run` starts another.

    Called at the interpreter's exit. Raises WrongThread on the background loop itself.
    """
    global _current
    if in_loop_thread():
        raise WrongThread("posdevkit.runtime.background.stop()")
    with _lock:
        current, _current = _current, None
    if current is not None:
        current.stop()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=_STOP_SECONDS))


def _after_fork_in_child() -> None:
    global _current, _lock  # noqa: PLW0603
    _lock = threading.Lock()
    if _current is not None:
        _current.forget_after_fork()
        _orphans.append(_current)
        _current = None


atexit.register(stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
