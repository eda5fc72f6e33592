"""Printers on USB, by their descriptors alone: no interface is claimed, so a printer at work is not disturbed."""

from __future__ import annotations

from collections.abc import Sequence

from posdevkit.errors import Disconnected
from posdevkit.links.usb_bus import Pipes, UsbDescription, all_devices, describe, need, pipes_of
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .base import Found, Kind
from .models import suggested_profile

__all__ = ["UsbSource"]

_LABEL_MAKERS = frozenset({0x0A5F})
"""Vendors that make label printers only: Zebra."""


class UsbSource:
    """A Source for the USB buses of this machine, or for those plugged into this process."""

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The printers that are there. Raises MissingExtra, Disconnected (the bus cannot be read), TimeoutError."""
        return await within(deadline, in_thread(_find, name="posdevkit-usb-search"))


def _find() -> list[Found]:
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
    return [_told(device, pipes, [other for other, _ in found]) for device, pipes in found]


def _told(device: UsbDescription, pipes: Pipes, all_found: Sequence[UsbDescription]) -> Found:
    name = " ".join(word for word in (device.maker, device.product) if word) or str(device.id)
    profile = suggested_profile(name)
    kind: Kind = "printer"
    if profile is not None:
        kind = "receipt-printer"
    elif device.id.vendor in _LABEL_MAKERS:
        kind = "label-printer"
    return Found(
        str(device.url_among(all_found)),
        kind,
        name + (f", serial number {device.serial}" if device.serial else ""),
        profile,
        f"USB interface {pipes.interface} is of the printer class",
    )
