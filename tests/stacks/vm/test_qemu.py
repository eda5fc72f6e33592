"""Our links on USB devices that QEMU plays: an FTDI adapter under ftdi_sio, a keyboard; both on an emulated xHCI.

`tools/ci/stacks.py` gives the machine those devices, and two ports to the outside: the far end of the adapter, and
QEMU's monitor (QMP), by which keys are pressed and plugs are pulled.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
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

assert sys.platform == "linux"  # a rung of Linux; the type checker, as another system, stops here

pytestmark = pytest.mark.asyncio

ADAPTER = Path("/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_FT123-if00-port0")
DRIVERS = ("xhci_pci", "virtio_console", "ftdi_sio", "usbhid", "hid-generic", "evdev")


class Port:
    """A port of the machine to the outside."""

    def __init__(self, name: str) -> None:
        path, end = Path("/dev/virtio-ports", name), time.monotonic() + SOON
        while not path.exists():
            assert time.monotonic() < end, f"no {path}"
            time.sleep(0.05)
        self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._rest = b""

    def write(self, data: bytes) -> None:
        assert os.write(self._file, data) == len(data)

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        end = time.monotonic() + SOON
        while len(self._rest) < size:
            assert select.select([self._file], [], [], max(0.0, end - time.monotonic()))[0], f"only {self._rest!r}"
            self._rest += os.read(self._file, 4096)
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def close(self) -> None:
        os.close(self._file)


class Monitor:
    """QEMU's monitor."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self.ask("qmp_capabilities")

    def ask(self, what: str, **arguments: object) -> None:
        """Return when QEMU has agreed. What it says unasked is passed over."""
        self._port.write(json.dumps({"execute": what, "arguments": arguments}).encode() + b"\n")
        while True:
            line = b""
            while not line.endswith(b"\n"):
                line += self._port.read(1)
            said = json.loads(line)
            assert "error" not in said, said
            if "return" in said:
                return

    def type(self, text: str) -> None:
        for key in text:
            name = {"\n": "ret"}.get(key, key)
            self.ask("send-key", keys=[{"type": "qcode", "data": name}], **{"hold-time": 5})


@pytest.fixture(scope="module")
def drivers() -> None:
    subprocess.run(["modprobe", "-a", *DRIVERS], check=True)


@pytest.fixture(scope="module")
def monitor(drivers: None) -> Iterator[Monitor]:
    port = Port("monitor")
    yield Monitor(port)
    port.close()


@pytest.fixture(scope="module")
def far(drivers: None) -> Iterator[Port]:
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
        await _as_soon_as_it_is_gone(monitor, again)
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkRestored)
        far.write(b"]E04006381333931\r")
        scan = await within(Deadline.after(SOON), anext(events))
        assert isinstance(scan, Scan)
        assert scan.text == "4006381333931"


async def _as_soon_as_it_is_gone(monitor: Monitor, device: dict[str, object]) -> None:
    """QEMU agrees to pull a plug before it is out; until then the name is taken."""

    def plugged_in() -> bool:
        try:
            monitor.ask("device_add", **device)
        except AssertionError:
            return False
        return True

    assert await soon(plugged_in)
