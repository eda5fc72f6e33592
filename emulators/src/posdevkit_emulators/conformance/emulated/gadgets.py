"""Emulated displays and scales as rigs, on every wire they have."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from typing import Final, Generic, TypeVar

from posdevkit.devices import Display, Scale
from posdevkit_emulators.conformance.display import DisplayRig
from posdevkit_emulators.conformance.scale import ScaleRig
from posdevkit_emulators.conformance.suite import Disruption, Wire
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.faults import CableFault
from posdevkit_emulators.gadgets import GadgetBench
from posdevkit_emulators.gadgets.bench import Gadget
from posdevkit_emulators.scales import ScaleModel

from .haste import HastyClock

__all__ = ["DISPLAY_WIRES", "SCALE_WIRES", "DisplayAtHand"]

G = TypeVar("G", bound=Gadget)
_PACE: Final = 20.0
_NOISE: Final = bytes(range(0x80, 0x90))
_names = itertools.count(1)


class _Rig(Generic[G]):
    def __init__(self, bench: GadgetBench[G]) -> None:
        self.bench = bench
        self.clock = HastyClock(_PACE)
        self._stalls = 0

    async def unplug(self) -> None:
        await self.bench.unplug()
        self.clock.hurry()

    async def plug(self) -> None:
        await self.bench.plug()
        self.clock.ease()

    def disturb(self, fault: CableFault) -> None:
        self.clock.disturbed(fault)
        self._stalls = self.bench.stalls
        self.bench.disturbance.add(fault)

    async def held_up(self) -> None:
        await self.bench.until(lambda: self.bench.stalls > self._stalls)

    def resume(self) -> None:
        self.bench.resume()
        self.clock.ease()

    def calm(self) -> None:
        self.bench.disturbance.calm()
        self.clock.ease()


class DisplayAtHand(_Rig[DisplayModel]):
    """A display without a driver: a subclass gives it one in `open`."""

    async def noise(self) -> None:
        await self.bench.say(_NOISE)

    def shown(self) -> tuple[str, str]:
        upper, lower = self.bench.gadget.lines
        return upper.rstrip(), lower.rstrip()


class EmulatedDisplay(DisplayAtHand):
    """A display in one of its languages, with our driver."""

    async def open(self) -> Display:
        language = self.bench.gadget.dialect.name
        return await Display.open(self.bench.url, language=language, clock=self.clock)


class EmulatedScale(_Rig[ScaleModel]):
    """A scale, and a hand that puts something on it."""

    async def open(self) -> Scale:
        return await Scale.open(self.bench.url, clock=self.clock)

    async def load(self, grams: Decimal) -> None:
        self.bench.gadget.grams = grams


_LACKS: Final[Mapping[str, Mapping[Disruption, str]]] = {
    "tcp": {Disruption.CLAIM: "a serial device server takes every program that connects"},
    "memory": {Disruption.CLAIM: "a cable within one process has no other program on it"},
}


def _display_on(wire: str, language: str) -> Callable[[], AbstractAsyncContextManager[DisplayRig]]:
    @asynccontextmanager
    async def rig() -> AsyncIterator[DisplayRig]:
        async with _bench(wire, DisplayModel(language)) as bench:
            yield EmulatedDisplay(bench)

    return rig


def _scale_on(wire: str) -> Callable[[], AbstractAsyncContextManager[ScaleRig]]:
    @asynccontextmanager
    async def rig() -> AsyncIterator[ScaleRig]:
        async with _bench(wire, ScaleModel()) as bench:
            yield EmulatedScale(bench)

    return rig


def _bench(wire: str, gadget: G) -> GadgetBench[G]:
    if wire == "memory":
        return GadgetBench.memory(gadget, f"conformance-{next(_names)}")
    return GadgetBench(gadget, {"tcp": "tcp://127.0.0.1:0", "pty": "pty://"}[wire])


DISPLAY_WIRES: Final[tuple[Wire[DisplayRig], ...]] = tuple(
    Wire(f"{wire} ({language})", _display_on(wire, language), _LACKS.get(wire, {}))
    for wire in ("tcp", "memory", "pty")
    for language in ("cd5220", "epson-dm-d")
)
SCALE_WIRES: Final[tuple[Wire[ScaleRig], ...]] = tuple(
    Wire(wire, _scale_on(wire), _LACKS.get(wire, {})) for wire in ("tcp", "memory", "pty")
)
