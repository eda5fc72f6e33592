"""Scanners that type, under a stock Linux kernel: HID boot keyboards through its HID and input layers to evdev."""

from __future__ import annotations

from pathlib import Path

import pytest

from posdevkit.aio import Scanner
from posdevkit.codes import Misread, Scan
from posdevkit.errors import Claimed
from posdevkit.events import LinkLost, LinkRestored
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.conftest import Emulators
from tests.stacks.vm.conftest import SOON, Slow, fresh, soon

pytestmark = pytest.mark.asyncio


async def plugged_in(bus: Emulators, number: str) -> str:
    """The URL of a keyboard on USB with that serial number, by the name that udev gives it."""
    bus.scanner(number, serial=number, keyboard=True, reports=False)
    path = f"/dev/input/by-id/usb-Symbol_scanner_{number}-event-kbd"
    assert await soon(Path(path).exists), f"no {path}"
    return f"evdev://{path}"


async def by_name(name: str) -> str:
    """The URL of an input device that is there by uhid, once udev has done with it."""

    def look() -> str:
        for folder in Path("/sys/class/input").glob("event*"):
            if (folder / "device/name").read_text().strip() == name and Path(f"/dev/input/{folder.name}").exists():
                return f"evdev:///dev/input/{folder.name}"
        return ""

    return await soon(look)


async def test_two_keyboards_at_once_by_the_names_that_udev_gives(bus: Emulators) -> None:
    """On USB, with the numbers of the scanners in the paths; what one types never gets into what the other types."""
    one, two = fresh(), fresh()
    urls = [await plugged_in(bus, number) for number in (one, two)]
    first = await Scanner.open(urls[0], timeout=SOON, clock=Slow())
    second = await Scanner.open(urls[1], timeout=SOON, clock=Slow())
    async with first, second:
        left, right = first.scans(), second.scans()
        with pytest.raises(Claimed):
            await Scanner.open(urls[0])
        # Together no more than the kernel keeps for a program that is not quick enough: 64 events, six for most keys.
        bus.type(one, "4017")
        bus.type(two, "Ab-4%\n")
        bus.type(one, "0725\n")
        assert (await within(Deadline.after(SOON), anext(right))).text == "Ab-4%"
        assert (await within(Deadline.after(SOON), anext(left))).text == "40170725"


async def test_keys_that_the_kernel_dropped_are_told_and_never_make_a_code(bus: Emulators) -> None:
    """While nobody reads, a burst fills the kernel's buffer: what is left of it is no code, and the next one is."""
    bus.hid("k", "keyboard")
    url = await by_name("lab k")
    async with await Scanner.open(url, timeout=SOON) as scanner:
        events = scanner.events()
        bus.type("k", "4006381333931\n" * 10)  # this program's loop, which would read, stands still meanwhile
        lost = await within(Deadline.after(SOON), anext(events))
        assert isinstance(lost, Misread)
        assert lost.reason == "the kernel lost keys"
        bus.type("k", "7\n")
        scan = await within(Deadline.after(SOON), anext(events))
        assert isinstance(scan, Scan)
        assert scan.text == "7"


async def test_pulled_out_and_plugged_in_again(bus: Emulators) -> None:
    number = fresh()
    url = await plugged_in(bus, number)
    async with await Scanner.open(url, timeout=SOON) as scanner:
        events = scanner.events()
        bus.unplug(number)
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkLost)
        await plugged_in(bus, fresh())
        await plugged_in(bus, number)
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkRestored)
        bus.type(number, "7\n")
        scan = await within(Deadline.after(SOON), anext(events))
        assert isinstance(scan, Scan)
        assert scan.text == "7"
