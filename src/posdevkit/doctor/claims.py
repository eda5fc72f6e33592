"""What is plugged in for a shop, and which of our cables would open it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from posdevkit.discovery.base import Kind
from posdevkit.links.url import DeviceUrl

from .machine import Interface, Machine, Node, UsbDevice
from .makers import braille_chip, makes, serial_module

__all__ = ["Claim", "claims", "is_keyboard"]

_PRINTER: Final = 0x07
_HID: Final = 0x03
_CARDS: Final = 0x0B
_ACM: Final = (2, 2)
"""A serial port of USB's own: Communications Device Class 1.2, tables 14 and 16."""
_VENDOR: Final = 0xFF
_KEYBOARD: Final = (_HID, 1, 1)
"""The boot interface of a keyboard: Device Class Definition for HID 1.11, 4.2 and 4.3."""
_MAKERS_PAGES: Final = 0xFF00
_PAGES: Final[dict[int, Kind]] = {0x8C: "scanner", 0x8D: "scale", 0x8E: "card-reader"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One way in which a device that is plugged in would be used."""

    device: UsbDevice
    interface: Interface
    kind: Kind
    cable: str
    """The extra that drives it, as in `posdevkit[usb]`; empty where the standard library is enough."""
    url: str | None
    """What a driver opens; None where nothing can be opened as it is."""
    nodes: tuple[Node, ...]
    """The files that have to let this user in."""

    @property
    def urls(self) -> frozenset[str]:
        """All that mean it: a port has several names, and discovery may give another one than `url`."""
        ports = [name for node in self.nodes if node.kind == "tty" for name in (node.path, *node.lasting)]
        return frozenset((*filter(None, [self.url]), *(str(DeviceUrl("serial", name)) for name in ports)))

    @property
    def label(self) -> str:
        """For people: what it is called, and where it is plugged in."""
        place = self.device.told.port
        return f"{self.device.name} ({place})" if place else self.device.name


def claims(machine: Machine) -> tuple[Claim, ...]:
    """Every device that a shop may want, in the order of their ports. A keyboard of no scanner's maker is none."""
    alike = Counter((device.told.id, device.told.serial) for device in machine.devices)
    return tuple(
        claim
        for device in sorted(machine.devices, key=lambda device: device.told.port)
        for claim in _of(machine, device, twins=alike[device.told.id, device.told.serial] > 1)
    )


def is_keyboard(interface: Interface) -> bool:
    """Whether what comes by it is typed."""
    return interface.code == _KEYBOARD


def _of(machine: Machine, device: UsbDevice, *, twins: bool) -> Iterator[Claim]:
    told = device.told
    pages = {page for node in device.nodes for page in node.pages}
    for interface in device.interfaces:
        own = () if device.node is None else (device.node,)
        code = interface.code[0]
        ports = [node for node in interface.nodes if node.kind == "tty"]
        if code == _PRINTER or (code == _VENDOR and interface.both_ways and makes("printer", told.id)):
            url = told.url_among(other.told for other in machine.devices)
            yield Claim(device, interface, "printer", "usb", str(url), own)
        elif ports:
            for port in ports:
                url = DeviceUrl("serial", _address(port, twins))
                yield Claim(device, interface, "unknown", "serial", str(url), (port,))
        elif serial_module(told.id) or braille_chip(told.id) or interface.code[:2] == _ACM:
            yield Claim(device, interface, "unknown", "serial", None, ())
        elif code == _CARDS:
            yield Claim(device, interface, "card-reader", "pcsc", None, ())
        elif code == _HID:
            typed = not pages & _PAGES.keys()
            # Only Linux tells hidapi where a device is plugged in.
            yield from _hid(device, interface, own, typed=typed, twins=twins, ports=machine.system == "linux")


def _hid(
    device: UsbDevice, interface: Interface, own: tuple[Node, ...], *, typed: bool, twins: bool, ports: bool
) -> Iterator[Claim]:
    told = device.told
    for node in interface.nodes:
        kind = _purpose(device, node)
        if kind is not None:
            by_port = ports and (twins or not told.serial)
            option = ("port", told.port) if by_port else ("serial", told.serial)
            address = DeviceUrl("hid", str(told.id), options=(option,) if option[1] else ())
            yield Claim(device, interface, kind, "hid", str(address), (*own, node))
    # What has an interface of its own for codes types nothing that matters.
    if is_keyboard(interface) and typed:
        keys = next((node for node in interface.nodes if node.kind == "event"), None)
        if makes("scanner", told.id):
            url = None if keys is None else str(DeviceUrl("evdev", _address(keys, twins)))
            yield Claim(device, interface, "scanner", "", url, () if keys is None else (keys,))
        elif makes("card-reader", told.id):
            yield Claim(device, interface, "card-reader", "hid", None, ())


def _purpose(device: UsbDevice, node: Node) -> Kind | None:
    """By the usage page that says it, else a page of the maker's own where the maker makes card readers."""
    own = any(page >= _MAKERS_PAGES for page in node.pages) and makes("card-reader", device.told.id)
    return next((_PAGES[page] for page in node.pages if page in _PAGES), "card-reader" if own else None)


def _address(node: Node, twins: bool) -> str:
    """A name that lasts; of two alike one by the port, since a name by the maker's numbers would mean either."""
    lasting = [name for name in node.lasting if "by-path" in name] if twins else node.lasting
    return next(iter(lasting), node.path)
