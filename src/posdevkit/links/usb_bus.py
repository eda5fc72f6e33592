"""Finding USB devices and the one interface of each that talks to a printer. Everything here blocks for moments.

The printer interface by the USB Device Class Definition for Printing Devices 1.1, section 4: class 7, subclass 1,
protocol 1 (one way), 2 (both ways) or 3 (IEEE 1284.4). Many printers have a vendor's own interface instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

from posdevkit.errors import BadUrl, Disconnected, MissingExtra
from posdevkit.runtime.buses import plugged_in

from .url import DeviceUrl

if TYPE_CHECKING:
    import usb.core

__all__ = ["Pipes", "UsbDescription", "UsbId", "all_devices", "describe", "need", "pipes_of", "read_address"]

_ADDRESS: Final = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")
_PRINTER_CLASS: Final = 7
_VENDOR_CLASS: Final = 0xFF
_PROTOCOL_RANK: Final = {2: 0, 1: 1, 3: 2}
"""Which protocol of the printer class is taken first. 4 is IPP over USB, which is no cable for raw bytes."""
_VENDOR_RANK: Final = 10
_SYSFS: Final = Path("/sys/bus/usb/devices")
_BULK: Final = 2
_IN: Final = 0x80
_NO_USB: Final = "Check that this machine has USB; in a container or sandbox, pass /dev/bus/usb into it."
_INSTALL: Final = 'Install it with: pip install "posdevkit[usb]"'


@dataclass(frozen=True, slots=True)
class UsbId:
    """Vendor and product, as in `usb://04b8:0202`."""

    vendor: int
    product: int

    def __str__(self) -> str:
        return f"{self.vendor:04x}:{self.product:04x}"


@dataclass(frozen=True, slots=True)
class UsbDescription:
    """What a device tells about itself. Texts are empty where it has none or they may not be read."""

    id: UsbId
    maker: str
    product: str
    serial: str
    port: str
    """Bus and ports, as `1-2.3`: where the cable is plugged in. Empty where the system does not tell."""

    @property
    def identity(self) -> tuple[str, str]:
        """The option of the URL that means this very device, and its value: the serial number, else the port."""
        return ("serial", self.serial) if self.serial else ("port", self.port)

    @property
    def url(self) -> DeviceUrl:
        """What opens this very device."""
        return DeviceUrl("usb", str(self.id), options=(self.identity,) if self.identity[1] else ())

    def url_among(self, all_found: Iterable[UsbDescription]) -> DeviceUrl:
        """What opens this very device, also where another of `all_found` bears its number, as clones of a batch do."""
        twins = sum((other.id, other.serial) == (self.id, self.serial) for other in all_found)
        if twins < 2 or not self.port:
            return self.url
        return DeviceUrl("usb", str(self.id), options=(("port", self.port),))


@dataclass(frozen=True, slots=True)
class Pipes:
    """The interface to claim and its bulk endpoints; `source` is None for a printer that cannot talk back."""

    configuration: int
    interface: int
    alternate: int
    sink: int
    source: int | None
    packet: int
    """Bytes that fit one packet to the device."""
    rank: int
    printer_class: bool


def need(module: str) -> ModuleType:
    """`module` of pyusb; MissingExtra with the command if it is not there."""
    try:
        return import_module(module)
    except ImportError as problem:
        raise MissingExtra(f"USB needs pyusb ({problem})", remedy=_INSTALL) from problem


def read_address(url: DeviceUrl) -> UsbId:
    """Vendor and product of the URL. Raises BadUrl."""
    found = _ADDRESS.fullmatch(url.address)
    if found is None:
        raise BadUrl(
            f"{str(url)!r}: {url.address!r} is no vendor and product",
            remedy="Write both as four hexadecimal digits, for example usb://04b8:0202.",
        )
    return UsbId(int(found[1], 16), int(found[2], 16))


def all_devices(backend: object | None = None) -> Iterator[usb.core.Device]:
    """Every device on `backend`, else on the buses of this process if there are any, else on those of the machine.

    Raises MissingExtra where pyusb or libusb is missing, Disconnected without any USB, and what pyusb raises.
    """
    core = need("usb.core")
    for one in (backend,) if backend is not None else plugged_in() or (_machine(),):
        yield from core.find(find_all=True, backend=one)


def describe(device: usb.core.Device) -> UsbDescription:
    """What the device tells about itself; texts that may not be read are empty."""
    ports = device.port_numbers
    port = f"{device.bus}-{'.'.join(map(str, ports))}" if device.bus is not None and ports else ""
    id_ = UsbId(device.idVendor, device.idProduct)
    texts = _kernels_texts(device, id_, port) or (
        _text(device, device.iManufacturer),
        _text(device, device.iProduct),
        _text(device, device.iSerialNumber),
    )
    return UsbDescription(id_, *texts, port)


def _kernels_texts(device: usb.core.Device, id_: UsbId, port: str) -> tuple[str, str, str] | None:
    """Maker, product and serial number as Linux read them when the device came; None elsewhere.

    Asking the device takes the right to open it, which udev gives a moment later or never: without its number it would
    seem to be another one.
    """
    if not port or getattr(device.backend, "lib", None) is None:
        return None  # not the machine's libusb, so no device of the machine's
    folder = _SYSFS / port
    try:
        if [int((folder / name).read_text(), 16) for name in ("idVendor", "idProduct")] != [id_.vendor, id_.product]:
            return None
        maker, product, serial = (_line(folder / name) for name in ("manufacturer", "product", "serial"))
    except (OSError, ValueError):
        return None
    return maker, product, serial


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip("\0 \n")
    except FileNotFoundError:
        return ""  # it has no such text


def pipes_of(device: usb.core.Device) -> Pipes | None:
    """The interface to print through: of the printer class if there is one, else a vendor's own, both ways."""
    found = [
        pipes
        for configuration in device
        for interface in configuration
        if (pipes := _pipes(configuration.bConfigurationValue, interface)) is not None
    ]
    return min(found, key=lambda pipes: (pipes.rank, pipes.interface, pipes.alternate), default=None)


def _pipes(configuration: int, interface: Any) -> Pipes | None:  # pyusb has no types
    printer_class = interface.bInterfaceClass == _PRINTER_CLASS
    rank = _VENDOR_RANK
    if printer_class:
        if interface.bInterfaceSubClass != 1 or interface.bInterfaceProtocol not in _PROTOCOL_RANK:
            return None
        rank = _PROTOCOL_RANK[interface.bInterfaceProtocol]
    elif interface.bInterfaceClass != _VENDOR_CLASS:
        return None
    bulk = [endpoint for endpoint in interface if endpoint.bmAttributes & 3 == _BULK]
    sink = next((e for e in bulk if not e.bEndpointAddress & _IN), None)
    source = next((e for e in bulk if e.bEndpointAddress & _IN), None)
    if sink is None or (source is None and not printer_class):
        return None
    return Pipes(
        configuration,
        interface.bInterfaceNumber,
        interface.bAlternateSetting,
        sink.bEndpointAddress,
        None if source is None else source.bEndpointAddress,
        # USB 2.0, 9.6.6: bits 0 to 10; no bulk endpoint has packets of none.
        max(8, sink.wMaxPacketSize & 0x7FF),
        rank,
        printer_class,
    )


def _text(device: usb.core.Device, index: int) -> str:
    if not index:
        return ""
    try:
        text = cast(str | None, need("usb.util").get_string(device, index))
    except (need("usb.core").USBError, ValueError, NotImplementedError):
        return ""  # not permitted, or without a language
    return (text or "").strip("\0 ")


@cache
def _machine() -> object:
    """The machine's libusb: its own, else the one that comes with the extra."""
    library = need("usb.backend.libusb1")
    backend = library.get_backend()
    if backend is None:
        try:
            bundled = import_module("libusb_package")
        except ImportError as problem:
            raise MissingExtra(f"USB needs the library libusb ({problem})", remedy=_INSTALL) from problem
        backend = library.get_backend(find_library=bundled.find_library)
    if backend is None:
        raise Disconnected("USB: libusb finds no USB on this machine", remedy=_NO_USB)
    return cast(object, backend)
