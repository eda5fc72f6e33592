"""A small emulated device on a cable, for programs and tests.

scale = ScaleModel(Decimal(1250))
async with GadgetBench.tcp(scale) as bench:
    ...                                   # open bench.url
    scale.moving = True
    await bench.unplug()
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from posdevkit.errors import Closed, Disconnected, PortInUse, UsageError
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pipes import Listener, PipeEnd, listen
from posdevkit_emulators.changes import Changes
from posdevkit_emulators.faults import OF_THE_CABLE, Fault, StallAt, parse_faults
from posdevkit_emulators.wires.disturbance import Disturbance
from posdevkit_emulators.wires.pseudo_terminal import PseudoTerminal

__all__ = ["Gadget", "GadgetBench"]

_CHUNK = 4096


class Gadget(Protocol):
    """A device without a cable: bytes in, bytes out."""

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        ...

    def connected(self) -> None:
        """Somebody plugged it in."""
        ...

    def receive(self, data: bytes) -> bytes:
        """The answer to what came."""
        ...


G = TypeVar("G", bound=Gadget)

Receive = Callable[[int], Awaitable[bytes]]
Send = Callable[[bytes], Awaitable[None]]


class GadgetBench(Generic[G]):
    """A gadget with its cable, on the running loop. Use as an async context manager."""

    def __init__(self, gadget: G, listen_url: str, faults: Iterable[str | Fault] = ()) -> None:
        """`listen_url`: tcp://127.0.0.1:0, memory://NAME or pty://. Raises UsageError."""
        self.gadget = gadget
        self.taken = 0
        """Bytes that came so far."""
        self.on_data: Callable[[], None] = lambda: None
        """Called after each piece of data that came."""
        self.disturbance = Disturbance(parse_faults(faults, OF_THE_CABLE))
        """What the cable does to bytes; faults can be added while it is in use."""
        self.stalls = 0
        """How often it stopped taking data."""
        self._kind, _, self._address = listen_url.partition("://")
        self._url = listen_url
        self._changes = Changes()
        self._resumed = asyncio.Event()
        self._listener: Listener | None = None
        self._server: asyncio.Server | None = None
        self._pty: PseudoTerminal | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._hosts: list[Send] = []

    @classmethod
    def tcp(cls, gadget: G, *, host: str = "127.0.0.1", port: int = 0, faults: Iterable[str | Fault] = ()) -> Self:
        """Behind a serial device server on the loopback."""
        return cls(gadget, f"tcp://{host}:{port}", faults)

    @classmethod
    def memory(cls, gadget: G, name: str, *, faults: Iterable[str | Fault] = ()) -> Self:
        """Inside this process."""
        return cls(gadget, f"memory://{name}", faults)

    @classmethod
    def pty(cls, gadget: G, *, faults: Iterable[str | Fault] = ()) -> Self:
        """On a serial port that is a pseudo terminal (POSIX)."""
        return cls(gadget, "pty://", faults)

    @property
    def url(self) -> str:
        """What a driver opens."""
        return self._url

    async def plug(self) -> None:
        """Let hosts come. Raises PortInUse, UsageError, Unsupported."""
        if self._kind == "memory":
            self._listener = listen(self._address)
            self._spawn(self._accept(self._listener))
        elif self._kind == "tcp":
            await self._serve()
        elif self._kind == "pty":
            self._open_pty()
        else:
            raise UsageError(f"{self._url}: no emulator listens there", remedy="Use tcp://127.0.0.1:0 or pty://.")

    async def unplug(self) -> None:
        """Pull the cable: connections end, and none can be made until it is plugged in again."""
        listener, self._listener = self._listener, None
        server, self._server = self._server, None
        if listener is not None:
            listener.close()
        if server is not None:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        pty, self._pty = self._pty, None
        if pty is not None:
            pty.close()

    async def say(self, data: bytes) -> None:
        """Put bytes on the cable that nobody asked for."""
        for send in self._hosts:
            await send(data)

    def resume(self) -> None:
        """End a stall."""
        self._resumed.set()

    async def until(self, ready: Callable[[], bool], timeout: float = 10.0) -> None:
        """Return when `ready()`, which is looked at after each piece of data. Raises DeadlineExceeded."""
        await self._changes.until(ready, timeout, f"the {self.gadget.kind}")

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.unplug()
        if self._folder is not None:
            self._folder.cleanup()

    # Wires

    async def _accept(self, listener: Listener) -> None:
        with contextlib.suppress(Closed):
            while True:
                self._spawn(self._pipe(await listener.accept()))

    async def _pipe(self, end: PipeEnd) -> None:
        try:
            await self._talk(end.receive, end.send)
        except (OSError, Disconnected, Closed):
            end.abort()
        finally:
            end.close()

    async def _serve(self) -> None:
        host, _, port = self._address.rpartition(":")
        host = host.strip("[]") or "127.0.0.1"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise UsageError(f"{host} is not on the loopback", remedy="Use tcp://127.0.0.1:0.")
        try:
            self._server = await asyncio.start_server(self._client, host, int(port or 0))
        except (OSError, ValueError) as problem:
            raise PortInUse(f"{self._url}: {problem}") from None
        shown = f"[{host}]" if ":" in host else host
        self._address = f"{shown}:{self._server.sockets[0].getsockname()[1]}"
        self._url = f"tcp://{self._address}"

    def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def send(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        async def talk() -> None:
            try:
                await self._talk(reader.read, send)
            except OSError:
                writer.transport.abort()
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

        self._spawn(talk())

    def _open_pty(self) -> None:
        self._pty = PseudoTerminal()
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="posdevkit-pty-")
        path = Path(self._folder.name) / self.gadget.kind
        self._pty.call(path)
        self._url = f"serial://{path}"
        near = self._pty.near

        async def receive(limit: int) -> bytes:
            loop = asyncio.get_running_loop()
            ready: asyncio.Future[None] = loop.create_future()
            loop.add_reader(near, _wake, ready)
            try:
                await ready
            finally:
                loop.remove_reader(near)
            return os.read(near, limit)

        async def send(data: bytes) -> None:
            os.write(near, data)

        async def talk() -> None:
            with contextlib.suppress(OSError):
                await self._talk(receive, send)

        self._spawn(talk())

    # The conversation

    async def _talk(self, receive: Receive, send: Send) -> None:
        self._hosts.append(send)
        try:
            await self._converse(receive, send)
        finally:
            self._hosts.remove(send)

    async def _converse(self, receive: Receive, send: Send) -> None:
        self.gadget.connected()
        disturbance = self.disturbance
        while True:
            await self._suffer()
            data = await receive(disturbance.limit(_CHUNK))
            if not data:
                return
            if pause := disturbance.pause(len(data)):
                await asyncio.sleep(pause)
            while data:
                # A fault that came up while this was awaited has its byte in the middle of it.
                await self._suffer()
                size = disturbance.limit(len(data))
                self.taken += size
                answer = self.gadget.receive(disturbance.arrived(data[:size])[0])
                data = data[size:]
                self._changes.tell()
                self.on_data()
                for piece in disturbance.pieces(answer):
                    await send(piece)
                    await asyncio.sleep(0)

    async def _suffer(self) -> None:
        while (fault := self.disturbance.due()) is not None:
            if not isinstance(fault, StallAt):
                raise ConnectionAbortedError
            self._resumed.clear()
            self.stalls += 1
            self._changes.tell()
            with contextlib.suppress(TimeoutError):
                await within(Deadline.after(fault.seconds), self._resumed.wait())

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
