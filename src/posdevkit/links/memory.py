"""`memory://name`: a cable inside the process, for tests and for emulated devices that run beside their driver."""

from __future__ import annotations

from typing import Final

from posdevkit.errors import Closed, Disconnected
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pipes import DEFAULT_CAPACITY, Listener, PipeEnd, connect, listen, pipe

from .url import DeviceUrl

__all__ = ["Listener", "MemoryLink", "MemoryPeer", "listen", "memory_pair"]

MemoryPeer = PipeEnd
"""The other side of a MemoryLink: `receive`, `send`, `eof`, `close`, `abort`, and `cut` as with scissors."""

_DRAIN_SECONDS: Final = 5.0
"""How long `close` waits for the other side to read on or to end."""


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
        self._taken = 0

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

    async def send(self, data: bytes | memoryview) -> None:
        await self._opened().send(data)

    async def receive(self) -> bytes:
        return await self._opened().receive()

    async def send_eof(self) -> None:
        self._opened().eof()

    async def close(self) -> None:
        end = self._end
        if end is None:
            return
        try:
            end.eof()
            while await within(Deadline.after(_DRAIN_SECONDS), end.receive()):
                pass
        except (Disconnected, TimeoutError):
            pass
        finally:
            end.close()
            self._let_go(end)

    def abort(self) -> None:
        if self._end is not None:
            self._end.abort()
            self._let_go(self._end)

    def _let_go(self, end: PipeEnd) -> None:
        if self._end is end:
            self._taken = end.taken
            self._end = None

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
