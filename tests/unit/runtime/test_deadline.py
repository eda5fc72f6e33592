"""Deadlines: what they say about time, and how they end what runs past them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from posdevkit.runtime import SYSTEM_CLOCK, Clock, Deadline, ManualClock, within

pytestmark = pytest.mark.asyncio

CLOCKS: dict[str, Callable[[], Clock]] = {"system": lambda: SYSTEM_CLOCK, "manual": ManualClock}


@pytest.fixture(params=CLOCKS)
def clock(request: pytest.FixtureRequest) -> Clock:
    return CLOCKS[request.param]()


async def pass_time(clock: Clock, seconds: float) -> None:
    if isinstance(clock, ManualClock):
        await clock.run(seconds)
    else:
        await clock.sleep(seconds)


async def test_what_it_says() -> None:
    clock = ManualClock(10)
    deadline = Deadline.after(5, clock)
    assert (deadline.at, deadline.remaining(), deadline.expired) == (15, 5, False)
    clock.advance(5)
    assert (deadline.remaining(), deadline.expired) == (0, True)
    clock.advance(5)
    assert deadline.remaining() == 0


async def test_never() -> None:
    assert Deadline.NEVER.remaining() is None
    assert not Deadline.NEVER.expired
    assert Deadline.after(None).at is None
    assert await within(Deadline.NEVER, asyncio.sleep(0, "done")) == "done"


async def test_at_most_takes_what_comes_first() -> None:
    clock = ManualClock(10)
    assert Deadline.after(5, clock).at_most(2).at == 12
    assert Deadline.after(5, clock).at_most(20).at == 15
    assert Deadline(None, clock).at_most(2).at == 12


async def test_a_result_in_time_is_the_result(clock: Clock) -> None:
    assert await within(Deadline.after(5, clock), asyncio.sleep(0, "done")) == "done"


async def test_an_error_in_time_is_the_error(clock: Clock) -> None:
    async def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await within(Deadline.after(5, clock), fail())


async def test_past_the_deadline_the_work_is_cancelled_and_cleans_up_first(clock: Clock) -> None:
    trail: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            trail.append("cleaned up")

    task = asyncio.create_task(within(Deadline.after(0.01, clock), work()))
    await asyncio.sleep(0)
    await pass_time(clock, 0.02)
    with pytest.raises(TimeoutError):
        await task
    assert trail == ["cleaned up"]
    assert task.cancelling() == 0


async def test_a_deadline_that_has_passed_starts_nothing(clock: Clock) -> None:
    started = False

    async def work() -> None:
        nonlocal started
        started = True

    with pytest.raises(TimeoutError):
        await within(Deadline.after(0, clock), work())
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    with pytest.raises(TimeoutError):
        await within(Deadline.after(-1, clock), future)
    await asyncio.sleep(0)
    assert not started
    assert future.cancelled()


async def test_a_cancellation_from_outside_goes_through(clock: Clock) -> None:
    task = asyncio.create_task(within(Deadline.after(60, clock), asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_cancellation_together_with_the_deadline_goes_through(clock: Clock) -> None:
    ready = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ready.set()
            await asyncio.sleep(0)

    task = asyncio.create_task(within(Deadline.after(0.01, clock), stubborn()))
    await asyncio.sleep(0)
    await pass_time(clock, 0.02)
    if not ready.is_set():
        await ready.wait()
    if task.done():  # the manual clock's run has let it finish: then there was nothing to come together
        with pytest.raises(TimeoutError):
            await task
        return
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_cancellations_in_one_turn_are_told_apart() -> None:
    """The deadline and the caller cancel in the same turn of the loop: the caller's wins."""
    clock = ManualClock()
    task = asyncio.create_task(within(Deadline.after(1, clock), asyncio.Event().wait()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clock.advance(1)
    # The watcher is woken and about to cancel; the caller's cancellation comes before the task has run again.
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_inner_and_outer_deadlines_are_told_apart(clock: Clock) -> None:
    async def inner() -> str:
        try:
            await within(Deadline.after(0.01, clock), asyncio.Event().wait())
        except TimeoutError:
            return "inner"
        return "none"

    task = asyncio.create_task(within(Deadline.after(10, clock), inner()))
    await asyncio.sleep(0)
    await pass_time(clock, 0.02)
    assert await task == "inner"
