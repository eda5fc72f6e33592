"""Printers in reach of Bluetooth LE, by what they advertise: nothing is connected to, so nobody's job is disturbed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posdevkit.links.ble_scan import Advertised, Backend, heard_until
from posdevkit.runtime.deadline import Deadline

from .base import Found, Kind
from .models import suggested_profile

__all__ = ["BleSource"]

_LISTEN_SECONDS: Final = 4.0
"""Devices at rest tell of themselves every second or so, some every ten; longer would try the patience of a person."""
_PRINTERS: Final = frozenset({"18f0"})
"""Services that mean a printer. The others carry serial data of any device."""


class BleSource:
    """A Source for what advertises near this machine."""

    def __init__(self, backend: Backend | None = None) -> None:
        """`backend` stands in for the system's Bluetooth, as bleak's own parameter of that name does."""
        self._backend = backend

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The devices that could print. Raises MissingExtra, and Disconnected where there is no Bluetooth."""
        heard = await heard_until(deadline, _LISTEN_SECONDS, self._backend)
        return [_told(one) for one in heard if one.services or suggested_profile(one.name)]


def _told(one: Advertised) -> Found:
    profile = suggested_profile(one.name)
    kind: Kind = "receipt-printer" if profile or _PRINTERS & set(one.services) else "unknown"
    why = f"advertises the service {one.services[0]}" if one.services else "by its name"
    return Found(f"ble://{one.address}", kind, one.name or one.address, profile, f"{why}, {one.signal} dBm")
