"""A serial port where no event loop can watch one (Windows): pyserial's blocking calls, each on a thread of its own.

One thread opens, reads and closes the port; each piece to send has a short-lived one. pyserial's win32 port (3.5) takes
reads and writes from different threads, and `cancel_write` ends a write that waits, which then tells what it took.
Written against pyserial's source and held to its contract on a stand-in and on pseudo terminals: no Windows has run it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from posdevkit.errors import Closed, Disconnected
from posdevkit.runtime.clock import SYSTEM_CLOCK
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.polling import Poller
from posdevkit.runtime.threads import in_thread

from .url import DeviceUrl

__all__ = ["BlockingPort", "ThreadedPortLink"]

_PIECE: Final = 256
"""Bytes of one write: `taken` knows of them when it is over, at 9600 baud after 0.27 s."""
_DRAIN_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.02
"""Between two looks at what is still to leave, and between two tries to cancel a write that may not have begun."""

_GONE_SECONDS: Final = 0.2
"""How soon a write that waits learns that its port was let go."""


class BlockingPort(Protocol):
    """What is asked of a port; all of it raises OSError when the port has gone (pyserial's errors are of that kind)."""

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once."""
        ...

    @property
    def out_waiting(self) -> int:
        """Bytes that have not yet left."""
        ...

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer when its time is over, or it was cancelled."""
        ...

    def write(self, data: bytes, /) -> int | None:
        """Bytes taken, all of them unless it was cancelled; None for none."""
        ...

    def cancel_read(self) -> None:
        """End a `read` that waits. From any thread."""
        ...

    def cancel_write(self) -> None:
        """End a `write` that waits. From any thread."""
        ...

    def close(self) -> None:
        """Give it back, and drop what has not left."""
        ...


class ThreadedPortLink:
    """A StreamLink over a BlockingPort."""

    def __init__(self, url: DeviceUrl, make_port: Callable[[], BlockingPort]) -> None:
        """`make_port` opens it, on its thread; its reads end by themselves in half a second. Raises PosError."""
        self._url = url
        self._make_port = make_port
        self._port: BlockingPort | None = None
        self._poller: Poller[BlockingPort] | None = None
        self._last: Poller[BlockingPort] | None = None
        self._sending: asyncio.Lock | None = None
        self._taken = 0
        self._aborted = False

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken

    async def open(self, deadline: Deadline) -> None:
        if self._poller is not None:
            raise RuntimeError(f"{self._url} is open")
        if self._last is not None:
            await self._last.ended()
        if deadline.expired:
            raise Disconnected(f"{self._url}: the deadline passed before it was opened")
        made: list[BlockingPort] = []

        def make() -> BlockingPort:
            made.append(self._make_port())
            return made[0]

        poller: Poller[BlockingPort] = Poller(f"posdevkit-serial {self._url.address}", make, _read, _close)
        self._last = poller
        try:
            await poller.start(deadline)
        except TimeoutError:
            raise Disconnected(f"{self._url}: it could not be opened in time") from None
        self._taken, self._aborted = 0, False
        self._sending = asyncio.Lock()
        self._port, self._poller = made[0], poller

    async def send(self, data: bytes | memoryview) -> None:
        port, sending = self._opened()
        async with sending:
            view = memoryview(data).cast("B")
            while view:
                if self._port is not port:
                    raise self._let_go_by_us()
                count = await self._write(port, bytes(view[:_PIECE]))
                view = view[count:]

    async def _write(self, port: BlockingPort, piece: bytes) -> int:
        writing = asyncio.create_task(in_thread(lambda: port.write(piece), name="posdevkit-serial-write"))
        cancelled = False
        while not writing.done():
            try:
                await asyncio.wait({writing}, timeout=_LOOK_SECONDS if cancelled else _GONE_SECONDS)
            except asyncio.CancelledError:
                cancelled = True
            if not writing.done() and (cancelled or self._port is not port):
                _cancel_write(port)  # again and again: it may not have begun when it was first tried
        problem = writing.exception()
        if self._port is not port and isinstance(problem, OSError | ValueError | TypeError):
            raise self._let_go_by_us() from problem  # a TypeError is pyserial's word for a port closed meanwhile
        if isinstance(problem, OSError | ValueError):
            raise Disconnected(f"{self._url}: the device went away ({problem})") from problem
        count = writing.result() or 0
        self._taken += count
        if cancelled:
            raise asyncio.CancelledError
        return count

    async def receive(self) -> bytes:
        if self._last is None:
            raise Closed(str(self._url))
        try:
            data = await self._last.take()
        except (OSError, ValueError) as problem:
            raise Disconnected(f"{self._url}: the device went away ({problem})") from problem
        if not data and self._aborted:
            raise self._let_go_by_us()
        return data

    async def send_eof(self) -> None:
        """A port has no way to say so: nothing is sent after this call, and nobody is told."""
        self._opened()

    async def close(self) -> None:
        port = self._port
        left, bound = -1, Deadline.after(_DRAIN_SECONDS)
        while port is not None and self._port is port and (now := _unsent(port)) and not bound.expired:
            if now != left:
                left, bound = now, Deadline.after(_DRAIN_SECONDS)
            await SYSTEM_CLOCK.sleep(_LOOK_SECONDS)
        self._let_go()
        if self._last is not None:
            await self._last.ended()

    def abort(self) -> None:
        if self._port is not None:
            self._aborted = True
            self._let_go()

    def _let_go(self) -> None:
        port, self._port = self._port, None
        poller, self._poller = self._poller, None
        if port is None or poller is None:
            return
        poller.stop()
        _cancel_write(port)
        try:
            port.cancel_read()
        except (OSError, ValueError, AttributeError):
            pass  # it is closed already

    def _opened(self) -> tuple[BlockingPort, asyncio.Lock]:
        if self._port is None or self._sending is None:
            raise Closed(str(self._url))
        return self._port, self._sending

    def _let_go_by_us(self) -> Disconnected:
        how = "aborted" if self._aborted else "closed"
        return Disconnected(f"{self._url}: {how} by this program after {self._taken} bytes")


def _read(port: BlockingPort) -> bytes:
    first = port.read(1)
    return first + port.read(waiting) if first and (waiting := port.in_waiting) else first


def _unsent(port: BlockingPort) -> int:
    try:
        return port.out_waiting
    except (OSError, ValueError):
        return 0  # the device has gone


def _cancel_write(port: BlockingPort) -> None:
    try:
        port.cancel_write()
    except (OSError, ValueError, AttributeError):
        pass  # it is closed already


def _close(port: BlockingPort) -> None:
    port.close()
