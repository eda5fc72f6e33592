"""Devices come and go: told once each, and gone only when missed three times in a row."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import pytest

import posdevkit as pos
from posdevkit.aio import DeviceWatch
from posdevkit.discovery import DeviceCame, DeviceGone, Found, survey
from posdevkit.errors import Disconnected, UsageError
from posdevkit.events import DeviceEvent
from posdevkit.runtime import ManualClock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.subscription import Subscription

ONE = Found("usb://04b8:0202?serial=A", "receipt-printer", "EPSON TM-T88V", "epson-tm-t88v", "printer class")
TWO = Found("tcp://192.168.1.87:9100", "printer", "a printer", None, "answers")


class Played:
    """A source that finds what the test says."""

    here: Sequence[Found] | Exception = ()

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        here = type(self).here
        if isinstance(here, Exception):
            raise here
        return here


class Other(Played):
    """Another one."""


@pytest.fixture(autouse=True)
def sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = sys.modules[__name__]
    monkeypatch.setattr(survey, "_makers", lambda: [("played", "here:Played"), ("other", "here:Other")])
    monkeypatch.setattr(survey, "import_module", lambda _: module)
    Played.here = Other.here = ()
    yield
    Played.here = Other.here = ()


def told(events: Subscription[DeviceEvent]) -> list[tuple[type, str]]:
    found = []
    while events.pending:
        event = events.get_blocking(0)
        found.append((type(event), event.device))
    return found


async def taken(events: Subscription[DeviceEvent]) -> list[tuple[type, str]]:
    found = []
    while events.pending:
        event = await events.get()
        found.append((type(event), event.device))
    return found


@pytest.mark.asyncio
async def test_gone_means_missed_three_times_in_a_row() -> None:
    clock = ManualClock()
    Played.here = [ONE]
    async with DeviceWatch.open(every=2.0, clock=clock) as watch:
        events = watch.events()
        await clock.run(0.5)
        assert await taken(events) == [(DeviceCame, ONE.url)]
        Played.here = []
        await clock.run(4.0)  # missed twice
        Played.here = [ONE]
        await clock.run(2.0)  # and back
        Played.here = []
        await clock.run(4.0)
        assert (await taken(events), watch.present) == ([], (ONE,))
        await clock.run(2.0)
        assert (await taken(events), watch.present) == ([(DeviceGone, ONE.url)], ())
        Played.here = [ONE]
        await clock.run(2.0)
        assert await taken(events) == [(DeviceCame, ONE.url)]


@pytest.mark.asyncio
async def test_a_cable_that_cannot_be_searched_takes_nothing_away() -> None:
    clock = ManualClock()
    Played.here = [ONE]
    async with DeviceWatch.open(every=2.0, clock=clock) as watch:
        await clock.run(0.5)
        Played.here = Disconnected("the bus cannot be read")
        await clock.run(20.0)
        assert watch.present == (ONE,)
        assert [one.source for one in watch.skipped] == ["played"]
        Played.here = [ONE]
        await clock.run(2.0)
        assert watch.skipped == ()


@pytest.mark.asyncio
async def test_a_device_that_two_cables_find_goes_with_the_last() -> None:
    clock = ManualClock()
    Played.here, Other.here = [TWO], [TWO]
    async with DeviceWatch.open(every=2.0, clock=clock) as watch:
        events = watch.events()
        await clock.run(0.5)
        Played.here = []
        await clock.run(20.0)
        assert await taken(events) == [(DeviceCame, TWO.url)]
        Other.here = []
        await clock.run(6.0)
        assert await taken(events) == [(DeviceGone, TWO.url)]


@pytest.mark.asyncio
async def test_a_late_reader_begins_with_what_is_there() -> None:
    clock = ManualClock()
    Played.here = [ONE]
    async with DeviceWatch.open(clock=clock) as watch:
        await clock.run(1.0)
        events = watch.events()
        assert await taken(events) == [(DeviceCame, ONE.url)]
    assert events.ended


@pytest.mark.asyncio
async def test_an_unknown_cable_is_refused() -> None:
    with pytest.raises(UsageError, match="'cups'"):
        await DeviceWatch.open(only=["cups"])


def test_the_blocking_face() -> None:
    Played.here = [ONE]
    found: list[Found] = []
    assert pos.discover(on_found=found.append).found == (ONE,)
    with pos.DeviceWatch.open(every=0.01) as watch, watch.events() as events:
        came = events.get_blocking(5)
        assert isinstance(came, pos.DeviceCame)
        assert came.found == ONE
        Played.here = []
        gone = events.get_blocking(5)
        assert isinstance(gone, pos.DeviceGone)
        assert told(events) == []
    assert found == [ONE]
