"""The suite for drivers of customer displays: whatever happened, the next thing shown stands there whole.

A display never answers, so what was garbled on its way can be noticed by nobody; it must not outlive the next call.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol, runtime_checkable

from posdevkit.errors import Claimed, Closed, DeadlineExceeded, DeviceError, PosError
from posdevkit_emulators.faults import CableFault, Garble, Split, StallAt

from .suite import Disruption, Suite, attempt, expect, opened, until

__all__ = ["DISPLAY", "DisplayDriver", "DisplayRig"]

_LONG: Final = 10.0
_SHORT: Final = 0.5
_GARBLED_PLACES: Final = 48
_MANY: Final = 200
"""Calls that fill up a serial line's buffer many times over; those of a network hold more."""
_FIRST: Final = ("Flat white", "38,00 kr")
_SECOND: Final = ("At betale", "70,00 kr")


class DisplayDriver(Protocol):
    """A driver, opened."""

    async def show(self, line1: str, line2: str = "", *, timeout: float | None = 3.0) -> None:
        """Show two lines."""
        ...

    async def close(self) -> None:
        """Let go of the display."""
        ...


@runtime_checkable
class TellsNoise(Protocol):
    """A driver that tells what came from its display's line."""

    @property
    def noise(self) -> str:
        """What came, though a display sends nothing; empty for nothing."""
        ...


class DisplayRig(Protocol):
    """A display on its cable. Faults are counted in bytes from the moment of asking."""

    async def open(self) -> DisplayDriver:
        """A driver on this display, connected."""
        ...

    def shown(self) -> tuple[str, str]:
        """What stands on the two lines, without blanks at their ends."""
        ...

    async def unplug(self) -> None:
        """Pull the cable; the display keeps what it shows."""
        ...

    async def plug(self) -> None:
        """Plug it in again."""
        ...

    async def noise(self) -> None:
        """Put bytes on the cable that come from the display's end, though a display sends none."""
        ...

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable."""
        ...

    async def held_up(self) -> None:
        """Return when it has stopped taking data, as a `StallAt` says."""
        ...

    def resume(self) -> None:
        """Let it take data again."""
        ...

    def calm(self) -> None:
        """Nothing more goes wrong."""
        ...


DISPLAY: Suite[DisplayRig] = Suite("display")


async def _shows(rig: DisplayRig, display: DisplayDriver, lines: tuple[str, str]) -> None:
    await display.show(*lines, timeout=_LONG)
    await until(lambda: rig.shown() == lines, f"{lines} was to be shown, and the display shows {rig.shown()}")


@DISPLAY.check(Disruption.NOTHING)
async def shows_what_was_asked_last(rig: DisplayRig) -> None:
    """Each call replaces what stood there."""
    async with opened(rig.open()) as display:
        for lines in (_FIRST, _SECOND, _FIRST):
            await _shows(rig, display, lines)


@DISPLAY.check(Disruption.SPLIT)
async def shows_single_bytes(rig: DisplayRig) -> None:
    """Single bytes make no difference."""
    rig.disturb(Split(1))
    async with opened(rig.open()) as display:
        await _shows(rig, display, _FIRST)


@DISPLAY.check(Disruption.UNPLUG)
async def unplugged(rig: DisplayRig) -> None:
    """Without a cable a call fails with a DeviceError, at the second at the latest; back again, the handle shows."""
    async with opened(rig.open()) as display:
        await _shows(rig, display, _FIRST)
        await rig.unplug()
        # Nothing comes from a display, so the system may take what is written into a cable that has just broken.
        results = []
        for _ in range(2):
            results.append(await attempt(display.show(*_SECOND, timeout=_SHORT)))
            await asyncio.sleep(0.02)
        expect(isinstance(results[1], DeviceError), f"no cable, and showing gave {results}")
        await rig.plug()
        await _shows(rig, display, _SECOND)


@DISPLAY.check(Disruption.STALL)
async def takes_no_data_for_a_while(rig: DisplayRig) -> None:
    """Every call ends, with a DeadlineExceeded where the cable is full; later the display shows what is asked last."""
    async with opened(rig.open()) as display:
        await _shows(rig, display, _FIRST)
        rig.disturb(StallAt(0))
        await display.show("one that it may wait with", timeout=_LONG)
        await rig.held_up()
        for number in range(_MANY):
            result = await attempt(display.show(f"{number}", timeout=_SHORT))
            expect(
                result is None or isinstance(result, DeadlineExceeded), f"it takes no data, and showing gave {result!r}"
            )
            if result is not None:
                break
        rig.resume()
        await _shows(rig, display, _SECOND)


@DISPLAY.check(Disruption.GARBLE)
async def garbled(rig: DisplayRig) -> None:
    """Wherever a byte is changed, the next call shows what it is asked to, whole."""
    async with opened(rig.open()) as display:
        await _shows(rig, display, _FIRST)
        for place in range(_GARBLED_PLACES):
            rig.disturb(Garble(place, place))
            await display.show("x" * 20, "y" * 20, timeout=_LONG)
            await asyncio.sleep(0.005)
            rig.calm()
            await _shows(rig, display, _SECOND)


@DISPLAY.check(Disruption.GARBLE)
async def noise_on_the_line(rig: DisplayRig) -> None:
    """What comes from the line, which no display sends, hinders nothing; a driver that has `noise` tells of it."""
    async with opened(rig.open()) as display:
        await _shows(rig, display, _FIRST)
        tells = display if isinstance(display, TellsNoise) else None
        expect(tells is None or not tells.noise, "nothing came, and noise is told")
        await rig.noise()
        await _shows(rig, display, _SECOND)
        await until(lambda: tells is None or bool(tells.noise), "noise came, and nothing tells of it")


@DISPLAY.check(Disruption.CLAIM)
async def claimed_by_another(rig: DisplayRig) -> None:
    """The second program is told Claimed; the first goes on."""
    async with opened(rig.open()) as display:
        refused = await attempt(rig.open())
        if not isinstance(refused, PosError):
            await refused.close()
        expect(isinstance(refused, Claimed), f"the second program got {refused!r}")
        await _shows(rig, display, _FIRST)
    async with opened(rig.open()) as second:
        await _shows(rig, second, _SECOND)


@DISPLAY.check(Disruption.CLOSE)
async def closed_while_it_takes_no_data(rig: DisplayRig) -> None:
    """Closing ends; a closed handle says Closed, and a new one shows what is asked."""
    async with opened(rig.open()) as display:
        rig.disturb(StallAt(0))
        await display.show(*_FIRST, timeout=_SHORT)
        await rig.held_up()
    late = await attempt(display.show(*_FIRST, timeout=_SHORT))
    expect(isinstance(late, Closed), f"the handle is closed, and showing gave {late!r}")
    rig.resume()
    async with opened(rig.open()) as second:
        await _shows(rig, second, _SECOND)
