"""An emulated printer on an in-process cable: under a name that `memory://NAME` calls, or on one given end."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from posdevkit.errors import Closed, Disconnected
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pipes import Listener, PipeEnd, listen
from posdevkit_emulators.station import PrinterStation

from .session import Session

__all__ = ["MemoryWire", "PipeStream"]

_CHECK_SECONDS: Final = 0.01


class PipeStream:
    """A ByteStream over one end of an in-process cable."""

    def __init__(self, end: PipeEnd) -> None:
        self._end = end

    async def receive(self, limit: int) -> bytes:
        try:
            return await self._end.receive(limit)
        except Disconnected as problem:
            raise ConnectionResetError(problem.detail) from None

    async def send(self, data: bytes) -> None:
        try:
            await self._end.send(data)
        except (Disconnected, Closed) as problem:
            raise ConnectionResetError(problem.detail) from None

    async def check(self) -> None:
        # A cable that is broken says so at once when nothing is left to read; one that stands keeps us waiting.
        with contextlib.suppress(TimeoutError):
            await within(Deadline.after(_CHECK_SECONDS), self.receive(0))

    def end(self) -> None:
        self._end.eof()

    def close(self, *, abrupt: bool) -> None:
        if abrupt:
            self._end.abort()
        else:
            self._end.close()


class MemoryWire:
    """A name in this process, and the one client that is served."""

    def __init__(self, station: PrinterStation, name: str) -> None:
        self._station = station
        self._name = name
        self._listener: Listener | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._session: Session | None = None

    @property
    def url(self) -> str:
        """What a driver opens."""
        return f"memory://{self._name}"

    async def open(self) -> None:
        """Take the name. Raises PortInUse."""
        # The cable itself holds as many bytes as the printer, and no more.
        self._listener = listen(self._name, capacity=self._station.model.profile.receive_buffer)
        self._accepting = asyncio.create_task(self._accept(self._listener), name="emulator: accept")

    async def close(self) -> None:
        """Give the name back and end the client's connection."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        accepting, self._accepting = self._accepting, None
        if accepting is not None:
            accepting.cancel()
            await asyncio.wait({accepting})
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

    async def _accept(self, listener: Listener) -> None:
        with contextlib.suppress(Closed):
            while True:
                end = await listener.accept()
                try:
                    if self._session is not None:
                        await self._session.give_way()
                except BaseException:
                    end.abort()
                    raise
                self._session = Session(PipeStream(end), self._station)
