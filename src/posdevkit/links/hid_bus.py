"""Finding HID devices and the one collection of each that is meant, over hidapi. Everything here blocks for moments."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Final, Protocol, cast, runtime_checkable

from posdevkit.errors import MissingExtra
from posdevkit.runtime.buses import plugged_in

from .hid_claim import claim
from .url import DeviceUrl

__all__ = ["HidBus", "HidDescription", "HidHandle", "hid_bus", "hid_devices", "hid_url", "one_of_each"]

_INTERFACE: Final = re.compile(r"(\d+-\d+(?:\.\d+)*):\d+\.\d+")
"""An interface of a USB device as Linux writes it: bus, ports, configuration and number, as in `1-2.3:1.0`."""


@dataclass(frozen=True, slots=True)
class HidDescription:
    """One collection of one HID device, as the system lists it."""

    path: bytes
    vendor: int
    product: int
    serial: str = ""
    maker: str = ""
    name: str = ""
    usage_page: int = 0
    usage: int = 0
    interface: int = -1
    port: str = ""
    """Bus and ports, as `1-2.3`: where the cable is plugged in. Empty where the system does not tell."""


class HidHandle(Protocol):
    """An open HID device. Its calls block, and raise OSError when it has gone."""

    def descriptor(self) -> bytes:
        """Its report descriptor; empty where it cannot be read."""
        ...

    def read(self, size: int, milliseconds: int) -> bytes:
        """One input report with its id in front, where ids are used; empty when none came in time."""
        ...

    def write(self, report: bytes) -> None:
        """Send an output report; the first byte is its id."""
        ...

    def send_feature(self, report: bytes) -> None:
        """Send a feature report; the first byte is its id."""
        ...

    def get_feature(self, report: int, size: int) -> bytes:
        """Read a feature report, its id in front."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@runtime_checkable
class HidBus(Protocol):
    """Where HID devices are found: the system's, or one inside this process."""

    def enumerate(self) -> Sequence[HidDescription]:
        """What is plugged in now."""
        ...

    def open_device(self, path: bytes) -> HidHandle:
        """Open what `enumerate` listed. Raises OSError, EBUSY where another has it, PermissionError where this user
        may not."""
        ...


def hid_url(one: HidDescription, among: Iterable[HidDescription] = ()) -> DeviceUrl:
    """What opens this device, and none of `among` that is alike, where anything tells them apart: the serial number,
    else, or where another bears the same, the port."""
    shared = any(
        (other.vendor, other.product, other.serial) == (one.vendor, one.product, one.serial) and other.port != one.port
        for other in among
    )
    told = ("port", one.port) if one.port and (shared or not one.serial) else ("serial", one.serial)
    return DeviceUrl("hid", f"{one.vendor:04x}:{one.product:04x}", options=(told,) if told[1] else ())


def hid_devices() -> Sequence[HidDescription]:
    """What is plugged in now. Raises MissingExtra. It blocks for a moment."""
    return hid_bus().enumerate()


def hid_bus() -> HidBus:
    """What is plugged into this process if anything is, else what the system has. Raises MissingExtra."""
    inside = plugged_in("hid")
    return _Buses([cast(HidBus, bus) for bus in inside]) if inside else _SystemBus()


def one_of_each(found: Sequence[HidDescription]) -> list[HidDescription]:
    """The first collection of each device among collections with one vendor and product.

    A device may have several interfaces, each with a path of its own and with several collections. Where the system
    does not tell the port, what is listed twice over is there twice.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    firsts: dict[tuple[object, ...], HidDescription] = {}
    for one in found:
        nth = 0
        if not one.port:
            collection = (one.serial, one.interface, one.usage_page, one.usage)
            nth = seen[collection]
            seen[collection] += 1
        firsts.setdefault((one.serial, one.port, nth), one)
    return list(firsts.values())


class _SystemBus:
    """HID devices by hidapi."""

    def __init__(self) -> None:
        self._library = _hidapi()

    def enumerate(self) -> Sequence[HidDescription]:
        return [
            HidDescription(
                path=one["path"],
                vendor=one["vendor_id"],
                product=one["product_id"],
                serial=one["serial_number"] or "",
                maker=one["manufacturer_string"] or "",
                name=one["product_string"] or "",
                usage_page=one["usage_page"],
                usage=one["usage"],
                interface=one["interface_number"],
                port=_port(one["path"]),
            )
            for one in self._library.enumerate()
        ]

    def open_device(self, path: bytes) -> HidHandle:
        device = self._library.device()
        held = claim(path)
        try:
            device.open_path(path)
        except OSError as problem:
            _let_go(held)
            # hidapi gives no reason; this is the one that a person can do something about.
            if os.access(path, os.F_OK) and not os.access(path, os.R_OK | os.W_OK):
                raise PermissionError(errno.EACCES, "not permitted") from problem
            raise
        return _SystemHandle(device, held)


def _hidapi() -> ModuleType:
    """hidapi comes twice on Linux. `hid` there goes over libusb: it tells no usage page, takes the device from the
    kernel's drivers, and knows no other cable than USB. `hidraw` is the kernel's own way."""
    for name in ("hidraw", "hid") if sys.platform.startswith("linux") else ("hid",):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise MissingExtra("hid:// needs hidapi", remedy="pip install 'posdevkit[hid]'") from None


def _port(path: bytes) -> str:
    name = os.fsdecode(path)
    if name.startswith("/dev/"):
        name = os.path.realpath(f"/sys/class/hidraw/{name.removeprefix('/dev/')}/device")
    found = _INTERFACE.findall(name)
    return cast(str, found[-1]) if found else ""


class _SystemHandle:
    def __init__(self, device: Any, held: int | None) -> None:
        self._device = device
        self._held = held

    def descriptor(self) -> bytes:
        try:
            return bytes(self._device.get_report_descriptor())
        except (OSError, ValueError, AttributeError):
            return b""

    def read(self, size: int, milliseconds: int) -> bytes:
        return bytes(self._device.read(size, milliseconds))

    def write(self, report: bytes) -> None:
        if self._device.write(report) < 0:
            raise OSError(self._device.error())

    def send_feature(self, report: bytes) -> None:
        if self._device.send_feature_report(report) < 0:
            raise OSError(self._device.error())

    def get_feature(self, report: int, size: int) -> bytes:
        return bytes(self._device.get_feature_report(report, size))

    def close(self) -> None:
        held, self._held = self._held, None
        try:
            self._device.close()
        finally:
            _let_go(held)


def _let_go(held: int | None) -> None:
    if held is not None:
        os.close(held)


class _Buses:
    """Several buses inside this process, as one."""

    def __init__(self, buses: Sequence[HidBus]) -> None:
        self._buses = buses

    def enumerate(self) -> Sequence[HidDescription]:
        return [one for bus in self._buses for one in bus.enumerate()]

    def open_device(self, path: bytes) -> HidHandle:
        for bus in self._buses:
            if any(one.path == path for one in bus.enumerate()):
                return bus.open_device(path)
        raise OSError("the device went away")
