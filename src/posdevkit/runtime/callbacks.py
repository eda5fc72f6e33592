"""The one thread that runs callbacks, so that a slow one holds up neither the event loop nor the device."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from enum import Enum
from typing import Final, Generic, TypeVar

from posdevkit.errors import EventsLost

__all__ = ["EVENT_THREAD", "Dispatch", "Mark", "Pump"]

E = TypeVar("E")

EVENT_THREAD: Final = "posdevkit-events"
"""Name of the thread on which callbacks run. It lives while there is at least one."""

Dispatch = Callable[[Callable[[], None]], object]
"""Hands a piece of work to another thread: `lambda work: root.after(0, work)` for Tk, a signal's `emit` for Qt."""

_BATCH: Final = 64
"""Events per turn: one flood does not starve the other callbacks, or the windows of a program that dispatches."""

_log = logging.getLogger("posdevkit.runtime")


class Mark(Enum):
    """What a reader gets where there is no event."""

    EMPTY = "empty"
    END = "end"


class _Worker:
    def __init__(self) -> None:
        self.users = 0
        self.queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=EVENT_THREAD, daemon=True).start()

    def _work(self) -> None:
        while (work := self.queue.get()) is not None:
            work()


_lock = threading.Lock()
_worker: _Worker | None = None


def _acquire() -> _Worker:
    global _worker  # noqa: PLW0603  # one per process is the point
    with _lock:
        if _worker is None:
            _worker = _Worker()
        _worker.users += 1
        return _worker


def _release(worker: _Worker) -> None:
    """Count one user less; after the last, the thread ends once it has done what was posted."""
    global _worker  # noqa: PLW0603
    with _lock:
        worker.users -= 1
        if worker.users == 0:
            worker.queue.put(None)
            if _worker is worker:
                _worker = None


def _after_fork_in_child() -> None:
    # The thread was not copied. Pumps of the parent keep its worker and post to nobody; new ones get a new thread.
    global _lock, _worker  # noqa: PLW0603
    _lock = threading.Lock()
    _worker = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


class Pump(Generic[E]):
    """Feeds one callback, event by event and in order, on the event thread or where `dispatch` takes it."""

    def __init__(
        self,
        take: Callable[[], E | Mark],
        callback: Callable[[E], object],
        dispatch: Dispatch | None,
        on_error: Callable[[EventsLost], object] | None,
        on_end: Callable[[], object] | None = None,
    ) -> None:
        self._on_end = on_end
        self._take = take
        self._callback = callback
        self._dispatch = dispatch
        self._on_error = on_error
        self._lock = threading.Lock()
        self._scheduled = False
        self._ended = False
        self._worker = _acquire()

    def notify(self) -> None:
        """Something may be there to take."""
        with self._lock:
            if self._scheduled or self._ended:
                return
            self._scheduled = True
        self._worker.queue.put(self._hand_over)

    def end(self) -> None:
        """No callback starts any more; one that runs in another thread may still finish."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        _release(self._worker)

    def _hand_over(self) -> None:
        if self._dispatch is None:
            self._drain()
            return
        try:
            self._dispatch(self._drain)
        except Exception:  # noqa: BLE001  # a program's own code
            with self._lock:
                self._scheduled = False
            _log.exception("dispatch failed; the events stay until the next one")

    def _drain(self) -> None:
        for _ in range(_BATCH):
            try:
                item = self._next()
                if item is Mark.EMPTY:
                    return
                if item is Mark.END:
                    self.end()
                    if self._on_end is not None:
                        self._on_end()
                    return
                self._callback(item)
            except EventsLost as problem:
                self._tell(problem)
            except Exception:  # noqa: BLE001  # a program's own code
                _log.exception("A callback for events failed; it gets the next one all the same")
        self._worker.queue.put(self._hand_over)

    def _next(self) -> E | Mark:
        # Under the lock that `notify` takes: either this sees the event, or `notify` sees that it must schedule.
        with self._lock:
            if self._ended:
                return Mark.EMPTY
            item = self._take()
            if item is Mark.EMPTY:
                self._scheduled = False
            return item

    def _tell(self, problem: EventsLost) -> None:
        if self._on_error is None:
            _log.error("%s", problem)
            return
        try:
            self._on_error(problem)
        except Exception:  # noqa: BLE001  # a program's own code
            _log.exception("A callback for lost events failed")
