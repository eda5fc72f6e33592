"""Our serial link under a stock Linux kernel: CDC-ACM devices by USB/IP, through cdc_acm to /dev/ttyACM."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from posdevkit.aio import Scale, Scanner
from posdevkit.discovery.serial import SerialSource
from posdevkit.errors import Claimed, Disconnected
from posdevkit.events import LinkLost, LinkRestored
from posdevkit.links.serial import SerialLink
from posdevkit.links.url import parse_url
from posdevkit.protocols.scales.mt8217 import Weight
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.conftest import Emulators
from tests.stacks.vm.conftest import SOON, fresh, soon

pytestmark = pytest.mark.asyncio

NO_LINES, DTR_AND_RTS = 0, 3


async def plugged_in(bus: Emulators, number: str) -> str:
    """The path of a port with that serial number, by the name that udev gives it."""
    bus.acm(number, serial=number)
    path = f"/dev/serial/by-id/usb-Star_serial_printer_{number}-if00"
    assert await soon(Path(path).exists), f"no {path}"
    return path


async def opened(url: str) -> SerialLink:
    link = SerialLink(parse_url(url))
    await link.open(Deadline.after(SOON))
    return link


async def test_settings_lines_and_every_byte_value_reach_the_device(bus: Emulators) -> None:
    number = fresh()
    path = await plugged_in(bus, number)
    assert any(one.url == f"serial://{Path(path).resolve()}" for one in await SerialSource().find(Deadline.after(SOON)))
    link = await opened(f"serial://{path}?baud=38400&parity=even&bits=7&stop=2")
    assert await soon(lambda: bus.line(number)[1] == DTR_AND_RTS)
    assert bus.line(number)[0] == [38400, 2, 2, 7]  # PSTN 1.2, table 17: two stop bits, even parity, seven bits
    every = bytes(range(256))
    await within(Deadline.after(SOON), link.send(every * 40))
    assert await soon(lambda: bus.heard(number) == (every * 40).hex())
    assert link.taken == len(every) * 40
    bus.tell(number, every.hex())
    got = b""
    while len(got) < len(every):
        got += await within(Deadline.after(SOON), link.receive())
    assert got == every
    with pytest.raises(Claimed):
        await opened(f"serial://{path}")
    await link.close()
    assert await soon(lambda: bus.line(number)[1] == NO_LINES)


async def test_a_scale_is_asked_and_answers(bus: Emulators) -> None:
    number = fresh()
    bus.scale(number, "1234")
    path = f"/dev/serial/by-id/usb-Star_serial_printer_{number}-if00"
    assert await soon(Path(path).exists)
    async with await Scale.open(f"serial://{path}", timeout=SOON) as scale:
        assert await scale.weigh(SOON) == Weight(Decimal(1234))
    assert bus.line(number)[0] == [9600, 0, 2, 7]


async def test_a_scanner_pulled_out_and_found_again_by_its_number(bus: Emulators) -> None:
    """While it is gone another one comes, which may take its place in /dev; the name with its number leads to it."""
    number, other = fresh(), fresh()
    path = await plugged_in(bus, number)
    async with await Scanner.open(f"serial://{path}", timeout=SOON) as scanner:
        events = scanner.events()
        bus.unplug(number)
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkLost)
        await plugged_in(bus, other)
        await plugged_in(bus, number)
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkRestored)
        scans = scanner.scans()
        bus.tell(other, b"]E040170725\r".hex())
        bus.tell(number, b"]E04006381333931\r".hex())
        assert (await within(Deadline.after(SOON), anext(scans))).text == "4006381333931"


async def test_a_place_in_dev_that_another_device_has_taken_is_refused(bus: Emulators) -> None:
    """The kernel gives the number of a port that went to the next that comes: not the device that was opened."""
    number, other = fresh(), fresh()
    place = Path(await plugged_in(bus, number)).resolve()
    link = await opened(f"serial://{place}")
    await link.close()
    bus.unplug(number)
    assert await soon(lambda: not place.exists())
    assert Path(await plugged_in(bus, other)).resolve() == place
    with pytest.raises(Disconnected, match="another device is at its place"):
        await link.open(Deadline.after(SOON))
    theirs = await opened(f"serial://{place}")
    await theirs.close()
    bus.unplug(other)
    assert await soon(lambda: not place.exists())
    assert Path(await plugged_in(bus, number)).resolve() == place
    await link.open(Deadline.after(SOON))
    await link.close()


async def test_pulled_out_while_it_sends_and_while_it_listens(bus: Emulators) -> None:
    number = fresh()
    path = await plugged_in(bus, number)
    link = await opened(f"serial://{path}")
    listening = asyncio.create_task(link.receive())
    bus.unplug(number)
    try:
        assert await within(Deadline.after(SOON), listening) == b""
    except Disconnected:
        pass  # the kernel has both words for it
    with pytest.raises(Disconnected):
        await within(Deadline.after(SOON), link.send(b"x" * 100_000))
    await link.close()
    with pytest.raises(Disconnected, match="no such port"):
        await opened(f"serial://{path}")
