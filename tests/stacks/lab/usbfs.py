"""Emulated devices where the machine's own libusb looks for real ones: sysfs, udev and usbfs by umockdev.

Runs under the system's Python, which alone has umockdev's bindings. Whoever runs with `UMOCKDEV_DIR` and umockdev's
preloaded library sees this machine. What usbfs answers is ours, by linux/usbdevice_fs.h and the kernel's devio.c: what
the kernel does beyond it (drivers that hold an interface, power) is the business of the virtual machine.
"""

from __future__ import annotations

import errno
import itertools
import struct
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

from posdevkit_emulators.wires.usb_descriptors import (  # noqa: E402
    Device,
    Endpoint,
    Interface,
    configuration_bytes,
    device_bytes,
)
from posdevkit_emulators.wires.usb_device import UsbDevice  # noqa: E402

__all__ = ["MockMachine"]

_SUBMIT, _REAP, _REAP_NOW, _DISCARD = 0x8038550A, 0x4008550C, 0x4008550D, 0x550B
_CAPABILITIES, _CLAIM, _RELEASE, _CLEAR_HALT = 0x8004551A, 0x8004550F, 0x80045510, 0x80045515
_CONFIGURE, _ALTERNATE, _RESET, _DRIVER, _IOCTL = 0x80045505, 0x80085504, 0x5514, 0x41045508, 0xC0105512
_NO_DRIVER: Final = errno.ENODATA
_KNOWN_CAPABILITIES: Final = 0x01 | 0x04 | 0x10  # zero packets, no packet size limit, reap after disconnect
_URB: Final = struct.Struct("<BBxxiIxxxxQi")
_URB_SIZE: Final = 56
_STATUS, _BUFFER, _ACTUAL = 4, 16, 28
_CONTROL: Final = 2
_ROOT: Final = "/devices/pci0000:00/0000:00:14.0/usb1"
_HUB: Final = Device(
    0x1D6B,
    0x0002,
    strings=("Linux", "hub"),
    interfaces=(Interface(9, 0, 0, endpoints=(Endpoint(0x81, bmAttributes=3, wMaxPacketSize=1, bInterval=12),)),),
    bDeviceClass=9,
)


class MockMachine:
    """One machine with a USB bus: a root hub, and hubs in it where a device's ports say so."""

    def __init__(self) -> None:
        self._bed = UMockdev.Testbed.new()
        self._numbers = itertools.count(1)
        self._hubs: set[tuple[int, ...]] = set()
        self._kept: list[object] = []
        self._add(_HUB, ())

    @property
    def folder(self) -> str:
        """What `UMOCKDEV_DIR` has to be."""
        return str(self._bed.get_root_dir())

    def attach(self, usb: UsbDevice) -> None:
        """Plug it in where `port_numbers` says, behind as many hubs; for `UsbWire`."""
        ports = usb.device.port_numbers
        for depth in range(1, len(ports)):
            if ports[:depth] not in self._hubs:
                self._hubs.add(ports[:depth])
                self._add(_HUB, ports[:depth])
        path, node = self._add(usb.device, ports)
        files = _Files(usb)
        base = UMockdev.IoctlBase.new()
        base.connect("handle-ioctl", files.called)
        self._kept.append(base)
        self._bed.attach_ioctl(node, base)
        self._bed.uevent("/sys" + path, "add")
        usb.unplugged = lambda: self._remove(path, node, files)

    def _remove(self, path: str, node: str, files: _Files) -> None:
        files.cut()
        self._bed.uevent("/sys" + path, "remove")
        self._bed.remove_device("/sys" + path)

    def _add(self, device: Device, ports: tuple[int, ...]) -> tuple[str, str]:
        number = next(self._numbers)
        names = [f"1-{'.'.join(map(str, ports[: depth + 1]))}" for depth in range(len(ports))]
        path = "/".join((_ROOT, *names))
        node = f"/dev/bus/usb/001/{number:03}"
        maker, product, *serial = device.strings
        lines = [
            f"P: {path}",
            f"N: {node[5:]}",
            *(f"E: {name}={value}" for name, value in _properties(node, number).items()),
            *(f"A: {name}={value}" for name, value in _attributes(device, number).items()),
            f"A: manufacturer={maker}",
            f"A: product={product}",
            *(f"A: serial={one}" for one in serial),
            f"H: descriptors={(device_bytes(device) + configuration_bytes(device)).hex().upper()}",
        ]
        self._bed.add_from_string("\n".join(lines) + "\n")
        return path, node


def _properties(node: str, number: int) -> dict[str, str]:
    return {
        "DEVNAME": node,
        "DEVTYPE": "usb_device",
        "SUBSYSTEM": "usb",
        "BUSNUM": "001",
        "DEVNUM": f"{number:03}",
        "MAJOR": "189",
        "MINOR": str(number - 1),
    }


def _attributes(device: Device, number: int) -> dict[str, str]:
    return {
        "busnum": "1",
        "devnum": str(number),
        "speed": "12",
        "bConfigurationValue": "1",
        "bNumConfigurations": "1",
        "idVendor": f"{device.idVendor:04x}",
        "idProduct": f"{device.idProduct:04x}",
    }


@dataclass(slots=True, eq=False)
class _Urb:
    address: int
    urb: Any
    buffer: Any
    offset: int
    inwards: bool
    status: int = 0
    found: bytes = b""
    actual: int = 0


class _Files:
    """The device file of one device: ioctl by ioctl. Its lock is never held while the device is called."""

    def __init__(self, usb: UsbDevice) -> None:
        self._usb = usb
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._flying: dict[int, _Urb] = {}
        self._landed: deque[_Urb] = deque()
        self._cut = False

    def cut(self) -> None:
        """The device has left: what flies ends, and nothing else is served."""
        self._cut = True
        with self._lock:
            flying = list(self._flying)
        for number in flying:
            self._usb.take_back(number)

    def called(self, _base: object, client: Any) -> bool:
        request = client.get_request() & 0xFFFFFFFF
        result, number = self._serve(request, client.get_arg())
        client.complete(result, number)
        return True

    def _serve(self, request: int, argument: Any) -> tuple[int, int]:
        if request in (_REAP, _REAP_NOW):
            with self._lock:
                landed = self._landed.popleft() if self._landed else None
            if landed is not None:
                # Not before: the program's memory may be written only while it waits in a call of this thread.
                landed.urb.update(_STATUS, struct.pack("<i", landed.status))
                landed.urb.update(_ACTUAL, struct.pack("<i", landed.actual))
                if landed.found and landed.buffer is not None:
                    landed.buffer.update(landed.offset, landed.found)
                argument.resolve(0, 8).set_ptr(0, landed.urb)
                return 0, 0
            return -1, errno.ENODEV if self._cut else errno.EAGAIN
        if self._cut:
            return -1, errno.ENODEV
        if request == _SUBMIT:
            self._submit(argument.resolve(0, _URB_SIZE))
        elif request == _DISCARD:
            wanted = argument.resolve(0, _URB_SIZE).client_addr
            with self._lock:
                flying = [number for number, urb in self._flying.items() if urb.address == wanted]
            if not flying:
                return -1, errno.EINVAL
            self._usb.take_back(flying[0])
        elif request == _CAPABILITIES:
            argument.resolve(0, 4).update(0, struct.pack("<I", _KNOWN_CAPABILITIES))
        elif request == _CLEAR_HALT:
            (endpoint,) = struct.unpack("<I", bytes(argument.resolve(0, 4).retrieve()))
            setup = struct.pack("<BBHHH", 0x02, 1, 0, endpoint, 0)
            self._usb.submit(0, 0, lambda status, data, taken: None, setup=setup)
        elif request in (_DRIVER, _IOCTL):
            return -1, _NO_DRIVER
        elif request not in (_CLAIM, _RELEASE, _CONFIGURE, _ALTERNATE, _RESET):
            return -1, errno.ENOTTY
        return 0, 0

    def _submit(self, urb: Any) -> None:
        kind, endpoint, _, _, _, length = _URB.unpack_from(bytes(urb.retrieve()))
        buffer = urb.resolve(_BUFFER, length) if length else None
        body = bytes(buffer.retrieve()) if buffer is not None else b""
        setup = body[:8] if kind == _CONTROL else bytes(8)
        inwards = bool((setup[0] if kind == _CONTROL else endpoint) & 0x80)
        skipped = 8 if kind == _CONTROL else 0
        number = next(self._numbers)
        with self._lock:
            self._flying[number] = _Urb(urb.client_addr, urb, buffer, skipped, inwards)
        target = (0x80 if inwards else 0) if kind == _CONTROL else endpoint
        data = b"" if inwards else body[skipped:]

        def answer(status: int, found: bytes, taken: int) -> None:
            self._land(number, status, found, taken)

        self._usb.submit(number, target, answer, setup=setup, length=length - skipped, data=data)
        if self._cut:
            # Pulled out meanwhile: `cut` looked before the device had this one, and libusb would wait for it for good.
            self._usb.take_back(number)

    def _land(self, number: int, status: int, found: bytes, taken: int) -> None:
        with self._lock:
            urb = self._flying.pop(number)
            if self._cut:
                status = -errno.ESHUTDOWN
            elif status == -errno.ECONNRESET:
                status = -errno.ENOENT  # what usbfs reports for a discarded one
            urb.status, urb.found, urb.actual = status, found, len(found) if urb.inwards else taken
            self._landed.append(urb)
