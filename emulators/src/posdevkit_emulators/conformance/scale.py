"""The suite for drivers of scales: a right weight, the word that there is none, or an error; never a wrong weight."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Final, Protocol

from posdevkit.errors import Claimed, Closed, DeadlineExceeded, DeviceError, Disconnected, PosError
from posdevkit.protocols.scales.mt8217 import NoWeight, Weight
from posdevkit_emulators.faults import CableFault, Garble, GarbleSent, Split, StallAt

from .suite import Disruption, Suite, attempt, expect, opened

__all__ = ["SCALE", "ScaleDriver", "ScaleRig"]

_FIRST: Final = Decimal(1250)
_SECOND: Final = Decimal(735)
_LONG: Final = 10.0
_SHORT: Final = 3.0
_GARBLED_PLACES: Final = 9


class ScaleDriver(Protocol):
    """A driver, opened."""

    async def weigh(self, timeout: float | None = 3.0) -> Weight | NoWeight:
        """What lies on the plate."""
        ...

    async def close(self) -> None:
        """Let go of the scale."""
        ...


class ScaleRig(Protocol):
    """A scale on its cable. Faults are counted in bytes from the moment of asking."""

    async def open(self) -> ScaleDriver:
        """A driver on this scale, connected."""
        ...

    async def load(self, grams: Decimal) -> None:
        """Put so much on the plate, and let it come to rest."""
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

    async def held_up(self) -> None:
        """Return when it has stopped taking data, as a `StallAt` says."""
        ...

    def resume(self) -> None:
        """Let it take data again."""
        ...

    def calm(self) -> None:
        """Nothing more goes wrong."""
        ...


SCALE: Suite[ScaleRig] = Suite("scale")


async def _weighs(rig: ScaleRig, scale: ScaleDriver, grams: Decimal) -> None:
    await rig.load(grams)
    weight = await scale.weigh(_LONG)
    expect(isinstance(weight, Weight) and weight.grams == grams, f"{grams} g lie there, and it weighs {weight}")


@SCALE.check(Disruption.NOTHING)
async def weighs_what_lies_there(rig: ScaleRig) -> None:
    """Each weighing gives the weight of now, and nothing on the plate is zero."""
    async with opened(rig.open()) as scale:
        for grams in (_FIRST, _SECOND, Decimal(0), _FIRST):
            await _weighs(rig, scale, grams)


@SCALE.check(Disruption.SPLIT)
async def weighs_in_single_bytes(rig: ScaleRig) -> None:
    """Single bytes make no difference."""
    rig.disturb(Split(1))
    async with opened(rig.open()) as scale:
        await _weighs(rig, scale, _FIRST)


@SCALE.check(Disruption.UNPLUG)
async def unplugged(rig: ScaleRig) -> None:
    """Without a cable there is a DeviceError and no weight of before; back again, the same handle weighs."""
    async with opened(rig.open()) as scale:
        await _weighs(rig, scale, _FIRST)
        await rig.unplug()
        await rig.load(_SECOND)
        for _ in range(2):
            result = await attempt(scale.weigh(_SHORT))
            expect(isinstance(result, DeviceError), f"no cable, and weighing gave {result!r}")
        await rig.plug()
        await _weighs(rig, scale, _SECOND)


@SCALE.check(Disruption.UNPLUG)
async def unplugged_while_weighing(rig: ScaleRig) -> None:
    """Who waits for a weight is told with a DeviceError; back again, the same handle weighs."""
    async with opened(rig.open()) as scale:
        await _weighs(rig, scale, _FIRST)
        rig.disturb(StallAt(0))
        waiting = asyncio.ensure_future(attempt(scale.weigh(_LONG)))
        await rig.held_up()
        await rig.unplug()
        result = await waiting
        expect(isinstance(result, DeviceError), f"the cable was pulled out, and weighing gave {result!r}")
        rig.calm()
        await rig.plug()
        await _weighs(rig, scale, _SECOND)


@SCALE.check(Disruption.STALL)
async def takes_no_question_for_a_while(rig: ScaleRig) -> None:
    """A scale that does not answer is an error in time; answers that come late belong to no later weighing."""
    async with opened(rig.open()) as scale:
        await _weighs(rig, scale, _FIRST)
        rig.disturb(StallAt(0))
        result = await attempt(scale.weigh(_SHORT))
        expect(isinstance(result, DeadlineExceeded | Disconnected), f"it answers nothing, and weighing gave {result!r}")
        rig.resume()
        await _weighs(rig, scale, _SECOND)


@SCALE.check(Disruption.GARBLE)
async def garbled(rig: ScaleRig) -> None:
    """Wherever a byte is changed, in the question or in the answer, there is no wrong weight; the next one is right."""
    async with opened(rig.open()) as scale:
        await _weighs(rig, scale, _FIRST)
        single = [GarbleSent(place, place) for place in range(_GARBLED_PLACES)]
        faults: list[CableFault] = [Garble(0, 0), *single, GarbleSent(0, 999)]
        for fault in faults:
            await rig.load(_SECOND)
            rig.disturb(fault)
            result = await attempt(scale.weigh(_SHORT))
            rig.calm()
            right = not isinstance(result, Weight) or result.grams == _SECOND
            expect(right, f"{fault}: {_SECOND} g lie there, and it weighs {result}")
            expect(isinstance(result, Weight | NoWeight | DeviceError), f"{fault}: weighing gave {result!r}")
            await _weighs(rig, scale, _FIRST)


@SCALE.check(Disruption.GARBLE)
async def noise_on_the_line(rig: ScaleRig) -> None:
    """Answers that make no sense, as at a wrong speed, are a Disconnected that says so; clear again, it weighs."""
    async with opened(rig.open()) as scale:
        await _weighs(rig, scale, _FIRST)
        rig.disturb(GarbleSent(0, 9_999))
        result = await attempt(scale.weigh(_SHORT))
        rig.calm()
        told = isinstance(result, Disconnected) and "noise" in str(result)
        expect(told, f"what it answers is noise, and weighing gave {result!r}")
        await _weighs(rig, scale, _SECOND)


@SCALE.check(Disruption.CLAIM)
async def claimed_by_another(rig: ScaleRig) -> None:
    """The second program is told Claimed; the first goes on."""
    async with opened(rig.open()) as scale:
        refused = await attempt(rig.open())
        if not isinstance(refused, PosError):
            await refused.close()
        expect(isinstance(refused, Claimed), f"the second program got {refused!r}")
        await _weighs(rig, scale, _FIRST)
    async with opened(rig.open()) as second:
        await _weighs(rig, second, _SECOND)


@SCALE.check(Disruption.CLOSE)
async def closed_while_weighing(rig: ScaleRig) -> None:
    """Who waits for a weight is told with a PosError; a new handle weighs."""
    async with opened(rig.open()) as scale:
        rig.disturb(StallAt(0))
        waiting = asyncio.ensure_future(attempt(scale.weigh(_LONG)))
        await rig.held_up()
    result = await waiting
    expect(isinstance(result, PosError), f"the handle is closed, and weighing gave {result!r}")
    late = await attempt(scale.weigh(_SHORT))
    expect(isinstance(late, Closed), f"the handle is closed, and weighing gave {late!r}")
    rig.resume()
    async with opened(rig.open()) as second:
        await _weighs(rig, second, _SECOND)
