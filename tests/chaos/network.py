"""The way between shop and internet: a relay that cuts some connections, before the server has heard or after."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator

__all__ = ["Relay", "relay"]


class Relay:
    """Listens on a port of the loopback and passes bytes on; `port` once it runs."""

    def __init__(self, target: int, seed: int) -> None:
        self.port = 0
        self.cuts = 0
        self._target = target
        self._chance = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, started: threading.Event, end: asyncio.Event) -> None:
        """Until `end`."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await end.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self._chance.random()
        far: asyncio.StreamWriter | None = None
        try:
            if fate < 0.05:
                self.cuts += 1
                return
            back, far = await asyncio.open_connection("127.0.0.1", self._target)
            # The answer is lost: what was asked has been done by then.
            lost = fate < 0.25
            await asyncio.gather(self._copy(reader, far), self._copy(back, writer, cut=lost))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for one in (writer, far):
                if one is not None:
                    one.transport.abort()

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, cut: bool = False) -> None:
        while data := await source.read(65536):
            if cut and b'"results"' in data:
                self.cuts += 1
                raise ConnectionResetError
            sink.write(data)
            await sink.drain()
        raise ConnectionResetError


@contextlib.contextmanager
def relay(target: int, seed: int) -> Iterator[Relay]:
    """A relay on a thread of its own."""
    found = Relay(target, seed)
    started = threading.Event()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(found.serve(started, end)), name="relay")
    thread.start()
    assert started.wait(10)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
        loop.close()
