"""Printers that are alike: what is found means one very device each."""

from __future__ import annotations

import pytest
import usb.core

from posdevkit.discovery.usb import UsbSource
from posdevkit.errors import MissingExtra
from posdevkit.runtime.buses import plug_in, pull_out
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.wires.usb_backend import EmulatedBackend
from posdevkit_emulators.wires.usb_descriptors import Device
from tests.unit.links.usbprint_stand_in import Printer, Windows

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


# On Windows


WITHOUT_NUMBER = r"USB\VID_0519&PID_0003\6&1A2B&0&2"


def missing(name: str) -> object:
    raise ImportError(f"No module named {name!r}")


@pytest.mark.asyncio
async def test_what_windows_own_driver_has_is_found_without_libusb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.links.usb_bus.import_module", missing)
    epson = Printer()  # whose driver's node says EPSONTM-T88V
    star = Printer(WITHOUT_NUMBER, child="")
    twice = Printer(r"USB\VID_04B8&PID_0202&MI_01\7&1B&0&0001", parent=epson.instance, friendly="EPSON TM-T88V second")
    windows = Windows(epson, star, twice)
    found = await UsbSource(windows.calls).find(Deadline.after(SOON))
    assert [(one.url, one.kind, one.what, one.profile) for one in found] == [
        (
            *("usb://04b8:0202?serial=J5QF012345", "receipt-printer"),
            *("EPSON TM-T88V, serial number J5QF012345", "epson-tm-t88v"),
        ),
        ("usb://0519:0003?port=6%261A2B%260%262", "printer", "0519:0003", None),
    ]
    assert {one.why for one in found} == {"Windows' own driver for printers has it"}
    assert not windows.handles
    with pytest.raises(MissingExtra):
        await UsbSource(Windows().calls).find(Deadline.after(SOON))


@pytest.mark.asyncio
async def test_libusb_adds_what_windows_own_driver_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """libusb lists a printer of `usbprint` as well, and can tell no number of it."""
    known = bus(Device(strings=("EPSON",)))
    other = bus(Device(idVendor=0x0A5F, strings=("Zebra", "ZD420", "Z1")))
    devices = [device for one in (known, other) for device in usb.core.find(find_all=True, backend=one)]
    monkeypatch.setattr("posdevkit.discovery.usb.all_devices", lambda: iter(devices))
    found = await UsbSource(Windows(Printer()).calls).find(Deadline.after(SOON))
    assert [one.url for one in found] == ["usb://04b8:0202?serial=J5QF012345", "usb://0a5f:0202?serial=Z1"]
