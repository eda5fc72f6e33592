"""Changes as server-sent events to many: each change is read once per process and copied to whoever may see it.

A subscriber has a cursor and no queue. One that is slow falls behind by itself, reads from the database until it has
caught up, and holds nobody up and no memory. `id:` is the change's number; heartbeats are comments and carry none.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from .changes import Entry, entries_after, head, sees
from .tokens import Access

__all__ = ["HEARTBEAT_SECONDS", "Hub"]

HEARTBEAT_SECONDS: Final = 15.0
POLL_SECONDS: Final = 1.0
"""How often the changes of other server processes are looked for, once for all subscribers of a tenant."""
KEPT: Final = 1000
"""So many of the latest changes of a tenant stay in memory."""
PAGE: Final = 500

T = TypeVar("T")


class Reads(Protocol):
    """Runs a piece of work with a connection that reads, outside the event loop."""

    async def __call__(self, work: Callable[[Connection], T], /) -> T: ...


@dataclass(slots=True)
class _Channel:
    """The latest changes of one tenant: all behind `first`, up to `head`."""

    first: int
    head: int
    entries: deque[Entry] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    readers: int = 0

    def add(self, entries: tuple[Entry, ...], latest: int) -> None:
        self.entries.extend(entries)
        self.head = max(self.head, latest)
        while len(self.entries) > KEPT:
            self.first = self.entries.popleft().seq
        self.wake()

    def wake(self) -> None:
        self.news.set()
        self.news = asyncio.Event()


class Hub:
    """All subscribers of one server process."""

    def __init__(self, read: Reads, *, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._read = read
        self._heartbeat = heartbeat
        self._channels: dict[str, _Channel] = {}
        self._stirred = asyncio.Event()
        self._feeder: asyncio.Task[None] | None = None
        self.closed = False

    def start(self) -> None:
        """Begin to look for changes. Call on the event loop."""
        self._feeder = asyncio.create_task(self._feed(), name="posdevkit-events")

    def stir(self) -> None:
        """Something was committed. Call on the event loop."""
        self._stirred.set()

    def close(self) -> None:
        """Let every subscription end. Call on the event loop."""
        self.closed = True
        for channel in self._channels.values():
            channel.wake()

    async def stop(self) -> None:
        """Close, and end the feeding."""
        self.close()
        if self._feeder is not None:
            self._feeder.cancel()
            await asyncio.gather(self._feeder, return_exceptions=True)

    async def subscribe(
        self, access: Access, after: int, still_valid: Callable[[Connection], bool]
    ) -> AsyncIterator[bytes]:
        """The stream of one subscriber, from behind `after`, until it leaves, its token is revoked or we close."""
        channel = self._channels.get(access.tenant)
        if channel is None:
            latest = await self._read(lambda connection: head(connection, access.tenant))
            channel = self._channels.setdefault(access.tenant, _Channel(latest, latest))
        channel.readers += 1
        checked = time.monotonic()
        try:
            yield b"retry: 2000\n: posdevkit\n\n"
            while not self.closed:
                news = channel.news
                data, after = await self._behind(channel, access, after)
                if data:
                    yield data
                elif after >= channel.head and not await _set_within(news, self._heartbeat):
                    yield b": heartbeat\n\n"
                if time.monotonic() - checked >= self._heartbeat:
                    if not await self._read(still_valid):
                        return
                    checked = time.monotonic()
        finally:
            channel.readers -= 1
            if not channel.readers and self._channels.get(access.tenant) is channel:
                del self._channels[access.tenant]

    async def _behind(self, channel: _Channel, access: Access, after: int) -> tuple[bytes, int]:
        if after >= channel.first:
            entries = _tail(channel.entries, after)
            latest = channel.head
        else:
            page = await self._read(lambda connection: entries_after(connection, access, access.tenant, after, PAGE))
            entries, latest = list(page.entries), page.next
        data = b"".join(_event(entry) for entry in entries if sees(access, entry))
        return data, max(after, latest)

    async def _feed(self) -> None:
        while True:
            await _set_within(self._stirred, POLL_SECONDS)
            self._stirred.clear()
            for tenant, channel in list(self._channels.items()):
                try:
                    await self._feed_one(tenant, channel)
                except SQLAlchemyError:
                    continue  # the next turn tries again; subscribers miss nothing

    async def _feed_one(self, tenant: str, channel: _Channel) -> None:
        more = True
        while more:
            behind = channel.head
            page = await self._read(lambda connection: entries_after(connection, None, tenant, behind, PAGE))  # noqa: B023
            more = page.more
            if page.entries or page.next > behind:
                channel.add(page.entries, page.next)


def _tail(entries: deque[Entry], after: int) -> list[Entry]:
    """Entries behind `after`; nearly always the last few."""
    found: list[Entry] = []
    for entry in reversed(entries):
        if entry.seq <= after:
            break
        found.append(entry)
    found.reverse()
    return found


def _event(entry: Entry) -> bytes:
    return f"id: {entry.seq}\nevent: {entry.kind}\ndata: {entry.wire}\n\n".encode()


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
