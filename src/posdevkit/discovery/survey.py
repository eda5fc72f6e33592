"""All sources asked side by side; one that fails or dawdles keeps the others from nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final, cast

from posdevkit.errors import DeadlineExceeded, PosError, UsageError
from posdevkit.runtime.deadline import Deadline, within

from .base import Found, Skipped, Source, Survey

__all__ = ["ENTRY_POINTS", "NETWORK", "OWN", "chosen", "discover", "search"]

ENTRY_POINTS: Final = "posdevkit.discovery"
"""Group of entry points by which other distributions add sources: the name is the cable's, the value makes a Source."""

OWN: Final = {
    "usb": "posdevkit.discovery.usb:UsbSource",
    "serial": "posdevkit.discovery.serial:SerialSource",
    "hid": "posdevkit.discovery.hid:HidSource",
    "ble": "posdevkit.discovery.ble:BleSource",
    "pcsc": "posdevkit.discovery.pcsc:PcscSource",
    "queues": "posdevkit.discovery.queues:QueueSource",
    "mdns": "posdevkit.discovery.mdns:MdnsSource",
    "epson": "posdevkit.discovery.epson:EpsonSource",
    "star": "posdevkit.discovery.star:StarSource",
}
"""The library's own sources: the name of the cable, and what makes its Source when called without arguments."""

NETWORK: Final = frozenset({"mdns", "epson", "star"})
"""Those that ask the network. What makes them takes `ask`: addresses instead of this machine's own subnets."""

_GRACE_SECONDS: Final = 0.5
"""How long after the deadline a source may still hand over what it has."""


async def discover(
    *,
    only: Collection[str] = (),
    ask: Collection[str] = (),
    timeout: float = 5.0,
    on_found: Callable[[Found], object] | None = None,
) -> Survey:
    """Search every cable, or those named in `only`, for at most about `timeout` seconds.

    `ask` are the addresses that the network's sources ask, as 192.168.7.255; without it, this machine's own subnets.
    `on_found` is called with each device as soon as its cable's search has it. Nothing is printed, and no device is
    opened that another program may use. Raises UsageError for a name in `only` that is no source's, and for a bad
    address.
    """
    targets = chosen(only, ask)
    deadline = Deadline.after(timeout)
    found: dict[str, Found] = {}

    async def one(name: str, target: str) -> Skipped | None:
        result = await search(name, target, deadline, ask)
        if isinstance(result, Skipped):
            return result
        for device in result:
            known = found.get(device.url)
            # The same printer may be found in two ways; what suggests a profile knows it better.
            if known is None or (known.profile is None and device.profile is not None):
                found[device.url] = device
            if known is None and on_found is not None:
                on_found(device)
        return None

    results = await asyncio.gather(*(one(name, target) for name, target in targets.items()))
    skipped = tuple(result for result in results if result is not None)
    return Survey(tuple(found[url] for url in sorted(found)), skipped)


def chosen(only: Collection[str], ask: Collection[str]) -> dict[str, str]:
    """The sources that are meant and what makes them. Raises UsageError."""
    from .network import places

    places(tuple(ask), 1)
    makers = dict(_makers())
    if unknown := sorted(set(only) - set(makers)):
        raise UsageError(
            f"nothing searches for {', '.join(map(repr, unknown))}", remedy=f"Known are {', '.join(sorted(makers))}."
        )
    return {name: target for name, target in makers.items() if not only or name in only}


async def search(name: str, target: str, deadline: Deadline, ask: Collection[str]) -> Sequence[Found] | Skipped:
    """What one source finds, or why it could not search."""
    try:
        module, _, attribute = target.partition(":")
        make = getattr(import_module(module), attribute)
        source = cast(Source, make(ask=tuple(ask)) if name in NETWORK else make())
        left = deadline.remaining() or 0.0
        return await within(Deadline.after(left + _GRACE_SECONDS), source.find(deadline))
    except PosError as problem:
        return Skipped(name, problem)
    except TimeoutError:
        return Skipped(name, DeadlineExceeded(f"{name}: the search did not end in time"))


def _makers() -> Iterator[tuple[str, str]]:
    for point in entry_points(group=ENTRY_POINTS):
        yield point.name, point.value
    yield from OWN.items()
