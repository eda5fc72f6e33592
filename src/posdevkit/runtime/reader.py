"""Three faces of anything that hands out events: `async for`, a blocking iterator, and a callback."""

from __future__ import annotations

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Generic, Self, TypeVar

from posdevkit.errors import Closed, EventsLost, WrongThread

from .callbacks import Dispatch, Mark, Pump
from .clock import SYSTEM_CLOCK, Clock, wake
from .deadline import Deadline, within
from .threads import Done

__all__ = ["Reader", "Unsubscribe"]

E = TypeVar("E")

Unsubscribe = Callable[[], None]
"""Ends a callback. May be called from anywhere, the callback itself included, and more than once."""


class Reader(ABC, Generic[E]):
    """Events one by one, each handed out once: several readers of one Reader share them, so use one face at a time.

    Every face raises EventsLost once where events that carry data were dropped, and then goes on with the next.
    `close`, or leaving a `with` or `async with` block, drops what is unread and ends every face.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        # No condition: its own `__enter__` is Python code, and Ctrl-C inside it would leave the lock taken.
        self._lock = threading.RLock()
        self._waiters: list[Callable[[], None]] = []
        self._watchers: list[Callable[[bool], None]] = []

    @abstractmethod
    def close(self) -> None:
        """Drop what is unread and end."""

    @abstractmethod
    def _take(self) -> E | Mark:
        """The next event, or why there is none; called with the lock held. Raises EventsLost."""

    @property
    @abstractmethod
    def pending(self) -> int:
        """Events that wait to be read."""

    @property
    @abstractmethod
    def ended(self) -> bool:
        """Whether nothing is left and nothing can come."""

    async def get(self, timeout: float | None = None) -> E:
        """The next event; raises TimeoutError after `timeout` seconds without one, and Closed after the last."""
        item = self._poll()
        if item is Mark.EMPTY:
            item = await within(Deadline.after(timeout, self._clock), self._await())
        if isinstance(item, Mark):
            raise Closed("the subscription has ended", remedy="Subscribe again.")
        return item

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> E:
        item = await self._await()
        if isinstance(item, Mark):
            raise StopAsyncIteration
        return item

    def get_blocking(self, timeout: float | None = None) -> E:
        """As `get`, but the thread waits. Raises WrongThread where an event loop runs, which it would hold up."""
        item = self._wait(timeout)
        if item is Mark.EMPTY:
            raise TimeoutError
        if item is Mark.END:
            raise Closed("the subscription has ended", remedy="Subscribe again.")
        return item

    def blocking(self, timeout: float | None = None) -> Iterator[E]:
        """Iterate while the thread waits; it ends with the subscription, or after `timeout` quiet seconds."""
        while not isinstance(item := self._wait(timeout), Mark):
            yield item

    def __iter__(self) -> Iterator[E]:
        return self.blocking()

    def on(
        self,
        callback: Callable[[E], object],
        dispatch: Dispatch | None = None,
        *,
        on_error: Callable[[EventsLost], object] | None = None,
        on_end: Callable[[], object] | None = None,
    ) -> Unsubscribe:
        """Call `callback` with each event, on the thread "posdevkit-events", never on the event loop.

        With `dispatch`, that thread hands `dispatch` a piece of work that calls back where it is run: Tk's
        `lambda work: root.after(0, work)`, or a Qt signal's `emit`. A callback that raises is logged and goes on.
        EventsLost goes to `on_error`, or into the log; `on_end` is called when no event can come any more and all have
        been heard. What is returned ends the callback and closes this reader.
        """
        pump = Pump(self._poll, callback, dispatch, on_error, on_end)

        def arrived(_: bool) -> None:
            pump.notify()

        def unsubscribe() -> None:
            pump.end()
            self.close()

        with self._lock:
            self._watchers.append(arrived)
        if self.pending or self.ended:
            pump.notify()
        return unsubscribe

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _poll(self, waiter: Callable[[], None] | None = None) -> E | Mark:
        with self._lock:
            item = self._take()
            if item is Mark.EMPTY and waiter is not None:
                self._waiters.append(waiter)
            return item

    async def _await(self) -> E | Mark:
        loop = asyncio.get_running_loop()
        while True:
            news = loop.create_future()
            waiter = partial(wake, loop, news)
            item = self._poll(waiter)
            if item is not Mark.EMPTY:
                return item
            try:
                await news
            finally:
                self._give_up(waiter)

    def _wait(self, timeout: float | None) -> E | Mark:
        if asyncio._get_running_loop() is not None:
            raise WrongThread("a blocking wait for events", remedy="Use 'async for' or a callback there.")
        end = None if timeout is None else time.monotonic() + timeout
        in_time = True
        while True:
            news = Done()
            waiter = news.set
            item = self._poll(waiter)
            if item is not Mark.EMPTY or not in_time:
                return item
            try:
                in_time = news.wait(None if end is None else end - time.monotonic())
            finally:
                self._give_up(waiter)

    def _give_up(self, waiter: Callable[[], None]) -> None:
        with self._lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def _wake(self, *, grew: bool) -> None:
        """Tell everybody who waits that something came (`grew`) or changed; called without the lock."""
        with self._lock:
            waiters, self._waiters = self._waiters, []
            watchers = tuple(self._watchers)
        for waiter in waiters:
            waiter()
        for watcher in watchers:
            watcher(grew)
