"""`hid://05e0:1300`, `hid://0c2e:0b61?serial=S123`: a HID device by its numbers, over hidapi. Reports keep boundaries.

hidapi blocks, so one thread owns each open device. On Linux it is locked for programs of this library alone: see
`hid_claim`. `runtime.buses` may hold devices that live inside this process.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from typing import Any, Final

from posdevkit.errors import BadUrl, Claimed, Closed, Disconnected
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.polling import Poller

from .hid_bus import HidBus, HidDescription, HidHandle, hid_bus, hid_url, one_of_each
from .url import DeviceUrl

__all__ = ["HidLink"]

_ADDRESS: Final = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")
_POLL_MILLISECONDS: Final = 500
"""hidapi cannot be woken: this bounds how long closing and writing take, at two wakeups a second."""
_REPORT: Final = 1_024
_NOT_PERMITTED: Final = "On Linux let a udev rule give the device to this program's group, then plug it in again."
_DESKTOP_PAGE: Final = 0x01
"""Usage page of keyboards, mice and the like."""


class HidLink:
    """A ReportLink to the HID device with these numbers.

    Options of the URL: `serial`, or `port` as in `1-2.3` (Linux), choose one of several alike; `usage_page` chooses
    between the collections of one device, in hexadecimal (8c, scanners). Once open it means that very device, where it
    has a serial number: opened anew, it looks for that one.
    """

    def __init__(self, url: DeviceUrl, bus: HidBus | None = None) -> None:
        """Raises BadUrl. `bus` is where to look, by default what is plugged into this process, else the system."""
        url.only("serial", "port", "usage_page")
        found = _ADDRESS.fullmatch(url.address)
        if found is None:
            raise BadUrl(
                f"{str(url)!r}: {url.address!r} is no pair of vendor and product",
                remedy="Write it as hid://05e0:1300; 'posdevkit discover' shows the numbers.",
            )
        self._url = url
        self._vendor, self._product = (int(part, 16) for part in found.groups())
        self._serial = url.option("serial")
        self._port = url.option("port")
        self._page = _page(url)
        self._known: str | None = None
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

    @property
    def identity(self) -> tuple[str, str] | None:
        """The serial number of the device that was opened. One without is told by nothing that moves with it."""
        return ("serial", self._known) if self._known else None

    def expect(self, identity: tuple[str, str]) -> None:
        """Open only the device with that serial number."""
        self._known = identity[1]

    async def open(self, deadline: Deadline) -> None:
        if self._poller is not None:
            raise RuntimeError(f"{self._url} is open")
        if self._last is not None:
            await self._last.ended()  # the device is locked until then
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
        except PermissionError as problem:
            raise Disconnected(f"{self._url}: not permitted", remedy=_NOT_PERMITTED) from problem
        except OSError as problem:
            if problem.errno == errno.EBUSY:
                raise Claimed(str(self._url)) from problem
            raise Disconnected(
                f"{self._url}: {problem}",
                remedy="Close other programs that hold it; 'posdevkit doctor' tells which.",
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
        bus = self._bus or hid_bus()
        found = [one for one in bus.enumerate() if self._matches(one)]
        if not found:
            raise Disconnected(
                f"{self._url}: no such device{self._which()}",
                remedy="Plug it in; 'posdevkit discover' shows what is there.",
            )
        if len(alike := one_of_each(found)) > 1:
            raise Disconnected(f"{self._url}: {len(alike)} devices are alike", remedy=_how_to_choose(alike))
        chosen = min(found, key=self._rank)
        handle = bus.open_device(chosen.path)
        try:
            self._descriptor = handle.descriptor()
        except BaseException:
            handle.close()
            raise
        self._known = chosen.serial or None
        return handle

    def _matches(self, one: HidDescription) -> bool:
        return (
            (one.vendor, one.product) == (self._vendor, self._product)
            and self._serial in (None, one.serial)
            and self._known in (None, one.serial)
            and self._port in (None, one.port)
        )

    def _which(self) -> str:
        return f" with the serial number {self._known}, which this handle is for" if self._known else ""

    def _rank(self, one: HidDescription) -> int:
        """Of a device's collections the one for its purpose comes first, and its keyboard last."""
        return 0 if one.usage_page == self._page else 1 + (one.usage_page == _DESKTOP_PAGE)


def _how_to_choose(alike: Sequence[HidDescription]) -> str:
    urls = dict.fromkeys(str(hid_url(one, alike)) for one in alike)
    if len(urls) < len(alike):
        return "They have no numbers of their own: leave only one plugged in, or set one of them to serial."
    return f"Write {' or '.join(urls)}."


def _page(url: DeviceUrl) -> int:
    text = url.option("usage_page", "8c") or ""
    try:
        return int(text, 16)
    except ValueError:
        raise BadUrl(f"{str(url)!r} has usage_page={text!r}", remedy="Write it in hexadecimal, such as 8c.") from None
