"""A printer played by hand: it reads a pipe and answers with bytes written down here from the manual's tables.

It shares no code with the driver's protocol room nor with the emulators: what both agree on may still be wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from posdevkit.errors import Closed, Disconnected
from posdevkit.links.memory import Listener, MemoryPeer, listen

ASB_OK = b"\x10\x00\x00\x00"
ASB_PAPER_OUT = b"\x18\x00\x0f\x00"
ASB_NEAR_END = b"\x10\x00\x03\x00"
ASB_COVER_OPEN = b"\x38\x00\x00\x00"
ASB_CUTTER = b"\x18\x08\x00\x00"
DLE_EOT = {ASB_OK: b"\x12\x12\x12\x12", ASB_PAPER_OUT: b"\x1a\x32\x12\x7e", ASB_COVER_OPEN: b"\x1a\x16\x12\x12"}
PROCESS_ID = b"\x1d(H\x06\x0000"
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


class ScriptedPrinter:
    """Answers like a TM printer. Its state is set from the test; `paper` is every byte it has read, per connection."""

    def __init__(self, name: str, *, capacity: int = 65_536) -> None:
        self.name = name
        self.url = f"memory://{name}"
        self.state = ASB_OK
        self.silent = False
        self.knows_process_ids = True
        self.knows_in_order = True
        self.knows_asb = True
        self.acknowledges_clear = True
        self.printing = asyncio.Event()
        self.printing.set()
        """Clear: data is taken, but nothing is printed, so in-order answers are held back."""
        self.reading = asyncio.Event()
        self.reading.set()
        """Clear: nothing more is taken, and the pipe fills up."""
        self.connections: list[bytearray] = []
        self.read_some = asyncio.Event()
        self.held: list[bytes] = []
        self._listener: Listener = listen(name, capacity=capacity)
        self._peer: MemoryPeer | None = None
        self._task = asyncio.create_task(self._serve())

    @property
    def received(self) -> bytes:
        """All bytes of all connections."""
        return b"".join(self.connections)

    async def _serve(self) -> None:
        with contextlib.suppress(Closed):
            while True:
                self._peer = await self._listener.accept()
                self.connections.append(bytearray())
                with contextlib.suppress(Disconnected):
                    await self._converse(self._peer)

    async def _converse(self, peer: MemoryPeer) -> None:
        if self.held and self.printing.is_set():
            await self._release()
        while True:
            await self.reading.wait()
            data = await peer.receive(512)
            if not data:
                peer.close()  # a printer answers the end of a connection with its own
                return
            self.connections[-1] += data
            self.read_some.set()
            if not self.silent:
                await self._answer(peer, data)

    async def _answer(self, peer: MemoryPeer, data: bytes) -> None:
        now = b"".join(DLE_EOT[self.state][data[i + 2] - 1 : data[i + 2]] for i in _places(data, b"\x10\x04"))
        if now:
            await peer.send(now)
        if b"\x1da\x0f" in data and self.knows_asb:
            await peer.send(self.state)
        if CLEAR in data and self.acknowledges_clear:
            self.held.clear()
            await peer.send(b"\x37\x25\x00")
        for text, reply in (
            (b"\x1dIB", b"_EPSON\x00"),
            (b"\x1dIC", b"_TM-T88V\x00"),
            (b"\x1dIA", b"_1.0\x00"),
            (b"\x1dID", b"_S\x00"),
        ):
            if text in data:
                self.held.append(reply)
        for place in _places(data, PROCESS_ID):
            if self.knows_process_ids:
                self.held.append(b"\x37\x22" + data[place + 7 : place + 11] + b"\x00")
        if b"\x1dr\x01" in data and self.knows_in_order:
            self.held.append(b"\x00")
        if self.printing.is_set():
            await self._release()

    async def _release(self) -> None:
        assert self._peer is not None
        held, self.held = self.held, []
        await self._peer.send(b"".join(held))

    async def tell(self, asb: bytes) -> None:
        """Change the state and tell it as automatic status."""
        self.state = asb
        assert self._peer is not None
        await self._peer.send(asb)

    async def finish(self) -> None:
        """Print what was held up, and answer."""
        self.printing.set()
        await self._release()

    def cut_cable(self) -> None:
        """Break the connection; what was taken stays taken."""
        assert self._peer is not None
        self._peer.abort()

    def disappear(self) -> None:
        """Break the connection and answer no more calls."""
        self._listener.close()
        if self._peer is not None:
            self._peer.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._peer is not None:
            self._peer.close()


def _places(data: bytes, pattern: bytes) -> list[int]:
    places, at = [], data.find(pattern)
    while at >= 0:
        places.append(at)
        at = data.find(pattern, at + 1)
    return places
