"""Printers that are alike: what is found means one very device each."""

from __future__ import annotations

import pytest

from posdevkit.discovery.usb import UsbSource
from posdevkit.runtime.buses import plug_in, pull_out
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.wires.usb_backend import EmulatedBackend
from posdevkit_emulators.wires.usb_descriptors import Device

SOON = 10.0


def bus(device: Device) -> EmulatedBackend:
    backend = EmulatedBackend(device, lambda data: None, lambda kind, number: None)
    backend.plug_in()
    return backend


@pytest.mark.asyncio
async def test_printers_that_bear_one_number_are_told_apart_by_port() -> None:
    """As clones of one batch do."""
    strings = (("EPSON", "TM-T88V", "A1"), ("EPSON", "TM-T88V", "A1"), ("EPSON", "TM-T88V", "B2"))
    buses = [bus(Device(strings=text, port_numbers=(port,))) for port, text in enumerate(strings, 1)]
    try:
        for one in buses:
            plug_in(one)
        found = [one.url for one in await UsbSource().find(Deadline.after(SOON))]
    finally:
        for one in buses:
            pull_out(one)
    assert found == ["usb://04b8:0202?port=1-1", "usb://04b8:0202?port=1-2", "usb://04b8:0202?serial=B2"]
