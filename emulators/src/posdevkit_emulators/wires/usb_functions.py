"""The classes of USB device beside printers: HID (scanners, card readers) and CDC-ACM (what looks like a serial port).

Device Class Definition for HID 1.11, 6.2 and 7; Class Definitions for Communication Devices 1.2, PSTN 1.2, 6.3 and 6.5.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from .usb_descriptors import Device, Endpoint, Interface
from .usb_device import Setup, UsbDevice

__all__ = ["REPORTS", "AcmPort", "HidFunction", "hid_interface"]

REPORTS: Final = 0x81
"""The interrupt endpoint of a HID device that has one interface."""
_HID, _REPORT_DESCRIPTOR, _HID_DESCRIPTOR = 3, 0x22, 0x21
_INTERRUPT: Final = 3
_GET_DESCRIPTOR: Final = 6
_GET_REPORT, _GET_IDLE, _GET_PROTOCOL, _SET_REPORT, _SET_IDLE, _SET_PROTOCOL = 1, 2, 3, 9, 10, 11
_SET_LINE_CODING, _GET_LINE_CODING, _SET_CONTROL_LINES, _SEND_BREAK = 0x20, 0x21, 0x22, 0x23
_TO_INTERFACE: Final = 1


def hid_interface(
    descriptor: bytes, *, number: int = 0, endpoint: int = REPORTS, boot_keyboard: bool = False
) -> Interface:
    """An interface of class HID with its own descriptor (6.2.1) and one interrupt endpoint."""
    own = struct.pack("<BBHBBBH", 9, _HID_DESCRIPTOR, 0x0111, 0, 1, _REPORT_DESCRIPTOR, len(descriptor))
    return Interface(
        _HID,
        *((1, 1) if boot_keyboard else (0, 0)),
        bInterfaceNumber=number,
        extra_descriptors=tuple(own),
        endpoints=(Endpoint(endpoint, bmAttributes=_INTERRUPT, bInterval=4),),
    )


class HidFunction:
    """What HID interfaces answer; reports go out by `UsbDevice.send`."""

    def __init__(self, descriptors: dict[int, bytes]) -> None:
        """Report descriptors by number of interface."""
        self.sent: list[tuple[int, int, bytes]] = []
        """Reports that the host set: their type (2 output, 3 feature), id and bytes."""
        self._descriptors = descriptors

    def request(self, setup: Setup, data: bytes) -> bytes | None:
        """For `UsbDevice`."""
        if setup.request == _GET_DESCRIPTOR and setup.kind & 0x7F == _TO_INTERFACE:
            return self._descriptors.get(setup.index) if setup.value >> 8 == _REPORT_DESCRIPTOR else None
        match setup.request:
            case request if request == _SET_REPORT:
                self.sent.append((setup.value >> 8, setup.value & 0xFF, data))
                return b""
            case request if request == _GET_REPORT:
                number = setup.value & 0xFF
                last = next((one for kind, name, one in reversed(self.sent) if (kind, name) == (3, number)), None)
                return last if last is not None else bytes((number,)).ljust(setup.length, b"\0")
            case request if request in (_SET_IDLE, _SET_PROTOCOL):
                return b""
            case request if request in (_GET_IDLE, _GET_PROTOCOL):
                return b"\1"
        return None


class AcmPort:
    """A serial port by CDC-ACM. What the host writes goes to `heard`."""

    SINK: Final = 0x01
    SOURCE: Final = 0x82
    STATE: Final = 0x83

    def __init__(self, strings: tuple[str, ...], heard: Callable[[bytes], None]) -> None:
        functional = bytes.fromhex("0524001001 0524010001 04240206 0524060001")
        control = Interface(
            2,
            2,
            1,
            extra_descriptors=tuple(functional),
            endpoints=(Endpoint(self.STATE, bmAttributes=_INTERRUPT, wMaxPacketSize=16, bInterval=10),),
        )
        data = Interface(10, 0, 0, bInterfaceNumber=1, endpoints=(Endpoint(self.SINK), Endpoint(self.SOURCE)))
        self.coding = (9600, 0, 0, 8)
        """Speed, stop bits, parity and data bits, as PSTN 1.2, table 17 has them."""
        self.lines = 0
        """DTR is bit 0, RTS bit 1."""
        self.breaks = 0
        self.usb = UsbDevice(
            Device(0x0519, 0x0001, strings=strings, interfaces=(control, data), bDeviceClass=2),
            self._request,
            lambda endpoint, piece: heard(piece),
        )

    def say(self, data: bytes) -> None:
        """Bytes for the host."""
        self.usb.send(self.SOURCE, data)

    def _request(self, setup: Setup, data: bytes) -> bytes | None:
        match setup.request:
            case request if request == _SET_LINE_CODING:
                self.coding = struct.unpack("<IBBB", data)
            case request if request == _GET_LINE_CODING:
                return struct.pack("<IBBB", *self.coding)
            case request if request == _SET_CONTROL_LINES:
                self.lines = setup.value
            case request if request == _SEND_BREAK:
                self.breaks += bool(setup.value)
            case _:
                return None
        return b""
