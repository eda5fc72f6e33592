"""Printers on USB, by their descriptors alone: no interface is claimed, so a printer at work is not disturbed.

On Windows those that its own driver for printers has, by what it lists, and then what libusb finds besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from posdevkit.errors import Disconnected, MissingExtra
from posdevkit.links.url import DeviceUrl
from posdevkit.links.usb_bus import Pipes, UsbDescription, all_devices, describe, need, pipes_of
from posdevkit.links.usbprint import UsbPrint, system_usbprint
from posdevkit.runtime.buses import plugged_in
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.threads import in_thread

from .base import Found, Kind
from .models import maker_apart, suggested_profile

__all__ = ["UsbSource"]

_LABEL_MAKERS = frozenset({0x0A5F})
"""Vendors that make label printers only: Zebra."""


class UsbSource:
    """A Source for the USB buses of this machine, or for those plugged into this process."""

    def __init__(self, calls: UsbPrint | None = None) -> None:
        """`calls`: what lists the printers of Windows' driver, in place of this machine's."""
        self._calls = calls or system_usbprint()

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The printers that are there. Raises MissingExtra, Disconnected (the bus cannot be read)."""
        return await in_thread(self._find, name="posdevkit-usb-search")

    def _find(self) -> list[Found]:
        printers = [] if self._calls is None or plugged_in() else _listed_by_windows(self._calls)
        theirs = {printer.id for printer in printers}
        each: dict[DeviceUrl, UsbDescription] = {}
        for printer in printers:
            each.setdefault(printer.url, printer)  # of several interfaces of one printer the first is its main one
        found = [_named(printer, url, "Windows' own driver for printers has it") for url, printer in each.items()]
        try:
            besides = [(device, pipes) for device, pipes in _by_libusb() if device.id not in theirs]
        except (MissingExtra, Disconnected):
            if not found:
                raise
            return found  # what Windows' own driver has needs no libusb
        alike = [device for device, _ in besides]
        return found + [
            _named(device, device.url_among(alike), f"USB interface {pipes.interface} is of the printer class")
            for device, pipes in besides
        ]


def _by_libusb() -> list[tuple[UsbDescription, Pipes]]:
    found: list[tuple[UsbDescription, Pipes]] = []
    problems = (need("usb.core").USBError, NotImplementedError)
    try:
        for device in all_devices():
            try:
                pipes = pipes_of(device)
                # A vendor's own interface may be anything; only the printer class says so by itself.
                if pipes is not None and pipes.printer_class:
                    found.append((describe(device), pipes))
            except problems:
                continue  # unplugged while it was looked at
            finally:
                need("usb.util").dispose_resources(device)
    except problems as problem:
        raise Disconnected(f"the USB bus cannot be read: {problem}") from problem
    return found


def _listed_by_windows(calls: UsbPrint) -> list[UsbDescription]:
    try:
        listed = [printer.about for printer in calls.printers()]
    except OSError:
        return []  # the listing failed: libusb may know
    return [replace(one, product=maker_apart(one.product)) for one in listed]


def _named(device: UsbDescription, url: DeviceUrl, why: str) -> Found:
    name = " ".join(word for word in (device.maker, device.product) if word) or str(device.id)
    profile = suggested_profile(name)
    kind: Kind = "printer"
    if profile is not None:
        kind = "receipt-printer"
    elif device.id.vendor in _LABEL_MAKERS:
        kind = "label-printer"
    return Found(
        str(url),
        kind,
        name + (f", serial number {device.serial}" if device.serial else ""),
        profile,
        why,
    )
