"""A stripe reader that sends text, on a loopback socket or a serial port: cards are swiped by `swipe`."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from posdevkit.errors import UsageError
from posdevkit.protocols.cards import BadTrack, read_raw, write_raw
from posdevkit.protocols.cards.stream import Swipe, SwipeSession
from posdevkit_emulators.scanners.wires import PtyWire, SocketWire
from posdevkit_emulators.wires.disturbance import Disturbance

__all__ = ["FAULTS", "StripeReaderBench", "swiped"]

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

    async def swipe(self, track1: str, track2: str) -> Swipe:
        """Draw a card through, once a host is there. Gives what can be read of it, masked."""
        data = swiped(track1, track2, *self._faults)
        self._faults = ()
        await self.send(data)
        return next(iter(SwipeSession().receive(data.removesuffix(b"\r") + b"\r")), Swipe())

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
