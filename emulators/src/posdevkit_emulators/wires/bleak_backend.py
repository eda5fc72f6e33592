"""bleak onto an emulated radio: `BleakClient(address, backend=...)` reaches the printer of a BleWire, on any loop.

The emulated controllers live on the wire's loop, a driver often on another one, in another thread: every call goes over
to the wire's loop and its answer comes back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address

if TYPE_CHECKING:
    from .ble import BleWire

__all__ = ["client_onto", "scanner_onto"]

T = TypeVar("T")

_PROPERTIES: Final[tuple[tuple[int, CharacteristicPropertyName], ...]] = (
    (0x02, "read"),
    (0x04, "write-without-response"),
    (0x08, "write"),
    (0x10, "notify"),
    (0x20, "indicate"),
)
"""Bluetooth Core 5.4, vol. 3, part G, 3.3.1.1."""
_LOOK_SECONDS: Final = 0.01
_MTU: Final = 517
"""What the host asks for."""


def client_onto(wire: BleWire) -> type[BaseBleakClient]:
    """The backend for a BleakClient that reaches this wire's printer."""
    return type("EmulatedBleakClient", (_Client,), {"wire": wire})


def scanner_onto(wire: BleWire) -> type[BaseBleakScanner]:
    """The backend for a BleakScanner that hears this wire's printer."""
    return type("EmulatedBleakScanner", (_Scanner,), {"wire": wire})


async def _over(wire: BleWire, work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the wire's loop."""
    loop = wire.loop
    if loop is None or loop.is_closed() or wire.central is None:
        work.close()
        raise BleakError("the emulated radio is off")
    here = asyncio.current_task()
    assert here is not None
    try:
        if loop is asyncio.get_running_loop():
            return await asyncio.create_task(work, name="emulator: host")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))
    except asyncio.CancelledError:
        if here.cancelling():
            raise
        # bumble cancels what waits for an answer when the connection is gone.
        raise BleakError("the device is gone") from None


class _Client(BaseBleakClient):
    wire: ClassVar[BleWire]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None = None,
        timeout: float = 10.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._connection: Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._mtu = 23
        self._subscribers: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return self._mtu

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool = False, **kwargs: Any) -> None:
        self._loop = asyncio.get_running_loop()
        await _over(self.wire, self._connect())

    async def disconnect(self) -> None:
        await _over(self.wire, self._disconnect())

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await _over(self.wire, _proxy(characteristic).read_value()))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await _over(self.wire, cast("CharacteristicProxy[bytes]", descriptor.obj).read_value()))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        if self._connection is None:
            raise BleakError("Not connected")
        if not response and len(data) > self._mtu - 3:
            raise BleakError("a write without response is one packet at most")
        await _over(self.wire, _proxy(characteristic).write_value(bytes(data), with_response=response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        proxy = cast("CharacteristicProxy[bytes]", descriptor.obj)
        await _over(self.wire, proxy.write_value(bytes(data), with_response=True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Callable[[bytearray], None], **kwargs: Any
    ) -> None:
        loop = asyncio.get_running_loop()

        def told(value: bytes) -> None:
            _call(loop, lambda: callback(bytearray(value)))

        self._subscribers[characteristic.handle] = told
        indicates = "notify" not in characteristic.properties
        await _over(self.wire, _proxy(characteristic).subscribe(told, prefer_notify=not indicates))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        told = self._subscribers.pop(characteristic.handle)
        await _over(self.wire, _proxy(characteristic).unsubscribe(told))

    # On the wire's loop.

    async def _connect(self) -> None:
        assert self.wire.central is not None
        try:
            async with asyncio.timeout(self._timeout):
                # The link in memory would also connect to what is not on the air.
                while not self.wire.on_air:  # noqa: ASYNC110  # bumble tells nobody of it
                    await asyncio.sleep(_LOOK_SECONDS)
                connection = await self.wire.central.connect(Address(self.address))
        except Exception as problem:
            raise BleakDeviceNotFoundError(self.address, str(problem)) from problem
        self._connection = connection
        discovery = asyncio.create_task(self._discover(connection), name="emulator: host")

        def gone(_: int) -> None:
            discovery.cancel()
            self._gone()

        connection.on("disconnection", gone)
        await discovery

    async def _discover(self, connection: Connection) -> None:
        peer = Peer(connection)
        self._mtu = await peer.request_mtu(_MTU)
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            known = BleakGATTService(service, service.handle, _text(service.uuid))
            found.add_service(known)
            for one in await service.discover_characteristics():
                kinds = [name for bit, name in _PROPERTIES if one.properties & bit]
                found.add_characteristic(
                    BleakGATTCharacteristic(one, one.handle, _text(one.uuid), kinds, lambda: self._mtu - 3, known)
                )
        self.services = found

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.disconnect()

    def _gone(self) -> None:
        self._connection = None
        if self._disconnected_callback is not None and self._loop is not None:
            _call(self._loop, self._disconnected_callback)


class _Scanner(BaseBleakScanner):
    wire: ClassVar[BleWire]

    def __init__(
        self,
        detection_callback: Any = None,
        service_uuids: list[str] | None = None,
        scanning_mode: str = "active",
        **kwargs: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self.seen_devices = {}
        self._loop = asyncio.get_running_loop()
        await _over(self.wire, self._start())

    async def stop(self) -> None:
        await _over(self.wire, self._stop())

    async def _start(self) -> None:
        assert self.wire.central is not None
        self.wire.central.on("advertisement", self._heard)
        await self.wire.central.start_scanning(filter_duplicates=False)

    async def _stop(self) -> None:
        assert self.wire.central is not None
        await self.wire.central.stop_scanning()
        self.wire.central.remove_listener("advertisement", self._heard)

    def _heard(self, advertisement: Advertisement) -> None:
        assert self._loop is not None
        _call(self._loop, lambda: self._tell(advertisement))

    def _tell(self, advertisement: Advertisement) -> None:
        kinds = AdvertisingData.Type
        lists = (
            kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
            kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
        )
        services = [_text(uuid) for kind in lists for uuid in cast("list[UUID]", advertisement.data.get(kind) or [])]
        name = advertisement.data.get(kinds.COMPLETE_LOCAL_NAME)
        data = AdvertisementData(
            local_name=name,
            manufacturer_data={},
            service_data={},
            service_uuids=services,
            tx_power=None,
            rssi=advertisement.rssi,
            platform_data=(advertisement,),
        )
        address = advertisement.address.to_string(False)
        device = self.create_or_update_device(address, address, name, advertisement, data)
        if self.is_allowed_uuid(services):
            self.call_detection_callbacks(device, data)


def _proxy(characteristic: BleakGATTCharacteristic) -> CharacteristicProxy[bytes]:
    return cast("CharacteristicProxy[bytes]", characteristic.obj)


def _text(uuid: UUID) -> str:
    digits = uuid.to_bytes(force_128=True)[::-1].hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _call(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    if loop is _running():
        call()
    elif not loop.is_closed():
        loop.call_soon_threadsafe(call)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
