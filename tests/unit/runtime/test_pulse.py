"""A pulse wakes those who wait now, tells a deadline from a change, and keeps nobody."""

from __future__ import annotations

import asyncio

import pytest

from posdevkit.runtime.clock import ManualClock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.pulse import Pulse

pytestmark = pytest.mark.asyncio


async def test_it_wakes_all_who_wait() -> None:
    pulse = Pulse()
    waiting = [asyncio.create_task(pulse.wait(Deadline.NEVER)) for _ in range(3)]
    await asyncio.sleep(0)
    pulse.notify()
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_what_came_before_wakes_nobody() -> None:
    pulse, clock = Pulse(), ManualClock()
    pulse.notify()
    waiting = asyncio.create_task(pulse.wait(Deadline.after(5, clock)))
    await clock.run(4)
    assert not waiting.done()
    await clock.run(2)
    assert await waiting is False


async def test_a_cancelled_waiter_is_forgotten() -> None:
    pulse = Pulse()
    waiting = asyncio.create_task(pulse.wait(Deadline.NEVER))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not pulse._waiters
    pulse.notify()
