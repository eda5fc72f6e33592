"""The printer's network socket: one client at a time, others wait in the system's queue as at a real printer.

A client that has ended its sending (half-close) still gets its answers until everything it sent is printed, or until
another client comes. While the receive buffer is full nothing is read, so the host's own send buffer fills.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import struct
from typing import Final

from posdevkit.errors import BadUrl, PortInUse, UsageError
from posdevkit_emulators.faults import CloseAt, PowerCutAt, StallAt
from posdevkit_emulators.station import PrinterStation

__all__ = ["TcpWire"]

_BACKLOG: Final = 1024
_OUTBOX: Final = 64 * 1024
"""Unsent bytes after which the printer takes the host for deaf."""
_LOOK_SECONDS: Final = 0.1
"""How often a connection that is not read is asked whether it still stands."""
_RESET: Final = struct.pack("ii", 1, 0)


class TcpWire:
    """A listening socket on the loopback, and the one client that is served."""

    def __init__(self, station: PrinterStation, host: str = "127.0.0.1", port: int = 0) -> None:
        self._station = station
        self._host = host
        self._port = port
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._session: _Session | None = None

    @property
    def url(self) -> str:
        """Where it listens, once it is open."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"tcp://{host}:{self._port}"

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

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                # The client had already gone, or descriptors are scarce for a moment.
                await asyncio.sleep(_LOOK_SECONDS)
                continue
            try:
                if self._session is not None:
                    await self._session.give_way()
            except BaseException:
                connection.close()
                raise
            self._session = _Session(connection, self._station)


class _Session:
    """One client from its first byte to its last."""

    def __init__(self, connection: socket.socket, station: PrinterStation) -> None:
        self._socket = connection
        self._socket.setblocking(False)
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._station = station
        self._outbox = bytearray()
        self._deaf = False
        self._abrupt = False
        self._stirred = asyncio.Event()
        self._unsent = asyncio.Event()
        self._wanted = asyncio.Event()
        self._sender = asyncio.create_task(self._send_all(), name="emulator: send")
        self._task = asyncio.create_task(self._run(), name="emulator: client")

    # For the station.

    def send(self, data: bytes) -> None:
        """Queue bytes for the host. A host that does not read loses what goes beyond the outbox."""
        if self._deaf:
            return
        self._outbox += data
        self._unsent.set()
        if len(self._outbox) > _OUTBOX:
            self._deaf = True
            self._station.apply(self._station.model.host_listens(False))

    def reset(self) -> None:
        """Tear the connection down."""
        self._abrupt = True
        self._task.cancel()

    def go_on(self) -> None:
        """Look again whether there is room."""
        self._stirred.set()

    # For the wire.

    async def give_way(self) -> None:
        """Another client waits: return when this one is through, at the latest when it has ended its sending."""
        self._wanted.set()
        self._stirred.set()
        await asyncio.wait({self._task})

    async def stop(self) -> None:
        """End the connection."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            self._station.plug(self)
            await self._read_all()
            await self._finish()
        except OSError:
            pass
        except asyncio.CancelledError:
            pass  # told to end by `stop` or `reset`, which wait for nothing more
        finally:
            self._sender.cancel()
            await asyncio.wait({self._sender})
            if self._abrupt:
                with contextlib.suppress(OSError):
                    self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._socket.close()
            self._station.unplug(self)

    async def _read_all(self) -> None:
        loop = asyncio.get_running_loop()
        station = self._station
        disturbance = station.disturbance
        while True:
            await self._suffer()
            room = station.model.room
            if not room:
                await self._stir()
                continue
            data = await loop.sock_recv(self._socket, disturbance.limit(room))
            if not data:
                return
            if pause := disturbance.pause(len(data)):
                await asyncio.sleep(pause)
            station.take(data)

    async def _suffer(self) -> None:
        """The faults that are due."""
        while (fault := self._station.disturbance.due()) is not None:
            model = self._station.model
            self._station.apply(model.trouble(str(fault)))
            if isinstance(fault, StallAt):
                await self._stall(fault.seconds)
            elif isinstance(fault, CloseAt):
                self._abrupt = True
                raise ConnectionAbortedError
            elif isinstance(fault, PowerCutAt):
                self._station.apply(model.power_cycle())
                await asyncio.sleep(0)  # where the cancellation that `reset` asked for arrives

    async def _stall(self, seconds: float | None) -> None:
        before = self._station.resumptions
        end = None if seconds is None else asyncio.get_running_loop().time() + seconds
        while self._station.resumptions == before:
            left = None if end is None else end - asyncio.get_running_loop().time()
            if left is not None and left <= 0:
                return
            await self._stir(left)

    async def _stir(self, seconds: float | None = None) -> None:
        """Wait until something changed at the printer; notice meanwhile if the host tears the connection down."""
        self._stirred.clear()
        wait = _LOOK_SECONDS if seconds is None else min(seconds, _LOOK_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), wait)
        if problem := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(problem, "reset by the host")

    async def _finish(self) -> None:
        """The host sends no more: answer what it sent, then end as well."""
        while (self._station.model.waiting or self._outbox) and not self._wanted.is_set():
            await self._stir()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    async def _send_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self._unsent.wait()
                self._unsent.clear()
                while self._outbox:
                    for piece in self._station.disturbance.pieces(bytes(self._outbox)):
                        await loop.sock_sendall(self._socket, piece)
                        del self._outbox[: len(piece)]
                self._stirred.set()
                if self._deaf:
                    self._deaf = False
                    self._station.apply(self._station.model.host_listens(True))
        except OSError:
            # Nobody reads the answers any more; what the host sent before may still lie there to be read.
            self._outbox.clear()
            self._deaf = True
            self._station.apply(self._station.model.host_listens(False))
