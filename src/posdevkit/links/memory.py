"""`memory://name`: a cable inside the process, for tests and for emulated devices that run beside their driver."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from posdevkit.errors import Closed, Disconnected
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pipes import DEFAULT_CAPACITY, Listener, PipeEnd, connect, listen, pipe

from .url import DeviceUrl

__all__ = ["Listener", "MemoryLink", "MemoryPeer", "listen", "memory_pair"]

MemoryPeer = PipeEnd
"""The other side of a MemoryLink: `receive`, `send`, `eof`, `close`, `abort`, and `cut` as with scissors."""

_DRAIN_SECONDS: Final = 5.0
"""How long `close` waits for a sign of life of a peer that has not read everything."""
_LAST_WORD_SECONDS: Final = 1.0
"""The same for a peer that has."""
_CHATTER_SECONDS: Final = 60.0
"""How long a peer may hold up `close` by talking."""
_KEPT_CHUNKS: Final = 64
"""Chunks that `close` keeps for whoever still receives."""


class MemoryLink:
    """A StreamLink over an in-process pipe. Opening calls whoever listens under the name."""

    def __init__(self, url: DeviceUrl, *, end: PipeEnd | None = None, cut_at: int | None = None) -> None:
        """With `end`, the first `open` takes that end instead of calling.

        `cut_at` breaks each connection once that many bytes were taken.
        """
        url.only()
        self._url = url
        self._given = end
        self._cut_at = cut_at
        self._end: PipeEnd | None = None
        self._kept: deque[bytes] = deque(maxlen=_KEPT_CHUNKS)
        self._taken = 0
        self._used = False
        self._aborted = False

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken if self._end is None else self._end.taken

    async def open(self, deadline: Deadline) -> None:
        if self._end is not None:
            raise RuntimeError(f"{self._url} is open")
        if deadline.expired:
            raise Disconnected(f"{self._url}: the deadline passed before it was opened")
        end, self._given = self._given or connect(self._url.address), None
        if self._cut_at is not None:
            end.cut_at(self._cut_at)
        self._end = end
        self._kept.clear()
        self._used = True
        self._aborted = False

    async def send(self, data: bytes | memoryview) -> None:
        end = self._opened()
        try:
            await end.send(data)
        except Closed:  # while it waited
            how = "aborted" if self._aborted else "closed"
            raise Disconnected(f"{self._url}: {how} by this program after {self.taken} bytes") from None

    async def receive(self) -> bytes:
        if not self._used:
            raise Closed(str(self._url))
        if not self._kept and self._end is not None:
            data = await self._end.receive()
            if not self._kept:
                if not data and self._aborted:
                    raise self._aborted_by_us()
                return data
            # `close` has read something meanwhile, and that came before.
            if data:
                self._kept.append(data)
        if self._kept:
            return self._kept.popleft()
        if self._aborted:
            raise self._aborted_by_us()
        return b""

    async def send_eof(self) -> None:
        self._opened().eof()

    async def close(self) -> None:
        end = self._end
        if end is None:
            return
        try:
            end.eof()
            whole = Deadline.after(_CHATTER_SECONDS)
            while True:
                quiet = _DRAIN_SECONDS if end.unread else _LAST_WORD_SECONDS
                data = await within(whole.at_most(quiet), end.receive())
                if not data:
                    break
                self._kept.append(data)
                await asyncio.sleep(0)
        except (Disconnected, TimeoutError):
            pass
        finally:
            end.close()
            self._let_go(end)

    def abort(self) -> None:
        if self._end is not None:
            self._aborted = True
            self._end.abort()
            self._let_go(self._end)

    def _let_go(self, end: PipeEnd) -> None:
        if self._end is end:
            self._taken = end.taken
            self._end = None

    def _aborted_by_us(self) -> Disconnected:
        return Disconnected(f"{self._url}: aborted by this program after {self.taken} bytes")

    def _opened(self) -> PipeEnd:
        if self._end is None:
            raise Closed(str(self._url))
        return self._end


def memory_pair(
    name: str = "pair", *, capacity: int = DEFAULT_CAPACITY, cut_at: int | None = None
) -> tuple[MemoryLink, MemoryPeer]:
    """A link that is already plugged in (it still wants `open`) and the other side; no name is taken.

    `capacity` bytes fit each way before the sender waits; `cut_at` breaks it after that many bytes from the link.
    """
    near, far = pipe(f"memory://{name}", capacity=capacity)
    return MemoryLink(DeviceUrl("memory", name), end=near, cut_at=cut_at), far
