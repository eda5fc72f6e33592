"""A stripe reader that sends text, on a loopback socket: cards are swiped by `swipe`."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Final, Self

from posdevkit.errors import UsageError
from posdevkit.protocols.cards import BadTrack, read_raw, write_raw
from posdevkit.protocols.cards.stream import Swipe, SwipeSession

__all__ = ["FAULTS", "StripeReaderBench", "swiped"]

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
FAULTS: Final = ("garble-track-1", "garble-track-2", "no-end")


def swiped(track1: str, track2: str, *faults: str) -> bytes:
    """What the reader sends for a stripe: each track goes through its bits, parity and LRC.

    Faults: garble-track-1, garble-track-2 (a bit is read wrong), no-end (no carriage return). Raises UsageError.
    """
    if bad := [fault for fault in faults if fault not in FAULTS]:
        raise UsageError(f"{bad[0]!r} is no fault of a card reader", remedy=f"Use one of {', '.join(FAULTS)}.")
    text = ""
    for number, track in ((1, track1), (2, track2)):
        try:
            bits = list(write_raw(number, track)) if track else []
        except BadTrack as problem:
            raise UsageError(str(problem)) from None
        if f"garble-track-{number}" in faults and bits:
            bits[len(bits) // 2] ^= 1
        try:
            text += read_raw(number, tuple(bits)) if bits else ""
        except BadTrack:
            text += "%E?" if number == 1 else ";E?"
    return text.encode("ascii") + (b"" if "no-end" in faults else b"\r")


class StripeReaderBench:
    """`async with StripeReaderBench() as bench`: a reader at `bench.url`."""

    def __init__(self, *faults: str, host: str = "127.0.0.1", port: int = 0) -> None:
        """`faults` hold for the first swipe. Raises UsageError."""
        swiped("", "", *faults)
        if host not in _LOOPBACK:
            raise UsageError(f"{host} is not on the loopback", remedy="Emulators serve their own machine.")
        self._faults = faults
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._connected = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it is, once open."""
        return f"tcp://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._port)
        except OSError as problem:
            raise UsageError(f"{self.url}: {problem.strerror}") from None
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for writer in self._writers:
                writer.close()
            await server.wait_closed()

    async def swipe(self, track1: str, track2: str) -> Swipe:
        """Draw a card through, once a host is there. Gives what can be read of it, masked."""
        data = swiped(track1, track2, *self._faults)
        self._faults = ()
        await self.send(data)
        return next(iter(SwipeSession().receive(data.removesuffix(b"\r") + b"\r")), Swipe())

    async def send(self, data: bytes) -> None:
        """Send bytes as they are, once a host is there."""
        await self._connected.wait()
        for writer in tuple(self._writers):
            writer.write(data)
            await writer.drain()

    async def unplug(self) -> None:
        """The cable is drawn."""
        for writer in tuple(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._connected.set()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while await reader.read(4096):
                pass
        self._writers.discard(writer)
        if not self._writers:
            self._connected.clear()
        writer.close()
