"""USB buses that live inside this process: while one is plugged in, it stands in for those of the machine.

Emulated devices come in by this door. What a bus is only the USB link knows (a `usb.backend.IBackend`), so that this
room needs no hardware library.
"""

from __future__ import annotations

import threading

__all__ = ["plug_in", "plugged_in", "pull_out"]

_lock = threading.Lock()
_buses: list[object] = []


def plug_in(bus: object) -> None:
    """Let drivers find the devices of `bus`. Plugging in twice is plugging in once."""
    with _lock:
        if not any(bus is known for known in _buses):
            _buses.append(bus)


def pull_out(bus: object) -> None:
    """Take `bus` away; without effect where it is not plugged in."""
    with _lock:
        _buses[:] = [known for known in _buses if known is not bus]


def plugged_in() -> tuple[object, ...]:
    """The buses of this process, in the order in which they came."""
    with _lock:
        return tuple(_buses)
