"""A printer's Bluetooth LE radio: an emulated controller with a GATT server, and the air between it and a host.

A BleLink to its address finds it by itself (`runtime.buses`). Nothing of the operating system is involved: host and
printer are two controllers of bumble on one link in memory, which exchange the HCI commands and ATT packets that real
ones do. On the air of `vhci` the host is the operating system's own Bluetooth instead.

The radio module keeps a few bytes. A write with response is answered when there is room for it again, so a host that
waits for its answers is held up while the printer takes nothing; a write without response finds no room and is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bumble.att import Attribute, Bearer
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

from posdevkit.runtime.buses import plug_in, pull_out
from posdevkit_emulators.station import PrinterStation

from .session import Session

if TYPE_CHECKING:
    from bleak.backends.client import BaseBleakClient

__all__ = ["GATT", "BleWire", "Gatt"]

MODULE_BYTES: Final = 2048
"""What the radio module keeps for the printer behind it."""
LONGEST_WRITE: Final = 512
"""Bytes that an attribute's value may have (Bluetooth Core 5.4, vol. 3, part F, 3.2.9)."""
_NAME: Final = b"BlueTooth Printer"
"""As the many call themselves that were never given a name."""
_ADVERTISING_MILLISECONDS: Final = 20.0

_answered: ContextVar[bool] = ContextVar("answered", default=True)


@dataclass(frozen=True, slots=True)
class Gatt:
    """How the printer offers its bytes: a service, where it is written to, where it answers, and its credits."""

    service: str
    write: str
    notify: str
    credits: str = ""
    """Where the printer says how many more writes it takes."""
    grants: str = ""
    """Where the host says how many more notifications it takes."""

    @property
    def paced(self) -> bool:
        """Whether credits pace the writes, which then have no response."""
        return bool(self.credits)


GATT: Final = {
    # POS-5805, MPT-II and many more.
    "18f0": Gatt(
        "18F0",
        "2AF1",
        "2AF0",
    ),
    # Microchip's transparent UART, as in Epson's TM-P and Star's SM-L.
    "issc": Gatt(
        "49535343-FE7D-4AE5-8FA9-9FAFD205E455",
        "49535343-8841-43F4-A8D4-ECBE34729BB3",
        "49535343-1E4D-4BD9-BA61-23C647249616",
    ),
    # Telit's Terminal I/O: writes without response, paced by credits.
    "terminal-io": Gatt(
        "FEFB",
        "00000001-0000-1000-8000-008025000000",
        "00000002-0000-1000-8000-008025000000",
        credits="00000004-0000-1000-8000-008025000000",
        grants="00000003-0000-1000-8000-008025000000",
    ),
}
"""The services that can be played."""


class BleWire:
    """A printer on the air, and the one host that is connected to it."""

    def __init__(
        self, station: PrinterStation, address: str, gatt: str = "18f0", mtu: int = 517, air: LocalLink | None = None
    ) -> None:
        """`address` as AA:BB:CC:DD:EE:FF; `gatt` is a name in GATT; `mtu` the longest ATT packet, 23 to 517; `air`
        where others are the hosts, without it one of its own with a host for this process."""
        self._station = station
        self._air = air
        self.address = address
        self._gatt = GATT[gatt]
        self.mtu = mtu
        self.writes: list[int] = []
        """The lengths of the writes that came."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.central: Device | None = None
        """The host's own controller, once this is open; None on the air of others."""
        self._own: Controller | None = None
        self._printer: Device | None = None
        self._connection: Connection | None = None
        self._stream: _GattStream | None = None
        self._session: Session | None = None
        self._notify: Characteristic[bytes] | None = None
        self._credits: Characteristic[bytes] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._hanging_up: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """What a driver opens."""
        return f"ble://{self.address}"

    @property
    def client(self) -> type[BaseBleakClient]:
        """What bleak takes as `backend=` to reach this printer."""
        from .bleak_backend import client_onto  # which knows this module

        return client_onto(self)

    @property
    def on_air(self) -> bool:
        """Whether hosts can find it: a printer hides while one is connected to it."""
        return self._printer is not None and self._printer.is_advertising and self._connection is None

    async def open(self) -> None:
        """Put the controllers on the air and advertise."""
        self.loop = asyncio.get_running_loop()
        link = self._air or LocalLink()  # type: ignore[no-untyped-call]
        if self._air is None:
            host = Controller("host", link=link, public_address="00:AA:BB:CC:DD:EE")
            self.central = Device("host", Address("C0:C1:C2:C3:C4:C5"), host=Host(host, AsyncPipeSink(host)))
            await self.central.power_on()
        own = self._own = Controller("printer", link=link, public_address="00:11:22:33:44:55")
        self._printer = Device("printer", Address(self.address), host=Host(own, AsyncPipeSink(own)))
        self._offer(self._printer)
        await self._printer.power_on()
        await self.plug()

    async def plug(self) -> None:
        """Be within reach."""
        assert self._printer is not None
        await self._printer.start_advertising(
            auto_restart=True,
            advertising_interval_min=_ADVERTISING_MILLISECONDS,
            advertising_interval_max=_ADVERTISING_MILLISECONDS,
        )
        if self._air is None:
            plug_in(self, "ble")

    async def unplug(self) -> None:
        """Go out of reach: the connection ends, and nothing is on the air until `plug`."""
        assert self._printer is not None
        await self._printer.stop_advertising()
        session, self._session = self._session, None
        if session is not None:
            await session.pull_out()
        self.hang_up()
        if self._hanging_up is not None:
            await asyncio.wait({self._hanging_up})

    async def close(self) -> None:
        """End the host's connection and leave the air."""
        printer, self._printer = self._printer, None
        if printer is None:
            return
        pull_out(self)
        if printer.is_advertising:
            await printer.stop_advertising()
        session, self._session = self._session, None
        if session is not None:
            await session.stop()
        self.hang_up()
        if self._hanging_up is not None:
            await asyncio.wait({self._hanging_up})
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await printer.power_off()
        if self._air is not None and self._own is not None:
            self._air.remove_controller(self._own)
        central, self.central = self.central, None
        if central is not None:
            await central.power_off()

    def hang_up(self) -> None:
        """End the connection from the printer's side."""
        connection = self._connection
        if connection is not None and (self._hanging_up is None or self._hanging_up.done()):
            self._hanging_up = self._do(connection.disconnect())

    def _offer(self, printer: Device) -> None:
        gatt = self._gatt
        kinds = Characteristic.Properties.WRITE_WITHOUT_RESPONSE
        if not gatt.paced:
            kinds |= Characteristic.Properties.WRITE
        self._notify = Characteristic(
            UUID(gatt.notify), Characteristic.Properties.NOTIFY, Attribute.Permissions.READABLE, b""
        )
        written: CharacteristicValue[bytes] = CharacteristicValue(write=self._written)
        offered: list[Characteristic[bytes]] = [
            Characteristic(UUID(gatt.write), kinds, Attribute.Permissions.WRITEABLE, written),
            self._notify,
        ]
        if gatt.paced:
            self._credits = Characteristic(
                UUID(gatt.credits), Characteristic.Properties.INDICATE, Attribute.Permissions.READABLE, b""
            )
            self._credits.on("subscription", self._subscribed)
            granted: CharacteristicValue[bytes] = CharacteristicValue(write=self._granted)
            writes = Characteristic.Properties.WRITE
            offered += [
                Characteristic(UUID(gatt.grants), writes, Attribute.Permissions.WRITEABLE, granted),
                self._credits,
            ]
        printer.add_service(Service(UUID(gatt.service), offered))
        printer.gatt_server.max_mtu = self.mtu
        unanswered = printer.gatt_server.on_att_write_command

        def on_att_write_command(bearer: Bearer, request: object) -> None:
            # The handler runs in a task that takes this context along: else it could not tell the two kinds apart.
            token = _answered.set(False)
            try:
                unanswered(bearer, request)
            finally:
                _answered.reset(token)

        printer.gatt_server.on_att_write_command = on_att_write_command
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, _NAME)
        service = UUID(gatt.service).to_bytes()
        # 31 bytes have room for a short UUID and the name; beside a long one the name goes into the scan response.
        short = len(service) == 2
        kinds_of_list = AdvertisingData.Type
        listed = (
            kinds_of_list.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
            if short
            else kinds_of_list.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
        )
        told = [(AdvertisingData.FLAGS, b"\x06"), (listed, service)]
        printer.advertising_data = bytes(AdvertisingData([*told, name] if short else told))
        printer.scan_response_data = bytes(AdvertisingData([] if short else [name]))
        printer.on("connection", self._came)

    def _came(self, connection: Connection) -> None:
        stream = _GattStream(self, connection, paced=self._gatt.paced)
        self._connection, self._stream = connection, stream
        connection.on("disconnection", lambda _: self._went(connection, stream))
        self._do(self._serve(stream))

    def _went(self, connection: Connection, stream: _GattStream) -> None:
        stream.host_is_gone()
        if self._connection is connection:
            self._connection = self._stream = None

    async def _serve(self, stream: _GattStream) -> None:
        if self._session is not None:
            await self._session.give_way()
        if self._printer is not None:
            self._session = Session(stream, self._station)

    async def _written(self, connection: Connection, data: bytes) -> None:
        self.writes.append(len(data))
        stream = self._stream
        if stream is None or connection is not self._connection:
            return
        if not await stream.arrived(data, answered=_answered.get()):
            self._station.apply(self._station.model.trouble(f"{len(data)} bytes lost: the radio module was full"))

    def _subscribed(self, connection: Connection, _: bool, indicates: bool) -> None:
        if indicates:
            self.credit(connection, MODULE_BYTES // LONGEST_WRITE)

    def credit(self, connection: Connection, writes: int) -> None:
        """Say that so many more writes are taken."""
        if self._printer is not None and self._credits is not None:
            self._do(self._printer.indicate_subscriber(connection, self._credits, bytes([writes])))

    async def _granted(self, connection: Connection, data: bytes) -> None:
        if self._stream is not None and connection is self._connection:
            self._stream.granted(data[0])

    async def notify(self, connection: Connection, data: bytes) -> None:
        """Tell the host something; as long as it has not subscribed, nobody hears it."""
        assert self._printer is not None
        assert self._notify is not None
        await self._printer.notify_subscriber(connection, self._notify, data)

    def _do(self, work: Coroutine[object, object, object]) -> asyncio.Task[None]:
        task = asyncio.create_task(_quietly(work), name="emulator: radio")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _quietly(work: Coroutine[object, object, object]) -> None:
    with contextlib.suppress(Exception):  # the host has gone meanwhile
        await work


class _GattStream:
    """A ByteStream over a connected host's writes, and notifications to it."""

    def __init__(self, wire: BleWire, connection: Connection, *, paced: bool) -> None:
        self._wire = wire
        self._connection = connection
        self._paced = paced
        self._grants = 0
        self._owed = 0
        self._inbox = bytearray()
        self._gone = False
        self._stirred: set[asyncio.Future[None]] = set()

    async def arrived(self, data: bytes, *, answered: bool) -> bool:
        """Keep a write; with `answered`, return when there is room for the next. False if it was lost."""
        if not answered and len(self._inbox) + len(data) > MODULE_BYTES:
            return False
        self._inbox += data
        self._owed += 1
        self._stir()
        while answered and len(self._inbox) > MODULE_BYTES and not self._gone:
            await self._change()
        return True

    def host_is_gone(self) -> None:
        self._gone = True
        self._stir()

    def granted(self, notifications: int) -> None:
        """The host takes so many more notifications."""
        self._grants += notifications
        self._stir()

    async def receive(self, limit: int) -> bytes:
        while not self._inbox:
            if self._gone:
                return b""
            await self._change()
        data = bytes(self._inbox[:limit])
        del self._inbox[:limit]
        if self._paced and not self._inbox and not self._gone:
            self._wire.credit(self._connection, self._owed)
            self._owed = 0
        self._stir()
        return data

    async def send(self, data: bytes) -> None:
        step = self._connection.att_mtu - 3
        for at in range(0, len(data), step):
            while self._paced and not self._grants and not self._gone:
                await self._change()
            if self._gone:
                raise ConnectionResetError
            self._grants -= self._paced
            await self._wire.notify(self._connection, data[at : at + step])

    async def check(self) -> None:
        if self._gone:
            raise ConnectionResetError

    def end(self) -> None:
        """GATT has no half-closed connection."""

    def close(self, *, abrupt: bool) -> None:
        if not self._gone:
            self._wire.hang_up()

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._stirred.add(waiter)
        try:
            await waiter
        finally:
            self._stirred.discard(waiter)

    def _stir(self) -> None:
        for waiter in self._stirred:
            if not waiter.done():
                waiter.set_result(None)
