"""The clock that a test moves: order, steps, other threads."""

from __future__ import annotations

import asyncio
import threading

import pytest

from posdevkit.runtime import SYSTEM_CLOCK, Clock, ManualClock

pytestmark = pytest.mark.asyncio


async def test_both_clocks_are_clocks() -> None:
    assert isinstance(SYSTEM_CLOCK, Clock)
    assert isinstance(ManualClock(), Clock)


async def test_the_system_clock_sleeps_at_least_as_long_as_asked() -> None:
    before = SYSTEM_CLOCK.monotonic()
    await SYSTEM_CLOCK.sleep(0.02)
    assert SYSTEM_CLOCK.monotonic() - before >= 0.019


async def test_nobody_wakes_before_the_time_and_all_wake_in_its_order() -> None:
    clock = ManualClock(start=100.0)
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    tasks = [asyncio.create_task(sleeper(name, seconds)) for name, seconds in (("c", 3), ("a", 1), ("b", 2), ("z", 9))]
    await asyncio.sleep(0)
    clock.advance(0.99)
    await asyncio.sleep(0)
    assert woken == []
    await clock.run(3)
    assert woken == [("a", 101.0), ("b", 102.0), ("c", 103.0)]
    assert clock.monotonic() == pytest.approx(103.99)
    assert clock.sleepers == 1
    clock.advance(10)
    await asyncio.gather(*tasks)


async def test_run_gives_a_sleeper_that_sleeps_again_its_own_times() -> None:
    clock = ManualClock()
    seen: list[float] = []

    async def ticker() -> None:
        while True:
            await clock.sleep(1)
            seen.append(clock.monotonic())

    task = asyncio.create_task(ticker())
    await clock.run(3.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert seen == [1.0, 2.0, 3.0]


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock = ManualClock()
    task = asyncio.create_task(clock.sleep(5))
    await asyncio.sleep(0)
    assert clock.sleepers == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert clock.sleepers == 0
    await clock.run(10)


async def test_another_thread_may_move_it() -> None:
    clock = ManualClock()
    task = asyncio.create_task(clock.sleep(5))
    await asyncio.sleep(0)
    mover = threading.Thread(target=clock.advance, args=(5,))
    mover.start()
    await asyncio.wait_for(task, 5)
    mover.join()


async def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        ManualClock().advance(-1)
    clock = ManualClock(7)
    await clock.sleep(0)
    await clock.sleep(-1)
    assert clock.monotonic() == 7
