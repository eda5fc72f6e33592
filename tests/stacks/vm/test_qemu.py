"""Our links on USB devices that QEMU plays: an FTDI adapter under ftdi_sio, a keyboard; both on an emulated xHCI.

`tools/ci/stacks.py` gives the machine those devices, and two ports to the outside: the far end of the adapter, and
QEMU's monitor (QMP), by which keys are pressed and plugs are pulled.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from posdevkit.aio import Scanner
from posdevkit.codes import Scan
from posdevkit.discovery.serial import SerialSource
from posdevkit.events import LinkLost, LinkRestored
from posdevkit.links.serial import SerialLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.vm.conftest import SOON, Slow, soon
from tests.stacks.vm.qemu import Monitor, Port

assert sys.platform == "linux"  # a rung of Linux; the type checker, as another system, stops here

pytestmark = pytest.mark.asyncio

ADAPTER = Path("/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_FT123-if00-port0")


@pytest.fixture(scope="module")
def far(qemu_drivers: None) -> Iterator[Port]:
    """What hangs on the adapter."""
    port = Port("far")
    yield port
    port.close()


async def test_keys_of_a_keyboard_on_usb(monitor: Monitor) -> None:
    paths = await soon(lambda: [*Path("/dev/input/by-id").glob("usb-QEMU_QEMU_USB_Keyboard*-event-kbd")])
    async with await Scanner.open(f"evdev://{paths[0]}", timeout=SOON, clock=Slow()) as scanner:
        scans = scanner.scans()
        monitor.type("4006381\n")  # eight keys, pressed and released: no more than this keyboard keeps for a slow host
        assert (await within(Deadline.after(SOON), anext(scans))).text == "4006381"


async def test_an_ftdi_adapter_both_ways(far: Port) -> None:
    assert await soon(ADAPTER.exists)
    (found,) = [
        one for one in await SerialSource().find(Deadline.after(SOON)) if one.url.endswith(ADAPTER.resolve().name)
    ]
    assert "QEMU USB SERIAL" in found.what
    link = SerialLink(parse_url(f"serial://{ADAPTER}?baud=9600&bits=7&parity=even"))
    await link.open(Deadline.after(SOON))
    every = bytes(range(256)) * 8
    await within(Deadline.after(SOON), link.send(every))
    assert far.read(len(every)) == every
    far.write(every)
    got = b""
    while len(got) < len(every):
        got += await within(Deadline.after(SOON), link.receive())
    assert got == every
    await link.close()


async def test_the_adapter_pulled_out_of_its_socket_and_plugged_in_again(far: Port, monitor: Monitor) -> None:
    assert await soon(ADAPTER.exists)
    async with await Scanner.open(f"serial://{ADAPTER}", timeout=SOON) as scanner:
        events = scanner.events()
        monitor.ask("device_del", id="adapter")
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkLost)
        again = {"driver": "usb-serial", "chardev": "far", "id": "adapter", "serial": "FT123", "always-plugged": True}
        await soon(lambda: monitor.agrees("device_add", again))
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkRestored)
        far.write(b"]E04006381333931\r")
        scan = await within(Deadline.after(SOON), anext(events))
        assert isinstance(scan, Scan)
        assert scan.text == "4006381333931"
