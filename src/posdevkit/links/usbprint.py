"""USB printers that Windows' own driver for them, `usbprint.sys`, has: the calls that find and move bytes to them.

Sources: Microsoft, "SetupAPI", "PnP Configuration Manager", "Synchronous and Asynchronous I/O"; control codes and their
buffers from usbprint.h and its pages. Written against the documentation and proven against a stand-in for the libraries
alone: no Windows has run it.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable
from ctypes import wintypes
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from uuid import UUID

from .usb_bus import UsbDescription, UsbId
from .winspool import Library

__all__ = ["ABORTED", "Control", "Overlapped", "Transfer", "UsbPlace", "UsbPrint", "UsbPrinter", "system_usbprint"]

_INTERFACE: Final = UUID("28d78fad-5a12-11d1-ae5b-0000f803a8c2").bytes_le
"""GUID_DEVINTERFACE_USBPRINT."""
_PRESENT_INTERFACES: Final = 0x02 | 0x10
"""DIGCF_PRESENT and DIGCF_DEVICEINTERFACE."""
_READ_WRITE: Final = 0x8000_0000 | 0x4000_0000
"""GENERIC_READ and GENERIC_WRITE."""
_OPEN_EXISTING: Final = 3
_OVERLAPPED: Final = 0x4000_0000
_NO_MORE, _PENDING, ABORTED = 259, 997, 995
"""ERROR_NO_MORE_ITEMS, ERROR_IO_PENDING, ERROR_OPERATION_ABORTED."""
_SIGNALLED: Final = 0
"""WAIT_OBJECT_0."""
_FRIENDLY_NAME: Final = 0x0D
"""CM_DRP_FRIENDLYNAME."""
_NO_HANDLE: Final = ctypes.c_void_p(-1).value
_TEXT: Final = 1024
"""Bytes for an instance id (MAX_DEVICE_ID_LEN is 200 characters) or a name."""

_PLACE: Final = re.compile(
    r"USB\\VID_(?P<vendor>[0-9A-F]{4})&PID_(?P<product>[0-9A-F]{4})(?:&MI_(?P<interface>[0-9A-F]{2}))?\\(?P<instance>.+)",
    re.IGNORECASE,
)


class Control(IntEnum):
    """IOCTL_USBPRINT_*: CTL_CODE(FILE_DEVICE_UNKNOWN, 12 to 16, METHOD_BUFFERED, FILE_ANY_ACCESS)."""

    GET_LPT_STATUS = 0x220030
    GET_1284_ID = 0x220034
    VENDOR_SET_COMMAND = 0x220038
    VENDOR_GET_COMMAND = 0x22003C
    SOFT_RESET = 0x220040


class _InterfaceData(ctypes.Structure):
    """SP_DEVICE_INTERFACE_DATA."""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("kind", ctypes.c_ubyte * 16),
        ("flags", ctypes.c_uint32),
        ("reserved", ctypes.c_void_p),
    ]


class _DeviceData(ctypes.Structure):
    """SP_DEVINFO_DATA."""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("kind", ctypes.c_ubyte * 16),
        ("node", ctypes.c_uint32),
        ("reserved", ctypes.c_void_p),
    ]


class Overlapped(ctypes.Structure):
    """OVERLAPPED."""

    _fields_ = [
        ("status", ctypes.c_void_p),
        ("count", ctypes.c_void_p),
        ("offset", ctypes.c_uint32),
        ("offset_high", ctypes.c_uint32),
        ("event", wintypes.HANDLE),
    ]


@dataclass(frozen=True, slots=True)
class UsbPlace:
    """What an instance id of Windows (`USB\\VID_04B8&PID_0202\\J5QF012345`) tells of a USB device."""

    id: UsbId
    interface: int | None
    """Which of several this is; None for a device that has only one."""
    instance: str

    @classmethod
    def read(cls, instance_id: str) -> UsbPlace | None:
        """None for what is no device or interface on USB."""
        place = _PLACE.fullmatch(instance_id)
        if place is None:
            return None
        number = place["interface"]
        id_ = UsbId(int(place["vendor"], 16), int(place["product"], 16))
        return cls(id_, None if number is None else int(number, 16), place["instance"])

    @property
    def serial(self) -> str:
        """The serial number; empty for a device without one, for which Windows makes up an instance with `&`."""
        return "" if "&" in self.instance else self.instance


@dataclass(frozen=True, slots=True)
class UsbPrinter:
    """A printer that `usbprint.sys` has."""

    path: str
    """What opens it."""
    about: UsbDescription
    """`port` is what Windows calls the instance where it has no serial number: it stands for the place of the plug."""


class Transfer:
    """One overlapped call under way, with the memory that Windows reads or writes until it is over."""

    __slots__ = ("buffer", "error", "event", "moved", "over", "overlapped", "size")

    def __init__(self, buffer: ctypes.Array[ctypes.c_char], size: int, event: int) -> None:
        self.buffer = buffer
        self.size = size
        self.event = event
        self.overlapped = Overlapped(event=event)
        self.over = False
        self.moved = 0
        """Bytes, once it is over."""
        self.error = 0
        """Windows' number, once it is over; 0 for none."""

    @property
    def data(self) -> bytes:
        """What was read."""
        return self.buffer.raw[: self.moved]


class UsbPrint:
    """The calls. Those that raise do so with OSError, Windows' number in `errno`."""

    def __init__(self, setup: Library, nodes: Library, kernel: Library, last_error: Callable[[], int]) -> None:
        """`setup`, `nodes`, `kernel`: setupapi, cfgmgr32 and kernel32, or what stands for them."""
        self._setup = setup
        self._nodes = nodes
        self._kernel = kernel
        self._last_error = last_error

    # Finding

    def printers(self) -> list[UsbPrinter]:
        """The printers that are there now. It opens none."""
        kind = (ctypes.c_ubyte * 16).from_buffer_copy(_INTERFACE)
        found: list[UsbPrinter] = []
        listing = self._setup.SetupDiGetClassDevsW(ctypes.byref(kind), None, None, _PRESENT_INTERFACES)
        if listing in (None, _NO_HANDLE):
            raise self._problem()
        try:
            data = _InterfaceData(size=ctypes.sizeof(_InterfaceData))
            index = 0
            while self._setup.SetupDiEnumDeviceInterfaces(listing, None, ctypes.byref(kind), index, ctypes.byref(data)):
                printer = self._printer(listing, data)
                if printer is not None:
                    found.append(printer)
                index += 1
            if self._last_error() != _NO_MORE:
                raise self._problem()
        finally:
            self._setup.SetupDiDestroyDeviceInfoList(listing)
        return found

    def _printer(self, listing: int, data: _InterfaceData) -> UsbPrinter | None:
        """None for one that went away meanwhile, and for one that is on no USB."""
        needed = ctypes.c_uint32()
        ask = self._setup.SetupDiGetDeviceInterfaceDetailW
        ask(listing, ctypes.byref(data), None, 0, ctypes.byref(needed), None)
        if not needed.value:
            return None
        device = _DeviceData(size=ctypes.sizeof(_DeviceData))
        detail = ctypes.create_string_buffer(needed.value)
        # SP_DEVICE_INTERFACE_DETAIL_DATA_W: its size, which counts the one character that it declares, and the path.
        head = {8: 8, 4: 6}[ctypes.sizeof(ctypes.c_void_p)]
        ctypes.memmove(detail, head.to_bytes(4, sys.byteorder), 4)
        if not ask(listing, ctypes.byref(data), detail, len(detail), None, ctypes.byref(device)):
            return None
        path = _text(detail.raw[4:])
        place = UsbPlace.read(self._instance(device.node))
        if place is not None and place.interface is not None:  # the number of the device is with the device
            place = UsbPlace.read(self._instance(self._relative(self._nodes.CM_Get_Parent, device.node)))
        if place is None:
            return None
        serial = place.serial
        name = self._name(self._relative(self._nodes.CM_Get_Child, device.node))
        return UsbPrinter(path, UsbDescription(place.id, "", name, serial, "" if serial else place.instance))

    def _relative(self, ask: Callable[..., int], node: int) -> int:
        found = ctypes.c_uint32()
        return 0 if ask(ctypes.byref(found), node, 0) else found.value

    def _instance(self, node: int) -> str:
        buffer = ctypes.create_string_buffer(_TEXT)
        if not node or self._nodes.CM_Get_Device_IDW(node, buffer, _TEXT // 2, 0):
            return ""
        return _text(buffer.raw)

    def _name(self, node: int) -> str:
        """What the printer calls itself, by the node that `usbprint.sys` makes of its IEEE 1284 id: a name for people,
        else maker and model in one word (`USBPRINT\\EPSONTM-T88V\\...`)."""
        if not node:
            return ""
        buffer, size = ctypes.create_string_buffer(_TEXT), ctypes.c_uint32(_TEXT)
        ask = self._nodes.CM_Get_DevNode_Registry_PropertyW
        if not ask(node, _FRIENDLY_NAME, None, buffer, ctypes.byref(size), 0):
            return _text(buffer.raw)
        parts = self._instance(node).split("\\")
        return parts[1].replace("_", " ").strip() if len(parts) > 1 else ""

    # One printer

    def open(self, path: str) -> int:
        """Hold it alone: what two programs write would be mixed on paper."""
        handle = self._kernel.CreateFileW(path, _READ_WRITE, 0, None, _OPEN_EXISTING, _OVERLAPPED, None)
        if handle in (None, _NO_HANDLE):
            raise self._problem()
        return handle

    def close(self, handle: int) -> None:
        """Give it back; what is under way ends. Raises nothing."""
        self._kernel.CloseHandle(handle)

    def write(self, handle: int, data: bytes) -> Transfer:
        """Begin to write."""
        transfer = self._transfer(data, len(data))
        overlapped = ctypes.byref(transfer.overlapped)
        return self._begun(transfer, self._kernel.WriteFile(handle, transfer.buffer, len(data), None, overlapped))

    def read(self, handle: int, size: int) -> Transfer:
        """Begin to read up to `size` bytes."""
        transfer = self._transfer(b"", size)
        overlapped = ctypes.byref(transfer.overlapped)
        return self._begun(transfer, self._kernel.ReadFile(handle, transfer.buffer, size, None, overlapped))

    def control(self, handle: int, code: Control, data: bytes = b"", size: int = 0) -> Transfer:
        """Begin a request of the driver's own, with `data`; it gives up to `size` bytes."""
        transfer = self._transfer(b"", size)
        begun = self._kernel.DeviceIoControl(
            handle,
            int(code),
            data or None,
            len(data),
            transfer.buffer if size else None,
            size,
            None,
            ctypes.byref(transfer.overlapped),
        )
        return self._begun(transfer, begun)

    def settled(self, handle: int, transfer: Transfer, milliseconds: int) -> bool:
        """Whether it is over within that time; then it says how it went."""
        if transfer.over:
            return True
        if self._kernel.WaitForSingleObject(transfer.event, milliseconds) != _SIGNALLED:
            return False
        moved = ctypes.c_uint32()
        fine = self._kernel.GetOverlappedResult(handle, ctypes.byref(transfer.overlapped), ctypes.byref(moved), False)
        transfer.error = 0 if fine else self._last_error()
        transfer.moved = moved.value
        self._finish(transfer)
        return True

    def called_back(self, handle: int, transfer: Transfer, milliseconds: int) -> bool:
        """End it; whether it is over within that time. It may have ended in another way a moment before."""
        if not transfer.over:
            self._kernel.CancelIoEx(handle, ctypes.byref(transfer.overlapped))
        return self.settled(handle, transfer, milliseconds)

    def _transfer(self, data: bytes, size: int) -> Transfer:
        event = self._kernel.CreateEventW(None, True, False, None)
        if not event:
            raise self._problem()
        return Transfer(ctypes.create_string_buffer(data, max(size, 1)), size, event)

    def _begun(self, transfer: Transfer, result: int) -> Transfer:
        if not result and (number := self._last_error()) != _PENDING:
            transfer.error = number
            self._finish(transfer)
        return transfer

    def _finish(self, transfer: Transfer) -> None:
        transfer.over = True
        self._kernel.CloseHandle(transfer.event)

    def _problem(self) -> OSError:
        number = self._last_error()
        return OSError(number, f"Windows error {number}")


def _text(raw: bytes) -> str:
    """UTF-16, up to its end."""
    return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace").partition("\0")[0]


def system_usbprint() -> UsbPrint | None:
    """This machine's, None elsewhere than on Windows."""
    if sys.platform == "win32":
        handle, number, pointer, text = wintypes.HANDLE, ctypes.c_uint32, ctypes.c_void_p, wintypes.LPCWSTR
        libraries: dict[str, dict[str, tuple[type, list[type]]]] = {
            "setupapi": {
                "SetupDiGetClassDevsW": (handle, [pointer, text, handle, number]),
                "SetupDiEnumDeviceInterfaces": (number, [handle, pointer, pointer, number, pointer]),
                "SetupDiGetDeviceInterfaceDetailW": (number, [handle, pointer, pointer, number, pointer, pointer]),
                "SetupDiDestroyDeviceInfoList": (number, [handle]),
            },
            "cfgmgr32": {
                "CM_Get_Parent": (number, [pointer, number, number]),
                "CM_Get_Child": (number, [pointer, number, number]),
                "CM_Get_Device_IDW": (number, [number, pointer, number, number]),
                "CM_Get_DevNode_Registry_PropertyW": (number, [number, number, pointer, pointer, pointer, number]),
            },
            "kernel32": {
                "CreateFileW": (handle, [text, number, number, pointer, number, number, handle]),
                "CreateEventW": (handle, [pointer, number, number, text]),
                "CloseHandle": (number, [handle]),
                "WriteFile": (number, [handle, pointer, number, pointer, pointer]),
                "ReadFile": (number, [handle, pointer, number, pointer, pointer]),
                "DeviceIoControl": (
                    number,
                    [handle, number, pointer, number, pointer, number, pointer, pointer],
                ),
                "WaitForSingleObject": (number, [handle, number]),
                "GetOverlappedResult": (number, [handle, pointer, pointer, number]),
                "CancelIoEx": (number, [handle, pointer]),
            },
        }
        loaded = {}
        for name, functions in libraries.items():
            loaded[name] = library = ctypes.WinDLL(name, use_last_error=True)
            # A handle is as wide as a pointer: without its type ctypes would cut it to an int.
            for function, (result, arguments) in functions.items():
                getattr(library, function).restype = result
                getattr(library, function).argtypes = arguments
        return UsbPrint(loaded["setupapi"], loaded["cfgmgr32"], loaded["kernel32"], ctypes.get_last_error)
    else:
        return None
