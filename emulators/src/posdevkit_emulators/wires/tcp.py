"""The printer's network socket: one client at a time, others wait in the system's queue as at a real printer."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import struct
import sys
from typing import Final

from posdevkit.errors import BadUrl, PortInUse, UsageError
from posdevkit_emulators.station import PrinterStation

from .session import ByteStream, Session

__all__ = ["SocketStream", "TcpWire"]

_BACKLOG: Final = 1024
_RETRY_SECONDS: Final = 0.1
# On, with no time to linger: the system sends RST and drops what is unsent.
_RESET: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class TcpWire:
    """A listening socket on the loopback, and the one client that is served."""

    def __init__(self, station: PrinterStation, host: str = "127.0.0.1", port: int = 0) -> None:
        self._station = station
        self._host = host
        self._port = port
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._session: Session | None = None

    @property
    def url(self) -> str:
        """What a driver opens, once it is open."""
        return f"tcp://{self.place}"

    @property
    def place(self) -> str:
        """Where it listens, once it is open: host and port."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._port}"

    async def open(self) -> None:
        """Listen. Raises PortInUse, UsageError for an address that is not on the loopback, BadUrl for none at all."""
        try:
            address = ipaddress.ip_address("127.0.0.1" if self._host == "localhost" else self._host)
        except ValueError:
            raise BadUrl(f"{self._host!r} is not an address to listen on", remedy="Use tcp://127.0.0.1:9100.") from None
        if not address.is_loopback:
            raise UsageError(
                f"{address} is not on the loopback", remedy="Emulators serve their own machine: use 127.0.0.1 or ::1."
            )
        listener = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setblocking(False)
            if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Else the system would take far more than the printer does before the host feels it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._station.model.profile.receive_buffer)
            listener.bind((str(address), self._port))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                raise PortInUse(f"{self.url}: {error.strerror}") from None
            raise UsageError(f"{self.url}: {error.strerror or error}") from None
        self._host, self._port = str(address), listener.getsockname()[1]
        self._listener = listener
        self._accepting = asyncio.create_task(self._accept(listener), name="emulator: accept")

    async def close(self) -> None:
        """Stop listening and end the client's connection; the port is free afterwards."""
        accepting, self._accepting = self._accepting, None
        if accepting is not None:
            accepting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await accepting
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        session, self._session = self._session, None
        if session is not None:
            await session.stop()

    async def unplug(self) -> None:
        """Pull the cable: the connection breaks, and none can be made until `plug`."""
        session, self._session = self._session, None
        if session is not None:
            await session.pull_out()
        await self.close()

    async def plug(self) -> None:
        """Plug it in again, at the same place."""
        await self.open()

    def _stream(self, connection: socket.socket) -> ByteStream:
        return SocketStream(connection)

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection = await _next(listener)
            except OSError:
                # The client had already gone, or descriptors are scarce for a moment.
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            try:
                if self._session is not None:
                    await self._session.give_way()
            except BaseException:
                connection.close()
                raise
            self._session = Session(self._stream(connection), self._station)


async def _next(listener: socket.socket) -> socket.socket:
    """The next connection. Being cancelled, it has accepted none (`loop.sock_accept` may lose one then)."""
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(BlockingIOError, InterruptedError):
            return listener.accept()[0]
        came = loop.create_future()
        try:
            loop.add_reader(listener, _wake, came)
        except NotImplementedError:  # Windows' proactor watches no sockets
            return (await loop.sock_accept(listener))[0]
        try:
            await came
        finally:
            loop.remove_reader(listener)


def _wake(came: asyncio.Future[None]) -> None:
    if not came.done():
        came.set_result(None)


class SocketStream:
    """A ByteStream over a connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._socket.setblocking(False)
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def receive(self, limit: int) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self._socket, limit)

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def check(self) -> None:
        if problem := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(problem, "reset by the host")

    def end(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self, *, abrupt: bool) -> None:
        if abrupt:
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._socket.close()
