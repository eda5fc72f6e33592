"""What links to print queues have in common: what is sent waits for the end, and nothing ever comes back."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Final

from posdevkit.errors import Closed, Disconnected
from posdevkit.runtime.deadline import Deadline, within

from .url import DeviceUrl

__all__ = ["QueueLink"]

_LEAVE_SECONDS: Final = 10.0


class QueueLink(ABC):
    """A StreamLink that takes whole jobs (JobLink, in subclasses). While nothing is printed it holds nothing."""

    one_way = True
    """Nothing ever comes back."""

    def __init__(self, url: DeviceUrl) -> None:
        self._url = url
        self._over: asyncio.Event | None = None
        self._turn: asyncio.Lock | None = None
        self._kept = bytearray()
        self._taken = 0
        self._open = False
        self._aborted = False

    @abstractmethod
    async def _reach(self, deadline: Deadline) -> None:
        """Make sure that the queue is there and takes jobs. Raises PosError."""

    @abstractmethod
    async def _leave(self, data: bytes) -> None:
        """Hand a job over and do not wait for it. Raises Disconnected."""

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken

    async def open(self, deadline: Deadline) -> None:
        if self._open:
            raise RuntimeError(f"{self._url} is open")
        await self._reach(deadline)
        self._over, self._turn = asyncio.Event(), asyncio.Lock()
        self._kept.clear()
        self._taken = 0
        self._open, self._aborted = True, False

    async def send(self, data: bytes | memoryview) -> None:
        """Keep it: what was sent until `close` becomes one job."""
        self._opened()
        self._kept += data

    async def receive(self) -> bytes:
        """Nothing, ever: it waits for the end."""
        if self._over is None:
            raise Closed(str(self._url))
        await self._over.wait()
        if self._aborted:
            raise Disconnected(f"{self._url}: aborted by this program after {self._taken} bytes")
        return b""

    async def send_eof(self) -> None:
        """A queue has no need of it: `close` makes the job."""
        self._opened()

    async def close(self) -> None:
        if not self._open:
            return
        try:
            if self._kept:
                await within(Deadline.after(_LEAVE_SECONDS), self._leave(bytes(self._kept)))
        except (Disconnected, TimeoutError):
            pass
        finally:
            self._let_go()

    def abort(self) -> None:
        if self._open:
            self._aborted = True
            self._let_go()

    def _let_go(self) -> None:
        self._open = False
        self._kept.clear()
        assert self._over is not None
        self._over.set()

    def _opened(self) -> asyncio.Lock:
        """Whose turn it is. Raises Closed."""
        if not self._open or self._turn is None:
            raise Closed(str(self._url))
        return self._turn
