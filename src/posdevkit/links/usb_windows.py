"""`usb://` on Windows: by Windows' own driver for printers where that has the device, else by libusb.

A printer that is plugged in gets `usbprint.sys` by itself, so nothing has to be installed. libusb needs another driver
(WinUSB) in its place, which takes the device away from Windows' print queues; who has given it that keeps it.
Unproven: it runs against a stand-in for Windows' libraries in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from posdevkit.errors import Disconnected, MissingExtra, Unsupported
from posdevkit.events import PrinterStatus
from posdevkit.runtime.buses import plugged_in

from .file import port_lines
from .url import DeviceUrl
from .usb import UsbLink
from .usb_bus import read_address
from .usb_handle import PrinterHandle, find_one
from .usbprint import UsbPrint, system_usbprint
from .usbprint_handle import UsbPrintHandle, find_printer

__all__ = ["WindowsUsbLink"]

T = TypeVar("T")

_NOTHING: Final = (
    "Check that the printer is switched on and its USB cable at both ends. What is there tells: posdevkit discover. "
    'With the driver WinUSB it needs: pip install "posdevkit[usb]"'
)


class WindowsUsbLink(UsbLink):
    """A UsbLink that prefers Windows' own driver; PortStatus where that has the printer.

    The count of bytes taken is exact, except after a send that was cancelled or broke while the printer took nothing
    more: where Windows does not tell, all that it may have taken counts.
    """

    def __init__(self, url: DeviceUrl, *, calls: UsbPrint | None = None) -> None:
        """`calls` in place of this machine's. Raises as UsbLink does."""
        found = calls or system_usbprint()
        super().__init__(url, find=lambda expected: _find(url, expected, found))

    async def port_status(self) -> PrinterStatus:
        """What the port's lines tell; nothing where libusb has the device. Raises Disconnected and Closed."""
        return await self._opened().do(
            lambda handle: port_lines(handle.port_status() if isinstance(handle, UsbPrintHandle) else 0)
        )

    async def device_id(self) -> str:
        """What the printer says it is (IEEE 1284): `MFG:EPSON;MDL:TM-T88V;`, empty where it does not say. Raises
        Disconnected, Closed, and Unsupported where libusb has the device: so do the others below."""
        return await self._by_driver(UsbPrintHandle.device_id)

    async def soft_reset(self) -> None:
        """Have the printer drop what it has and begin anew (printer class, SOFT_RESET)."""
        if not await self._by_driver(UsbPrintHandle.soft_reset):
            raise Disconnected(f"{self.url}: it does not reset itself")

    async def vendor_get(self, request: int, value: int, size: int) -> bytes:
        """A maker's own question on the control pipe: request code 0 to 255, value 0 to 65535, `size` bytes at most."""
        told = await self._by_driver(lambda handle: handle.vendor_get(request, value, size))
        if told is None:
            raise Disconnected(f"{self.url}: it does not answer request {request}")
        return told

    async def vendor_set(self, request: int, value: int, data: bytes = b"") -> None:
        """A maker's own command on the control pipe: request code 0 to 255, value 0 to 65535, and data."""
        if not await self._by_driver(lambda handle: handle.vendor_set(request, value, data)):
            raise Disconnected(f"{self.url}: it does not do request {request}")

    async def _by_driver(self, call: Callable[[UsbPrintHandle], T]) -> T:
        def made(handle: PrinterHandle) -> T:
            if not isinstance(handle, UsbPrintHandle):
                raise Unsupported(f"{self.url}: libusb has this device, and only Windows' own driver does this")
            return call(handle)

        return await self._opened().do(made)


def _find(url: DeviceUrl, expected: tuple[str, str] | None, calls: UsbPrint | None) -> PrinterHandle:
    # A bus that is plugged into this process stands in for the machine's.
    if calls is None or plugged_in():
        return find_one(url, expected, None)
    wanted = read_address(url)
    try:
        ours = any(printer.about.id == wanted for printer in calls.printers())
    except OSError:
        ours = False  # the listing failed: libusb may know
    if ours:
        return find_printer(url, expected, calls)
    try:
        return find_one(url, expected, None)
    except MissingExtra:
        # No driver of Windows' has it. With the cable out that is how it has to be, and what waits for it goes on.
        raise Disconnected(f"{url}: not plugged in", remedy=_NOTHING) from None
