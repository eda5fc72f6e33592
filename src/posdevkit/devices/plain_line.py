"""The connection of a small device: a link that is opened when needed, listened to, and dropped when it misbehaves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from posdevkit.errors import Closed, DeadlineExceeded, Disconnected, PosError
from posdevkit.links.base import StreamLink, Tuned
from posdevkit.links.serial_failures import noise
from posdevkit.runtime.clock import Clock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pulse import Pulse

from .same_device import SameDevice

__all__ = ["PlainLine"]

logger = logging.getLogger("posdevkit.devices")

_KEPT = 4096
"""Bytes of what a device says unasked that are kept for the next who listens."""


class PlainLine:
    """One caller at a time has its `turn`. A connection that breaks is opened anew by the next caller."""

    def __init__(
        self,
        make_link: Callable[[], StreamLink],
        name: str,
        clock: Clock,
        on_heard: Callable[[bytes], object] = lambda data: None,
    ) -> None:
        """`on_heard` is called with each piece that comes."""
        self.name = name
        self.clock = clock
        self._lock = asyncio.Lock()
        self._cable = SameDevice(make_link)
        self._on_heard = on_heard
        self._link: StreamLink | None = None
        self._reader: asyncio.Task[None] | None = None
        self._heard = bytearray()
        self._changed = Pulse()
        self._closed = False
        self._reason = "not connected"

    @property
    def up(self) -> bool:
        """Whether the connection stands, as far as is known."""
        return self._link is not None

    @property
    def settings(self) -> str:
        """How this end is set, `9600 8N1`; empty for a line that has nothing to set, and while there is none."""
        link: object = self._link
        return link.settings if isinstance(link, Tuned) else ""

    async def open(self, deadline: Deadline) -> bool:
        """Connect; True if that was needed. Raises Disconnected, Closed."""
        if self._closed:
            raise Closed(self.name)
        if self._link is not None:
            return False
        await self._end_reader()
        link = await self._cable.open(deadline)
        self._link = link
        self._heard.clear()
        self._reader = asyncio.create_task(self._read(link), name=f"posdevkit-reader-{self.name}")
        return True

    @asynccontextmanager
    async def turn(self, deadline: Deadline) -> AsyncIterator[bool]:
        """The connection for one caller alone; True if it had to be made first.

        Raises DeadlineExceeded while another has it, Disconnected, Closed.
        """
        try:
            await within(deadline, self._lock.acquire())
        except TimeoutError:
            raise DeadlineExceeded(self.name) from None
        try:
            yield await self.open(deadline)
        finally:
            self._lock.release()

    async def _read(self, link: StreamLink) -> None:
        try:
            while data := await link.receive():
                self._on_heard(data)
                self._heard += data
                del self._heard[:-_KEPT]
                self._changed.notify()
            reason = "the device ended the connection"
        except PosError as problem:
            reason = problem.detail
        if self._link is link:
            self.drop(reason)

    def drop(self, reason: str) -> None:
        """End the connection at once; the next caller opens another."""
        link, self._link = self._link, None
        if link is not None:
            logger.warning("%s: connection lost: %s", self.name, reason)
            self._reason = reason
            link.abort()
        self._changed.notify()

    def drop_noise(self, remedy: str) -> Disconnected:
        """End the connection, and the error for a device whose answers make no sense.

        `remedy` where nothing can be set in the URL."""
        link = self._opened()
        settings = self.settings
        problem = (
            noise(link.url, settings)
            if settings
            else Disconnected(f"{self.name}: the device's answers are noise", remedy=remedy)
        )
        self.drop("its answers are noise")
        return problem

    async def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of it. Raises Disconnected, and DeadlineExceeded for a device that takes nothing."""
        link = self._opened()
        try:
            await within(deadline, link.send(data))
        except TimeoutError:
            self.drop("it takes no data")
            raise DeadlineExceeded(f"{self.name} takes no data") from None
        except Disconnected as problem:
            self.drop(problem.detail)
            raise

    async def receive(self, deadline: Deadline) -> bytes:
        """The next bytes, b"" once the deadline has passed. Raises Disconnected."""
        while not self._heard:
            self._opened()
            if not await self._changed.wait(deadline):
                return b""
        data = bytes(self._heard)
        self._heard.clear()
        return data

    def forget(self) -> None:
        """Drop what came unasked."""
        self._heard.clear()

    def _opened(self) -> StreamLink:
        if self._link is None:
            raise Disconnected(f"{self.name}: {self._reason}")
        return self._link

    async def close(self) -> None:
        """End without losing the tail of what was sent."""
        self._closed = True
        link, self._link = self._link, None
        self._changed.notify()
        if link is not None:
            await link.close()
        await self._end_reader()

    async def _end_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
