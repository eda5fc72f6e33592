"""Linux key events, `struct input_event` of `linux/input.h`: seconds, microseconds, type, code, value."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

__all__ = [
    "DROPPED",
    "KEY",
    "PRESS",
    "RELEASE",
    "REPEAT",
    "REPORT",
    "SIZE",
    "SYNC",
    "KeyEvent",
    "pack_event",
    "unpack_events",
]

_EVENT: Final = struct.Struct("@llHHi")
SIZE: Final = _EVENT.size
"""Bytes of one event: 24 where a long has 64 bits."""

SYNC: Final = 0
REPORT: Final = 0
"""Code of a SYNC that ends what happened at one moment; all of it, the SYNC too, has the same time."""
DROPPED: Final = 3
"""Code of a SYNC by which the kernel tells that events were lost."""
KEY: Final = 1
RELEASE, PRESS, REPEAT = 0, 1, 2


class KeyEvent(NamedTuple):
    """One event."""

    at: float
    """Seconds on the kernel's monotonic clock, which nobody sets: for differences only."""
    type: int
    code: int
    value: int


def pack_event(event: KeyEvent) -> bytes:
    """As the kernel writes it. Raises struct.error for numbers out of range."""
    seconds = int(event.at)
    return _EVENT.pack(seconds, int((event.at - seconds) * 1_000_000), event.type, event.code, event.value)


def unpack_events(data: bytes) -> tuple[list[KeyEvent], bytes]:
    """The whole events in `data`, and the bytes of one that is not complete."""
    whole = len(data) // SIZE * SIZE
    events = [
        KeyEvent(seconds + micros / 1_000_000, kind, code, value)
        for seconds, micros, kind, code, value in _EVENT.iter_unpack(data[:whole])
    ]
    return events, data[whole:]
