"""A stripe reader that sends text, on a loopback socket or a serial port.

Cards are swiped by `swipe`, or as lines on standard input.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from argparse import Namespace
from types import TracebackType
from typing import Final, Self

from posdevkit.errors import BadUrl, UsageError
from posdevkit.links.url import parse_url
from posdevkit.protocols.cards import BadTrack, read_raw, write_raw
from posdevkit_emulators.scanners.wires import PtyWire, SocketWire
from posdevkit_emulators.wires.disturbance import Disturbance

__all__ = ["StripeReaderBench", "card_reader", "swiped"]

_EXIT: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
_FAULTS: Final = ("garble-track-1", "garble-track-2", "no-end")


def swiped(track1: str, track2: str, *faults: str) -> bytes:
    """What the reader sends for a stripe: each track goes through its bits, parity and LRC.

    Faults: garble-track-1, garble-track-2 (a bit is read wrong), no-end (no carriage return). Raises UsageError.
    """
    if bad := [fault for fault in faults if fault not in _FAULTS]:
        raise UsageError(f"{bad[0]!r} is no fault of a card reader", remedy=f"Use one of {', '.join(_FAULTS)}.")
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
    """`async with StripeReaderBench() as bench`: a reader at `bench.url`, on a socket or on the wire that is given."""

    def __init__(
        self, *faults: str, host: str = "127.0.0.1", port: int = 0, wire: SocketWire | PtyWire | None = None
    ) -> None:
        """`faults` hold for the first swipe. Raises UsageError."""
        swiped("", "", *faults)
        self._faults = faults
        self._wire = wire or SocketWire(host, port)
        self.disturbance = Disturbance()
        """What the cable does to what is sent; faults can be added while it is in use."""

    @property
    def url(self) -> str:
        """Where it is, once open."""
        return self._wire.url

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.unplug()
        self._wire.put_away()

    async def swipe(self, track1: str, track2: str) -> None:
        """Draw a card through, once a host is there."""
        data = swiped(track1, track2, *self._faults)
        self._faults = ()
        await self.send(data)

    async def send(self, data: bytes) -> None:
        """Send bytes as they are, once a host is there."""
        if isinstance(self._wire, SocketWire):
            await self._wire.somebody()
        for piece in self.disturbance.pieces(data):
            await self._wire.send(piece)

    async def plug(self) -> None:
        """Plug it in. Raises PosError."""
        await self._wire.plug()

    async def unplug(self) -> None:
        """The cable is drawn."""
        await self._wire.unplug()


def card_reader(args: Namespace) -> int:
    """`posdevkit emulate card-reader`: a line `%B...?;...?` on standard input is a card drawn through."""
    try:
        return asyncio.run(_run(args))
    except KeyboardInterrupt:
        return _EXIT[signal.SIGINT]


async def _run(args: Namespace) -> int:
    url = parse_url(args.listen or "tcp://127.0.0.1:0")
    if url.scheme != "tcp":
        raise BadUrl(f"{str(url)!r}: card readers listen on tcp://", remedy="Use --listen tcp://127.0.0.1:0.")
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    for number, code in _EXIT.items():
        with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows
            loop.add_signal_handler(number, end, code)
    async with StripeReaderBench(*args.fault, host=url.address, port=url.port or 0) as bench:
        print(json.dumps({"event": "listening", "detail": bench.url}) if args.json else bench.url, flush=True)  # noqa: T201
        threading.Thread(target=_read, args=(loop, lines), name="posdevkit-emulator-keys", daemon=True).start()
        swiping = asyncio.create_task(_swipe(bench, lines, end))
        try:
            return await ended
        finally:
            swiping.cancel()
            await asyncio.gather(swiping, return_exceptions=True)


def _read(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str]) -> None:
    with contextlib.suppress(OSError, RuntimeError, ValueError, AttributeError):
        left = ""
        while data := os.read(sys.stdin.fileno(), 1024):
            *whole, left = (left + data.decode("ascii", "replace")).split("\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, line.strip())


async def _swipe(bench: StripeReaderBench, lines: asyncio.Queue[str], end: object) -> None:
    while True:
        line = await lines.get()
        if line in ("q", "quit", "exit"):
            assert callable(end)
            end(0)
        elif line:
            one, mark, two = line.partition("?")
            try:
                await bench.swipe(*((one + mark, two) if line.startswith("%") else ("", line)))
            except UsageError as problem:
                print(problem, flush=True)  # noqa: T201
