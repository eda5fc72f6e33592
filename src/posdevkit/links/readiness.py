"""Waiting until a non-blocking descriptor can be read or written, by several tasks at once, on whichever event loop."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

from posdevkit.runtime.deadline import Deadline, within

__all__ = ["Descriptor", "Readiness"]

_FIRST_LOOK_SECONDS: Final = 0.001
_LAST_LOOK_SECONDS: Final = 0.35
"""Where a loop cannot watch sockets (Windows' proactor), looks grow this far apart: under three an idle second."""


class Descriptor(Protocol):
    """What the operating system can watch: a socket, or on POSIX any open file that is a device."""

    def fileno(self) -> int:
        """Its number."""
        ...


class Readiness:
    """Watches one descriptor on the running loop. Waking up is a hint: whoever waited tries again."""

    def __init__(self, watched: Descriptor) -> None:
        self._loop = asyncio.get_running_loop()
        self._watched = watched
        self._descriptor = watched.fileno()
        self._readers: list[asyncio.Future[None]] = []
        self._writers: list[asyncio.Future[None]] = []
        self._hurry = asyncio.Event()
        self._stopped = False

    async def readable(self) -> None:
        """Return once there may be something to read."""
        await self._ready(self._readers, self._loop.add_reader, self._loop.remove_reader, reading=True)

    async def writable(self) -> None:
        """Return once there may be room to write."""
        await self._ready(self._writers, self._loop.add_writer, self._loop.remove_writer, reading=False)

    def wake_readers(self) -> None:
        """Let everybody who waits to read look again; where the loop cannot watch, look often from now on."""
        _complete(self._readers)
        self._hurry.set()

    def stop(self) -> None:
        """Stop watching, before the socket is closed, and wake everybody."""
        self._stopped = True
        # Also where nobody waits now: whoever was woken by hand has left the descriptor watched. Once closed it would
        # go on being watched by its number, and the next connection of that number would lose its own wake-ups.
        with suppress(NotImplementedError):
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
        _complete(self._readers)
        _complete(self._writers)
        self._hurry.set()

    async def _ready(
        self,
        waiting: list[asyncio.Future[None]],
        watch: Callable[[int, Callable[[], None]], object],
        unwatch: Callable[[int], object],
        *,
        reading: bool,
    ) -> None:
        if self._stopped:
            return

        def ready() -> None:
            unwatch(self._descriptor)
            _complete(waiting)

        if not waiting:
            try:
                watch(self._descriptor, ready)
            except NotImplementedError:
                await self._look(reading=reading)
                return
        future: asyncio.Future[None] = self._loop.create_future()
        waiting.append(future)
        try:
            await future
        finally:
            if future in waiting:
                waiting.remove(future)
                if not waiting and not self._stopped:
                    unwatch(self._descriptor)

    async def _look(self, *, reading: bool) -> None:
        pause = _FIRST_LOOK_SECONDS
        while not self._stopped:
            read, write = ([self._watched], []) if reading else ([], [self._watched])
            if any(select.select(read, write, write, 0)):
                return
            try:
                await within(Deadline.after(pause), self._hurry.wait())
            except TimeoutError:
                pause = min(pause * 1.5, _LAST_LOOK_SECONDS)
            else:
                self._hurry.clear()
                pause = _FIRST_LOOK_SECONDS


def _complete(waiting: list[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)
    waiting.clear()
