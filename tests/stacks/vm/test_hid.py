"""Our HID link under a stock Linux kernel, through hidraw; devices come by uhid, and by USB/IP where USB matters."""

from __future__ import annotations

import asyncio
import time

import pytest

from posdevkit.aio import CardReader, Scanner
from posdevkit.devices.card import Card
from posdevkit.discovery.hid import HidSource
from posdevkit.errors import Disconnected
from posdevkit.events import LinkLost, LinkRestored
from posdevkit.links.hid import HidLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.conftest import Emulators
from tests.stacks.vm.conftest import SOON, fresh

pytestmark = pytest.mark.asyncio

LONG = "0104006381333931" * 10
"""Longer than one report holds."""


async def urls(*wanted: str, count: int | None = None) -> list[str]:
    """What discovery finds, as soon as it is what is wanted, or so many: the system tells of coming and going a moment
    later."""
    end = time.monotonic() + SOON
    while True:
        found = sorted(str(one.url) for one in await HidSource().find(Deadline.after(SOON)))
        if (found == sorted(wanted) if count is None else len(found) == count) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.05)


async def opened(url: str) -> HidLink:
    link = HidLink(parse_url(url))
    await link.open(Deadline.after(SOON))
    return link


async def test_scans_of_two_alike_scanners_are_never_mixed(bus: Emulators) -> None:
    one, two = fresh(), fresh()
    bus.hid("one", "scanner", serial=one)
    bus.hid("two", "scanner", serial=two)
    there = [f"hid://05e0:1300?serial={number}" for number in (one, two)]
    assert await urls(*there) == sorted(there)
    with pytest.raises(Disconnected, match="2 devices are alike") as problem:
        await opened("hid://05e0:1300")
    assert all(url in (problem.value.remedy() or "") for url in there)
    async with await Scanner.open(there[0], timeout=SOON) as first, await Scanner.open(there[1]) as second:
        left, right = first.scans(), second.scans()
        bus.opened("one")
        bus.opened("two")
        bus.scan("two", LONG)
        bus.scan("one", "4006381333931")
        scan = await within(Deadline.after(SOON), anext(left))
        assert (scan.text, scan.symbology) == ("4006381333931", "EAN-13")
        assert (await within(Deadline.after(SOON), anext(right))).reveal() == LONG.encode()


async def test_pulled_out_between_the_reports_of_one_code(bus: Emulators) -> None:
    number = fresh()
    bus.hid("s", "scanner", serial=number)
    (url,) = await urls(f"hid://05e0:1300?serial={number}")
    link = await opened(url)
    bus.opened("s")
    bus.scan("s", LONG, only=1)
    assert (await within(Deadline.after(SOON), link.receive()))[-1] == 1, "more follows"
    bus.unplug("s")
    with pytest.raises(Disconnected, match="went away"):
        await within(Deadline.after(SOON), link.receive())
    await link.close()


async def test_pulled_out_and_found_again_beside_one_that_is_alike(bus: Emulators) -> None:
    number = fresh()
    bus.hid("s", "scanner", serial=number)
    (url,) = await urls(f"hid://05e0:1300?serial={number}")
    async with await Scanner.open(url, timeout=SOON) as scanner:
        events = scanner.events()
        bus.opened("s")
        bus.unplug("s")
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkLost)
        assert await urls() == []
        bus.hid("other", "scanner", serial=fresh())
        bus.hid("s", "scanner", serial=number)
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkRestored)
        bus.opened("s")
        scans = scanner.scans()
        bus.scan("s", "4006381333931")
        assert (await within(Deadline.after(SOON), anext(scans))).text == "4006381333931"


async def test_scanners_with_a_keyboard_and_no_number_are_told_by_port(bus: Emulators) -> None:
    """Two interfaces of one device, each with a node of its own, are not two devices; two such devices are."""
    assert await urls() == []
    bus.scanner("one", keyboard=True)
    (first,) = await urls(count=1)
    assert first.startswith("hid://05e0:1300?port=")
    async with await Scanner.open("hid://05e0:1300", timeout=SOON) as scanner:
        scans = scanner.scans()
        bus.scan("one", "4006381333931", endpoint=0x82)
        assert (await within(Deadline.after(SOON), anext(scans))).text == "4006381333931"
    bus.scanner("two", keyboard=True)
    (second,) = set(await urls(count=2)) - {first}
    with pytest.raises(Disconnected, match="2 devices are alike"):
        await opened("hid://05e0:1300")
    async with await Scanner.open(second, timeout=SOON) as scanner:
        scans = scanner.scans()
        bus.scan("one", "40170725", endpoint=0x82)
        bus.scan("two", "4006381333931", endpoint=0x82)
        assert (await within(Deadline.after(SOON), anext(scans))).text == "4006381333931"


@pytest.mark.parametrize("kind", ["reader", "magtek"])
async def test_a_swipe(bus: Emulators, kind: str) -> None:
    bus.hid("r", kind)
    while True:
        try:
            reader = await CardReader.open("hid://0801:0002", timeout=SOON)
            break
        except Disconnected:
            await asyncio.sleep(0.05)
    async with reader:
        bus.opened("r")
        bus.swipe("r", "%B4111111111111111^DOE/JOHN^27121010?", ";4111111111111111=27121010?", magtek=kind == "magtek")
        card = await reader.read(timeout=SOON)
        assert isinstance(card, Card)
        assert card.number.reveal() == "4111111111111111"
        bus.unplug("r")
        with pytest.raises(Disconnected):
            await reader.read(timeout=SOON)
