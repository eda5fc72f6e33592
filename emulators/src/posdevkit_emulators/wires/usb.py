"""The printer's USB socket: plugged into a bus inside this process, which stands in for those of the machine."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import Final

from posdevkit.events import Fault, Paper
from posdevkit.links.url import DeviceUrl
from posdevkit.runtime.buses import plug_in, pull_out
from posdevkit_emulators.station import PrinterStation

from .session import Session
from .usb_backend import EmulatedBackend, UsbPlug
from .usb_descriptors import SINK, SOURCE, Device, device_id
from .usb_plug import CarriedSocket, Carrier

__all__ = ["UsbWire"]

_BACK_SECONDS: Final = 0.05
"""A printer that left the bus by itself (a power cut, a bad contact) comes back after this."""
_GET_DEVICE_ID: Final = (0xA1, 0)
_GET_PORT_STATUS: Final = (0xA1, 1)
_SOFT_RESET: Final = ((0x21, 2), (0x23, 2))  # the class definition says 0x23, hosts send 0x21 as well
_PAPER_EMPTY: Final = 0x20
_SELECTED: Final = 0x10
_NO_ERROR: Final = 0x08


class UsbWire:
    """One printer on a USB bus of its own; the hands at its cable are `unplug` and `replug`.

    `carrier` brings it to a bus outside this process instead, as `usbip.attach` does.
    """

    def __init__(self, station: PrinterStation, device: Device, carrier: Carrier | None = None) -> None:
        self._station = station
        self._socket: EmulatedBackend | CarriedSocket = (
            EmulatedBackend(device, self._taken, self._request)
            if carrier is None
            else CarriedSocket(device, self._taken, self._request, carrier)
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stream: _UsbStream | None = None
        self._session: Session | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._pulled = False

    @property
    def backend(self) -> EmulatedBackend:
        """The bus as pyusb sees it: to be given to a link, where it is not to be found by everybody."""
        assert isinstance(self._socket, EmulatedBackend), "it is plugged in outside this process"
        return self._socket

    @property
    def url(self) -> str:
        """What a driver opens: this very printer, by its serial number, or by its port where it has none."""
        device = self._socket.device
        port = f"{device.bus}-{'.'.join(map(str, device.port_numbers))}"
        identity = ("serial", device.strings[2]) if device.iSerialNumber else ("port", port)
        return str(DeviceUrl("usb", f"{device.idVendor:04x}:{device.idProduct:04x}", options=(identity,)))

    async def open(self) -> None:
        """Plug it in, where every USB link of this process finds it."""
        self._loop = asyncio.get_running_loop()
        if isinstance(self._socket, EmulatedBackend):
            plug_in(self._socket)
        self._begin()

    async def close(self) -> None:
        """Pull it out for good."""
        pull_out(self._socket)
        await self.unplug()
        self._loop = None

    async def unplug(self) -> None:
        """Pull the cable out of the printer, which stays switched on."""
        self._pulled = True
        if self._stream is not None:
            self._stream.close(abrupt=True)
        session, watcher, self._session, self._watcher = self._session, self._watcher, None, None
        if watcher is not None:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
        if session is not None:
            await session.stop()

    async def plug(self) -> None:
        """Plug the cable in again, into the same port."""
        self.replug()

    def replug(self, *, serial: str | None = None, ports: tuple[int, ...] | None = None) -> None:
        """Plug the cable in again: perhaps into another port, perhaps (`serial`) into another printer of the model."""
        device = self._socket.device
        self._socket.device = replace(
            device,
            port_numbers=ports or device.port_numbers,
            strings=device.strings if serial is None else (*device.strings[:2], serial),
        )
        self._begin()

    def stall(self, *, to_host: bool = False) -> None:
        """Halt the endpoint that takes data, or the one that answers, until the host clears it."""
        self._socket.stall(SOURCE if to_host else SINK)

    def _begin(self) -> None:
        self._pulled = False
        self._stream = _UsbStream(self._socket)
        self._session = Session(self._stream, self._station)
        self._watcher = asyncio.create_task(self._come_back(self._session), name="emulator: usb")

    async def _come_back(self, session: Session) -> None:
        await session.ended()
        await asyncio.sleep(_BACK_SECONDS)
        if not self._pulled:
            self._begin()

    # In the driver's thread.

    def _taken(self, data: bytes) -> None:
        stream, loop = self._stream, self._loop
        if stream is not None and loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(stream.taken, data)

    def _request(self, kind: int, number: int) -> bytes | None:
        """Printing Devices 1.1, 4.2."""
        model = self._station.model
        status = model.status
        if (kind, number) == _GET_DEVICE_ID:
            return device_id(*self._socket.device.strings[:2])
        if (kind, number) == _GET_PORT_STATUS:
            no_error = status.fault is Fault.NONE and status.paper is not Paper.OUT and not status.cover_open
            paper = _PAPER_EMPTY if status.paper is Paper.OUT else 0
            return bytes((_SELECTED | paper | (_NO_ERROR if no_error else 0),))
        if (kind, number) in _SOFT_RESET and self._loop is not None:
            # Buffers are flushed and the pipes are as after plugging in.
            self._loop.call_soon_threadsafe(lambda: self._station.apply(model.soft_reset()))
            return b""
        return None


class _UsbStream:
    """A ByteStream over a plugged-in cable. While nothing is received, the endpoint refuses data."""

    def __init__(self, socket: EmulatedBackend | CarriedSocket) -> None:
        self._socket = socket
        self._plug: UsbPlug = socket.plug_in()
        self._arrived = bytearray()
        self._stirred = asyncio.Event()

    def taken(self, data: bytes) -> None:
        self._arrived += data
        self._stirred.set()

    async def receive(self, limit: int) -> bytes:
        try:
            while not self._arrived:
                self._stirred.clear()
                self._socket.let_in(self._plug, limit)
                await self._stirred.wait()
                await self.check()
        finally:
            self._socket.let_in(self._plug, 0)
        data = bytes(self._arrived)
        self._arrived.clear()
        return data

    async def send(self, data: bytes) -> None:
        left = data
        while left:
            await self.check()
            left = left[self._socket.offer(self._plug, left) :]
            if left:
                await asyncio.sleep(0.01)

    async def check(self) -> None:
        if self._plug.gone:
            raise ConnectionResetError("unplugged")

    def end(self) -> None:
        """The printer ends nothing by itself."""

    def close(self, *, abrupt: bool) -> None:
        self._socket.pull_out(self._plug)
        self._stirred.set()
