"""The lowest seam of pyusb: a `usb.backend.IBackend` on which one emulated device is plugged in, or not.

Its methods are called from the driver's threads; whatever the device does comes from the loop on which it lives.
"""

from __future__ import annotations

import array
import errno
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from usb.core import USBError, USBTimeoutError

from .usb_descriptors import SOURCE, Configuration, Device, Endpoint, Interface, string_descriptor

__all__ = ["EmulatedBackend", "UsbPlug"]

_GET_DESCRIPTOR: Final = 6
_STRING: Final = 3

ClassRequest = Callable[[int, int], bytes | None]
"""(bmRequestType, bRequest) to the answer, None to stall."""


@dataclass(slots=True)
class UsbPlug:
    """The cable from the moment it is plugged in until it is pulled out."""

    inlet: int = 0
    """Bytes that the device takes at this moment; 0 is a NAK."""
    fifo: int = 4096
    """Bytes for the host that the device holds until it is read."""
    gone: bool = False


@dataclass(slots=True, eq=False)
class _Handle:
    plug: UsbPlug


class EmulatedBackend:
    """What libusb would show of one device. All of it by the methods that `usb.backend.IBackend` names."""

    def __init__(self, device: Device, take: Callable[[bytes], None], request: ClassRequest) -> None:
        """`take` gets the bytes for the bulk endpoint, `request` the class requests, both in the driver's thread."""
        self.device = device
        self.kernel_driver = False
        """Whether the system's own printer driver holds the interface."""
        self.denied = False
        """Whether this program may not open the device."""
        self._take = take
        self._request = request
        self._condition = threading.Condition()
        self._plug: UsbPlug | None = None
        self._unread = bytearray()
        self._halted: set[int] = set()
        self._open: set[_Handle] = set()
        self._holder: _Handle | None = None

    # The device's side, from its loop.

    def plug_in(self) -> UsbPlug:
        """The device comes to the bus."""
        with self._condition:
            self._plug = UsbPlug()
            self._unread.clear()
            self._halted.clear()
            return self._plug

    def pull_out(self, plug: UsbPlug) -> None:
        """The device leaves the bus: whoever has it open gets errors from now on."""
        with self._condition:
            plug.gone = True
            if self._plug is plug:
                self._plug = None
                self._holder = None
            self._condition.notify_all()

    def let_in(self, plug: UsbPlug, size: int) -> None:
        """Take up to `size` bytes in one piece; 0 to take none."""
        with self._condition:
            plug.inlet = size
            self._condition.notify_all()

    def offer(self, plug: UsbPlug, data: bytes) -> int:
        """Bytes for the host; how many of them found room."""
        with self._condition:
            kept = data[: plug.fifo - len(self._unread)]
            self._unread += kept
            self._condition.notify_all()
            return len(kept)

    def stall(self, endpoint: int) -> None:
        """Halt an endpoint until the host clears it."""
        with self._condition:
            self._halted.add(endpoint)
            self._condition.notify_all()

    @property
    def handles(self) -> int:
        """How many handles are open."""
        with self._condition:
            return len(self._open)

    @property
    def held(self) -> bool:
        """Whether a program has claimed the interface."""
        with self._condition:
            return self._holder is not None

    # The host's side, as `usb.backend.IBackend` has it.

    def enumerate_devices(self) -> Iterator[UsbPlug]:
        plug = self._plug
        return iter(() if plug is None else (plug,))

    def get_parent(self, _dev: UsbPlug) -> None:
        return None

    def get_device_descriptor(self, _dev: UsbPlug) -> Device:
        return self.device

    def get_configuration_descriptor(self, _dev: UsbPlug, config: int) -> Configuration:
        return (self.device.configuration,)[config]

    def get_interface_descriptor(self, _dev: UsbPlug, intf: int, alt: int, _config: int) -> Interface:
        return (self.device.interfaces[intf],)[alt]

    def get_endpoint_descriptor(self, _dev: UsbPlug, ep: int, intf: int, _alt: int, _config: int) -> Endpoint:
        return self.device.interfaces[intf].endpoints[ep]

    def open_device(self, dev: UsbPlug) -> _Handle:
        with self._condition:
            if dev.gone:
                raise _error(errno.ENODEV, "No such device (it may have been disconnected)")
            if self.denied:
                raise _error(errno.EACCES, "Access denied (insufficient permissions)")
            handle = _Handle(dev)
            self._open.add(handle)
            return handle

    def close_device(self, dev_handle: _Handle) -> None:
        with self._condition:
            self._open.discard(dev_handle)
            if self._holder is dev_handle:
                self._holder = None

    def set_configuration(self, dev_handle: _Handle, _config_value: int) -> None:
        self._there(dev_handle)

    def get_configuration(self, dev_handle: _Handle) -> int:
        self._there(dev_handle)
        return 1

    def set_interface_altsetting(self, dev_handle: _Handle, _intf: int, _altsetting: int) -> None:
        self._there(dev_handle)

    def claim_interface(self, dev_handle: _Handle, _intf: int) -> None:
        with self._condition:
            self._there(dev_handle)
            if self.kernel_driver or self._holder not in (None, dev_handle):
                raise _error(errno.EBUSY, "Resource busy")
            self._holder = dev_handle

    def release_interface(self, dev_handle: _Handle, _intf: int) -> None:
        with self._condition:
            self._there(dev_handle)
            if self._holder is dev_handle:
                self._holder = None

    def is_kernel_driver_active(self, dev_handle: _Handle, _intf: int) -> bool:
        self._there(dev_handle)
        return self.kernel_driver

    def detach_kernel_driver(self, dev_handle: _Handle, _intf: int) -> None:
        self._there(dev_handle)
        self.kernel_driver = False

    def attach_kernel_driver(self, dev_handle: _Handle, _intf: int) -> None:
        self._there(dev_handle)
        self.kernel_driver = True

    def clear_halt(self, dev_handle: _Handle, ep: int) -> None:
        with self._condition:
            self._there(dev_handle)
            self._halted.discard(ep)

    def reset_device(self, dev_handle: _Handle) -> None:
        with self._condition:
            self._there(dev_handle)
            self._halted.clear()
            self._unread.clear()

    def bulk_write(self, dev_handle: _Handle, ep: int, _intf: int, data: array.array[int], timeout: int) -> int:
        view = bytes(data)
        plug = dev_handle.plug
        end = time.monotonic() + timeout / 1000
        taken = 0
        with self._condition:
            while taken < len(view):
                self._usable(dev_handle, ep, taken)
                if plug.inlet:
                    piece = view[taken : taken + plug.inlet]
                    plug.inlet = 0
                    taken += len(piece)
                    self._take(piece)
                elif not self._wait(end):
                    break
        if not taken and view:
            raise _timeout()
        return taken

    def bulk_read(self, dev_handle: _Handle, ep: int, _intf: int, buff: array.array[int], timeout: int) -> int:
        end = time.monotonic() + timeout / 1000
        with self._condition:
            while True:
                self._usable(dev_handle, ep, 0)
                if self._unread and ep == SOURCE:
                    break
                if not self._wait(end):
                    raise _timeout()
            found = self._unread[: len(buff)]
            del self._unread[: len(buff)]
        buff[: len(found)] = array.array("B", found)
        return len(found)

    def ctrl_transfer(
        self,
        dev_handle: _Handle,
        bmRequestType: int,  # noqa: N803
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        _wIndex: int,  # noqa: N803
        data: array.array[int],
        _timeout: int,
    ) -> int:
        self._there(dev_handle)
        answer: bytes | None = None
        if (bmRequestType, bRequest, wValue >> 8) == (0x80, _GET_DESCRIPTOR, _STRING):
            answer = string_descriptor(self.device.strings, wValue & 0xFF)
        elif bmRequestType & 0x60 == 0x20:
            answer = self._request(bmRequestType, bRequest)
        if answer is None:
            raise _error(errno.EPIPE, "Pipe error")
        found = answer[: len(data)]
        data[: len(found)] = array.array("B", found)
        return len(found)

    def _has_none(self, *_: object) -> int:
        """It has no endpoint of that sort."""
        raise _error(errno.EINVAL, "Invalid parameter")

    intr_read = intr_write = iso_read = iso_write = _has_none

    def _wait(self, end: float) -> bool:
        left = end - time.monotonic()
        return left > 0 and (self._condition.wait(left) or end > time.monotonic())

    def _there(self, handle: _Handle) -> None:
        if handle.plug.gone:
            raise _error(errno.ENODEV, "No such device (it may have been disconnected)")

    def _usable(self, handle: _Handle, endpoint: int, taken: int) -> None:
        if handle.plug.gone:
            raise _error(errno.ENODEV, "No such device (it may have been disconnected)", taken)
        if self._holder is not handle:
            raise _error(errno.EIO, "Input/Output Error", taken)
        if endpoint in self._halted:
            raise _error(errno.EPIPE, "Pipe error", taken)


def _error(number: int, text: str, taken: int = 0) -> USBError:
    error = USBError(text, -1, number)
    error.transferred = taken
    return error


def _timeout() -> USBTimeoutError:
    return USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
