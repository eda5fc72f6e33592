"""What one look at a machine saw. Values alone, so that what is wrong with it can be worked out anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from posdevkit.links.url import DeviceUrl
from posdevkit.links.usb_bus import UsbDescription

__all__ = ["Account", "Interface", "Machine", "Node", "Process", "Queue", "System", "UsbDevice", "Wanted"]

System = Literal["linux", "windows", "macos", "other"]
NodeKind = Literal["usb", "tty", "hidraw", "event", "lp"]


@dataclass(frozen=True, slots=True)
class Process:
    """A running program."""

    pid: int
    name: str
    ours: bool = False
    """Whether it is a posdevkit."""


@dataclass(frozen=True, slots=True)
class Node:
    """A file below /dev by which programs reach a device."""

    kind: NodeKind
    path: str
    group: str
    """The group it belongs to; empty where its number has no name."""
    for_group: bool
    """Whether that group may read and write it."""
    allowed: bool
    """Whether this process may, by whatever right."""
    lasting: tuple[str, ...] = ()
    """Names of it that survive the next boot: by the maker's numbers first, then by the port."""
    pages: tuple[int, ...] = ()
    """Of a hidraw node: the usage pages in its report descriptor."""
    holders: tuple[Process, ...] = ()
    """Other programs that have it open, as far as this user may know."""


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of a USB device."""

    number: int
    code: tuple[int, int, int]
    """Class, subclass and protocol."""
    driver: str
    """What drives it; empty for nothing."""
    nodes: tuple[Node, ...] = ()
    both_ways: bool = False
    """Whether it has a bulk endpoint each way."""


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """One device on USB that is no hub."""

    told: UsbDescription
    interfaces: tuple[Interface, ...]
    node: Node | None = None
    """What libusb opens, where the system has such files."""

    @property
    def name(self) -> str:
        """What it calls itself, else its numbers."""
        return " ".join(word for word in (self.told.maker, self.told.product) if word) or str(self.told.id)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Of all its interfaces."""
        return tuple(node for interface in self.interfaces for node in interface.nodes)


@dataclass(frozen=True, slots=True)
class Queue:
    """A print queue of CUPS."""

    name: str
    uri: str


@dataclass(frozen=True, slots=True)
class Account:
    """Whom this process runs as."""

    user: str
    groups: frozenset[str]
    """Those that this process has."""
    granted: frozenset[str] = frozenset()
    """Those that the system's list gives the user, which may be more: a process keeps what its session began with."""
    root: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device that a shop.toml names."""

    name: str
    url: DeviceUrl


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine at one moment."""

    system: System
    account: Account
    devices: tuple[UsbDevice, ...] = ()
    queues: tuple[Queue, ...] = ()
    running: frozenset[str] = frozenset()
    """Names of the programs that run, of those that matter here."""
    groups: frozenset[str] = frozenset()
    """Those that there are."""
    rules: str = ""
    """What stands in our own file of udev rules; empty without one."""
    brltty_rules: bool = False
    """Whether udev starts brltty for serial adapters."""
    card_service: bool = False
    """Whether PC/SC answers, or would start when asked."""
    missing: frozenset[str] = frozenset()
    """Our extras that are not installed."""
    paths: frozenset[str] = frozenset()
    """Serial ports and input devices that there are, by every name."""
    found: frozenset[str] = frozenset()
    """URLs that discovery gave, which sees emulated devices too."""
    shop: tuple[Wanted, ...] = ()
    shop_file: str = ""
    """Where `shop` was read from."""
    shop_problem: str = ""
    """The first thing that is wrong in that file."""
