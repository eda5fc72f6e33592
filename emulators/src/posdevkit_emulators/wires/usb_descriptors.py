"""What an emulated USB device says about itself: as pyusb's backends hand it over, and as the bytes of a bus.

Universal Serial Bus Specification 2.0, 9.6 (descriptors); USB Device Class Definition for Printing Devices 1.1, 4
(class 7, subclass 1, protocol 2: bidirectional; one bulk endpoint each way). A full-speed printer has packets of 64.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

__all__ = [
    "SINK",
    "SOURCE",
    "Configuration",
    "Device",
    "Endpoint",
    "Interface",
    "configuration_bytes",
    "device_bytes",
    "device_id",
    "string_descriptor",
]

SINK: Final = 0x01
SOURCE: Final = 0x82
_ENGLISH: Final = 0x0409


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Table 9-13; `bmAttributes` 2 is bulk, 3 interrupt."""

    bEndpointAddress: int  # noqa: N815  # the names of the specification
    bLength: int = 7  # noqa: N815
    bDescriptorType: int = 5  # noqa: N815
    bmAttributes: int = 2  # noqa: N815
    wMaxPacketSize: int = 64  # noqa: N815
    bInterval: int = 0  # noqa: N815
    bRefresh: int = 0  # noqa: N815
    bSynchAddress: int = 0  # noqa: N815
    extra_descriptors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """Table 9-12. `bInterfaceClass` 255 makes it a vendor's own."""

    bInterfaceClass: int = 7  # noqa: N815
    bInterfaceSubClass: int = 1  # noqa: N815
    bInterfaceProtocol: int = 2  # noqa: N815
    bLength: int = 9  # noqa: N815
    bDescriptorType: int = 4  # noqa: N815
    bInterfaceNumber: int = 0  # noqa: N815
    bAlternateSetting: int = 0  # noqa: N815
    iInterface: int = 0  # noqa: N815
    extra_descriptors: tuple[int, ...] = ()
    endpoints: tuple[Endpoint, ...] = (Endpoint(SINK), Endpoint(SOURCE))

    @property
    def bNumEndpoints(self) -> int:  # noqa: N802
        """As many as there are."""
        return len(self.endpoints)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Table 9-10; self-powered."""

    bLength: int = 9  # noqa: N815
    bDescriptorType: int = 2  # noqa: N815
    wTotalLength: int = 32  # noqa: N815
    bNumInterfaces: int = 1  # noqa: N815
    bConfigurationValue: int = 1  # noqa: N815
    iConfiguration: int = 0  # noqa: N815
    bmAttributes: int = 0xC0  # noqa: N815
    bMaxPower: int = 1  # noqa: N815
    extra_descriptors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """Table 9-8, with its strings and where it is plugged in."""

    idVendor: int = 0x04B8  # noqa: N815
    idProduct: int = 0x0202  # noqa: N815
    port_numbers: tuple[int, ...] = (1,)
    strings: tuple[str, ...] = ("EPSON", "TM-T88V")
    """Maker, product and, where it has one, serial number."""
    interfaces: tuple[Interface, ...] = (Interface(),)
    bus: int = 1
    address: int = 2
    speed: int = 2
    bLength: int = 18  # noqa: N815
    bDescriptorType: int = 1  # noqa: N815
    bcdUSB: int = 0x0200  # noqa: N815
    bDeviceClass: int = 0  # noqa: N815
    bDeviceSubClass: int = 0  # noqa: N815
    bDeviceProtocol: int = 0  # noqa: N815
    bMaxPacketSize0: int = 64  # noqa: N815
    bcdDevice: int = 0x0100  # noqa: N815
    iManufacturer: int = 1  # noqa: N815
    iProduct: int = 2  # noqa: N815
    bNumConfigurations: int = 1  # noqa: N815

    @property
    def iSerialNumber(self) -> int:  # noqa: N802
        """0 where it has none."""
        return 3 if len(self.strings) > 2 else 0

    @property
    def configuration(self) -> Configuration:
        """The only one."""
        whole = sum(len(_interface_bytes(interface)) for interface in self.interfaces)
        return Configuration(wTotalLength=9 + whole, bNumInterfaces=len(self.interfaces))

    @property
    def port_number(self) -> int:
        """The last of the ports on the way."""
        return self.port_numbers[-1]


def device_bytes(device: Device) -> bytes:
    """Table 9-8."""
    return struct.pack(
        "<BBHBBBBHHHBBBB",
        device.bLength,
        device.bDescriptorType,
        device.bcdUSB,
        device.bDeviceClass,
        device.bDeviceSubClass,
        device.bDeviceProtocol,
        device.bMaxPacketSize0,
        device.idVendor,
        device.idProduct,
        device.bcdDevice,
        device.iManufacturer,
        device.iProduct,
        device.iSerialNumber,
        device.bNumConfigurations,
    )


def configuration_bytes(device: Device) -> bytes:
    """Table 9-10 and all that belongs to it."""
    one = device.configuration
    head = struct.pack(
        "<BBHBBBBB",
        one.bLength,
        one.bDescriptorType,
        one.wTotalLength,
        one.bNumInterfaces,
        one.bConfigurationValue,
        one.iConfiguration,
        one.bmAttributes,
        one.bMaxPower,
    )
    return head + b"".join(_interface_bytes(interface) for interface in device.interfaces)


def _interface_bytes(one: Interface) -> bytes:
    head = (one.bLength, one.bDescriptorType, one.bInterfaceNumber, one.bAlternateSetting, one.bNumEndpoints)
    kind = (one.bInterfaceClass, one.bInterfaceSubClass, one.bInterfaceProtocol, one.iInterface)
    ends = b"".join(
        struct.pack(
            "<BBBBHB", e.bLength, e.bDescriptorType, e.bEndpointAddress, e.bmAttributes, e.wMaxPacketSize, e.bInterval
        )
        for e in one.endpoints
    )
    return bytes((*head, *kind, *one.extra_descriptors)) + ends


def string_descriptor(strings: tuple[str, ...], index: int) -> bytes | None:
    """Table 9-15 and 9-16: number 0 lists the languages; None where there is none of that number."""
    if index == 0:
        text = _ENGLISH.to_bytes(2, "little")
    elif index <= len(strings):
        text = strings[index - 1].encode("utf-16-le")
    else:
        return None
    return bytes((len(text) + 2, 3)) + text


def device_id(maker: str, model: str) -> bytes:
    """The answer to GET_DEVICE_ID (Printing Devices 1.1, 4.2.1): IEEE 1284, its length in front, high byte first."""
    text = f"MFG:{maker};CMD:ESC/POS;MDL:{model};CLS:PRINTER;".encode("ascii", "replace")
    return (len(text) + 2).to_bytes(2, "big") + text
