"""A look at a Linux machine: sysfs tells what is plugged in and what drives it, /dev who may use it, /proc who does.

Everything is read below `root`, so that a recorded machine can be looked at as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from posdevkit.links.usb_bus import UsbDescription, UsbId
from posdevkit.protocols.report_descriptor import input_fields

from .machine import Account, Interface, Machine, Node, NodeKind, Queue, UsbDevice
from .nodes import NodeRights, account_of_process, rights_of
from .processes import Running, running
from .systems import missing_extras, queues_in_time
from .udev import DEFAULT_PATH

__all__ = ["Linux"]

_DEVICES: Final = "sys/bus/usb/devices"
_UDEV: Final = ("etc/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d")
_CARD_SERVICE: Final = "run/pcscd/pcscd.comm"
_HUB: Final = 9
# Where sysfs lists the nodes of an interface: a pattern below its folder, and the folder of /dev.
_NODES: Final[tuple[tuple[NodeKind, str, str], ...]] = (
    ("tty", "ttyUSB*", "dev"),
    ("tty", "tty/tty*", "dev"),
    ("lp", "usbmisc/lp*", "dev/usb"),
    ("hidraw", "*/hidraw/hidraw*", "dev"),
    ("event", "*/input/input*/event*", "dev/input"),
)
_LASTING: Final = {"tty": ("dev/serial/by-id", "dev/serial/by-path"), "event": ("dev/input/by-id", "dev/input/by-path")}

Links = dict[str, dict[str, tuple[str, ...]]]
"""Kind of a node -> its name -> its lasting names."""


class Linux:
    """A Looker. `account` and `rights` stand in for this process and its rights where the machine is a recorded one."""

    def __init__(
        self,
        root: Path = Path("/"),
        *,
        account: Account | None = None,
        rights: NodeRights = rights_of,
        queues: Callable[[], list[tuple[str, str]]] = queues_in_time,
        missing: frozenset[str] | None = None,
    ) -> None:
        self._root = root
        self._account = account
        self._rights = rights
        self._queues = queues
        self._missing = missing

    def look(self) -> Machine:
        seen = running(self._root / "proc")
        return Machine(
            "linux",
            self._account or account_of_process(),
            devices=tuple(self._devices(seen)),
            queues=tuple(Queue(name, uri) for name, uri in self._queues()),
            running=seen.names,
            groups=self._groups(),
            rules=_text(self._root / DEFAULT_PATH.lstrip("/")),
            brltty_rules=any("brltty" in name for folder in _UDEV for name in _names(self._root / folder)),
            card_service=(self._root / _CARD_SERVICE).exists(),
            missing=missing_extras() if self._missing is None else self._missing,
            paths=frozenset(self._paths()),
        )

    def _devices(self, seen: Running) -> Iterator[UsbDevice]:
        folder = self._root / _DEVICES
        names = sorted(_names(folder))
        links = {kind: self._links(places) for kind, places in _LASTING.items()}
        for name in names:
            place = folder / name
            if ":" in name or name.startswith("usb") or _hex(place / "bDeviceClass") == _HUB:
                continue
            try:
                told = UsbDescription(
                    UsbId(_hex(place / "idVendor"), _hex(place / "idProduct")),
                    _text(place / "manufacturer"),
                    _text(place / "product"),
                    _text(place / "serial"),
                    name,
                )
                bus = f"{int(_text(place / 'busnum')):03}/{int(_text(place / 'devnum')):03}"
            except ValueError:
                continue  # unplugged while it was looked at
            interfaces = tuple(
                self._interface(folder / one, links, seen) for one in names if one.startswith(f"{name}:")
            )
            yield UsbDevice(told, interfaces, self._node("usb", f"/dev/bus/usb/{bus}", seen))

    def _interface(self, place: Path, links: Links, seen: Running) -> Interface:
        code = (_hex(place / "bInterfaceClass"), _hex(place / "bInterfaceSubClass"), _hex(place / "bInterfaceProtocol"))
        bulk = {_text(endpoint / "direction") for endpoint in place.glob("ep_*") if _text(endpoint / "type") == "Bulk"}
        return Interface(
            _hex(place / "bInterfaceNumber"),
            code,
            _target(place / "driver"),
            tuple(self._nodes(place, links, seen)),
            both_ways=bulk == {"in", "out"},
        )

    def _nodes(self, place: Path, links: Links, seen: Running) -> Iterator[Node]:
        for kind, pattern, folder in _NODES:
            for entry in sorted(place.glob(pattern)):
                node = self._node(kind, f"/{folder}/{entry.name}", seen)
                if node is None:
                    continue
                report = _bytes(entry.parent.parent / "report_descriptor") if kind == "hidraw" else b""
                pages = {page for _, field in input_fields(report) for page, _ in field.usages}
                yield replace(node, lasting=links.get(kind, {}).get(entry.name, ()), pages=tuple(sorted(pages)))

    def _node(self, kind: NodeKind, path: str, seen: Running) -> Node | None:
        rights = self._rights(self._root / path.lstrip("/"))
        if rights is None:
            return None
        group, for_group, allowed = rights
        return Node(kind, path, group, for_group, allowed, holders=seen.holders.get(path, ()))

    def _links(self, folders: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Name of a node -> its lasting names."""
        found: dict[str, tuple[str, ...]] = {}
        for folder in folders:
            for name in sorted(_names(self._root / folder)):
                node = _target(self._root / folder / name)
                found[node] = (*found.get(node, ()), f"/{folder}/{name}")
        return found

    def _groups(self) -> frozenset[str]:
        return frozenset(line.partition(":")[0] for line in _text(self._root / "etc/group").splitlines())

    def _paths(self) -> Iterator[str]:
        for folder in ("dev", "dev/pts", "dev/input", *_LASTING["tty"], *_LASTING["event"]):
            for name in _names(self._root / folder):
                yield f"/{folder}/{name}"


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _text(path: Path) -> str:
    return _bytes(path).decode("utf-8", "replace").strip()


def _hex(path: Path) -> int:
    try:
        return int(_text(path), 16)
    except ValueError:
        return 0


def _target(link: Path) -> str:
    try:
        return link.readlink().name
    except OSError:
        return ""
