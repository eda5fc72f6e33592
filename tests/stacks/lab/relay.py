"""A network cable that can be pulled out: a port of the loopback that leads to another one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

__all__ = ["Cable", "Cables", "Relay"]


class Cable(Protocol):
    """What can be pulled out."""

    async def unplug(self) -> None: ...

    async def plug(self) -> None: ...


class Cables:
    """Several behind each other: the nearest is pulled out first and plugged in last."""

    def __init__(self, *cables: Cable) -> None:
        self._cables: Sequence[Cable] = cables

    async def unplug(self) -> None:
        for cable in self._cables:
            await cable.unplug()

    async def plug(self) -> None:
        for cable in reversed(self._cables):
            await cable.plug()


class Relay:
    """Passes bytes on as they are. Unplugged, nothing listens, and who was connected is cut off (RST)."""

    def __init__(self, target: int) -> None:
        self.port = 0
        """Its own; the same after it was plugged in again."""
        self._target = target
        self._server: asyncio.Server | None = None
        self._ways: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    async def plug(self) -> None:
        self._server = await asyncio.start_server(self._came, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in self._ends:
            end.transport.abort()
        for way in self._ways:
            way.cancel()
        await asyncio.gather(*self._ways, return_exceptions=True)

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            onward, out = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        for source, sink in ((reader, out), (onward, writer)):
            way = asyncio.ensure_future(self._carry(source, sink))
            self._ways.add(way)
            way.add_done_callback(self._ways.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        self._ends.add(sink)
        try:
            with contextlib.suppress(OSError):
                while data := await source.read(65_536):
                    sink.write(data)
                    await sink.drain()
        finally:
            self._ends.discard(sink)
            sink.close()
