"""Our links on USB devices that nobody here wrote: the Linux kernel's own printer, HID and serial gadgets.

Both ends are the kernel's; only what a person would do at the device is ours.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from posdevkit.aio import ReceiptPrinter, Scanner
from posdevkit.codes import Scan
from posdevkit.discovery.hid import HidSource
from posdevkit.discovery.usb import UsbSource
from posdevkit.documents import Receipt
from posdevkit.errors import Disconnected
from posdevkit.events import Delivery, LinkLost, LinkRestored
from posdevkit.links.serial import SerialLink
from posdevkit.links.url import parse_url
from posdevkit.links.usb import UsbLink
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.conftest import Emulators
from tests.stacks.vm.conftest import SOON, fresh, soon

pytestmark = [pytest.mark.asyncio, pytest.mark.may_leak("libusb keeps its event thread and descriptors")]


async def plugged_in(bus: Emulators) -> tuple[str, str, str]:
    """The URLs of its printer, its scanner and its serial port, once all three are there."""
    number = fresh()
    bus.gadget(number)
    port = Path(f"/dev/serial/by-id/usb-Linux_gadget_{number}-if02")
    assert await soon(port.exists), f"no {port}"
    printer, scanner = f"usb://0525:a4a8?serial={number}", f"hid://0525:a4a8?serial={number}"
    end = time.monotonic() + SOON
    for source, url in ((UsbSource(), printer), (HidSource(), scanner)):
        while url not in [one.url for one in await source.find(Deadline.after(SOON))]:
            assert time.monotonic() < end, f"no {url}"
            await asyncio.sleep(0.05)
    return printer, scanner, f"serial://{port}"


async def test_print_scan_and_serial_at_once(bus: Emulators) -> None:
    """One device with three functions, each held by a driver of ours while the others work."""
    paper, codes, port = await plugged_in(bus)
    serial = SerialLink(parse_url(port))
    await serial.open(Deadline.after(SOON))
    async with await ReceiptPrinter.open(paper, timeout=SOON) as printer, await Scanner.open(codes) as scanner:
        scans = scanner.scans()
        job = await printer.print(Receipt().title("Kvittering").cut(), timeout=SOON)
        assert job.delivery is Delivery.SENT  # it never says a word
        assert await soon(lambda: b"Kvittering" in bytes.fromhex(bus.gadget_is("printed")))
        bus.gadget_scans("4006381333931")
        assert (await within(Deadline.after(SOON), anext(scans))).text == "4006381333931"
        await within(Deadline.after(SOON), serial.send(b"W\r"))
        assert await soon(lambda: bus.gadget_is("heard")) == b"W\r".hex()
        bus.gadget_is("say", b"\x0201.234\r".hex())
        assert await within(Deadline.after(SOON), serial.receive()) == b"\x0201.234\r"
        assert bytes.fromhex(bus.gadget_is("printed")).count(b"Kvittering") == 1
    await serial.close()


async def test_bytes_both_ways_then_pulled_out_and_plugged_in_again(bus: Emulators) -> None:
    paper, codes, _ = await plugged_in(bus)
    link = UsbLink(parse_url(paper))
    await link.open(Deadline.after(SOON))
    # Not whole packets: this device hands bytes on when a packet was short or 8192 of them are there.
    every = bytes(range(256)) * 100 + b"."
    await within(Deadline.after(SOON), link.send(every))
    assert link.taken == len(every)
    assert await soon(lambda: bus.gadget_is("printed") == every.hex())
    bus.gadget_is("answer", "16")
    assert await within(Deadline.after(SOON), link.receive()) == b"\x16"
    async with await Scanner.open(codes, timeout=SOON) as scanner:
        events = scanner.events()
        bus.gadget_is("unplug")
        with pytest.raises(Disconnected, match=f"after {len(every)} bytes"):
            await within(Deadline.after(SOON), link.receive())
        await link.close()
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkLost)
        bus.gadget_is("plug")
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkRestored)
        bus.gadget_scans("4006381333931")
        scan = await within(Deadline.after(SOON), anext(events))
        assert isinstance(scan, Scan)
        assert scan.text == "4006381333931"
    await link.open(Deadline.after(SOON))
    await within(Deadline.after(SOON), link.send(b"again"))
    assert await soon(lambda: bus.gadget_is("printed") == (every + b"again").hex())
    await link.close()
