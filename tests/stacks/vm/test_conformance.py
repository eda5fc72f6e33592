"""The conformance suites under a stock Linux kernel: USB/IP and uhid on one side, usbfs, hidraw, evdev, ttys on ours.

What runs here is a choice (`conformance.toml`); those on Bluetooth are in `test_bluez.py`.
"""

from __future__ import annotations

import pytest

from posdevkit.runtime.clock import SYSTEM_CLOCK
from tests.stacks.conftest import Emulators
from tests.stacks.lab.cells import Cell, cells_of
from tests.stacks.vm.conftest import Slow

pytestmark = pytest.mark.may_leak("libusb keeps its event thread and descriptors")


@pytest.mark.parametrize("cell", cells_of("vm", "usb-printer", "scanner", "reader", "keys", "port"), ids=str)
def test_conforms(cell: Cell, bus: Emulators) -> None:
    # What types is silent when it has been for long; all else has no need of patience.
    cell.run(bus, Slow() if cell.kind == "keys" else SYSTEM_CLOCK)
