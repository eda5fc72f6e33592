"""Emulated scanners for programs and tests.

async with ScannerBench.pty() as bench:
    ...                                   # open bench.url
    await bench.scan("5701234567899", "E0")
    await bench.unplug()
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from posdevkit_emulators.wires.disturbance import Disturbance

from .model import NOISE, ScannerModel
from .wires import FifoWire, PtyWire, ScannerWire, SocketWire

__all__ = ["ScannerBench"]


class ScannerBench:
    """An emulated scanner on the running loop. Use as an async context manager."""

    def __init__(self, wire: ScannerWire, model: ScannerModel | None = None) -> None:
        self.model = model or ScannerModel()
        self._wire = wire
        self.read = 0
        """Codes it has read."""
        self.disturbance = Disturbance()
        """What the cable does to what is sent; faults can be added while it is in use."""

    @classmethod
    def pty(cls, model: ScannerModel | None = None, *, folder: Path | None = None) -> Self:
        """On a serial port that is a pseudo terminal (POSIX); in `folder` it is called `scanner`."""
        return cls(PtyWire(folder), model)

    @classmethod
    def keys(cls, model: ScannerModel | None = None, *, path: Path | None = None) -> Self:
        """As a keyboard, by a named pipe of key events (POSIX)."""
        return cls(FifoWire(path), model)

    @classmethod
    def tcp(cls, model: ScannerModel | None = None, *, host: str = "127.0.0.1", port: int = 0) -> Self:
        """Behind a serial device server."""
        return cls(SocketWire(host, port), model)

    @property
    def url(self) -> str:
        """What a driver opens."""
        return self._wire.url

    @property
    def wire(self) -> ScannerWire:
        """The cable."""
        return self._wire

    async def scan(self, data: str | bytes, aim: str = "") -> None:
        """Read a code and send it."""
        raw = data.encode() if isinstance(data, str) else data
        self.read += 1
        pieces = [self.model.keys(raw, aim)] if self._wire.keys else self.model.stream(raw, aim)
        for piece in pieces:
            await self.send(piece)

    async def send(self, data: bytes) -> None:
        """Put bytes on the cable."""
        for piece in self.disturbance.pieces(data):
            await self._wire.send(piece)

    async def noise(self, data: bytes = NOISE + b"\r") -> None:
        """Put bytes on the cable that are no code."""
        await self.send(data)

    async def plug(self) -> None:
        """Plug it in. Raises PosError."""
        await self._wire.plug()

    async def unplug(self) -> None:
        """Pull the cable."""
        await self._wire.unplug()

    async def __aenter__(self) -> Self:
        try:
            await self.plug()
        except BaseException:
            self._wire.put_away()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.unplug()
        self._wire.put_away()
