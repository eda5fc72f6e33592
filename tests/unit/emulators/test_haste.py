"""The conformance rigs' clock: ordinary while all is well, fast while something is wrong."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from posdevkit.devices import ReceiptPrinter
from posdevkit_emulators.conformance.emulated import haste
from posdevkit_emulators.conformance.emulated.haste import HastyClock
from posdevkit_emulators.conformance.emulated.printers import RECEIPT_PRINTER_WIRES
from posdevkit_emulators.conformance.suite import opened
from posdevkit_emulators.faults import Garble, Slow, Split, StallAt


def test_a_second_is_short_only_while_something_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    system = SimpleNamespace(now=100.0)
    monkeypatch.setattr(haste, "time", SimpleNamespace(monotonic=lambda: system.now))
    clock = HastyClock(20.0)
    told = []
    for change in (clock.hurry, clock.ease, lambda: None):
        system.now += 1.0
        told.append(clock.monotonic())
        change()
        assert clock.monotonic() == told[-1], "a change of pace is no jump"
    system.now += 1.0
    assert [*told, clock.monotonic()] == [101.0, 121.0, 122.0, 123.0]


@pytest.mark.parametrize(
    ("fault", "passed"), [(Split(1), 1.0), (Slow(100), 1.0), (StallAt(3), 20.0), (Garble(0, 3), 20.0)], ids=str
)
def test_a_cable_that_only_takes_its_time_hurries_nobody(
    fault: Split | Slow | StallAt | Garble, passed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = SimpleNamespace(now=100.0)
    monkeypatch.setattr(haste, "time", SimpleNamespace(monotonic=lambda: system.now))
    clock = HastyClock(20.0)
    clock.disturbed(fault)
    system.now += 1.0
    assert clock.monotonic() == 100.0 + passed


@pytest.mark.asyncio
async def test_who_sleeps_already_is_hurried_too() -> None:
    clock = HastyClock(100_000.0)
    sleeping = asyncio.ensure_future(clock.sleep(1000.0))
    await asyncio.sleep(0.01)
    assert not sleeping.done()
    clock.hurry()
    await asyncio.wait_for(sleeping, 10.0)


@pytest.mark.asyncio
async def test_who_sleeps_already_is_eased_too() -> None:
    clock = HastyClock(100.0)
    clock.hurry()
    sleeping = asyncio.ensure_future(clock.sleep(1000.0))
    await asyncio.sleep(0)
    clock.ease()
    await asyncio.sleep(0.01)
    clock.hurry()
    await asyncio.sleep(0.01)
    assert not sleeping.done(), "ten seconds of haste leave most of a thousand"
    sleeping.cancel()


@pytest.mark.asyncio
async def test_a_printer_that_answers_slowly_is_no_dead_one() -> None:
    """As on a busy machine: the answer to the greeting comes later than 1.5 s / 20, its time at a hasty pace."""
    (wire,) = [wire for wire in RECEIPT_PRINTER_WIRES if wire.name == "memory"]
    async with wire.rig() as rig:
        rig.disturb(Slow(100))
        async with opened(rig.open()) as printer:
            assert isinstance(printer, ReceiptPrinter)
            assert printer.last_status.cover_open is False, printer.last_status
