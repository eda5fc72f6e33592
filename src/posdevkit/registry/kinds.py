"""Which kinds of device there are in a shop's file, and what each can be told there.

A kind is data: its keys with what reads them, and what makes a handle from them. It stands in the module of its device,
under the name that the table below gives; nothing is imported before a file, or a caller, asks for that kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from posdevkit.links.url import DeviceUrl

__all__ = ["ALSO", "KINDS", "DeviceKind", "Key", "Place", "device_kind"]

KINDS: Final = {
    "printer": "posdevkit.devices.receipt_printer_keys:KIND",
    "label-printer": "posdevkit.devices.label_printer:KIND",
    "scanner": "posdevkit.devices.scanner:KIND",
    "card-reader": "posdevkit.devices.card_reader:KIND",
    "payment-terminal": "posdevkit.devices.payment_terminal:KIND",
    "display": "posdevkit.devices.display:KIND",
    "scale": "posdevkit.devices.scale:KIND",
}
"""The first half of a table's name in a shop's file, and where the DeviceKind stands."""

ALSO: Final = {"receipt-printer": "printer"}
"""Other names by which a kind is known: discovery has to tell receipt printers from others, a shop need not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is described, for what depends on it."""

    folder: Path
    """The file's."""
    name: str
    """The device's."""


Settings = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a device."""

    read: Callable[[object, Place], object]
    """The setting that a value stands for. Raises WrongValue, or the PosError that explains it best."""
    default: Callable[[Place], object] | None = None
    """What holds where the key is missing; None for nothing."""
    agrees: Callable[[Settings], object] | None = None
    """Looks at it beside the other settings, once each is right by itself. Raises PosError."""
    own: bool = False
    """Whether no two devices may have the same."""


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """What a shop's file can say of one kind of device."""

    url: str
    """An example."""
    check_url: Callable[[DeviceUrl], object]
    """Raises PosError for a URL behind which no such device can be."""
    make: Callable[..., object]
    """`make(url, name=NAME, clock=CLOCK, **settings)` gives the handle and connects to nothing."""
    keys: Mapping[str, Key] = field(default_factory=lambda: MappingProxyType({}))
    """What can be said besides the URL."""
    secrets: tuple[str, ...] = ()
    """Those keys that may stand as options in the URL, and are taken out of it, since URLs are shown."""
    fallback: bool = False
    """Whether another device of the kind can stand in; `make` then also takes `fallback=HANDLE`."""


def device_kind(name: str) -> DeviceKind:
    """The kind of that name. Raises KeyError for one that KINDS has not."""
    module, _, attribute = KINDS[name].partition(":")
    return cast(DeviceKind, getattr(import_module(module), attribute))
