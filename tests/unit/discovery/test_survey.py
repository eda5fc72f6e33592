"""Sources side by side: one that cannot search is told about and keeps the others from nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence

import pytest

from posdevkit.discovery import Found, Source, discover, survey
from posdevkit.discovery.hid import HidSource
from posdevkit.discovery.models import suggested_profile
from posdevkit.discovery.queues import QueueSource
from posdevkit.discovery.serial import SerialSource
from posdevkit.errors import MissingExtra, UsageError
from posdevkit.links.hid_bus import HidDescription
from posdevkit.runtime.buses import plug_in, pull_out
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.running import EmulatorSource

pytestmark = pytest.mark.asyncio

ONE = Found("usb://04b8:0202?serial=A", "receipt-printer", "EPSON TM-T88V", "epson-tm-t88v", "printer class")


class Finds:
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        return [ONE, ONE]


class Lacks:
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        raise MissingExtra("it needs a library", remedy="Install it.")


class Dawdles:
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        await asyncio.Event().wait()
        raise AssertionError


class Heavy(Finds):
    def __init__(self) -> None:
        time.sleep(0.3)


class InTime(Finds):
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        assert not deadline.expired
        return [ONE]


class Slow(Finds):
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        while not deadline.expired:
            await asyncio.sleep(0.01)
        return [ONE]


class NoHidDevices:
    def enumerate(self) -> Sequence[HidDescription]:
        return ()


HERE: dict[str, type[Finds | Lacks | Dawdles]] = {"finds": Finds, "lacks": Lacks, "dawdles": Dawdles}


@pytest.fixture
def here() -> dict[str, type[Finds | Lacks | Dawdles]]:
    return dict(HERE)


@pytest.fixture(autouse=True)
def sources(monkeypatch: pytest.MonkeyPatch, here: dict[str, type[Finds | Lacks | Dawdles]]) -> None:
    monkeypatch.setattr(survey, "_makers", lambda: [(name, f"{__name__}:{one.__name__}") for name, one in here.items()])
    monkeypatch.setattr(survey, "import_module", lambda _: type("Here", (), {c.__name__: c for c in here.values()}))
    monkeypatch.setattr(survey, "_GRACE_SECONDS", 0.5)


async def test_what_is_found_and_what_was_not_searched() -> None:
    found = await discover(timeout=0.5)
    assert found.found == (ONE,)
    assert {skipped.source: skipped.problem.slug for skipped in found.skipped} == {
        "lacks": "missing-extra",
        "dawdles": "timeout",
    }


@pytest.mark.parametrize("here", [{"heavy": Heavy, "in time": InTime}])
async def test_what_has_to_be_loaded_takes_no_time_from_the_search() -> None:
    """On a slow or busy machine loading takes longer than the search may: once, nothing at all was searched there."""
    found = await discover(timeout=0.05)
    assert (found.found, found.skipped) == ((ONE,), ())


@pytest.mark.parametrize("here", [{"heavy": Heavy}])
async def test_loading_holds_nothing_else_up() -> None:
    searching = asyncio.create_task(discover(timeout=0.05))
    began = time.monotonic()
    await asyncio.sleep(0.01)
    assert time.monotonic() - began < 0.25
    await searching


@pytest.fixture
def hid_bus() -> Iterator[None]:
    """Where no library for that of the machine is installed."""
    bus = NoHidDevices()
    plug_in(bus, "hid")
    yield
    pull_out(bus)


@pytest.mark.usefixtures("hid_bus")
@pytest.mark.parametrize("source", [SerialSource, HidSource, QueueSource, EmulatorSource])
async def test_what_the_system_has_is_told_also_when_a_busy_machine_comes_late_to_it(source: type[Source]) -> None:
    await source().find(Deadline.after(0.0))


@pytest.mark.parametrize("here", [{"slow": Slow}])
async def test_what_the_system_tells_a_moment_too_late_is_heard() -> None:
    assert (await discover(timeout=0.05)).found == (ONE,)


async def test_a_search_that_does_not_end_says_how_to_search_longer() -> None:
    (skipped,) = (await discover(only=["dawdles"], timeout=0.05)).skipped
    assert skipped.told() == "dawdles: the search did not end in time. Search longer: --timeout 10."
    assert skipped.facts()["message"].endswith("dawdles: the search did not end in time")


async def test_only_one_source() -> None:
    assert (await discover(only=["finds"])).skipped == ()
    with pytest.raises(UsageError, match=r"'find' *\. Known are dawdles, finds, lacks"):
        await discover(only=["find"])


async def test_a_model_in_the_name_suggests_its_profile() -> None:
    assert suggested_profile("EPSON tm-t88v (emulated)") == "epson-tm-t88v"
    assert suggested_profile("ACME 9000") is None
