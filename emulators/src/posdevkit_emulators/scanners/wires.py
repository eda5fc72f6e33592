"""How an emulated scanner reaches its host: a pseudo terminal, a pipe of key events, a TCP port. A wire only sends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Protocol

from posdevkit.errors import PortInUse, Unsupported, UsageError
from posdevkit_emulators.wires.pseudo_terminal import PseudoTerminal

__all__ = ["FifoWire", "PtyWire", "ScannerWire", "SocketWire"]


class ScannerWire(Protocol):
    """One cable."""

    @property
    def url(self) -> str:
        """What a driver opens; stays the same when the scanner is plugged in again."""
        ...

    @property
    def keys(self) -> bool:
        """Whether key events go over it."""
        ...

    async def plug(self) -> None:
        """Be there. Raises PosError."""
        ...

    async def unplug(self) -> None:
        """Be gone."""
        ...

    async def send(self, data: bytes) -> None:
        """Put bytes on the cable. What nobody takes is lost, as on a real one."""
        ...

    def put_away(self) -> None:
        """Leave nothing behind; it is not plugged in again."""
        ...


class PtyWire:
    """A serial port: the far end of a pseudo terminal, under a name of its own as in /dev/serial/by-id."""

    keys = False

    def __init__(self, folder: Path | None = None) -> None:
        self._made = tempfile.TemporaryDirectory(prefix="posdevkit-pty-") if folder is None else None
        self._path = (Path(self._made.name) if self._made else folder or Path()) / "scanner"
        self._terminal: PseudoTerminal | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"serial://{self._path}"

    async def plug(self) -> None:
        """Raises Unsupported where there are no pseudo terminals."""
        self._terminal = PseudoTerminal()
        self._terminal.call(self._path)

    async def unplug(self) -> None:
        """The port hangs up and its name goes away."""
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            terminal.close()

    def put_away(self) -> None:
        if self._made:
            self._made.cleanup()

    async def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view and self._terminal is not None:
            try:
                view = view[os.write(self._terminal.near, view) :]
            except BlockingIOError:
                return  # nobody listens: a scanner without flow control loses what it sends
        await asyncio.sleep(0)


class FifoWire:
    """A named pipe in place of /dev/input/event*: it carries `struct input_event`."""

    keys = True

    def __init__(self, path: Path | None = None) -> None:
        self._made = tempfile.TemporaryDirectory(prefix="posdevkit-keys-") if path is None else None
        self._path = Path(self._made.name) / "event0" if self._made else path or Path()
        self._end: int | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"evdev://{self._path}"

    async def plug(self) -> None:
        """Raises PortInUse for a path that is taken, Unsupported where there are no named pipes."""
        try:
            self._end = _new_pipe(self._path)
        except FileExistsError:
            raise PortInUse(str(self._path), remedy="Choose a path that does not exist.") from None
        except OSError as problem:
            raise UsageError(f"{self._path}: {problem.strerror}") from None

    async def unplug(self) -> None:
        """The device goes away."""
        end, self._end = self._end, None
        if end is not None:
            os.close(end)
            self._path.unlink(missing_ok=True)

    def put_away(self) -> None:
        if self._made:
            self._made.cleanup()

    async def send(self, data: bytes) -> None:
        if self._end is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._end, data)
        await asyncio.sleep(0)


def _new_pipe(path: Path) -> int:
    """Raises OSError, Unsupported."""
    if sys.platform != "win32" and hasattr(os, "mkfifo"):
        os.mkfifo(path)
        # Open at both ends, so that the pipe stands before a host comes and does not break the writer after it.
        return os.open(path, os.O_RDWR | os.O_NONBLOCK)
    else:
        raise Unsupported("named pipes", remedy="Use --listen tcp://127.0.0.1:0.")


class SocketWire:
    """A scanner behind a serial device server: codes go to whoever is connected."""

    keys = False

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._hosts: set[asyncio.StreamWriter] = set()
        self.came = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"tcp://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}"

    async def plug(self) -> None:
        """Raises PortInUse, UsageError for an address that is not this machine's own."""
        if self._host not in ("127.0.0.1", "::1", "localhost"):
            raise UsageError(f"{self._host} is not on the loopback", remedy="Use 127.0.0.1.")
        where = "::1" if self._host == "::1" else "127.0.0.1"  # the name would stand for two sockets
        try:
            self._server = await asyncio.start_server(self._serve, where, self._port)
        except OSError as problem:
            raise PortInUse(f"{self.url}: {problem.strerror}") from None
        self._port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Hang up."""
        server, self._server = self._server, None
        hosts, self._hosts = self._hosts, set()
        for host in hosts:
            host.close()
        if server is not None:
            server.close()
            await server.wait_closed()

    def put_away(self) -> None:
        """Nothing is left."""

    async def somebody(self) -> None:
        """Return when a host is connected."""
        while not self._hosts:
            self.came.clear()
            await self.came.wait()

    async def send(self, data: bytes) -> None:
        for host in tuple(self._hosts):
            host.write(data)
            with contextlib.suppress(OSError):
                await host.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hosts.add(writer)
        self.came.set()
        try:
            while await reader.read(1024):
                pass  # commands that no code of ours sends
        except OSError:
            pass
        finally:
            self._hosts.discard(writer)
            writer.close()
