"""In-process cables: two ends, each way a bounded buffer, named meeting points, and a knife.

They behave as a socket does (back-pressure, half-close, abrupt end) without one. The two ends may live on different
event loops and in different threads, as a driver and an emulated device do.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from types import TracebackType
from typing import Final, Self

from posdevkit.errors import Closed, Disconnected, PortInUse

from .clock import wake

__all__ = ["DEFAULT_CAPACITY", "Listener", "PipeEnd", "connect", "listen", "pipe"]

DEFAULT_CAPACITY: Final = 65_536
"""Bytes that one direction holds before its sender has to wait."""

_BACKLOG: Final = 16
"""Callers that may wait to be accepted, as with a socket."""


class _Direction:
    """Bytes on their way from one end to the other."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a pipe holds at least one byte")
        self.capacity = capacity
        self.buffer = bytearray()
        self.taken = 0
        self.cut_at: int | None = None
        self.ended = False
        """No more will be sent."""
        self.deaf = False
        """Nobody reads any more."""


class _Cable:
    """Both directions and what they share: a lock, those who wait, and whether it is broken."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.directions = (_Direction(capacity), _Direction(capacity))
        self.broken = False
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    async def wait(self, waiter: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]) -> None:
        """Wait for any change; `waiter` was added with the lock held."""
        try:
            await waiter[1]
        finally:
            with self.lock:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)

    def waiter(self) -> tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]:
        """Note, with the lock held, that somebody waits."""
        loop = asyncio.get_running_loop()
        waiter = (loop, loop.create_future())
        self._waiters.append(waiter)
        return waiter

    def changed(self) -> None:
        """Wake everybody; called without the lock."""
        with self.lock:
            waiters, self._waiters = self._waiters, []
        for loop, future in waiters:
            wake(loop, future)

    def break_(self, *, keep: bool) -> None:
        """Break it, with the lock held; with `keep`, what was taken before still arrives. Only the first break counts:
        what has passed a cut cable cannot be called back by letting go of its end."""
        if self.broken:
            return
        self.broken = True
        if not keep:
            for direction in self.directions:
                direction.buffer.clear()


class PipeEnd:
    """One end of an in-process cable. One task may send while another receives."""

    def __init__(self, cable: _Cable, outward: int) -> None:
        self._cable = cable
        self._out = cable.directions[outward]
        self._in = cable.directions[1 - outward]
        self._closed = False

    @property
    def taken(self) -> int:
        """Bytes that this end has put on the cable, a running total."""
        return self._out.taken

    @property
    def unread(self) -> int:
        """Bytes that this end has sent and the other has not read."""
        return len(self._out.buffer)

    async def send(self, data: bytes | memoryview) -> None:
        """Return when all of `data` is on the cable; raises Disconnected when it breaks before, or nobody reads on."""
        view = memoryview(data).cast("B")
        while view:
            waiter = None
            with self._cable.lock:
                self._check_sendable()
                room = self._out.capacity - len(self._out.buffer)
                if self._out.cut_at is not None:
                    room = min(room, self._out.cut_at - self._out.taken)
                count = min(room, len(view))
                if count == 0:
                    waiter = self._cable.waiter()
                else:
                    self._out.buffer += view[:count]
                    self._out.taken += count
                    view = view[count:]
                    if self._out.taken == self._out.cut_at:
                        self._cable.break_(keep=True)
            if waiter is None:
                self._cable.changed()
            else:
                await self._cable.wait(waiter)

    async def receive(self, limit: int = DEFAULT_CAPACITY) -> bytes:
        """The next bytes (at most `limit`), b"" when the other end has ended; raises Disconnected when it is broken."""
        while True:
            with self._cable.lock:
                if self._in.buffer:
                    data = bytes(self._in.buffer[:limit])
                    del self._in.buffer[:limit]
                    waiter = None
                elif self._cable.broken:
                    raise self._disconnected()
                elif self._in.ended or self._closed:
                    return b""
                else:
                    waiter = self._cable.waiter()
            if waiter is None:
                self._cable.changed()
                return data
            await self._cable.wait(waiter)

    def eof(self) -> None:
        """Send no more; the other end reads what is on the cable and then b""."""
        with self._cable.lock:
            self._out.ended = True
        self._cable.changed()

    def close(self) -> None:
        """Send no more and read no more. What this end has sent still arrives; what it had not read is dropped."""
        with self._cable.lock:
            self._closed = True
            self._out.ended = True
            self._in.deaf = True
            self._in.buffer.clear()
        self._cable.changed()

    def abort(self) -> None:
        """Break the cable at once, as a connection that is reset: what was not yet read is dropped, both ways."""
        with self._cable.lock:
            self._closed = True
            self._cable.break_(keep=False)
        self._cable.changed()

    def cut(self, *, keep: bool = True) -> None:
        """Break the cable in the middle: with `keep`, each end still reads what was taken before."""
        with self._cable.lock:
            self._cable.break_(keep=keep)
        self._cable.changed()

    def cut_at(self, taken: int) -> None:
        """Break the cable once this end has put `taken` bytes on it: those arrive, no more."""
        with self._cable.lock:
            self._out.cut_at = max(taken, self._out.taken)
            if self._out.taken == self._out.cut_at:
                self._cable.break_(keep=True)
        self._cable.changed()

    async def sent(self) -> None:
        """Wait until the other end has read all that this one sent, or never will."""
        while True:
            with self._cable.lock:
                if not self._out.buffer or self._cable.broken or self._out.deaf:
                    return
                waiter = self._cable.waiter()
            await self._cable.wait(waiter)

    def _check_sendable(self) -> None:
        if self._closed or self._out.ended:
            raise Closed(self._cable.name)
        if self._cable.broken or self._out.deaf:
            raise self._disconnected()

    def _disconnected(self) -> Disconnected:
        return Disconnected(f"{self._cable.name}: the connection broke after {self._out.taken} bytes")


def pipe(name: str = "pipe", *, capacity: int = DEFAULT_CAPACITY) -> tuple[PipeEnd, PipeEnd]:
    """A cable's two ends; `capacity` bytes fit each way."""
    cable = _Cable(name, capacity)
    return PipeEnd(cable, 0), PipeEnd(cable, 1)


class Listener:
    """A named meeting point: `connect(name)` gives one end to the caller and queues the other here."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name = name
        self._capacity = capacity
        self._lock = threading.Lock()
        self._queue: deque[PipeEnd] = deque()
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._closed = False

    async def accept(self) -> PipeEnd:
        """The next caller's other end; raises Closed after `close`."""
        while True:
            with self._lock:
                if self._closed:
                    raise Closed(f"memory://{self.name}")
                if self._queue:
                    return self._queue.popleft()
                loop = asyncio.get_running_loop()
                waiter = (loop, loop.create_future())
                self._waiters.append(waiter)
            try:
                await waiter[1]
            finally:
                with self._lock:
                    if waiter in self._waiters:
                        self._waiters.remove(waiter)

    def close(self) -> None:
        """Give the name back and break off callers that were not accepted. May be called more than once."""
        with _listeners_lock:
            if _listeners.get(self.name) is self:
                del _listeners[self.name]
        with self._lock:
            self._closed = True
            waiting = list(self._queue)
            self._queue.clear()
        for end in waiting:
            end.abort()
        self._wake()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self) -> PipeEnd:
        """The calling side of a new cable to this listener."""
        near, far = pipe(f"memory://{self.name}", capacity=self._capacity)
        with self._lock:
            if self._closed or len(self._queue) >= _BACKLOG:
                raise Disconnected(f"memory://{self.name}: nobody accepts")
            self._queue.append(far)
        self._wake()
        return near

    def _wake(self) -> None:
        with self._lock:
            waiters, self._waiters = self._waiters, []
        for loop, future in waiters:
            wake(loop, future)


_listeners_lock = threading.Lock()
_listeners: dict[str, Listener] = {}


def listen(name: str, *, capacity: int = DEFAULT_CAPACITY) -> Listener:
    """Take a name in this process. Raises PortInUse when it is taken."""
    listener = Listener(name, capacity)
    with _listeners_lock:
        if name in _listeners:
            raise PortInUse(f"memory://{name}", remedy="Close the one that listens under this name, or choose another.")
        _listeners[name] = listener
    return listener


def connect(name: str) -> PipeEnd:
    """Call the listener of that name. Raises Disconnected when there is none."""
    with _listeners_lock:
        listener = _listeners.get(name)
        known = ", ".join(sorted(_listeners)) or "none"
    if listener is None:
        raise Disconnected(
            f"memory://{name}: nothing listens under this name",
            remedy=f"Start the emulated device first. Names in this process: {known}.",
        )
    return listener.call()
