"""Who advertises over Bluetooth LE. Nothing is connected to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from posdevkit.errors import Disconnected
from posdevkit.runtime.deadline import Deadline

from .ble_failures import need, unusable
from .ble_services import gatt_services

if TYPE_CHECKING:
    from bleak.backends.scanner import BaseBleakScanner

__all__ = ["Advertised", "Backend", "heard_until"]

Backend: TypeAlias = "type[BaseBleakScanner]"
"""What stands in for the system's Bluetooth."""


@dataclass(frozen=True, slots=True)
class Advertised:
    """A device that told of itself."""

    address: str
    """What a URL names it by: an address, on macOS an identifier of the system's own."""
    name: str
    """What it calls itself, "" for nothing."""
    services: tuple[str, ...]
    """Names of the known services that it told of; many printers tell of none."""
    signal: int
    """In dBm, nearer to 0 is nearer."""


async def heard_until(deadline: Deadline, listen: float, backend: Backend | None = None) -> list[Advertised]:
    """All devices that told of themselves, the nearest first. It listens for `listen` seconds, not beyond the deadline.

    Loading the library and waking the radio take seconds on a slow machine, and nothing is heard meanwhile: so the
    seconds count from when it listens.

    Raises MissingExtra, and Disconnected where Bluetooth is off or not allowed.
    """
    bleak = need("searching over Bluetooth")
    known = {service.service: name for name, service in gatt_services().items()}
    scanner = bleak.BleakScanner(**({} if backend is None else {"backend": backend}))
    try:
        await scanner.start()
        try:
            await asyncio.sleep(deadline.at_most(listen).remaining() or 0.0)
        finally:
            await scanner.stop()
    except Exception as problem:  # each system's Bluetooth has errors of its own
        raise _cannot(problem) from problem
    heard = [
        Advertised(
            device.address,
            device.name or told.local_name or "",
            tuple(known[uuid] for uuid in told.service_uuids if uuid in known),
            told.rssi,
        )
        for device, told in scanner.discovered_devices_and_advertisement_data.values()
    ]
    return sorted(heard, key=lambda one: (-one.signal, one.address))


def _cannot(problem: Exception) -> Disconnected:
    what, remedy = unusable(problem)
    return Disconnected(f"searching over Bluetooth: {what}", remedy=remedy)
