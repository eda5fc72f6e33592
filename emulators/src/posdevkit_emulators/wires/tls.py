"""The printer's network socket behind TLS, with a certificate of the printer's own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tempfile
from pathlib import Path
from typing import Final

from posdevkit_emulators.station import PrinterStation

from .certificate import make_certificate
from .session import ByteStream
from .tcp import SocketStream, TcpWire

__all__ = ["TlsWire"]

_PIECE: Final = 4096
"""Sealed bytes read at a time: what is unsealed early is not in the printer's buffer and holds up nobody."""


class TlsWire(TcpWire):
    """The same listening socket; the URL has the fingerprint of the certificate."""

    def __init__(self, station: PrinterStation, host: str = "127.0.0.1", port: int = 0) -> None:
        """Raises MissingExtra."""
        super().__init__(station, host, port)
        with tempfile.TemporaryDirectory(prefix="posdevkit-tls-") as folder:
            made = make_certificate(Path(folder))
            self._context, self._fingerprint = made.context(), made.fingerprint

    @property
    def url(self) -> str:
        return f"tls://{self.place}?fingerprint={self._fingerprint}"

    def _stream(self, connection: socket.socket) -> ByteStream:
        return _SealedStream(connection, self._context)


class _SealedStream(SocketStream):
    """A ByteStream that seals and unseals."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        super().__init__(connection)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._greeting = asyncio.Lock()
        self._sending = asyncio.Lock()
        self._greeted = False

    async def receive(self, limit: int) -> bytes:
        await self._greet()
        while True:
            try:
                return self._tls.read(limit)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._hear()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    async def send(self, data: bytes) -> None:
        await self._greet()
        self._tls.write(data)
        await self._flush()

    def end(self) -> None:
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()  # says goodbye, and would like to hear one
        with contextlib.suppress(BlockingIOError):
            self._socket.send(self._out.read())
        super().end()

    async def _greet(self) -> None:
        async with self._greeting:
            while not self._greeted:
                try:
                    self._tls.do_handshake()
                    self._greeted = True
                except ssl.SSLWantReadError:
                    await self._flush()
                    await self._hear()
            await self._flush()

    async def _hear(self) -> None:
        if data := await super().receive(_PIECE):
            self._in.write(data)
        else:
            self._in.write_eof()

    async def _flush(self) -> None:
        async with self._sending:
            if data := self._out.read():
                await super().send(data)
