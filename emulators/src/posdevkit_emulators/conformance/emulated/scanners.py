"""Emulated scanners as rigs, on every wire they have."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from posdevkit.devices import Scanner
from posdevkit.protocols.keys.events import KEY, PRESS, SIZE, KeyEvent, pack_event
from posdevkit_emulators.conformance.scanner import ScannerRig
from posdevkit_emulators.conformance.suite import Disruption, Wire
from posdevkit_emulators.faults import CableFault
from posdevkit_emulators.scanners import EmulatedHidScanner, ScannerBench
from posdevkit_emulators.scanners.model import NOISE
from posdevkit_emulators.scanners.wires import SocketWire

from .haste import HastyClock

__all__ = ["SCANNER_WIRES"]

_AIM: Final = "E0"
_NO_KEY: Final = pack_event(KeyEvent(0.0, KEY, 240, PRESS))
_KEYS_PACE: Final = 1.0
"""The pause that ends a typed code is short enough as it is."""
_PACE: Final = 5.0
_numbers = itertools.count(1)


class EmulatedScanner:
    """A scanner whose cable carries a stream."""

    def __init__(self, bench: ScannerBench) -> None:
        self._bench = bench

    async def open(self) -> Scanner:
        pace = _KEYS_PACE if self._bench.wire.keys else _PACE
        scanner = await Scanner.open(self._bench.url, clock=HastyClock(pace))
        await self.heard()
        return scanner

    async def heard(self) -> None:
        wire = self._bench.wire
        if isinstance(wire, SocketWire):
            await wire.came.wait()
            wire.came.clear()

    async def scan(self, code: str) -> None:
        await self._bench.scan(code, _AIM)

    async def half(self, code: str) -> None:
        model = self._bench.model
        if self._bench.wire.keys:
            whole = model.keys(code.encode(), _AIM)
            await self._bench.send(whole[: len(whole) // 2 // SIZE * SIZE])
        else:
            whole = b"".join(model.stream(code.encode(), _AIM))
            await self._bench.send(whole[: len(whole) // 2])

    async def noise(self) -> None:
        await self._bench.noise(_NO_KEY if self._bench.wire.keys else NOISE + b"\r")

    async def unplug(self) -> None:
        await self._bench.unplug()

    async def plug(self) -> None:
        await self._bench.plug()

    def disturb(self, fault: CableFault) -> None:
        self._bench.disturbance.add(fault)

    def calm(self) -> None:
        self._bench.disturbance.calm()


class EmulatedHid:
    """A HID POS scanner."""

    def __init__(self, scanner: EmulatedHidScanner) -> None:
        self._scanner = scanner

    async def open(self) -> Scanner:
        return await Scanner.open(self._scanner.url, clock=HastyClock(_PACE))

    async def heard(self) -> None:
        """Reports wait until they are read."""

    async def scan(self, code: str) -> None:
        self._scanner.scan(code, _AIM)

    async def half(self, code: str) -> None:
        self._scanner.report(self._scanner.model.reports(code.encode() * 8, "C0")[0])

    async def noise(self) -> None:
        self._scanner.report(b"\x02\xff\xff")

    async def unplug(self) -> None:
        self._scanner.unplug()

    async def plug(self) -> None:
        self._scanner.plug()

    def disturb(self, fault: CableFault) -> None:
        self._scanner.disturbance.add(fault)

    def calm(self) -> None:
        self._scanner.disturbance.calm()


@asynccontextmanager
async def _over_tcp() -> AsyncIterator[ScannerRig]:
    async with ScannerBench.tcp() as bench:
        yield EmulatedScanner(bench)


@asynccontextmanager
async def _on_a_pty() -> AsyncIterator[ScannerRig]:
    async with ScannerBench.pty() as bench:
        yield EmulatedScanner(bench)


@asynccontextmanager
async def _as_keys() -> AsyncIterator[ScannerRig]:
    async with ScannerBench.keys() as bench:
        yield EmulatedScanner(bench)


@asynccontextmanager
async def _over_hid() -> AsyncIterator[ScannerRig]:
    async with EmulatedHidScanner(serial=f"CONFORMANCE{next(_numbers)}") as scanner:
        yield EmulatedHid(scanner)


SCANNER_WIRES: Final[tuple[Wire[ScannerRig], ...]] = (
    Wire("tcp", _over_tcp, {Disruption.CLAIM: "a serial device server sends to every program that connects"}),
    Wire("pty", _on_a_pty),
    Wire(
        "keys",
        _as_keys,
        {
            Disruption.STALL: "a keyboard that pauses has ended its code: not every scanner sends Enter",
            Disruption.CLAIM: "a named pipe stands in for the device, and the grab is the kernel's",
        },
    ),
    Wire(
        "hid",
        _over_hid,
        {
            Disruption.SPLIT: "a report is handed over whole, or not at all",
            Disruption.CLAIM: "it has no node in the file system, and the lock is on that",
        },
    ),
)
