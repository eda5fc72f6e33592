"""Devices as they come and go. A device that is not found three times in a row has gone; until then it may be back."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from posdevkit.events import DeviceEvent
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening, opening
from posdevkit.runtime.subscription import DEFAULT_LIMIT, Broadcaster, Subscription

from .base import Found, Skipped, Source
from .survey import chosen, loaded, search

__all__ = ["DeviceCame", "DeviceGone", "DeviceWatch"]

MISSES: Final = 3
"""A device that restarts, or whose answer got lost, is missed once or twice and has not gone."""
_SEARCH_SECONDS: Final = 5.0

_log = logging.getLogger("posdevkit.discovery")


@dataclass(frozen=True, slots=True)
class DeviceCame(DeviceEvent):
    """A device is there that was not. `device` is its URL."""

    found: Found


@dataclass(frozen=True, slots=True)
class DeviceGone(DeviceEvent):
    """A device was missed three times in a row. `device` is its URL."""

    found: Found


class DeviceWatch(Closing):
    """Searches again and again, each cable for itself. All methods run on one event loop.

    Make one with `open`; `async with` closes it. A cable that cannot be searched takes no device away.
    """

    def __init__(self, targets: dict[str, str], ask: Collection[str], every: float, clock: Clock) -> None:
        self._targets = targets
        self._ask = tuple(ask)
        self._every = every
        self._clock = clock
        self._lock = threading.Lock()
        self._present: dict[str, Found] = {}
        # By source: two ways to the same printer are missed each for itself.
        self._seen: dict[str, dict[str, int]] = {name: {} for name in targets}
        self._skipped: dict[str, Skipped] = {}
        self._events: Broadcaster[DeviceEvent] = Broadcaster(clock)
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    def open(
        cls,
        *,
        only: Collection[str] = (),
        ask: Collection[str] = (),
        every: float = 2.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[DeviceWatch]:
        """Begin to watch every cable, or those named in `only`, with `every` seconds between two searches of each.

        `ask` as in `discover`. Raises UsageError for a name that is no source's, and for a bad address.
        """
        watch = cls(chosen(only, ask), ask, every, clock)
        return opening(watch, watch._begin)

    def __repr__(self) -> str:
        return f"<DeviceWatch {', '.join(self._targets)}>"

    @property
    def present(self) -> tuple[Found, ...]:
        """The devices that are there, by URL."""
        with self._lock:
            return tuple(self._present[url] for url in sorted(self._present))

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The cables that could not be searched when they last were to be."""
        return tuple(self._skipped.values())

    def events(self, *, limit: int = DEFAULT_LIMIT) -> Subscription[DeviceEvent]:
        """DeviceCame and DeviceGone, beginning with what is there already. `limit`: unread ones that are kept."""
        with self._lock:
            subscription = self._events.subscribe(limit=limit)
            for found in self._present.values():
                subscription.push(DeviceCame(found.url, self._clock.monotonic(), found))
        return subscription

    async def close(self) -> None:
        """End the watch and its subscriptions."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._events.close()

    async def _begin(self) -> None:
        self._tasks = [
            asyncio.create_task(self._keep_searching(name, target), name=f"posdevkit-watch-{name}")
            for name, target in self._targets.items()
        ]

    async def _keep_searching(self, name: str, target: str) -> None:
        source: Source | Skipped | None = None
        while True:
            if not isinstance(source, Source):  # what it needs may have been installed meanwhile
                source = (await loaded({name: target}, self._ask))[name]
            result = await search(name, source, Deadline.after(_SEARCH_SECONDS, self._clock))
            if isinstance(result, Skipped):
                if name not in self._skipped:
                    _log.info("%s is not watched: %s", name, result.problem)
                self._skipped[name] = result
            else:
                self._skipped.pop(name, None)
                self._note(name, result)
            await self._clock.sleep(self._every)

    def _note(self, name: str, found: Sequence[Found]) -> None:
        missed = self._seen[name]
        here = {one.url: one for one in found}
        with self._lock:
            for url in [*missed]:
                missed[url] = 0 if url in here else missed[url] + 1
                if missed[url] >= MISSES:
                    del missed[url]
                    if not any(url in other for other in self._seen.values()):
                        gone = self._present.pop(url)
                        self._events.publish(DeviceGone(url, self._clock.monotonic(), gone))
            for url, one in here.items():
                missed.setdefault(url, 0)
                if url not in self._present:
                    self._present[url] = one
                    self._events.publish(DeviceCame(url, self._clock.monotonic(), one))
