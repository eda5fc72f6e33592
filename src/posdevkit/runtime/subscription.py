"""One publisher, many bounded subscriptions.

Publishing never waits for a reader. What a slow reader misses is either told (data: EventsLost, once, with the count)
or superseded (status: the latest per key). Publishers and readers may live on any loop and in any thread.
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from posdevkit.errors import EventsLost, UsageError
from posdevkit.errors.inputs import expect

from .callbacks import Mark
from .clock import SYSTEM_CLOCK, Clock
from .reader import Reader, Unsubscribe

__all__ = ["DEFAULT_LIMIT", "Broadcaster", "Coalesce", "Reader", "Subscription", "Unsubscribe", "merge_events"]

E = TypeVar("E")

DEFAULT_LIMIT: Final = 1000
"""Unread data events that a subscription keeps."""

Coalesce = Callable[[E], Hashable | None]
"""The key under which a newer event supersedes an older one; None for data, of which each one counts."""


class Subscription(Reader[E]):
    """One reader's share of what a Broadcaster publishes from now on. See Reader for its three faces."""

    def __init__(
        self,
        limit: int,
        coalesce: Coalesce[E] | None,
        clock: Clock,
        left: Callable[[Subscription[E]], None],
    ) -> None:
        super().__init__(clock)
        expect(limit, int, "a limit is a number of events", "A subscription keeps one event or more.")
        if limit < 1:
            raise UsageError(f"a limit of {limit} events", remedy="A subscription keeps one event or more.")
        self._limit = limit
        self._coalesce = coalesce
        self._left = left
        self._numbers = itertools.count()
        # Data under (False, number), status under (True, key): one order for both.
        self._events: OrderedDict[tuple[bool, Hashable], E] = OrderedDict()
        self._data = 0
        self._lost = 0
        self._closed = False

    @property
    def pending(self) -> int:
        """Events that wait to be read."""
        return len(self._events)

    @property
    def ended(self) -> bool:
        """Whether nothing is left and nothing can come."""
        return self._closed and not self._events and not self._lost

    def close(self) -> None:
        """Drop what is unread and end every face."""
        with self._lock:
            self._events.clear()
            self._data = self._lost = 0
        self.finish()

    def finish(self) -> None:
        """End once what is unread has been read; for the publisher."""
        with self._lock:
            self._closed = True
        self._left(self)
        self._wake(grew=False)

    def push(self, event: E) -> None:
        """Add an event; for the publisher. Never waits."""
        key = None if self._coalesce is None else self._coalesce(event)
        with self._lock:
            if self._closed:
                return
            before = len(self._events)
            if key is None:
                if self._data == self._limit:
                    self._drop_oldest()
                self._events[False, next(self._numbers)] = event
                self._data += 1
            else:
                self._events.pop((True, key), None)
                self._events[True, key] = event
            grew = len(self._events) > before
        self._wake(grew=grew)

    def _drop_oldest(self) -> None:
        oldest = next(entry for entry in self._events if not entry[0])
        del self._events[oldest]
        self._data -= 1
        self._lost += 1

    def _take(self) -> E | Mark:
        if self._lost:
            lost, self._lost = self._lost, 0
            raise EventsLost(f"{lost} of them, at a limit of {self._limit}")
        if not self._events:
            return Mark.END if self._closed else Mark.EMPTY
        (status, _), event = self._events.popitem(last=False)
        if not status:
            self._data -= 1
        return event


class Broadcaster(Generic[E]):
    """Publishes events to any number of subscriptions."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._subscriptions: tuple[Subscription[E], ...] = ()
        self._closed = False

    def subscribe(self, *, limit: int = DEFAULT_LIMIT, coalesce: Coalesce[E] | None = None) -> Subscription[E]:
        """A reader of what is published from now on.

        `limit` is how many unread data events it keeps before the oldest are dropped (and EventsLost is raised);
        `coalesce` gives the key under which a newer event replaces an older one, or None for data. After `close` the
        subscription has ended from the start.
        """
        subscription = Subscription(limit, coalesce, self._clock, self._leave)
        with self._lock:
            closed = self._closed
            if not closed:
                self._subscriptions += (subscription,)
        if closed:
            subscription.finish()
        return subscription

    def publish(self, event: E) -> None:
        """Give `event` to every subscription. Never waits, from any thread."""
        for subscription in self._subscriptions:
            subscription.push(event)

    def close(self) -> None:
        """End every subscription once its reader has read what was published. May be called more than once."""
        with self._lock:
            self._closed = True
            subscriptions = self._subscriptions
        for subscription in subscriptions:
            subscription.finish()

    @property
    def subscribers(self) -> int:
        """How many subscriptions are open."""
        return len(self._subscriptions)

    def _leave(self, subscription: Subscription[E]) -> None:
        with self._lock:
            self._subscriptions = tuple(other for other in self._subscriptions if other is not subscription)


class _Merged(Reader[E]):
    def __init__(self, sources: tuple[Reader[E], ...]) -> None:
        super().__init__(sources[0]._clock if sources else SYSTEM_CLOCK)
        self._sources = sources
        # One turn per event, in the order of arrival across the sources.
        self._turns: deque[Reader[E]] = deque()
        for source in sources:
            self._join(source)

    def _join(self, source: Reader[E]) -> None:
        def arrived(grew: bool) -> None:
            with self._lock:
                if grew:
                    self._turns.append(source)
            self._wake(grew=grew)

        with source._lock:
            self._turns.extend([source] * source.pending)
            source._watchers.append(arrived)

    @property
    def pending(self) -> int:
        return sum(source.pending for source in self._sources)

    @property
    def ended(self) -> bool:
        return all(source.ended for source in self._sources)

    def close(self) -> None:
        for source in self._sources:
            source.close()
        self._wake(grew=False)

    def _take(self) -> E | Mark:
        while self._turns:
            source = self._turns[0]
            # EventsLost is no event: whoever raises it keeps its turn.
            item = source._poll()
            self._turns.popleft()
            if not isinstance(item, Mark):
                return item
        return Mark.END if self.ended else Mark.EMPTY


def merge_events(*readers: Reader[E]) -> Reader[E]:
    """One reader of the events of several, in the order they came.

    It ends when all have ended, and closing it closes them.
    """
    return _Merged(readers)
