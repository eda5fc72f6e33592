"""Links over an open file of the operating system: a serial port, an input device, a printer's device file, a socket.

The event loop watches it, so no thread is needed.
"""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from typing import Final

from posdevkit.errors import Closed, Disconnected
from posdevkit.runtime.clock import SYSTEM_CLOCK
from posdevkit.runtime.deadline import Deadline

from .readiness import Readiness
from .url import DeviceUrl

__all__ = ["DescriptorLink", "Port", "PortLink"]

_CHUNK: Final = 4_096
_DRAIN_SECONDS: Final = 2.0
"""How long `close` waits while not a byte leaves."""
_LOOK_SECONDS: Final = 0.01
_TAKES_NOTHING: Final = (BlockingIOError, InterruptedError)


class Port(ABC):
    """An open device with a non-blocking descriptor."""

    @abstractmethod
    def fileno(self) -> int:
        """Its descriptor."""

    def write(self, data: memoryview) -> int:
        """Bytes that it took. Raises OSError, BlockingIOError where it takes none now."""
        return os.write(self.fileno(), data)

    def read(self, size: int) -> bytes:
        """What is there, b"" at the end. Raises OSError, BlockingIOError where there is nothing now."""
        return os.read(self.fileno(), size)

    @abstractmethod
    def unsent(self) -> int:
        """Bytes that were taken and have not yet left."""

    @abstractmethod
    def close(self) -> None:
        """Close it at once and drop what has not left. Raises nothing."""


class PortLink(ABC):
    """A StreamLink over a Port; subclasses connect it."""

    def __init__(self, url: DeviceUrl) -> None:
        self._url = url
        self._port: Port | None = None
        self._readiness: Readiness | None = None
        self._sending: asyncio.Lock | None = None
        self._taken = 0
        self._used = False
        self._ended = False
        self._aborted = False

    @abstractmethod
    async def _connect(self, deadline: Deadline) -> Port:
        """Open the device. Raises PosError."""

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken

    async def open(self, deadline: Deadline) -> None:
        if self._port is not None:
            raise RuntimeError(f"{self._url} is open")
        if deadline.expired:
            raise Disconnected(f"{self._url}: the deadline passed before it was opened")
        port = await self._connect(deadline)
        self._taken = 0
        self._used, self._ended, self._aborted = True, False, False
        self._sending = asyncio.Lock()
        self._readiness = Readiness(port)
        self._port = port

    async def send(self, data: bytes | memoryview) -> None:
        port, readiness = self._opened()
        assert self._sending is not None
        async with self._sending:
            view = memoryview(data).cast("B")
            while view:
                if self._port is not port:
                    raise self._let_go_by_us()
                try:
                    count = port.write(view)
                except _TAKES_NOTHING:
                    await readiness.writable()
                except OSError as problem:
                    raise self._lost(problem) from problem
                else:
                    self._taken += count
                    view = view[count:]
                    if not count:
                        await readiness.writable()

    async def receive(self) -> bytes:
        if not self._used:
            raise Closed(str(self._url))
        port, readiness = self._port, self._readiness
        while True:
            if self._aborted:
                raise self._let_go_by_us()
            if self._ended or port is None or readiness is None or self._port is not port:
                return b""
            try:
                data = port.read(_CHUNK)
            except _TAKES_NOTHING:
                await readiness.readable()
            except OSError as problem:
                raise self._lost(problem) from problem
            else:
                if not data:
                    self._ended = True
                    readiness.wake_readers()
                return data

    async def send_eof(self) -> None:
        """A device file has no way to say so: nothing is sent after this call, and nobody is told."""
        self._opened()

    async def close(self) -> None:
        port = self._port
        if port is None:
            return
        # The last bytes may still wait for their turn on a slow line. Closing would hold up the whole loop for them.
        left, bound = -1, Deadline.after(_DRAIN_SECONDS)
        while self._port is port and (now := port.unsent()) and not bound.expired:
            if now != left:
                left, bound = now, Deadline.after(_DRAIN_SECONDS)
            await SYSTEM_CLOCK.sleep(_LOOK_SECONDS)
        if self._port is port:
            self._let_go()

    def abort(self) -> None:
        if self._port is not None:
            self._aborted = True
            self._let_go()

    def _let_go(self) -> None:
        port, self._port = self._port, None
        readiness, self._readiness = self._readiness, None
        if port is None:
            return
        if readiness is not None:
            readiness.stop()
        port.close()

    def _opened(self) -> tuple[Port, Readiness]:
        if self._port is None or self._readiness is None:
            raise Closed(str(self._url))
        return self._port, self._readiness

    def _lost(self, problem: OSError) -> Disconnected:
        return Disconnected(f"{self._url}: the device went away ({problem.strerror or problem})")

    def _let_go_by_us(self) -> Disconnected:
        how = "aborted" if self._aborted else "closed"
        return Disconnected(f"{self._url}: {how} by this program after {self._taken} bytes")


class DescriptorLink(PortLink):
    """A PortLink to something that opens at once."""

    @abstractmethod
    def _open_port(self) -> Port:
        """Open the device now. Raises PosError."""

    async def _connect(self, deadline: Deadline) -> Port:
        return self._open_port()
