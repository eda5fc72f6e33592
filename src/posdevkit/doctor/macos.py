"""A look at a Mac, by what `ioreg` tells of USB. Unproven: no Mac has run it yet.

macOS asks for no rights and no drivers: libusb may open what no driver of the system has claimed. What has is told.
"""

from __future__ import annotations

import plistlib
from collections.abc import Callable, Iterator
from typing import Any, Final

from posdevkit.links.usb_bus import UsbDescription, UsbId

from .machine import Interface, Machine, Queue, UsbDevice
from .nodes import account_of_process
from .systems import Output, missing_extras, output_of, queues_in_time

__all__ = ["MacOs"]

_ASK: Final = ("ioreg", "-r", "-c", "IOUSBHostDevice", "-l", "-a")
_CHILDREN: Final = "IORegistryEntryChildren"
_HUB: Final = 9


class MacOs:
    """A Looker. `output` runs programs."""

    def __init__(
        self, output: Output = output_of, queues: Callable[[], list[tuple[str, str]]] = queues_in_time
    ) -> None:
        self._output = output
        self._queues = queues

    def look(self) -> Machine:
        try:
            told = plistlib.loads(self._output(_ASK))
        except (plistlib.InvalidFileException, ValueError, OverflowError):
            told = []
        return Machine(
            "macos",
            account_of_process(),
            devices=tuple(_devices(told if isinstance(told, list) else [])),
            queues=tuple(Queue(name, uri) for name, uri in self._queues()),
            missing=missing_extras(),
        )


def _devices(entries: list[Any]) -> Iterator[UsbDevice]:  # a property list holds anything
    for entry in entries:
        children = entry.get(_CHILDREN, [])
        if "idVendor" in entry and entry.get("bDeviceClass") != _HUB:
            told = UsbDescription(
                UsbId(int(entry["idVendor"]), int(entry["idProduct"])),
                str(entry.get("USB Vendor Name", "")).strip(),
                str(entry.get("USB Product Name", "")).strip(),
                str(entry.get("USB Serial Number", "")).strip(),
                f"{int(entry['locationID']):08x}" if "locationID" in entry else "",
            )
            yield UsbDevice(told, tuple(_interface(child) for child in children if "bInterfaceNumber" in child))
        # Devices hang below the hubs that they are plugged into.
        yield from _devices([child for child in children if "bInterfaceNumber" not in child])


def _interface(entry: dict[str, Any]) -> Interface:
    code = (
        int(entry.get("bInterfaceClass", 0)),
        int(entry.get("bInterfaceSubClass", 0)),
        int(entry.get("bInterfaceProtocol", 0)),
    )
    drivers = [str(child.get("IOObjectClass", "")) for child in entry.get(_CHILDREN, [])]
    return Interface(int(entry["bInterfaceNumber"]), code, next(filter(None, drivers), ""))
