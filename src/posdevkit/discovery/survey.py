"""All sources asked side by side; one that fails or dawdles keeps the others from nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final, cast

from posdevkit.errors import DeadlineExceeded, PosError, UsageError
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .base import Found, Skipped, Source, Survey

__all__ = ["ENTRY_POINTS", "NETWORK", "OWN", "chosen", "discover", "loaded", "search"]

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

_LIBRARIES: Final = {
    "usb": ("usb.core", "usb.backend.libusb1"),
    "serial": ("serial.tools.list_ports",),
    "hid": ("hidraw" if sys.platform == "linux" else "hid",),
    "ble": ("bleak", "bleak.backends.bluezdbus.scanner"),
    "pcsc": ("smartcard.System",),
}
"""What else a search imports, where it is installed."""
_GRACE_SECONDS: Final = 1.0
"""How much longer than the deadline the system may take to tell what it has."""


async def discover(
    *,
    only: Collection[str] = (),
    ask: Collection[str] = (),
    timeout: float = 5.0,
    on_found: Callable[[Found], object] | None = None,
) -> Survey:
    """Search every cable, or those named in `only`, for about `timeout` seconds, a second more if the system dawdles.

    They count from when the libraries are loaded: the first search does that, and a slow machine takes its time for it.

    `ask` are the addresses that the network's sources ask, as 192.168.7.255; without it, this machine's own subnets.
    `on_found` is called with each device as soon as its cable's search has it. Nothing is printed, and no device is
    opened that another program may use. Raises UsageError for a name in `only` that is no source's, and for a bad
    address.
    """
    sources = await loaded(chosen(only, ask), ask)
    deadline = Deadline.after(timeout)
    found: dict[str, Found] = {}

    async def one(name: str, source: Source | Skipped) -> Skipped | None:
        result = await search(name, source, deadline)
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

    results = await asyncio.gather(*(one(name, source) for name, source in sources.items()))
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


async def loaded(targets: Mapping[str, str], ask: Collection[str]) -> dict[str, Source | Skipped]:
    """The sources, made and with their libraries in memory, or why one cannot be made.

    On a thread: loading takes long enough to hold up everything else on the loop.
    """
    return await in_thread(
        lambda: {name: _made(name, target, tuple(ask)) for name, target in targets.items()},
        name="posdevkit-discovery-load",
    )


def _made(name: str, target: str, ask: tuple[str, ...]) -> Source | Skipped:
    for library in _LIBRARIES.get(name, ()):
        with suppress(ImportError):  # whoever needs it says so
            import_module(library)
    module, _, attribute = target.partition(":")
    try:
        make = getattr(import_module(module), attribute)
        return cast(Source, make(ask=ask) if name in NETWORK else make())
    except PosError as problem:
        return Skipped(name, problem)


async def search(name: str, source: Source | Skipped, deadline: Deadline) -> Sequence[Found] | Skipped:
    """What one source finds, or why it could not search."""
    if isinstance(source, Skipped):
        return source
    left = deadline.remaining() or 0.0
    try:
        return await within(Deadline.after(left + _GRACE_SECONDS), source.find(deadline))
    except PosError as problem:
        return Skipped(name, problem)
    except TimeoutError:
        late = DeadlineExceeded(f"{name}: the search did not end in time", remedy="Search longer: --timeout 10.")
        return Skipped(name, late)


def _makers() -> Iterator[tuple[str, str]]:
    for point in entry_points(group=ENTRY_POINTS):
        yield point.name, point.value
    yield from OWN.items()
