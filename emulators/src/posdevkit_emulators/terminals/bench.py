"""An emulated terminal on a loopback socket, with its faults."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from posdevkit.errors import PortInUse, UsageError
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.faults import StallAt
from posdevkit_emulators.tickets import append_line, prepared_directory
from posdevkit_emulators.wires.disturbance import Disturbance

from .faults import terminal_faults
from .zvt import ZvtTerminalModel

__all__ = ["PaymentTerminalBench"]

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_RESET: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class PaymentTerminalBench:
    """`async with PaymentTerminalBench() as bench`: a terminal at `bench.url`, its books in `bench.model.ledger`."""

    def __init__(
        self,
        *faults: str,
        host: str = "127.0.0.1",
        port: int = 0,
        save: str | Path | None = None,
        on_event: Callable[[str], None] | None = None,
    ) -> None:
        """`faults` as in `faults.FAULTS`; `save` is a directory for customers' receipts and ledger.jsonl.

        Raises UsageError.
        """
        if host not in _LOOPBACK:
            raise UsageError(f"{host} is not on the loopback", remedy="Emulators serve their own machine.")
        self.model = ZvtTerminalModel(terminal_faults(*faults))
        self.sent_messages = 0
        self.sent_bytes = 0
        self.taken_messages = 0
        self.disturbance = Disturbance()
        """What the cable does to bytes; faults can be added while it is in use."""
        self.stalls = 0
        """How often it stopped taking data."""
        self._resumed = asyncio.Event()
        self._stalled = asyncio.Event()
        self._host = host
        self._port = port
        self._save = None if save is None else Path(save)
        self._saved = 0
        self._tell = on_event or (lambda _: None)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where to find it, once it is open."""
        return f"zvt://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen. Raises PortInUse, UsageError, OutputFailed (the directory)."""
        if self._save is not None:
            prepared_directory(self._save)
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._port)
        except OSError as problem:
            kind = PortInUse if problem.errno == errno.EADDRINUSE else UsageError
            raise kind(f"{self.url}: {problem.strerror}") from None
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and end what is connected."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await server.wait_closed()

    async def unplug(self) -> None:
        """Pull the cable: the connection breaks, and none can be made until `plug`."""
        await self.close()

    async def plug(self) -> None:
        """Plug it in again, at the same place."""
        await self.open()

    def resume(self) -> None:
        """Let a terminal that stopped taking data go on."""
        self._resumed.set()

    async def held_up(self, before: int = 0) -> None:
        """Return when it has stopped taking data more than `before` times."""
        while self.stalls <= before:
            self._stalled.clear()
            await self._stalled.wait()

    async def _suffer(self) -> None:
        while (fault := self.disturbance.due()) is not None:
            if not isinstance(fault, StallAt):
                raise ConnectionAbortedError
            self._resumed.clear()
            self.stalls += 1
            self._stalled.set()
            with contextlib.suppress(TimeoutError):
                await within(Deadline.after(fault.seconds), self._resumed.wait())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.model.connected()
        abrupt = False
        try:
            while data := await reader.read(4096):
                while data:
                    await self._suffer()
                    size = self.disturbance.limit(len(data))
                    await self._take(self.disturbance.arrived(data[:size])[0], writer)
                    data = data[size:]
        except ConnectionAbortedError:
            abrupt = True
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            before = len(self.model.ledger)
            self.model.disconnected()
            self._noticed(before)
            self._tasks.discard(task)
            if abrupt:
                connection: socket.socket | None = writer.get_extra_info("socket")
                if connection is not None:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.close()

    async def _take(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        for command in self.model.receive(data):
            self.taken_messages += 1
            if self.taken_messages == self.model.faults.cut_on_message:
                raise ConnectionAbortedError
            before = len(self.model.ledger)
            for message in self.model.take(command):
                await self._send(message, writer)
            self._noticed(before)

    async def _send(self, message: bytes, writer: asyncio.StreamWriter) -> None:
        faults = self.model.faults
        self.sent_messages += 1
        if self.sent_messages == faults.cut_before_message:
            raise ConnectionAbortedError
        if self.sent_messages == faults.stall_before_message:
            await asyncio.Event().wait()
        left = faults.cut_at_byte - self.sent_bytes
        if 0 <= left < len(message):
            writer.write(self.disturbance.leaving(message[:left]))
            await writer.drain()
            self.sent_bytes += left
            faults.cut_at_byte = -1
            raise ConnectionAbortedError
        self.sent_bytes += len(message)
        for piece in self.disturbance.pieces(message):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    def _noticed(self, before: int) -> None:
        for approval in self.model.ledger[before:]:
            of = "" if approval.of is None else f", takes back trace {approval.of}"
            self._tell(f"approved {approval.booking.name.lower()} {approval.amount} (trace {approval.trace}{of})")
        receipts, self._saved = self.model.receipts[self._saved :], len(self.model.receipts)
        if self._save is None:
            return
        try:
            for number, receipt in enumerate(receipts, self._saved - len(receipts) + 1):
                (self._save / f"{number:04d}.txt").write_text(receipt + "\n", "utf-8")
            for approval in self.model.ledger[before:]:
                append_line(self._save / "ledger.jsonl", approval.facts())
        except OSError as problem:  # a full disk must not stop the terminal; it is told
            self._tell(f"not saved: {problem.strerror}")
