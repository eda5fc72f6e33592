"""What every test in the virtual machine shares: the kernel's modules, and the emulators' process."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from tests.stacks.conftest import Emulators

if TYPE_CHECKING:
    from tests.stacks.vm.qemu import Monitor

T = TypeVar("T")

SOON = 60.0
"""Seconds within which anything happens on an emulated processor."""
GADGETS = ("dummy_hcd", "libcomposite", "usb_f_printer", "usb_f_hid", "usb_f_acm")
QEMU_DRIVERS = ("xhci_pci", "virtio_console", "ftdi_sio", "usbhid", "hid-generic", "evdev")
MODULES = ("vhci-hcd", "usblp", "uhid", "usbhid", "hid-generic", "evdev", "cdc-acm", *GADGETS)


@pytest.fixture(scope="session", autouse=True)
def modules() -> None:
    subprocess.run(["modprobe", "-a", *MODULES], check=True)


@pytest.fixture
def bus(emulators_of_rung: Emulators) -> Iterator[Emulators]:
    """What can be plugged in. Afterwards nothing of it is left: a printer that the kernel still knows has its place."""
    yield emulators_of_rung
    emulators_of_rung.close()
    end = time.monotonic() + SOON
    while left := plugged_in():
        assert time.monotonic() < end, f"the kernel still has {left}"
        time.sleep(0.02)


def plugged_in() -> list[str]:
    """What is on the controllers that we play, by the kernel's names."""
    buses = Path("/sys/devices/platform").glob("*_hcd.*/usb*/")
    on_usb = [path.name for bus in buses for path in bus.glob("[0-9]*-[0-9]*") if ":" not in path.name]
    return on_usb + [path.name for path in Path("/sys/devices/virtual/misc/uhid").glob("*:*")]


def settled() -> None:
    """Return when udev has worked off all that came and went: only then nodes have their groups, and names lead right.

    The kernel makes a node before udev has heard of it.
    """
    subprocess.run(["udevadm", "settle"], check=True)


@pytest.fixture(scope="session")
def qemu_drivers() -> None:
    """For the devices that QEMU plays."""
    subprocess.run(["modprobe", "-a", *QEMU_DRIVERS], check=True)


@pytest.fixture(scope="session")
def monitor(qemu_drivers: None) -> Iterator[Monitor]:
    """QEMU's, by which keys are pressed and plugs are pulled."""
    from tests.stacks.vm.qemu import Monitor, Port

    port = Port("monitor")
    yield Monitor(port)
    port.close()


_serials = itertools.count(1)


def fresh() -> str:
    """A serial number that no device has had: the system forgets one that left a moment after it has left."""
    return f"N{next(_serials)}"


class Slow:
    """The clock of a program for which the machine is too slow: silence is silence when it has lasted ten times as
    long, for the keys of one code come late here."""

    def monotonic(self) -> float:
        return time.monotonic() / 10

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * 10)


async def soon(look: Callable[[], T]) -> T:
    """What `look` gives, once that is anything; at the end whatever it gives."""
    end = time.monotonic() + SOON
    while not (found := look()) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return found
