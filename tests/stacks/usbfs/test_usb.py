"""Our USB link and discovery over the machine's own libusb and libudev, on sysfs and usbfs that umockdev plays."""

from __future__ import annotations

import asyncio
import time

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.discovery.usb import UsbSource
from posdevkit.documents import Receipt
from posdevkit.errors import BadUrl, Disconnected
from posdevkit.events import Delivery
from posdevkit.links.url import parse_url
from posdevkit.links.usb import UsbLink
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.conftest import Emulators

pytestmark = [pytest.mark.asyncio, pytest.mark.may_leak("libusb keeps its event thread and descriptors")]

SOON = 10.0
RECEIPT = Receipt().title("Kvittering").row("Æblejuice", "28,00").cut()


async def urls(*wanted: str) -> list[str]:
    """What discovery finds, as soon as it is what is wanted: the system tells of coming and going a moment later."""
    end = time.monotonic() + SOON
    while True:
        found = sorted(str(one.url) for one in await UsbSource().find(Deadline.after(SOON)))
        if found == sorted(wanted) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.02)


async def opened(url: str) -> UsbLink:
    link = UsbLink(parse_url(url))
    await link.open(Deadline.after(SOON))
    return link


async def test_a_tree_of_hubs_with_twins_and_a_composite_device(bus: Emulators) -> None:
    """Printers are found wherever they are, told apart by port where they have no number, and nothing else is one."""
    bus.printer("numbered", serial="J5QF012345", ports=[1])
    bus.printer("left", ports=[4, 1])
    bus.printer("right", ports=[4, 2, 3])
    bus.printer("composite", serial="C1", ports=[4, 2, 4], composite=True)
    bus.scanner("one", ports=[2])
    bus.scanner("two", ports=[4, 3])
    there = [
        "usb://04b8:0202?port=1-4.1",
        "usb://04b8:0202?port=1-4.2.3",
        "usb://04b8:0202?serial=C1",
        "usb://04b8:0202?serial=J5QF012345",
    ]
    assert await urls(*there) == there
    with pytest.raises(BadUrl, match="could be any of 4"):
        await opened("usb://04b8:0202")
    with pytest.raises(Disconnected, match="no interface of it takes bulk data"):
        await opened("usb://05e0:1300?port=1-2")
    for name, url in (("right", "usb://04b8:0202?port=1-4.2.3"), ("composite", "usb://04b8:0202?serial=C1")):
        async with await ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
            job = await printer.print(RECEIPT)
            assert job.delivery is Delivery.CONFIRMED
        assert "Æblejuice" in bus.ticket(name, 1)
    assert bus.tickets("left") == bus.tickets("numbered") == []


async def test_a_vendors_own_interface_and_one_that_speaks_ipp(bus: Emulators) -> None:
    vendors = bus.printer("vendor", serial="V1", kind=[255, 0, 0])
    bus.printer("ipp", serial="I1", ports=[2], kind=[7, 1, 4])
    assert await urls() == []
    async with await ReceiptPrinter.open(vendors, profile="epson-tm-t88v") as printer:
        assert (await printer.print(RECEIPT)).delivery is Delivery.CONFIRMED
    with pytest.raises(Disconnected, match="IPP"):
        await opened("usb://04b8:0202?serial=I1")


async def test_get_device_id_and_strings(bus: Emulators) -> None:
    import usb.core

    url = bus.printer("p", serial="æ 1")
    assert await urls(url) == [url]
    device = usb.core.find(idVendor=0x04B8)
    assert (device.manufacturer, device.product, device.serial_number) == ("EPSON", "TM-T88V", "æ 1")
    answer = bytes(device.ctrl_transfer(0xA1, 0, 0, 0, 1023, 1000))
    assert answer[:2] == len(answer).to_bytes(2, "big")
    assert b"MFG:EPSON;" in answer
    with pytest.raises(usb.core.USBError) as refused:
        device.ctrl_transfer(0xC0, 0x77, 0, 0, 8, 1000)
    assert refused.value.errno == 32
    usb.util.dispose_resources(device)


async def test_what_was_taken_before_a_timeout_is_counted_and_never_sent_twice(bus: Emulators) -> None:
    """A printer out of paper takes what it has room for, in the middle of a transfer that libusb then takes back."""
    url = bus.printer("p", serial="EMU1")
    assert await urls(url) == [url]
    link = await opened(url)
    bus.hand("p", "run_out")
    line = bytes(b"%06d" % 7) + b"\n"
    job = line * 4000
    sending = asyncio.create_task(link.send(job))
    before = -1
    while link.taken != before or not before:
        before = link.taken
        await asyncio.sleep(0.4)
    assert 0 < before < len(job)
    assert before == bus.taken("p")
    bus.hand("p", "load_paper")
    await within(Deadline.after(SOON), sending)
    assert link.taken == len(job)
    end = time.monotonic() + SOON
    while bus.taken("p") < len(job) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    assert bus.taken("p") == len(job)
    await link.close()


@pytest.mark.parametrize("size", [1, 63, 64, 65, 512, 4096])
async def test_answers_of_every_length_come_whole(bus: Emulators, size: int) -> None:
    """Also those whose last packet is full, after which the host waits in vain for a short one."""
    url = bus.printer("p", serial="EMU1")
    assert await urls(url) == [url]
    link = await opened(url)
    bus.say("p", size)
    got = b""
    while len(got) < size:
        got += await within(Deadline.after(SOON), link.receive())
    assert got == bytes(index & 0xFF for index in range(size))
    await link.close()


@pytest.mark.parametrize("to_host", [False, True])
async def test_a_stall_is_cleared_and_nothing_is_lost(bus: Emulators, to_host: bool) -> None:
    url = bus.printer("p", serial="EMU1")
    assert await urls(url) == [url]
    async with await ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        bus.stall("p", to_host=to_host)
        assert (await printer.print(RECEIPT)).delivery is Delivery.CONFIRMED
    assert [text.count("Æblejuice") for text in bus.tickets("p")] == [1]


async def test_pulled_out_in_the_middle_and_found_again_behind_another_hub(bus: Emulators) -> None:
    url = bus.printer("p", serial="EMU1", ports=[1])
    assert await urls(url) == [url]
    link = await opened(url)
    bus.hand("p", "run_out")
    sending = asyncio.create_task(link.send(bytes(60_000)))
    while not link.taken:
        await asyncio.sleep(0.01)
    start = time.monotonic()
    bus.unplug_printer("p")
    with pytest.raises(Disconnected, match="broke after"):
        await within(Deadline.after(SOON), sending)
    assert time.monotonic() - start < 2
    await link.close()
    assert await urls() == []
    bus.replug_printer("p", ports=[5, 1])  # where the tree of the other test has no hub
    assert await urls(url) == [url]
    await link.open(Deadline.after(SOON))
    assert link.identity == ("serial", "EMU1")
    await link.close()
