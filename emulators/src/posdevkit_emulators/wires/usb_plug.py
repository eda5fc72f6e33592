"""A printer's socket on a bus outside this process: the same cable as on the emulated bus, carried elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from .usb_backend import ClassRequest, UsbPlug
from .usb_descriptors import SINK, SOURCE, Device
from .usb_device import UsbDevice

__all__ = ["CarriedSocket", "Carrier"]

_FIFO: Final = 4096

Carrier = Callable[[UsbDevice], None]
"""Brings a device to a bus and sets its `unplugged`."""


class CarriedSocket:
    """What `UsbWire` asks of a bus; each plugging in is a new device there."""

    def __init__(self, device: Device, take: Callable[[bytes], None], request: ClassRequest, carrier: Carrier) -> None:
        self.device = device
        self._take = take
        self._request = request
        self._carrier = carrier
        self._lock = threading.Lock()
        self._present: tuple[UsbPlug, UsbDevice] | None = None

    def plug_in(self) -> UsbPlug:
        """The device comes to the bus."""
        usb = UsbDevice(
            self.device,
            lambda setup, data: self._request(setup.kind, setup.request),
            lambda endpoint, data: self._take(data),
        )
        usb.let_in(SINK, 0)
        plug = UsbPlug()
        self._carrier(usb)
        with self._lock:
            self._present = (plug, usb)
        return plug

    def pull_out(self, plug: UsbPlug) -> None:
        """The device leaves the bus. Without effect on a second call."""
        plug.gone = True
        usb = self._usb(plug)
        if usb is not None:
            with self._lock:
                self._present = None
            usb.unplugged()

    def let_in(self, plug: UsbPlug, size: int) -> None:
        """Take up to `size` bytes in one piece; 0 to take none."""
        usb = self._usb(plug)
        if usb is not None:
            usb.let_in(SINK, size)

    def offer(self, plug: UsbPlug, data: bytes) -> int:
        """Bytes for the host; how many of them found room."""
        usb = self._usb(plug)
        if usb is None:
            return 0
        kept = data[: max(0, _FIFO - usb.unread(SOURCE))]
        usb.send(SOURCE, kept)
        return len(kept)

    def stall(self, endpoint: int) -> None:
        """Halt an endpoint until the host clears it."""
        with self._lock:
            present = self._present
        if present is not None:
            present[1].stall(endpoint)

    def _usb(self, plug: UsbPlug) -> UsbDevice | None:
        with self._lock:
            return self._present[1] if self._present is not None and self._present[0] is plug else None
