"""Our USB link under a stock Linux kernel: its USB core, usbfs, usblp and udev; the device comes by USB/IP."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.discovery.usb import UsbSource
from posdevkit.documents import Receipt
from posdevkit.errors import Disconnected
from posdevkit.events import Delivery
from posdevkit.links.url import parse_url
from posdevkit.links.usb import UsbLink
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.conftest import Emulators
from tests.stacks.vm.conftest import SOON, fresh, soon

pytestmark = [pytest.mark.asyncio, pytest.mark.may_leak("libusb keeps its event thread and descriptors")]

RECEIPT = Receipt().title("Kvittering").row("Æblejuice", "28,00").cut()


async def urls(*wanted: str) -> list[str]:
    """What discovery finds, as soon as it is what is wanted: the system tells of coming and going a moment later."""
    end = time.monotonic() + SOON
    while True:
        found = sorted(str(one.url) for one in await UsbSource().find(Deadline.after(SOON)))
        if found == sorted(wanted) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.05)


async def test_a_receipt_comes_out_though_the_kernels_own_driver_held_the_printer(bus: Emulators) -> None:
    url = bus.printer("p", serial="EMU1")
    assert await urls(url) == [url]
    held = Path("/sys/bus/usb/drivers/usblp")
    # It is found before its driver has looked at it.
    assert await soon(lambda: [*held.glob("[0-9]*:*")]), "usblp did not take the printer, so nothing was taken from it"
    async with await ReceiptPrinter.open(url, profile="epson-tm-t88v", timeout=SOON) as printer:
        assert (await printer.print(RECEIPT)).delivery is Delivery.CONFIRMED
    assert [text.count("Æblejuice") for text in bus.tickets("p")] == [1]


async def test_a_receipt_comes_out_of_an_interface_of_the_makers_own(bus: Emulators) -> None:
    url = bus.printer("p", serial=fresh(), kind=[255, 0, 0])
    async with await _opened(url) as printer:
        assert (await printer.print(RECEIPT)).delivery is Delivery.CONFIRMED
    assert [text.count("Æblejuice") for text in bus.tickets("p")] == [1]


async def test_a_receipt_comes_out_by_the_file_of_usblp(bus: Emulators) -> None:
    """The kernel's own driver keeps the printer; answers come back through it as well."""
    bus.printer("p", serial=fresh())
    assert await soon(Path("/dev/usb/lp0").exists)
    async with await ReceiptPrinter.open("file:///dev/usb/lp0", profile="epson-tm-t88v", timeout=SOON) as printer:
        assert (await printer.print(RECEIPT)).delivery is Delivery.CONFIRMED
    assert [text.count("Æblejuice") for text in bus.tickets("p")] == [1]


async def _opened(url: str) -> ReceiptPrinter:
    """Discovery passes over an interface of a maker's own, so it is tried until the kernel has it."""
    end = time.monotonic() + SOON
    while True:
        try:
            return await ReceiptPrinter.open(url, profile="epson-tm-t88v", timeout=SOON)
        except Disconnected:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


async def test_what_was_taken_before_a_timeout_is_counted_and_never_sent_twice(bus: Emulators) -> None:
    url = bus.printer("p", serial="EMU2")
    assert await urls(url) == [url]
    link = UsbLink(parse_url(url))
    await link.open(Deadline.after(SOON))
    bus.hand("p", "run_out")
    job = b"%06d\n" % 7 * 4000
    sending = asyncio.create_task(link.send(job))
    before, same = -1, 0
    while same < 3:  # seconds, in which neither side has moved and both say the same
        await asyncio.sleep(1)
        same = same + 1 if 0 < link.taken == before == bus.taken("p") else 0
        before = link.taken
    assert 0 < before < len(job)
    bus.hand("p", "load_paper")
    await within(Deadline.after(SOON), sending)
    end = time.monotonic() + SOON
    while bus.taken("p") < len(job) and time.monotonic() < end:
        await asyncio.sleep(0.05)
    assert bus.taken("p") == link.taken == len(job)
    await link.close()


async def test_pulled_out_in_the_middle_and_found_again(bus: Emulators) -> None:
    url = bus.printer("p", serial="EMU3")
    assert await urls(url) == [url]
    link = UsbLink(parse_url(url))
    await link.open(Deadline.after(SOON))
    bus.hand("p", "run_out")
    sending = asyncio.create_task(link.send(bytes(60_000)))
    while not link.taken:
        await asyncio.sleep(0.02)
    bus.unplug_printer("p")
    with pytest.raises(Disconnected, match="broke after"):
        await within(Deadline.after(SOON), sending)
    await link.close()
    assert await urls() == []
    bus.replug_printer("p")
    assert await urls(url) == [url]
    await link.open(Deadline.after(SOON))
    assert link.identity == ("serial", "EMU3")
    await link.close()
