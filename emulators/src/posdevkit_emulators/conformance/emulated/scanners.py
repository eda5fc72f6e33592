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
        self._clock = HastyClock(_KEYS_PACE if bench.wire.keys else _PACE)

    async def open(self) -> Scanner:
        scanner = await Scanner.open(self._bench.url, clock=self._clock)
        await self.heard()
        return scanner

    async def heard(self) -> None:
        wire = self._bench.wire
        if isinstance(wire, SocketWire):
            await wire.came.wait()
            wire.came.clear()

    async def scan(self, code: str) -> None:
        self._clock.ease()
        await self._bench.scan(code, _AIM)

    async def half(self, code: str) -> None:
        self._clock.hurry()
        model = self._bench.model
        if self._bench.wire.keys:
            whole = model.keys(code.encode(), _AIM)
            await self._bench.send(whole[: len(whole) // 2 // SIZE * SIZE])
        else:
            whole = b"".join(model.stream(code.encode(), _AIM))
            await self._bench.send(whole[: len(whole) // 2])

    async def noise(self) -> None:
        self._clock.hurry()
        await self._bench.noise(_NO_KEY if self._bench.wire.keys else NOISE + b"\r")

    async def unplug(self) -> None:
        await self._bench.unplug()
        self._clock.hurry()

    async def plug(self) -> None:
        await self._bench.plug()
        self._clock.ease()

    def disturb(self, fault: CableFault) -> None:
        self._clock.disturbed(fault)
        self._bench.disturbance.add(fault)

    def calm(self) -> None:
        self._bench.disturbance.calm()
        self._clock.ease()


class EmulatedHid:
    """A HID POS scanner."""

    def __init__(self, scanner: EmulatedHidScanner) -> None:
        self._scanner = scanner
        self._clock = HastyClock(_PACE)

    async def open(self) -> Scanner:
        return await Scanner.open(self._scanner.url, clock=self._clock)

    async def heard(self) -> None:
        """Reports wait until they are read."""

    async def scan(self, code: str) -> None:
        self._clock.ease()
        self._scanner.scan(code, _AIM)

    async def half(self, code: str) -> None:
        self._clock.hurry()
        self._scanner.report(self._scanner.model.reports(code.encode() * 8, "C0")[0])

    async def noise(self) -> None:
        self._clock.hurry()
        self._scanner.report(b"\x02\xff\xff")

    async def unplug(self) -> None:
        self._scanner.unplug()
        self._clock.hurry()

    async def plug(self) -> None:
        self._scanner.plug()
        self._clock.ease()

    def disturb(self, fault: CableFault) -> None:
        self._clock.disturbed(fault)
        self._scanner.disturbance.add(fault)

    def calm(self) -> None:
        self._scanner.disturbance.calm()
        self._clock.ease()


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
