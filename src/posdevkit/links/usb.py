"""`usb://VENDOR:PRODUCT[?serial=...]`: a printer's bulk endpoints, by pyusb.

pyusb blocks, so each opening has a thread of its own that alone touches the device. It offers bytes in chunks, larger
ones while they are taken, and reads between some, because a printer out of paper stops taking bytes exactly when its
status matters. After traffic it reads without a pause for a while, at first for short moments, since the next piece of
a job waits for their end; then it sleeps, looks for news of the printer ever less often, down to every 0.8 s, and wakes
at once for something to send.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

from posdevkit.errors import Claimed, Closed, Disconnected
from posdevkit.runtime.clock import wake
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.owner import Owner

from .url import DeviceUrl
from .usb_bus import read_address
from .usb_failures import lost
from .usb_handle import PrinterHandle, Wrote, find_one
from .usb_stride import Stride

__all__ = ["UsbLink", "usb_link"]

T = TypeVar("T")
Finder = Callable[[tuple[str, str] | None], PrinterHandle]
"""Finds and opens the device, of that identity where one is given. Raises PosError; it runs on the thread."""

_WRITE_MS: Final = 40
_READ_BETWEEN_MS: Final = 1
_READ_EVERY_SECONDS: Final = 0.06
"""How old news of a printer that takes its bytes may be before the next chunk waits for it."""
_READ_MS: Final = 10
_LOOK_MS: Final = 5
_LIVELY_SECONDS: Final = 1.0
"""How long after traffic an answer is waited for without a pause."""
_FIRST_PAUSE_SECONDS: Final = 0.01
_LAST_PAUSE_SECONDS: Final = 0.8
_RELEASE_SECONDS: Final = 0.5
"""How long a device that is held is tried again: the thread that had it may just be giving it back."""
_RELEASE_STEP_SECONDS: Final = 0.02
_LAST_WORD_SECONDS: Final = 0.5
"""How long `close` listens at most to a printer that goes on talking."""
_LAST_WORD_MS: Final = 30
_UNREAD: Final = 256 * 1024
"""Bytes that nobody received, after which the printer is no longer read."""


class UsbLink:
    """A StreamLink over the bulk endpoints of one USB printer.

    Options of the URL: `serial`, the serial number; `port`, bus and ports as in `1-2.3`. Once open it means that very
    device: opened anew, it looks for the one with the same serial number, or at the same port where it has none.

    A printer does not end a USB connection, so `send_eof` says nothing, and `receive` waits until `close` or `abort`.
    """

    def __init__(self, url: DeviceUrl, *, backend: object | None = None, find: Finder | None = None) -> None:
        """`backend` is a `usb.backend.IBackend` in place of the buses of this machine; `find` stands for all of libusb.

        Raises BadUrl for an address that is no vendor and product, and for an option it does not know.
        """
        url.only("serial", "port")
        read_address(url)
        self._url = url
        self._find: Finder = find or (lambda expected: find_one(url, expected, backend))
        self._identity: tuple[str, str] | None = None
        self._wire: _Wire | None = None
        self._last: _Wire | None = None

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._last.taken if self._last is not None else 0

    @property
    def identity(self) -> tuple[str, str] | None:
        """What tells the device that was opened from others alike: `("serial", ...)` or `("port", ...)`."""
        return self._identity

    def expect(self, identity: tuple[str, str]) -> None:
        """Open only the device of that identity."""
        self._identity = identity

    async def open(self, deadline: Deadline) -> None:
        if self._wire is not None:
            raise RuntimeError(f"{self._url} is open")
        if self._last is not None:
            await self._last.owner.ended()
        wire = _Wire(self._url, self._identity, self._find)
        try:
            await within(deadline, wire.owner.start())
        except TimeoutError:
            raise Disconnected(f"{self._url}: not open before the deadline") from None
        if wire.handle is not None and wire.handle.about.identity[1]:
            self._identity = wire.handle.about.identity
        self._wire = self._last = wire

    async def send(self, data: bytes | memoryview) -> None:
        wire = self._opened()
        if data:
            await wire.send(memoryview(data).cast("B"))

    async def receive(self) -> bytes:
        if self._last is None:
            raise Closed(str(self._url))
        return await self._last.receive()

    async def send_eof(self) -> None:
        self._opened().still()

    async def close(self) -> None:
        wire = self._last
        if wire is None:
            return
        try:
            if self._wire is wire:
                wire.leave(aborted=False)
            await wire.owner.ended()  # also of an aborted one, which may still be giving the device back
        finally:
            if self._wire is wire:
                self._wire = None

    def abort(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.leave(aborted=True)

    def _opened(self) -> _Wire:
        if self._wire is None:
            raise Closed(str(self._url))
        return self._wire


class _Sending:
    """Bytes on their way out; the thread takes from the front."""

    __slots__ = ("cancelled", "left", "over")

    def __init__(self, left: memoryview, over: asyncio.Future[None]) -> None:
        self.left = left
        self.over = over
        self.cancelled = False


class _Wire:
    """One opening of the device. What its thread does stands below the line."""

    def __init__(self, url: DeviceUrl, identity: tuple[str, str] | None, find: Finder) -> None:
        self.taken = 0
        self.handle: PrinterHandle | None = None
        self.owner = Owner(f"posdevkit-usb {url.address}", self._begin, self._turn, self._end)
        self._url = url
        self._expected = identity
        self._find = find
        self._loop = asyncio.get_running_loop()
        self._outgoing: deque[_Sending] = deque()
        self._calls: deque[Callable[[], None]] = deque()
        self._asked: list[asyncio.Future[None]] = []
        self._incoming: deque[bytes] = deque()
        self._unread = 0
        self._stirred: asyncio.Future[None] = self._loop.create_future()
        self._aborted = False
        self._left = False
        self._over = False
        self._stride = Stride(64)
        self._lively_until = 0.0
        self._read_due = 0.0
        self._read_ms = _READ_BETWEEN_MS
        self._pause = _FIRST_PAUSE_SECONDS

    async def send(self, view: memoryview) -> None:
        self.still()
        sending = _Sending(view, self._loop.create_future())
        self._outgoing.append(sending)
        self.owner.poke()
        try:
            await asyncio.shield(sending.over)
        except asyncio.CancelledError:
            # The count is exact only when the thread has let go of these bytes; that takes one turn.
            sending.cancelled = True
            self.owner.poke()
            await _settled(sending.over)
            raise
        if sending.left:
            self.still()
            raise Disconnected(f"{self._url}: ended after {self.taken} bytes")

    async def receive(self) -> bytes:
        while not self._incoming:
            if self._aborted:
                raise self._by_us()
            if self._over:
                if self.owner.problem is not None:
                    raise lost(self._url, self.taken, self.owner.problem)
                return b""
            await asyncio.shield(self._stirred)
        data = self._incoming.popleft()
        self._unread -= len(data)
        return data

    async def do(self, call: Callable[[PrinterHandle], T]) -> T:
        """What `call` gives, made on the thread between two turns. Raises what it raises, and Disconnected."""
        self.still()
        done: asyncio.Future[None] = self._loop.create_future()
        results: list[T] = []
        problems: list[BaseException] = []

        def made() -> None:
            try:
                results.append(call(self._handle()))
            except BaseException as problem:  # noqa: BLE001  # raised again where it is awaited
                problems.append(problem)
            wake(self._loop, done)

        self._calls.append(made)
        self._asked.append(done)
        self.owner.poke()
        try:
            await done
        finally:
            self._asked.remove(done)
        if problems:
            try:
                raise problems[0]
            finally:
                problems.clear()
        if not results:
            self.still()
            raise self._by_us()
        return results[0]

    def leave(self, *, aborted: bool) -> None:
        self._left = True
        self._aborted = self._aborted or aborted
        if aborted:
            self._stir()
        self.owner.stop()

    def still(self) -> None:
        """Raise Disconnected when it broke, or was closed or aborted while a call waited."""
        if self.owner.problem is not None:
            raise lost(self._url, self.taken, self.owner.problem)
        if self._left or self._over:
            raise self._by_us()

    def _by_us(self) -> Disconnected:
        how = "aborted" if self._aborted else "closed"
        return Disconnected(f"{self._url}: {how} by this program after {self.taken} bytes")

    def _stir(self) -> None:
        self._stirred.set_result(None)
        self._stirred = self._loop.create_future()

    def _arrived(self, data: bytes) -> None:
        self._incoming.append(data)
        self._unread += len(data)
        self._stir()

    def _ended(self) -> None:
        self._over = True
        for sending in self._outgoing:
            if not sending.over.done():
                sending.over.set_result(None)
        self._outgoing.clear()
        for asked in self._asked:
            if not asked.done():
                asked.set_result(None)
        self._stir()

    # In the thread that owns the device.

    def _begin(self) -> None:
        end = time.monotonic() + _RELEASE_SECONDS
        while True:
            try:
                self.handle = self._find(self._expected)
                break
            except Claimed:
                if time.monotonic() > end or self.owner.stopping:
                    raise
                time.sleep(_RELEASE_STEP_SECONDS)
        self._stride = Stride(self.handle.packet)
        try:
            self.handle.drop_stale()
        except OSError as problem:
            self.handle.close()
            raise lost(self._url, 0, problem) from problem

    def _turn(self) -> float:
        while self._calls:
            self._calls.popleft()()
        for waiting in tuple(self._outgoing)[1:]:
            if waiting.cancelled:  # nothing of it has left, and what stands before it may never be taken
                self._outgoing.remove(waiting)
                wake(self._loop, waiting.over)
        sending = self._outgoing[0] if self._outgoing else None
        if sending is not None:
            self._offer(sending)
            # A read with nothing to read holds up the next chunk: most of the time, if it stood between every two.
            if self._stride.refused or time.monotonic() >= self._read_due:
                self._read(_READ_MS if self._stride.refused else _READ_BETWEEN_MS)
            self._read_ms = _READ_BETWEEN_MS
            self._busy()
            return 0.0
        if time.monotonic() < self._lively_until:
            self._read(self._read_ms)
            self._read_ms = min(2 * self._read_ms, _READ_MS)
            # A printer that never talks back gives nothing to wait for.
            return 0.0 if self._reads() else _LAST_PAUSE_SECONDS
        if self._read(_LOOK_MS):
            return 0.0
        self._pause = min(self._pause * 1.5, _LAST_PAUSE_SECONDS)
        return self._pause

    def _offer(self, sending: _Sending) -> None:
        handle = self._handle()
        if not sending.cancelled:
            chunk = sending.left[: self._stride.size]
            began = time.monotonic()
            wrote = handle.write(chunk, _WRITE_MS)
            self._count(sending, wrote)
            self._stride.wrote(len(chunk), wrote.taken, time.monotonic() - began)
        cancelled = sending.cancelled  # looked at once: it may have come during the write
        if cancelled:
            self._count(sending, handle.withdraw())
        if cancelled or not sending.left:
            self._outgoing.popleft()
            wake(self._loop, sending.over)

    def _count(self, sending: _Sending, wrote: Wrote) -> None:
        self.taken += wrote.taken
        sending.left = sending.left[wrote.taken :]
        if wrote.problem is not None:
            raise wrote.problem

    def _read(self, milliseconds: int) -> bool:
        if not self._reads():
            return False
        data = self._handle().read(milliseconds)
        self._read_due = time.monotonic() + _READ_EVERY_SECONDS
        if data:
            self._hand_over(data)
            self._busy()
        return bool(data)

    def _reads(self) -> bool:
        return self._handle().answers and self._unread < _UNREAD

    def _busy(self) -> None:
        self._lively_until = time.monotonic() + _LIVELY_SECONDS
        self._pause = _FIRST_PAUSE_SECONDS

    def _hand_over(self, data: bytes) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived, data)
        except RuntimeError:
            pass  # that loop has gone, and with it everybody who could receive

    def _end(self) -> None:
        handle = self._handle()
        self.taken += handle.withdraw().taken
        if self.owner.problem is None and not self._aborted:
            # An answer to the last question is still an answer: whoever receives gets it.
            end = time.monotonic() + _LAST_WORD_SECONDS
            try:
                while time.monotonic() < end and self._read(_LAST_WORD_MS):
                    pass
            except OSError:
                pass  # broken already: there is nothing left to lose
        handle.close()
        try:
            self._loop.call_soon_threadsafe(self._ended)
        except RuntimeError:
            pass

    def _handle(self) -> PrinterHandle:
        assert self.handle is not None
        return self.handle


async def _settled(future: asyncio.Future[None]) -> None:
    """Return when `future` is done, however often this is cancelled meanwhile; the caller raises its cancellation."""
    while not future.done():
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError:
            continue


def usb_link(url: DeviceUrl) -> UsbLink:
    """The link for this system. Raises BadUrl."""
    if sys.platform == "win32":
        from .usb_windows import WindowsUsbLink

        return WindowsUsbLink(url)
    else:
        return UsbLink(url)
