"""The cable to the internet: a relay on the loopback that somebody can cut and mend."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

__all__ = ["Network"]

_HOST = "127.0.0.1"


class Network:
    """Carries connections to one port of this machine. All methods run on one event loop."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()
        self.port = 0
        """Where it listens; stays the same after a cut."""

    async def mend(self) -> None:
        """Carry connections from now on."""
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, _HOST, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection, and let none be made."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        far: asyncio.StreamWriter | None = None
        try:
            answers, far = await asyncio.open_connection(_HOST, self._target)
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, far))
                both.create_task(_pump(answers, writer))
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            pass  # a connection that breaks ends at both ends
        finally:
            self._carrying.discard(task)
            for end in (writer, far):
                if end is not None:
                    end.transport.abort()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
        await sink.drain()
    with contextlib.suppress(OSError):
        sink.write_eof()
