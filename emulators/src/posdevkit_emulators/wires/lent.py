"""The printer's serial port, lent over the network by pyserial's own server side of RFC 2217."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Protocol

from posdevkit.errors import MissingExtra

from .session import ByteStream
from .tcp import SocketStream, TcpWire

__all__ = ["LentWire"]


class LentWire(TcpWire):
    """The same listening socket, with orders to set the port between the data. The port takes every setting."""

    @property
    def url(self) -> str:
        return f"rfc2217://{self.place}"

    async def open(self) -> None:
        """As over TCP. Raises MissingExtra."""
        _library()
        await super().open()

    def _stream(self, connection: socket.socket) -> ByteStream:
        return _LentStream(connection)


class _Manager(Protocol):
    """What of pyserial's PortManager is used."""

    def filter(self, data: bytes) -> Iterable[bytes]: ...

    def escape(self, data: bytes) -> Iterable[bytes]: ...


class _LentStream(SocketStream):
    """A ByteStream of the data between the orders."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._said = bytearray()
        self._early = b""
        serial, rfc2217 = _library()
        # Its port only remembers how it is set; the data is the printer's.
        self._manager: _Manager = rfc2217.PortManager(serial.serial_for_url("loop://"), self)

    def write(self, data: bytes) -> None:
        """What the manager has to say."""
        self._said += data

    async def receive(self, limit: int) -> bytes:
        while True:
            said = bytes(self._said)
            self._said.clear()
            if said:
                await super().send(said)
            if self._early:
                data, self._early = self._early[:limit], self._early[limit:]
                return data
            raw = await super().receive(limit)
            if not raw:
                return b""
            self._early = b"".join(self._manager.filter(raw))

    async def send(self, data: bytes) -> None:
        await super().send(b"".join(self._manager.escape(data)))


def _library() -> tuple[Any, Any]:
    """pyserial and its RFC 2217; its stubs want serial ports of one kind where anything with `write` will do."""
    try:
        return import_module("serial"), import_module("serial.rfc2217")
    except ImportError:
        raise MissingExtra(
            "a lent serial port needs pyserial", remedy="pip install 'posdevkit-emulators[serial]'"
        ) from None
