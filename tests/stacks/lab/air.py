"""What is within reach of the machine's Bluetooth adapter, which the kernel has by vhci: printers, and a scanner.

A module of its own, since bumble takes seconds to import on an emulated processor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bumble.att import Attribute
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.wires.ble import GATT, BleWire
from posdevkit_emulators.wires.vhci import KernelAir

UART = GATT["issc"]


class GattScanner:
    """A scanner whose codes come as notifications of a serial port over GATT."""

    def __init__(self, air: KernelAir, address: str) -> None:
        self._air = air
        self._own = Controller("scanner", link=air, public_address="00:11:22:33:44:66")
        self._device = Device("scanner", Address(address), host=Host(self._own, AsyncPipeSink(self._own)))
        told, written = Characteristic.Properties.NOTIFY, Characteristic.Properties.WRITE
        self._notify = Characteristic(UUID(UART.notify), told, Attribute.Permissions.READABLE, b"")
        write = Characteristic(UUID(UART.write), written, Attribute.Permissions.WRITEABLE, b"")
        self._device.add_service(Service(UUID(UART.service), [write, self._notify]))
        kinds = AdvertisingData.Type
        said = [
            (kinds.FLAGS, b"\x06"),
            (kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, UUID(UART.service).to_bytes()),
        ]
        self._device.advertising_data = bytes(AdvertisingData(said))
        self._connection: Connection | None = None
        self._listened_to = asyncio.Event()
        self._device.on("connection", self._came)
        self._notify.on("subscription", self._subscribed)

    async def switch_on(self) -> None:
        await self._device.power_on()
        await self.advertise()

    async def advertise(self) -> None:
        await self._device.start_advertising(
            auto_restart=True, advertising_interval_min=50, advertising_interval_max=50
        )

    async def fall_silent(self) -> None:
        """Out of reach: nobody hears it, and whoever was connected is not any more."""
        if self._device.is_advertising:
            await self._device.stop_advertising()
        if self._connection is not None:
            await self._connection.disconnect()
        # It advertises again whenever a connection ends, unless it is told after that.
        if self._device.is_advertising:
            await self._device.stop_advertising()

    async def listened_to(self) -> None:
        await self._listened_to.wait()

    async def say(self, data: bytes) -> None:
        """One notification, once somebody listens."""
        await self._listened_to.wait()
        assert self._connection is not None
        await self._device.notify_subscriber(self._connection, self._notify, data)

    async def hang_up(self) -> None:
        assert self._connection is not None
        await self._connection.disconnect()

    async def switch_off(self) -> None:
        await self.fall_silent()
        await self._device.power_off()
        self._air.remove_controller(self._own)

    def _came(self, connection: Connection) -> None:
        self._connection = connection
        connection.on("disconnection", self._went)

    def _went(self, _: int) -> None:
        self._connection = None
        self._listened_to.clear()

    def _subscribed(self, _: Connection, notifies: bool, __: bool) -> None:
        if notifies:
            self._listened_to.set()


class Air:
    """The adapter, and the scanners; the printers belong to the bench."""

    def __init__(self) -> None:
        self._kernel = KernelAir()
        self._scanners: dict[str, GattScanner] = {}

    async def plug(self) -> None:
        await self._kernel.plug()

    async def unplug(self) -> None:
        await self._kernel.unplug()

    async def printer(self, address: str, gatt: str, mtu: int, faults: Sequence[str]) -> ReceiptPrinterBench:
        bench = ReceiptPrinterBench(lambda station: BleWire(station, address, gatt, mtu, self._kernel), faults=faults)
        await bench.open()
        return bench

    async def scanner(self, name: str, address: str) -> GattScanner:
        found = self._scanners[name] = GattScanner(self._kernel, address)
        await found.switch_on()
        return found

    def __getitem__(self, name: str) -> GattScanner:
        return self._scanners[name]

    async def silence(self) -> None:
        """No scanner is on."""
        for scanner in self._scanners.values():
            await scanner.switch_off()
        self._scanners.clear()
