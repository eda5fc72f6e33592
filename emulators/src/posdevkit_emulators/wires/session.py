"""One client of an emulated printer from its first byte to its last, whatever cable it came over.

A client that has ended its sending (half-close) still gets its answers until everything it sent is printed, or until
another client comes. While the receive buffer is full nothing is read, so the host's own send buffer fills.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, Protocol

from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.faults import CloseAt, PowerCutAt, StallAt
from posdevkit_emulators.station import PrinterStation

__all__ = ["ByteStream", "Session"]

_OUTBOX: Final = 64 * 1024
"""Unsent bytes after which the printer takes the host for deaf."""
_LOOK_SECONDS: Final = 0.1
"""How often a connection that is not read is asked whether it still stands."""


class ByteStream(Protocol):
    """The printer's end of a connection. Errors of the connection are OSError."""

    async def receive(self, limit: int) -> bytes:
        """The next bytes, b"" when the host has ended its sending."""
        ...

    async def send(self, data: bytes) -> None:
        """Return when all is sent."""
        ...

    async def check(self) -> None:
        """Raise OSError if the host tore the connection down, without reading."""
        ...

    def end(self) -> None:
        """Send no more."""
        ...

    def close(self, *, abrupt: bool) -> None:
        """Let go, politely or by a reset."""
        ...


class Session:
    """One client from its first byte to its last."""

    def __init__(self, stream: ByteStream, station: PrinterStation) -> None:
        self._stream = stream
        self._station = station
        self._outbox = bytearray()
        self._deaf = False
        self._abrupt = False
        self._stirred = asyncio.Event()
        self._unsent = asyncio.Event()
        self._wanted = asyncio.Event()
        self._sender = asyncio.create_task(self._send_all(), name="emulator: send")
        self._task = asyncio.create_task(self._run(), name="emulator: client")
        self._task.add_done_callback(self._let_go)

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
        await self.ended()

    async def stop(self) -> None:
        """End the connection."""
        self._task.cancel()
        await self.ended()

    async def pull_out(self) -> None:
        """End the connection as a cable does that is pulled out."""
        self.reset()
        await self.ended()

    async def ended(self) -> None:
        """Return when the connection is over."""
        await asyncio.wait({self._task})
        await asyncio.wait({self._sender})

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
            while not self._sender.done():
                # Told to end once more, while ending: nothing else is left to do.
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait({self._sender})

    def _let_go(self, _: object) -> None:
        # Also where the task was cancelled before it ran at all.
        self._sender.cancel()
        self._stream.close(abrupt=self._abrupt)
        self._station.unplug(self)

    async def _read_all(self) -> None:
        station = self._station
        disturbance = station.disturbance
        while True:
            await self._suffer()
            room = station.room
            if not room:
                await self._stir()
                continue
            data = await self._stream.receive(disturbance.limit(room))
            if not data:
                return
            if pause := disturbance.pause(len(data)):
                await asyncio.sleep(pause)
            while data:
                # A fault that came up while this was awaited has its byte in the middle of it.
                await self._suffer()
                size = disturbance.limit(len(data))
                station.take(data[:size])
                data = data[size:]

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
            await within(Deadline.after(wait), self._stirred.wait())
        await self._stream.check()

    async def _finish(self) -> None:
        """The host sends no more: answer what it sent, then end as well."""
        while (self._station.model.waiting or self._outbox) and not self._wanted.is_set():
            await self._stir()
        with contextlib.suppress(OSError):
            self._stream.end()

    async def _send_all(self) -> None:
        try:
            while True:
                await self._unsent.wait()
                self._unsent.clear()
                while self._outbox:
                    for piece in self._station.disturbance.pieces(bytes(self._outbox)):
                        await self._stream.send(piece)
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
