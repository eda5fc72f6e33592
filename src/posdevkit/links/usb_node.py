"""Whose a node below /dev is on Linux: the USB device behind `/dev/ttyUSB0`, or behind `/dev/input/by-id/...`.

The kernel gives the place of a device that was pulled out to the next that comes. udev makes and removes lasting names
a moment after a device has come or gone; in that moment one may lead to another device.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posdevkit.errors import Disconnected

from .url import DeviceUrl

__all__ = ["NodeKeeper", "UsbNode", "leads_astray", "usb_node"]

_REPLACED: Final = re.compile(r"[^0-9A-Za-z#+\-.:=@_]")
_BY_ID: Final = "/by-id/"
_BY_PATH: Final = re.compile(r"/by-path/.*-usb(?:v\d+)?-\d+:(?P<place>[\d.]+:\d+\.\d+)(?:-|$)")
"""systemd, src/udev/udev-builtin-path_id.c: `usb-0:` and what follows the bus in the name of the interface."""
_SYSTEM: Final = Path("/sys")


@dataclass(frozen=True, slots=True)
class UsbNode:
    """One node of one interface of a USB device, as sysfs tells it."""

    model: str
    """Vendor and product, as 0403:6001."""
    number: str
    """The serial number; empty for none."""
    interface: str
    """As `1-2.3:1.0`: bus, ports, configuration, and the number of the interface."""

    @property
    def identity(self) -> tuple[str, str]:
        """What is the same wherever it is plugged in, and how it tells this device from others.

        Devices alike without a serial number have the same one: only where they are plugged in tells them apart.
        """
        part = self.interface.partition(":")[2]
        return ("serial", f"{self.model} {self.number} {part}") if self.number else ("model", f"{self.model} {part}")


def usb_node(major: int, minor: int, system: Path = _SYSTEM) -> UsbNode | None:
    """The USB device of a node by the node's numbers; None where it is none, or has gone."""
    place = (system / "dev" / "char" / f"{major}:{minor}" / "device").resolve()
    chain = (place, *place.parents)
    # The nearest USB device above the node is its own; those above that are hubs, which have numbers too.
    usb = next((folder for folder in chain if (folder / "idVendor").exists()), None)
    if usb is None:
        return None
    interface = next((folder.name for folder in chain if folder.name.startswith(f"{usb.name}:")), "")
    return UsbNode(f"{_text(usb / 'idVendor')}:{_text(usb / 'idProduct')}", _text(usb / "serial"), interface)


def leads_astray(path: str, node: UsbNode) -> bool:
    """Whether `path` is a lasting name, and of another device than this. False where the name does not tell."""
    if (found := _BY_PATH.search(path)) is not None:
        return found["place"] != node.interface.partition("-")[2]
    number = _as_named(node.number)
    return _BY_ID in path and bool(number) and f"_{number}-" not in path


class NodeKeeper:
    """Keeps a link to the device whose node it first opened. Elsewhere than on Linux nothing is known."""

    def __init__(self, url: DeviceUrl, system: Path = _SYSTEM) -> None:
        self.identity: tuple[str, str] | None = None
        """Whose the node has to be; None while nobody knows."""
        self._url = url
        self._system = system

    def check(self, target: str | int) -> None:
        """Raise Disconnected where the node, by its path or open, is another device's; note whose it is.

        Nothing is said of what cannot be looked at: whoever opens it says why.
        """
        if sys.platform == "linux":
            try:
                told = os.stat(target)  # noqa: PTH116  # the path is text and stays it
            except OSError:
                return
            if not stat.S_ISCHR(told.st_mode):
                return
            node = usb_node(os.major(told.st_rdev), os.minor(told.st_rdev), self._system)
            theirs = node is None or node.identity != self.identity
            if (node is not None and leads_astray(self._url.address, node)) or (self.identity is not None and theirs):
                raise Disconnected(
                    f"{self._url}: another device is at its place just now",
                    remedy="Plug the device in, or wait a moment: its name will lead to it again. Else look which port "
                    "it has now: posdevkit discover.",
                )
            if isinstance(target, int) and node is not None:
                self.identity = node.identity


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError):
        return ""


def _as_named(number: str) -> str:
    """A serial number as udev writes it into names; empty for one that it leaves out.

    Source: systemd, src/udev/udev-builtin-usb_id.c and udev_replace_whitespace, udev_replace_chars.
    """
    if any(not " " <= char <= "\x7f" or char == "," for char in number):
        return ""
    return _REPLACED.sub("_", "_".join(number.split()))
