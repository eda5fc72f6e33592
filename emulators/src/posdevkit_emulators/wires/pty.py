"""The printer's serial port: the far end of a pseudo terminal, under a name of its own as in /dev/serial/by-id.

A serial line has no connections: the printer hears whoever holds the other end, and is not told when that one lets go.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from posdevkit_emulators.station import PrinterStation

from .pseudo_terminal import PseudoTerminal
from .session import Session

__all__ = ["PtyWire"]


class PtyWire:
    """A name in a folder of its own, and the terminal that it leads to."""

    def __init__(self, station: PrinterStation) -> None:
        self._station = station
        self._folder = tempfile.TemporaryDirectory(prefix="posdevkit-pty-")
        self._path = Path(self._folder.name) / "printer"
        self._terminal: PseudoTerminal | None = None
        self._session: Session | None = None

    @property
    def url(self) -> str:
        """What a driver opens; stays the same when it is plugged in again."""
        return f"serial://{self._path}"

    async def open(self) -> None:
        """Raises Unsupported where there are no pseudo terminals."""
        await self.plug()

    async def close(self) -> None:
        """Hang up for good."""
        await self.unplug()
        self._folder.cleanup()

    async def unplug(self) -> None:
        """The port hangs up and its name goes away."""
        session, self._session = self._session, None
        terminal, self._terminal = self._terminal, None
        if session is not None:
            await session.pull_out()
        if terminal is not None:
            terminal.close()

    async def plug(self) -> None:
        """Be there, at the same name."""
        terminal = PseudoTerminal()
        terminal.call(self._path)
        self._terminal = terminal
        # The session closes what it is given.
        self._session = Session(_TerminalStream(os.dup(terminal.near)), self._station)


class _TerminalStream:
    """A ByteStream over the near end of a pseudo terminal."""

    def __init__(self, near: int) -> None:
        self._near = near

    async def receive(self, limit: int) -> bytes:
        loop = asyncio.get_running_loop()
        while True:
            try:
                return os.read(self._near, limit)
            except BlockingIOError:
                await self._ready(loop.add_reader, loop.remove_reader)

    async def send(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._near, view) :]
            except BlockingIOError:
                await self._ready(loop.add_writer, loop.remove_writer)

    async def check(self) -> None:
        """Nobody can tear down a serial line."""

    def end(self) -> None:
        """There is no end to tell."""

    def close(self, *, abrupt: bool) -> None:
        del abrupt
        os.close(self._near)

    async def _ready(
        self, watch: Callable[[int, Callable[[], None]], object], unwatch: Callable[[int], object]
    ) -> None:
        ready = asyncio.Event()
        watch(self._near, ready.set)
        try:
            await ready.wait()
        finally:
            unwatch(self._near)
