"""`ble://AA:BB:CC:DD:EE:FF`: printers over Bluetooth Low Energy, with bleak.

GATT has no stream: bytes go out as writes to one characteristic and come back as notifications of another. A write
carries what one packet holds, and never more than 512 bytes, the longest value of an attribute (Bluetooth Core 5.4,
vol. 3, part F, 3.2.9), although an MTU of 517 has room for 514: longer ones vanish without an error.

A write is counted as taken when it is handed to the system: from then on nobody can call it back.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol, cast

from posdevkit.errors import BadUrl, Closed, Disconnected
from posdevkit.runtime.buses import plugged_in
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pulse import Pulse

from .ble_failures import connect_failure, foreign_service, lost, may_pass, need
from .ble_services import GattService, gatt_services
from .url import DeviceUrl

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.client import BaseBleakClient

__all__ = ["LONGEST_WRITE", "Air", "BleLink"]

LONGEST_WRITE: Final = 512
"""Bytes that an attribute's value may have."""

_ADDRESS: Final = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)
"""What bleak knows devices by: an address, or on macOS an identifier that the system made up."""
_CONNECT_SECONDS: Final = 30.0
_ATTEMPTS: Final = 3
"""At a connection that is lost again while it is made. No job has begun then, so nothing can be printed twice."""
_PAUSE_SECONDS: Final = 0.25
"""Between two attempts."""
_DRAIN_SECONDS: Final = 5.0
"""How long `close` waits for the answer to the last write."""
_FAREWELL_SECONDS: Final = 5.0
"""How long the system may take to let go of a connection."""
_GRANT: Final = 64
"""Notifications that a printer with credits may have under way."""


class Air(Protocol):
    """A radio inside this process, by which one device is reached."""

    @property
    def address(self) -> str:
        """The device's, as AA:BB:CC:DD:EE:FF."""
        ...

    @property
    def client(self) -> type[BaseBleakClient]:
        """What bleak takes as `backend=`."""
        ...


class BleLink:
    """A StreamLink over one GATT connection.

    Options of the URL: `profile`, a name in `ble_services.toml` (else the first one that the printer offers), and
    `window`, 0 to 64, writes that may go unanswered before one that the printer has to answer. Unanswered writes are
    quicker, and lost without a word where the printer has no room for them: so 0 is the default.
    """

    def __init__(self, url: DeviceUrl, *, backend: type[BaseBleakClient] | None = None) -> None:
        """`backend` stands in for the system's Bluetooth, as bleak's own parameter of that name does; without it, a
        radio of this process that has the device (`runtime.buses`).

        Raises BadUrl for an address, a profile or a window that cannot be.
        """
        url.only("profile", "window")
        if not _ADDRESS.fullmatch(url.address):
            raise BadUrl(
                f"{str(url)!r} has {url.address!r}, which is no Bluetooth address",
                remedy="Write it as ble://AA:BB:CC:DD:EE:FF; on macOS with the identifier that a search shows.",
            )
        self._url = url
        self._backend = backend
        self._services = _chosen(url)
        self._window = _window(url)
        self._life: _Life | None = None
        self._last: _Life | None = None
        self._farewell: asyncio.Task[None] | None = None

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return 0 if self._last is None else self._last.taken

    async def open(self, deadline: Deadline) -> None:
        if self._life is not None:
            raise RuntimeError(f"{self._url} is open")
        await self._gone()
        for again in reversed(range(_ATTEMPTS)):
            client = self._client(deadline)
            life = _Life(self._url, client)
            try:
                await within(deadline, self._set_up(life))
                break
            except Disconnected:
                await _let_go(client)
                raise
            except Exception as problem:  # each system's Bluetooth has errors of its own
                await _let_go(client)
                left = deadline.remaining()
                if not again or not may_pass(problem) or (left is not None and left <= _PAUSE_SECONDS):
                    raise connect_failure(self._url, problem) from problem
            except BaseException:
                await _let_go(client)
                raise
            await deadline.clock.sleep(_PAUSE_SECONDS)
        self._life = self._last = life

    async def send(self, data: bytes | memoryview) -> None:
        life = self._opened()
        view = memoryview(data).cast("B")
        async with life.sending:
            while view:
                self._still(life)
                await life.write(bytes(view[: life.size]), final=len(view) <= life.size)
                view = view[life.size :]

    async def receive(self) -> bytes:
        life = self._last
        if life is None:
            raise Closed(str(self._url))
        while not life.inbox:
            if life.ended:
                return b""
            if life.aborted:
                raise Disconnected(f"{self._url}: aborted by this program after {life.taken} bytes")
            if life.broken is not None:
                raise lost(self._url, life.taken, life.broken)
            await life.news.wait(Deadline.NEVER)
        data = b"".join(life.inbox)
        life.inbox.clear()
        return data

    async def send_eof(self) -> None:
        """GATT knows no half-closed connection: the printer is not told, but no more can be sent."""
        life = self._opened()
        async with life.sending:
            self._still(life)
            await life.settled()
            life.half_closed = True

    async def close(self) -> None:
        life = self._life
        if life is None:
            await self._gone()
            return
        try:
            await within(Deadline.after(_DRAIN_SECONDS), life.settled())
        except (Disconnected, TimeoutError):
            pass  # broken, or a printer that takes nothing: there is nothing left to wait for
        finally:
            if self._life is life:
                life.ended = True
                self._leave(life)
        await self._gone()

    def abort(self) -> None:
        if self._life is not None:
            self._life.aborted = True
            self._life.inbox.clear()
            self._leave(self._life)

    def _leave(self, life: _Life) -> None:
        self._life = None
        life.news.notify()
        self._farewell = asyncio.create_task(life.say_farewell(), name="posdevkit-ble-farewell")

    async def _gone(self) -> None:
        """Wait until the system has let go of the connection before: it would not give another one."""
        if self._farewell is not None:
            await asyncio.wait({self._farewell})
            self._farewell = None

    def _opened(self) -> _Life:
        if self._life is None or self._life.half_closed:
            raise Closed(str(self._url))
        return self._life

    def _still(self, life: _Life) -> None:
        if self._life is not life:
            how = "aborted" if life.aborted else "closed"
            raise Disconnected(f"{self._url}: {how} by this program after {life.taken} bytes")

    def _client(self, deadline: Deadline) -> BleakClient:
        bleak = need(str(self._url))
        left = deadline.remaining()
        backend = self._backend or _on_the_air(self._url.address)
        client: BleakClient = bleak.BleakClient(
            self._url.address,
            disconnected_callback=self._disconnected,
            timeout=_CONNECT_SECONDS if left is None else max(left, 0.001),
            **({} if backend is None else {"backend": backend}),
        )
        return client

    def _disconnected(self, client: BleakClient) -> None:
        life = self._last
        if life is not None and life.client is client:
            life.lose("the printer is gone")

    async def _set_up(self, life: _Life) -> None:
        client = life.client
        await client.connect()
        service = next(
            (
                one
                for one in self._services
                if (found := client.services.get_service(one.service)) and found.get_characteristic(one.write)
            ),
            None,
        )
        if service is None:
            raise foreign_service(self._url, [found.uuid for found in client.services])
        await life.begin(service, service.window if self._window is None else self._window)


def _on_the_air(address: str) -> type[BaseBleakClient] | None:
    """The backend that reaches a device inside this process, None where there is no such device."""
    airs = cast("tuple[Air, ...]", plugged_in("ble"))
    return next((air.client for air in airs if air.address.upper() == address.upper()), None)


class _Life:
    """One connection from its first byte to its last."""

    def __init__(self, url: DeviceUrl, client: BleakClient) -> None:
        self.client = client
        self.taken = 0
        self.size = 20
        self.inbox: deque[bytes] = deque()
        self.news = Pulse()
        self.sending = asyncio.Lock()
        self.broken: str | None = None
        self.ended = self.aborted = self.half_closed = False
        self._url = url
        self._answers = self._quick = False
        self._window = self._unanswered = 0
        self._credits: int | None = None
        self._granted = 0
        self._grants: BleakGATTCharacteristic | None = None
        self._characteristic: BleakGATTCharacteristic | None = None
        self._writing: asyncio.Task[None] | None = None
        self._granting: asyncio.Task[None] | None = None

    async def begin(self, service: GattService, window: int) -> None:
        """Find the characteristics and subscribe: credits first, since data may follow at once."""
        client = self.client
        found = client.services.get_service(service.service)
        assert found is not None
        write = self._characteristic = found.get_characteristic(service.write)
        assert write is not None
        self._answers = "write" in write.properties
        self._quick = "write-without-response" in write.properties
        self._window = window
        self.size = min(write.max_write_without_response_size, LONGEST_WRITE)
        if service.credits is not None:
            self._credits = 0
            await client.start_notify(service.credits, self._credited)
        notify = None if service.notify is None else found.get_characteristic(service.notify)
        if notify is not None and {"notify", "indicate"} & set(notify.properties):
            await client.start_notify(notify, self._notified)
        if service.grants is not None:
            self._grants = found.get_characteristic(service.grants)
            await self._grant()

    async def write(self, data: bytes, *, final: bool) -> None:
        """Hand one packet over, and return when the printer has answered, where it has to."""
        await self.settled()
        while self._credits == 0:
            self._check()
            await self.news.wait(Deadline.NEVER)
        self._check()
        # The last one is answered where possible: then all that went before has arrived as well.
        answered = self._answers and (not self._quick or final or self._unanswered >= self._window)
        if self._credits is not None:
            answered, self._credits = answered and not self._quick, self._credits - 1
        self._unanswered = 0 if answered else self._unanswered + 1
        self.taken += len(data)
        assert self._characteristic is not None
        # A task of its own: once handed over it goes on, whoever is cancelled, and the next one has to wait for it.
        self._writing = asyncio.create_task(
            self.client.write_gatt_char(self._characteristic, data, response=answered), name="posdevkit-ble-write"
        )
        self._writing.add_done_callback(lambda _: self.news.notify())
        await self.settled()

    async def settled(self) -> None:
        """Return when no write is under way; raises Disconnected when the connection broke."""
        while (writing := self._writing) is not None and not writing.done():
            self._check()
            await self.news.wait(Deadline.NEVER)
        if writing is not None and self._writing is writing:
            self._writing = None
            problem = None if writing.cancelled() else writing.exception()
            if problem is not None or writing.cancelled():
                # An answer that never came ends the conversation (Bluetooth Core 5.4, vol. 3, part F, 3.3.3).
                self.lose(str(problem or "gone while a write was under way") or type(problem).__name__)
        self._check()

    def lose(self, why: str) -> None:
        """The connection is of no use any more; what came before is still given."""
        if self.broken is None:
            self.broken = why
        self.news.notify()

    async def say_farewell(self) -> None:
        """Let the system's connection go, and leave no task behind."""
        await _let_go(self.client)
        left = [task for task in (self._writing, self._granting) if task is not None]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _check(self) -> None:
        if self.aborted or self.ended:
            raise Disconnected(f"{self._url}: ended by this program after {self.taken} bytes")
        if self.broken is not None:
            raise lost(self._url, self.taken, self.broken)

    def _notified(self, _: BleakGATTCharacteristic, data: bytearray) -> None:
        if self.aborted or self.ended:
            return
        self.inbox.append(bytes(data))
        self.news.notify()
        if self._grants is not None:
            self._granted -= 1
            if self._granted == _GRANT // 2:
                self._granting = asyncio.create_task(self._grant(), name="posdevkit-ble-credits")

    def _credited(self, _: BleakGATTCharacteristic, data: bytearray) -> None:
        if data and self._credits is not None:
            self._credits += data[0]
            self.news.notify()

    async def _grant(self) -> None:
        assert self._grants is not None
        more, self._granted = _GRANT - self._granted, _GRANT
        await self.client.write_gatt_char(self._grants, bytes([more]), response=True)


async def _let_go(client: BleakClient) -> None:
    """Disconnect, whatever state it is in."""
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await client.disconnect()
    except Exception:  # noqa: BLE001, S110  # it is gone already, or the system will notice
        pass


def _chosen(url: DeviceUrl) -> tuple[GattService, ...]:
    known = gatt_services()
    name = url.option("profile")
    if name is None:
        return tuple(known.values())
    if name not in known:
        raise BadUrl(f"{str(url)!r} has the unknown profile {name!r}", remedy=f"Use one of {', '.join(known)}.")
    return (known[name],)


def _window(url: DeviceUrl) -> int | None:
    text = url.option("window")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) <= 64):
        raise BadUrl(f"{str(url)!r} has window={text!r}", remedy="Give it as a number of writes, from 0 to 64.")
    return int(text)
