"""The suite for drivers of barcode scanners: no half code, no wrong product, and no silence where one was lost."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol

from posdevkit.codes import Misread, Product, Scan
from posdevkit.errors import Claimed, Closed, PosError
from posdevkit.events import DeviceEvent, LinkLost, LinkRestored
from posdevkit_emulators.faults import CableFault, GarbleSent, Split

from .suite import Disruption, Suite, attempt, expect, opened

__all__ = ["SCANNER", "Events", "ScanDriver", "ScannerRig"]

FIRST: Final = "4006381333931"
SECOND: Final = "5701234567899"
_LONG: Final = 10.0
_SILENT: Final = 1.5
"""Seconds after which nothing more comes of what was sent."""
_GARBLED_PLACES: Final = 24


class Events(Protocol):
    """A subscription."""

    async def get(self, timeout: float | None = None) -> DeviceEvent:
        """The next event. Raises TimeoutError after `timeout` seconds without one, Closed after the last."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class ScanDriver(Protocol):
    """A driver, opened."""

    def events(self) -> Events:
        """Scan, Misread, LinkLost and LinkRestored from now on."""
        ...

    async def close(self) -> None:
        """Let go of the scanner."""
        ...


class ScannerRig(Protocol):
    """A scanner on its cable. Faults are counted in bytes that it sends, from the moment they are asked for."""

    async def open(self) -> ScanDriver:
        """A driver on this scanner, connected and heard."""
        ...

    async def scan(self, code: str) -> None:
        """Read an EAN-13 symbol and send it, its AIM identifier with it."""
        ...

    async def half(self, code: str) -> None:
        """Send the first half of what `scan` sends, or of a long code, and then nothing."""
        ...

    async def noise(self) -> None:
        """Send what is no code."""
        ...

    async def heard(self) -> None:
        """Return when the driver, after `plug`, hears the scanner again."""
        ...

    async def unplug(self) -> None:
        """Pull the cable."""
        ...

    async def plug(self) -> None:
        """Plug it in again."""
        ...

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable."""
        ...

    def calm(self) -> None:
        """Nothing more goes wrong."""
        ...


SCANNER: Suite[ScannerRig] = Suite("scanner")


async def _get(events: Events, timeout: float | None = None) -> DeviceEvent | PosError | None:
    """The next event, the error in its place, or None where none came."""
    try:
        return await attempt(events.get(_LONG if timeout is None else timeout))
    except TimeoutError:
        return None


async def _next(events: Events, kind: type[DeviceEvent]) -> DeviceEvent:
    """The next event, which has to be of that kind."""
    event = await _get(events)
    expect(isinstance(event, kind), f"{kind.__name__} was due, and there came {event!r}")
    assert isinstance(event, DeviceEvent)
    return event


async def _scanned(events: Events, code: str, *, after_noise: bool = False) -> None:
    """The next code is this one, once. `after_noise`: what was lost before it may be told first."""
    event = await _get(events)
    while after_noise and isinstance(event, Misread):
        event = await _get(events)
    expect(isinstance(event, Scan), f"a code was read, and there came {event!r}")
    assert isinstance(event, Scan)
    expect(event.reveal() == code.encode(), f"{code!r} was read, and there came {event!r}")
    meaning = event.meaning
    expect(isinstance(meaning, Product) and meaning.gtin == code, f"{code!r} was read, and it means {meaning!r}")


async def _back(rig: ScannerRig, events: Events) -> None:
    await _next(events, LinkRestored)
    await rig.heard()


@SCANNER.check(Disruption.NOTHING)
async def reads_each_code_once(rig: ScannerRig) -> None:
    """Every code comes once, in order, with its meaning."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        for code in (FIRST, FIRST, SECOND):
            await rig.scan(code)
        for code in (FIRST, FIRST, SECOND):
            await _scanned(events, code)


@SCANNER.check(Disruption.SPLIT)
async def reads_single_bytes(rig: ScannerRig) -> None:
    """A code in single bytes is one code."""
    rig.disturb(Split(1))
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        await rig.scan(FIRST)
        await _scanned(events, FIRST)


@SCANNER.check(Disruption.UNPLUG)
async def unplugged_between_codes(rig: ScannerRig) -> None:
    """The loss and the return are told; the next code comes once, the one before is not repeated."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        await rig.scan(FIRST)
        await _scanned(events, FIRST)
        await rig.unplug()
        await _next(events, LinkLost)
        await rig.plug()
        await _back(rig, events)
        await rig.scan(SECOND)
        await _scanned(events, SECOND)


@SCANNER.check(Disruption.UNPLUG)
async def unplugged_within_a_code(rig: ScannerRig) -> None:
    """Half a code is a Misread and never a Scan; after the return the next code comes whole."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        await rig.half(FIRST)
        await asyncio.sleep(0.02)
        await rig.unplug()
        await _next(events, Misread)
        await _next(events, LinkLost)
        await rig.plug()
        await _back(rig, events)
        await rig.scan(SECOND)
        await _scanned(events, SECOND)


@SCANNER.check(Disruption.STALL)
async def falls_silent_within_a_code(rig: ScannerRig) -> None:
    """Half a code with nothing behind it is told as a Misread in time, and is no part of the next code."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        began = time.monotonic()
        await rig.half(FIRST)
        await _next(events, Misread)
        expect(time.monotonic() - began < _LONG / 2, "half a code was waited for too long")
        await rig.scan(SECOND)
        await _scanned(events, SECOND)


@SCANNER.check(Disruption.GARBLE)
async def noise_on_the_line(rig: ScannerRig) -> None:
    """Noise between two codes is a Misread, and both codes come."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        await rig.scan(FIRST)
        await _scanned(events, FIRST)
        await rig.noise()
        await _next(events, Misread)
        await rig.scan(SECOND)
        await _scanned(events, SECOND)


@SCANNER.check(Disruption.GARBLE)
async def garbled_code(rig: ScannerRig) -> None:
    """Wherever a byte is changed, no other product is told; the next code comes whole."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        for place in range(_GARBLED_PLACES):
            rig.disturb(GarbleSent(place, place))
            await rig.scan(FIRST)
            rig.calm()
            await _garbled(events)
            await rig.scan(SECOND)
            await _scanned(events, SECOND, after_noise=True)


async def _garbled(events: Events) -> None:
    """One event at most, which is no other product."""
    event = await _get(events, _SILENT)
    if isinstance(event, Scan):
        meaning = event.meaning
        expect(
            not isinstance(meaning, Product) or meaning.gtin == FIRST, f"{FIRST!r} was read, and told as {meaning!r}"
        )
    else:
        expect(event is None or isinstance(event, Misread), f"a garbled code, and there came {event!r}")


@SCANNER.check(Disruption.CLAIM)
async def claimed_by_another(rig: ScannerRig) -> None:
    """The second program is told Claimed; the first goes on."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        refused = await attempt(rig.open())
        if not isinstance(refused, PosError):
            await refused.close()
        expect(isinstance(refused, Claimed), f"the second program got {refused!r}")
        await rig.scan(FIRST)
        await _scanned(events, FIRST)
    async with opened(rig.open()) as second:
        events = second.events()
        await rig.scan(SECOND)
        await _scanned(events, SECOND)


@SCANNER.check(Disruption.CLOSE)
async def closed_within_a_code(rig: ScannerRig) -> None:
    """Closing ends the subscription without half a code; a new handle reads the next one."""
    async with opened(rig.open()) as scanner:
        events = scanner.events()
        await rig.half(FIRST)
        await asyncio.sleep(0.02)
    event = await _get(events, _SILENT)
    while isinstance(event, Misread):
        event = await _get(events, _SILENT)
    expect(isinstance(event, Closed), f"the handle is closed, and there came {event!r}")
    async with opened(rig.open()) as second:
        events = second.events()
        await rig.scan(SECOND)
        await _scanned(events, SECOND, after_noise=True)
