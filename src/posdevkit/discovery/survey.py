"""All sources asked side by side; one that fails or dawdles keeps the others from nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final, cast

from posdevkit.errors import DeadlineExceeded, PosError, UsageError
from posdevkit.runtime.deadline import Deadline, within

from .base import Found, Skipped, Source, Survey

__all__ = ["ENTRY_POINTS", "OWN", "discover"]

ENTRY_POINTS: Final = "posdevkit.discovery"
"""Group of entry points by which other distributions add sources: the name is the cable's, the value makes a Source."""

OWN: Final = {
    "usb": "posdevkit.discovery.usb:UsbSource",
    "serial": "posdevkit.discovery.serial:SerialSource",
    "hid": "posdevkit.discovery.hid:HidSource",
    "ble": "posdevkit.discovery.ble:BleSource",
}
"""The library's own sources: the name of the cable, and what makes its Source when called without arguments."""

_GRACE_SECONDS: Final = 0.5
"""How long after the deadline a source may still hand over what it has."""


async def discover(*, only: Collection[str] = (), timeout: float = 5.0) -> Survey:
    """Search every cable, or those named in `only`, for at most about `timeout` seconds.

    Raises UsageError for a name in `only` that is no source's.
    """
    makers = dict(_makers())
    if unknown := sorted(set(only) - set(makers)):
        raise UsageError(
            f"nothing searches for {', '.join(map(repr, unknown))}", remedy=f"Known are {', '.join(sorted(makers))}."
        )
    names = [name for name in makers if not only or name in only]
    deadline = Deadline.after(timeout)
    results = await asyncio.gather(*(_ask(name, makers[name], deadline) for name in names))
    found = {one.url: one for result in results if not isinstance(result, Skipped) for one in result}
    skipped = tuple(result for result in results if isinstance(result, Skipped))
    return Survey(tuple(found[url] for url in sorted(found)), skipped)


async def _ask(name: str, target: str, deadline: Deadline) -> Sequence[Found] | Skipped:
    try:
        module, _, attribute = target.partition(":")
        source = cast(Source, getattr(import_module(module), attribute)())
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
