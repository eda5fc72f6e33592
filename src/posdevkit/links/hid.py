"""`hid://05e0:1300`, `hid://0c2e:0b61?serial=S123`: a HID device by its numbers, over hidapi. Reports keep boundaries.

hidapi blocks, so one thread owns each open device. `runtime.buses` may hold devices that live inside this process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Protocol, cast, runtime_checkable

from posdevkit.errors import BadUrl, Closed, Disconnected, MissingExtra
from posdevkit.runtime.buses import plugged_in
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.polling import Poller

from .url import DeviceUrl

__all__ = ["HidBus", "HidDescription", "HidHandle", "HidLink", "hid_devices"]

_ADDRESS: Final = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")
_POLL_MILLISECONDS: Final = 500
"""hidapi cannot be woken: this bounds how long closing and writing take, at two wakeups a second."""
_REPORT: Final = 1_024


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
        """Open what `enumerate` listed. Raises OSError."""
        ...


class HidLink:
    """A ReportLink to the HID device with these numbers; `serial` chooses one of several alike."""

    def __init__(self, url: DeviceUrl, bus: HidBus | None = None) -> None:
        """Raises BadUrl. `bus` is where to look, by default what is plugged into this process, else the system."""
        url.only("serial", "usage_page")
        found = _ADDRESS.fullmatch(url.address)
        if found is None:
            raise BadUrl(
                f"{str(url)!r}: {url.address!r} is no pair of vendor and product",
                remedy="Write it as hid://05e0:1300; 'posdevkit discover' shows the numbers.",
            )
        self._url = url
        self._vendor, self._product = (int(part, 16) for part in found.groups())
        self._serial = url.option("serial")
        self._page = _page(url)
        self._bus = bus
        self._poller: Poller[HidHandle] | None = None
        self._last: Poller[HidHandle] | None = None
        self._descriptor = b""

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def descriptor(self) -> bytes:
        return self._descriptor

    async def open(self, deadline: Deadline) -> None:
        if self._poller is not None:
            raise RuntimeError(f"{self._url} is open")
        poller: Poller[HidHandle] = Poller(
            f"posdevkit-hid-{self._url.address}",
            self._open_handle,
            lambda handle: handle.read(_REPORT, _POLL_MILLISECONDS),
            lambda handle: handle.close(),
        )
        self._last = poller
        try:
            await poller.start(deadline)
        except TimeoutError:
            raise Disconnected(f"{self._url}: it could not be opened in time") from None
        except OSError as problem:
            raise Disconnected(
                f"{self._url}: {problem}",
                remedy="Let this user read and write it, and close other programs; 'posdevkit doctor' tells how.",
            ) from problem
        self._poller = poller

    async def receive(self) -> bytes:
        if self._last is None:
            raise Closed(str(self._url))
        try:
            return await self._last.take()
        except (OSError, ValueError) as problem:
            raise Disconnected(f"{self._url}: the device went away ({problem})") from problem

    async def send(self, report: bytes) -> None:
        await self._do(lambda handle: handle.write(report))

    async def send_feature(self, report: bytes) -> None:
        await self._do(lambda handle: handle.send_feature(report))

    async def get_feature(self, report: int, size: int) -> bytes:
        found: list[bytes] = []
        await self._do(lambda handle: found.append(handle.get_feature(report, size)))
        return found[0]

    async def close(self) -> None:
        self.abort()
        if self._last is not None:
            await self._last.ended()

    def abort(self) -> None:
        poller, self._poller = self._poller, None
        if poller is not None:
            poller.stop()

    async def _do(self, call: Any) -> None:
        if self._poller is None:
            raise Closed(str(self._url))
        try:
            await self._poller.do(call)
        except (OSError, ValueError) as problem:
            raise Disconnected(f"{self._url}: the device went away ({problem})") from problem

    def _open_handle(self) -> HidHandle:
        bus = self._bus or _bus()
        found = [one for one in bus.enumerate() if self._matches(one)]
        if not found:
            raise Disconnected(
                f"{self._url}: no such device", remedy="Plug it in; 'posdevkit discover' shows what is there."
            )
        if len({one.serial or one.path for one in found}) > 1:
            raise Disconnected(
                f"{self._url}: {len(found)} devices are alike", remedy="Add ?serial=... to the URL of the one you mean."
            )
        # A device with several collections: the one for its purpose, not its keyboard.
        chosen = next((one for one in found if one.usage_page == self._page), found[0])
        handle = bus.open_device(chosen.path)
        try:
            self._descriptor = handle.descriptor()
        except BaseException:
            handle.close()
            raise
        return handle

    def _matches(self, one: HidDescription) -> bool:
        same = one.vendor == self._vendor and one.product == self._product
        return same and (self._serial is None or one.serial == self._serial)


class _SystemBus:
    """HID devices by hidapi."""

    def __init__(self) -> None:
        try:
            self._library = import_module("hid")
        except ImportError:
            raise MissingExtra("hid:// needs hidapi", remedy="pip install 'posdevkit[hid]'") from None

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
            )
            for one in self._library.enumerate()
        ]

    def open_device(self, path: bytes) -> HidHandle:
        device = self._library.device()
        device.open_path(path)
        return _SystemHandle(device)


class _SystemHandle:
    def __init__(self, device: Any) -> None:
        self._device = device

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
        self._device.close()


def hid_devices() -> Sequence[HidDescription]:
    """What is plugged in now. Raises MissingExtra. It blocks for a moment."""
    return _bus().enumerate()


def _bus() -> HidBus:
    inside = plugged_in("hid")
    return _Buses([cast(HidBus, bus) for bus in inside]) if inside else _SystemBus()


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


def _page(url: DeviceUrl) -> int:
    text = url.option("usage_page", "8c") or ""
    try:
        return int(text, 16)
    except ValueError:
        raise BadUrl(f"{str(url)!r} has usage_page={text!r}", remedy="Write it in hexadecimal, such as 8c.") from None
