"""The conformance suites on the machine's own libusb and libudev."""

from __future__ import annotations

import pytest

from posdevkit_emulators.conformance.emulated.haste import HastyClock
from tests.stacks.conftest import Emulators
from tests.stacks.lab.cells import Cell, cells_of

pytestmark = pytest.mark.may_leak("libusb keeps its event thread and descriptors")

PACE = 2.0


@pytest.mark.parametrize("cell", cells_of("usbfs"), ids=str)
def test_conforms(cell: Cell, bus: Emulators) -> None:
    cell.run(bus, HastyClock(PACE))
