"""Buses that live inside this process: while one is plugged in, it stands in for those of the machine.

Emulated devices come in by this door. What a bus is only the link of its cable knows (for USB a
`usb.backend.IBackend`, for HID a `links.hid.HidBus`, for Bluetooth a `links.ble.Air`, which stands in for its own
device alone), so that this room needs no hardware library.
"""

from __future__ import annotations

import threading

__all__ = ["plug_in", "plugged_in", "pull_out"]

_lock = threading.Lock()
_buses: list[tuple[str, object]] = []


def plug_in(bus: object, cable: str = "usb") -> None:
    """Let drivers find the devices of `bus`, by `cable` "usb", "hid" or "ble". Twice is once."""
    with _lock:
        if not any(bus is known for _, known in _buses):
            _buses.append((cable, bus))


def pull_out(bus: object) -> None:
    """Take `bus` away; without effect where it is not plugged in."""
    with _lock:
        _buses[:] = [entry for entry in _buses if entry[1] is not bus]


def plugged_in(cable: str = "usb") -> tuple[object, ...]:
    """The buses of this process for one cable, in the order in which they came."""
    with _lock:
        return tuple(bus for kind, bus in _buses if kind == cable)
