"""What a conformance suite is: checks and wires as values; every cell of check x wire is run, or excused by name.

A check is an async function over a rig. A rig is a device on its cable with somebody at hand who pulls the cable, holds
up the device, or reads what came out: an emulator, or a person beside the real thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Generic, Protocol, TypeVar

from posdevkit.errors import PosError

__all__ = ["Check", "Disruption", "NotConforming", "Suite", "Wire", "attempt", "expect", "opened", "until"]

R = TypeVar("R")
T = TypeVar("T")

_LIMIT_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.005


class Disruption(Enum):
    """What goes wrong. The value is its name in tables."""

    NOTHING = "nothing"
    UNPLUG = "unplugged"
    STALL = "takes no data"
    SPLIT = "single bytes"
    GARBLE = "garbled bytes"
    CLAIM = "two programs"
    CLOSE = "closed meanwhile"


class NotConforming(AssertionError):
    """A driver did what the suite forbids, or did not do what it asks."""


@dataclass(frozen=True, slots=True)
class Check(Generic[R]):
    """One thing that must hold of every driver of a kind of device."""

    name: str
    disruption: Disruption
    right: str
    """What has to happen, in a sentence."""
    run: Callable[[R], Awaitable[None]]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Wire(Generic[R]):
    """One way to a device: how to set up a rig on it, and what it cannot do."""

    name: str
    rig: Callable[[], AbstractAsyncContextManager[R]]
    lacks: Mapping[Disruption, str] = field(default_factory=dict)
    """What cannot go wrong on this wire, or cannot be noticed on it, with the reason. Its checks are not run."""


@dataclass(frozen=True)
class Suite(Generic[R]):
    """All that must hold of the drivers of one kind of device."""

    device: str
    checks: list[Check[R]] = field(default_factory=list)

    def check(self, disruption: Disruption) -> Callable[[Callable[[R], Awaitable[None]]], Check[R]]:
        """Make a function over a rig one of the checks; its docstring's first paragraph says what is right."""

        def noted(run: Callable[[R], Awaitable[None]]) -> Check[R]:
            right = " ".join((run.__doc__ or "").split("\n\n")[0].split())
            made = Check(run.__name__, disruption, right, run)
            self.checks.append(made)
            return made

        return noted

    def cells(self, *wires: Wire[R]) -> Iterator[tuple[Wire[R], Check[R], str]]:
        """Every wire with every check, and why it is not run there; empty where it is."""
        for wire in wires:
            for check in self.checks:
                yield wire, check, wire.lacks.get(check.disruption, "")

    def run(self, check: Check[R], wire: Wire[R]) -> None:
        """Set up a rig and run one check on a loop of its own. Raises NotConforming, or whatever a driver let out."""
        asyncio.run(self.carry_out(check, wire))

    async def carry_out(self, check: Check[R], wire: Wire[R]) -> None:
        """The same on the running loop."""
        try:
            async with asyncio.timeout(_LIMIT_SECONDS), wire.rig() as rig:
                await check.run(rig)
        except TimeoutError as problem:
            raise NotConforming(f"{check} on {wire.name} hangs: not through in {_LIMIT_SECONDS:g} s") from problem

    def tests(self, *wires: Wire[R]) -> Callable[..., None]:
        """A test function for pytest, once per wire and check: `test_mine = SUITE.tests(WIRE)`."""
        import pytest

        cells = [(wire, check) for wire, check, excuse in self.cells(*wires) if not excuse]

        @pytest.mark.parametrize(("wire", "check"), cells, ids=[f"{wire.name}-{check}" for wire, check in cells])
        def test(wire: Wire[R], check: Check[R]) -> None:
            self.run(check, wire)

        return test


def expect(holds: object, what: str) -> None:
    """Raise NotConforming with `what` unless it holds."""
    if not holds:
        raise NotConforming(what)


async def attempt(work: Awaitable[T]) -> T | PosError:
    """What came of it, or the PosError that it raised: every other exception is a driver's fault and goes through."""
    try:
        return await work
    except PosError as problem:
        return problem


async def until(ready: Callable[[], bool], what: str, timeout: float = 10.0) -> None:
    """Return when `ready()`; raise NotConforming with `what` after `timeout` seconds."""
    end = asyncio.get_running_loop().time() + timeout
    while not ready():
        expect(asyncio.get_running_loop().time() < end, what)
        await asyncio.sleep(_LOOK_SECONDS)


class _Closable(Protocol):
    async def close(self) -> None: ...


D = TypeVar("D", bound=_Closable)


@asynccontextmanager
async def opened(opening: Awaitable[D]) -> AsyncIterator[D]:
    """The driver, closed afterwards."""
    driver = await opening
    try:
        yield driver
    finally:
        await driver.close()
