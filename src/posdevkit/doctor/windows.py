"""A look at a Windows machine, by what its management service tells of USB. Unproven: no Windows has run it yet.

Whether a driver of ours can open a device hangs on which driver Windows gave it: through `usbprint` it prints, `WinUSB`
lends it to libusb, others keep it. Facts of Win32_PnPEntity: PNPDeviceID, Name, Service (the driver) and CompatibleID
(the USB classes).
"""

from __future__ import annotations

import json
import re
from typing import Final

from posdevkit.links.usb_bus import UsbDescription
from posdevkit.links.usbprint import UsbPlace

from .machine import Interface, Machine, UsbDevice
from .nodes import account_of_process
from .systems import Output, missing_extras, output_of

__all__ = ["Windows"]

_ASK: Final = (
    "powershell",
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    (
        "Get-CimInstance Win32_PnPEntity -Filter \"PNPDeviceID LIKE 'USB\\\\%'\""
        " | Select-Object PNPDeviceID,Name,Manufacturer,Service,CompatibleID | ConvertTo-Json -Compress"
    ),
)
_CLASS: Final = re.compile(
    r"USB\\Class_([0-9A-F]{2})(?:&SubClass_([0-9A-F]{2}))?(?:&Prot_([0-9A-F]{2}))?", re.IGNORECASE
)
_COMPOSITE: Final = "usbccgp"
"""Drives what has several interfaces; those are listed by themselves."""


class Windows:
    """A Looker. `output` runs programs."""

    def __init__(self, output: Output = output_of) -> None:
        self._output = output

    def look(self) -> Machine:
        try:
            told = json.loads(self._output(_ASK) or b"[]")
        except ValueError:
            told = []
        entries = told if isinstance(told, list) else [told]
        devices = tuple(device for entry in entries if (device := _device(entry)) is not None)
        return Machine("windows", account_of_process(), devices=devices, missing=missing_extras())


def _device(entry: object) -> UsbDevice | None:
    if not isinstance(entry, dict):
        return None
    place = UsbPlace.read(str(entry.get("PNPDeviceID", "")))
    driver = str(entry.get("Service") or "")
    if place is None or driver.casefold() == _COMPOSITE:
        return None
    told = UsbDescription(
        place.id,
        str(entry.get("Manufacturer") or "").strip("()"),
        str(entry.get("Name") or ""),
        place.serial,
        "",
    )
    return UsbDevice(told, (Interface(place.interface or 0, _code(entry.get("CompatibleID")), driver),))


def _code(compatible: object) -> tuple[int, int, int]:
    found = [_CLASS.fullmatch(str(one)) for one in compatible] if isinstance(compatible, list) else []
    told = max((one for one in found if one), key=lambda one: len(one[0]), default=None)
    if told is None:
        return (0, 0, 0)
    first, second, third = (int(part or "0", 16) for part in told.groups())
    return (first, second, third)
