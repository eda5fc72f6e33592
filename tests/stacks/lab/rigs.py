"""Rigs for the conformance suites on real stacks: the driver is here, the device and the hands at it in `hands.py`."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from posdevkit.devices import CardReader, ReceiptPrinter, Scanner
from posdevkit.discovery.hid import HidSource
from posdevkit.discovery.usb import UsbSource
from posdevkit.documents import Receipt
from posdevkit.profiles import load_profile
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.faults import CableFault
from tests.stacks.conftest import Emulators

__all__ = ["rig_of"]

SOON: Final = 60.0
OPEN: Final = 25.0
"""Seconds for a driver to connect: less than a check may take, as a device that is taken may be sought in vain."""
_ARRIVES_SECONDS: Final = 0.5
_PROFILE: Final = "epson-tm-t88v"
_SNAPSHOT_SECONDS: Final = 0.05
"""For so long what was printed is not asked for again: the suites ask line by line."""
# Numbers that schemes publish for tests.
_NUMBERS: Final = ("4111111111111111", "5555555555554444")
_numbers = itertools.count(1)


class _Rig:
    """A device in the emulators' process. What may last is asked on a thread: a driver is at work meanwhile."""

    def __init__(self, bus: Emulators, name: str, url: str, clock: Clock) -> None:
        self._bus, self._name = bus, name
        self._url, self._clock = url, clock

    async def _do(self, what: str, *words: str) -> Any:
        return await asyncio.to_thread(self._at_once, what, *words)

    def _at_once(self, what: str, *words: str) -> Any:
        return self._bus.at(self._name, what, *words)

    async def unplug(self) -> None:
        """The driver has read by then what was sent: what is not read hidraw gives nobody any more."""
        await asyncio.sleep(_ARRIVES_SECONDS)
        await self._do("unplug")

    async def plug(self) -> None:
        """Return once the system has it."""
        await self._do("plug")
        await _there(self._url)

    def disturb(self, fault: CableFault) -> None:
        self._at_once("disturb", str(fault))

    def calm(self) -> None:
        self._at_once("calm")


class RealPrinter(_Rig):
    """A receipt printer."""

    proves = True

    def __init__(self, bus: Emulators, name: str, url: str, clock: Clock) -> None:
        super().__init__(bus, name, url, clock)
        self._seen: tuple[float, tuple[str, ...]] = (0.0, ())

    async def open(self) -> ReceiptPrinter:
        return await ReceiptPrinter.open(self._url, profile=load_profile(_PROFILE), timeout=OPEN, clock=self._clock)

    def document(self, mark: str) -> Receipt:
        receipt = Receipt()
        for line in self.lines(mark):
            receipt = receipt.text(line)
        return receipt.row("Æblejuice", "28,00").cut()

    def lines(self, mark: str) -> tuple[str, ...]:
        return tuple(f"{mark}, line {number:02}" for number in range(12))

    def printed(self) -> tuple[str, ...]:
        at, lines = self._seen
        if time.monotonic() - at > _SNAPSHOT_SECONDS:
            lines = tuple(self._at_once("printed"))
            self._seen = time.monotonic(), lines
        return lines

    async def held_up(self) -> None:
        await self._do("held_up")

    def resume(self) -> None:
        self._at_once("resume")


class RealScanner(_Rig):
    """A scanner."""

    async def open(self) -> Scanner:
        scanner = await Scanner.open(self._url, timeout=OPEN, clock=self._clock)
        await self.heard()
        return scanner

    async def heard(self) -> None:
        """A scanner on HID or Bluetooth loses what it sends before a program listens; a port keeps it."""
        if self._url.startswith(("hid:", "ble:")):
            await self._do("heard")

    async def scan(self, code: str) -> None:
        await self._do("scan", code)

    async def half(self, code: str) -> None:
        await self._do("half_code", code)

    async def noise(self) -> None:
        await self._do("noise")


class RealReader(_Rig):
    """A reader of magnetic stripes, and two cards."""

    numbers = _NUMBERS

    async def open(self) -> CardReader:
        return await CardReader.open(self._url, timeout=OPEN, clock=self._clock)

    async def swipe(self, card: int) -> None:
        await self._heard()
        await self._do("swipe", *_tracks(card))

    async def half(self, card: int) -> None:
        await self._heard()
        await self._do("half_swipe", *_tracks(card))

    async def _heard(self) -> None:
        if self._url.startswith("hid:"):
            await self._do("heard")


def _tracks(card: int) -> tuple[str, str]:
    number = _NUMBERS[card]
    return f"%B{number}^HANSEN/KIRSTEN^29121010000000000?", f";{number}=29121010000000000?"


_RIGS: Final = {"receipt printer": RealPrinter, "scanner": RealScanner, "card reader": RealReader}


def rig_of(
    device: str, kind: str, bus: Emulators, clock: Clock = SYSTEM_CLOCK
) -> Callable[[], AbstractAsyncContextManager[Any]]:
    """How to set up a rig of that suite's device (`conformance.toml`) with a `kind` that the emulators' process has."""
    return partial(_rig, device, kind, bus, clock)


@asynccontextmanager
async def _rig(device: str, kind: str, bus: Emulators, clock: Clock) -> AsyncIterator[Any]:
    number = next(_numbers)
    # A number that no device has had: BlueZ and udev remember those that they have met.
    called = f"F0:F1:F2:F3:F5:{number:02X}" if kind.startswith("ble") else f"CONFORMANCE{number}"
    url = await asyncio.to_thread(bus.take, called, kind, called)
    try:
        await _there(url)
        yield _RIGS[device](bus, called, url, clock)
    finally:
        await asyncio.to_thread(bus.put_away, called)


async def _there(url: str) -> None:
    """Return when the system has it; one on Bluetooth is looked for by who opens it."""
    cable, _, place = url.partition("://")
    end = time.monotonic() + SOON
    while True:
        match cable:
            case "usb":
                found = url in [one.url for one in await UsbSource().find(Deadline.after(SOON))]
            case "hid":
                found = url in [one.url for one in await HidSource().find(Deadline.after(SOON))]
            case "evdev" | "serial":
                found = Path(place).exists()
            case _:
                found = True
        if found:
            return
        assert time.monotonic() < end, f"no {url}"
        await asyncio.sleep(0.05)
