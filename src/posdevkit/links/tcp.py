"""`tcp://host[:port]`: raw printing over the network ("port 9100").

Closing a socket while bytes from the printer lie unread makes the operating system send RST and drop what the printer
has not yet taken. So a close here sends FIN, reads until the printer ends as well, and only then lets go.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from posdevkit.errors import BadUrl, Closed, Disconnected
from posdevkit.runtime.clock import SYSTEM_CLOCK
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .readiness import Readiness
from .tcp_alive import SECONDS, keep_alive, silent, unacknowledged
from .tcp_failures import connect_failure, lost, silence
from .url import DeviceUrl

__all__ = ["DEFAULT_PORT", "TcpLink"]

DEFAULT_PORT: Final = 9100
"""Where receipt printers listen for raw data."""

_CHUNK: Final = 65_536
_DRAIN_SECONDS: Final = 5.0
"""How long `close` waits without any progress; the option `drain` overrides it."""
_LAST_WORD_SECONDS: Final = 1.0
"""How long `close` waits for the end of a peer that has acknowledged everything: some never end by themselves."""
_CHATTER: Final = 12
"""Times the bound that a peer may hold up `close` by talking without taking anything."""
_KEPT_CHUNKS: Final = 64
"""Chunks that `close` keeps for whoever still receives."""
_LOOK_SECONDS: Final = 0.05
"""How often `close` asks the kernel what is still unacknowledged."""
_LOOKS: Final = 10
"""Looks at a connection that acknowledges nothing, before it counts as gone; none while nothing is outstanding."""
_TAKES_NOTHING: Final = (BlockingIOError, InterruptedError)


class TcpLink:
    """A StreamLink over one TCP connection.

    Options of the URL: `drain`, seconds without progress before `close` gives up waiting (0 to 3600, default 5);
    `alive`, seconds after which a host that answers nothing at all counts as gone (2 to 3600, default 25).
    """

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for an option it does not know, and for port 0."""
        url.only("drain", "alive")
        if url.port == 0:
            raise BadUrl(f"{str(url)!r} has port 0, on which nothing can listen")
        self._url = url
        self._port = DEFAULT_PORT if url.port is None else url.port
        self._drain = _seconds(url, "drain", _DRAIN_SECONDS)
        self._alive = round(_seconds(url, "alive", SECONDS, least=2))
        self._socket: socket.socket | None = None
        self._readiness: Readiness | None = None
        self._sending: asyncio.Lock | None = None
        self._kept: deque[bytes] = deque(maxlen=_KEPT_CHUNKS)
        self._taken = 0
        self._used = False
        self._half_closed = False
        self._ended = False
        self._aborted = False
        self._gone = False

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken

    async def open(self, deadline: Deadline) -> None:
        if self._socket is not None:
            raise RuntimeError(f"{self._url} is open")
        connected = await self._connect(deadline)
        try:
            _tune(connected, self._alive)
        except OSError as problem:
            connected.close()
            raise connect_failure(self._url, self._port, problem) from problem
        self._taken = 0
        self._half_closed = self._ended = self._aborted = self._gone = False
        self._used = True
        self._kept.clear()
        self._sending = asyncio.Lock()
        self._readiness = Readiness(connected)
        self._socket = connected

    async def send(self, data: bytes | memoryview) -> None:
        connected, readiness = self._opened()
        assert self._sending is not None
        async with self._sending:
            view = memoryview(data).cast("B")
            while view:
                self._still(connected)
                try:
                    # The socket itself, not the loop's transport: its answer is the exact count of what was taken.
                    count = connected.send(view)
                except _TAKES_NOTHING:
                    await self._wait(connected, readiness.writable)
                except OSError as problem:
                    raise lost(self._url, self._taken, problem) from problem
                else:
                    self._taken += count
                    view = view[count:]
                    # Whoever receives waits for an acknowledgement as well from now on.
                    readiness.wake_readers()

    async def receive(self) -> bytes:
        connected, readiness = self._socket, self._readiness
        if not self._used:
            raise Closed(str(self._url))
        while True:
            if self._kept:
                return self._kept.popleft()
            if self._aborted:
                raise Disconnected(f"{self._url}: aborted by this program after {self._taken} bytes")
            if self._gone:
                raise silence(self._url, self._port, self._taken, self._alive)
            if self._ended or connected is None or readiness is None or self._socket is not connected:
                return b""
            data = self._read(connected, readiness)
            if data is not None:
                return data
            await self._wait(connected, readiness.readable)

    async def send_eof(self) -> None:
        connected, _ = self._opened()
        assert self._sending is not None
        async with self._sending:
            self._still(connected)
            try:
                connected.shutdown(socket.SHUT_WR)
            except OSError as problem:
                raise lost(self._url, self._taken, problem) from problem
            self._half_closed = True

    async def close(self) -> None:
        if self._socket is None:
            return
        connected = self._socket
        if self._gone:
            self._let_go(connected)
            return
        try:
            if not self._half_closed:
                connected.shutdown(socket.SHUT_WR)
                self._half_closed = True
            await self._read_to_the_end(connected)
        except (OSError, Disconnected):
            pass  # broken already: there is nothing left to lose
        finally:
            self._let_go(connected)

    def abort(self) -> None:
        if self._socket is None:
            return
        connected = self._socket
        self._aborted = True
        try:
            # On, with no time to linger: the kernel sends RST and drops what is unsent.
            linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        except OSError:
            pass
        self._let_go(connected)

    def _read(self, connected: socket.socket, readiness: Readiness) -> bytes | None:
        """What is there now, None for nothing yet."""
        try:
            data = connected.recv(_CHUNK)
        except _TAKES_NOTHING:
            return None
        except OSError as problem:
            raise lost(self._url, self._taken, problem) from problem
        if not data:
            self._ended = True
            readiness.wake_readers()
        return data

    def _opened(self) -> tuple[socket.socket, Readiness]:
        if self._socket is None or self._readiness is None:
            raise Closed(str(self._url))
        return self._socket, self._readiness

    def _still(self, connected: socket.socket) -> None:
        """Raise Disconnected when this end was closed or aborted while a call waited."""
        if self._socket is not connected:
            how = "aborted" if self._aborted else "closed"
            raise Disconnected(f"{self._url}: {how} by this program after {self._taken} bytes")
        if self._gone:
            raise silence(self._url, self._port, self._taken, self._alive)

    async def _wait(self, connected: socket.socket, ready: Callable[[], Awaitable[None]]) -> None:
        """Until `ready`; or raise Disconnected once nobody has acknowledged for too long what was sent."""
        while unacknowledged(connected):
            try:
                await within(Deadline.after(self._alive / _LOOKS), ready())
                return
            except TimeoutError:
                if self._socket is connected and silent(connected, self._alive):
                    self._gone = True
                    raise silence(self._url, self._port, self._taken, self._alive) from None
        await ready()

    def _let_go(self, connected: socket.socket) -> None:
        if self._socket is connected:
            readiness, self._readiness, self._socket = self._readiness, None, None
            if readiness is not None:
                readiness.stop()
        connected.close()

    async def _connect(self, deadline: Deadline) -> socket.socket:
        addresses = await self._addresses(deadline)
        problem: Exception | None = None
        for index, (family, address) in enumerate(addresses):
            left = deadline.remaining()
            # A dead address must not use up the time of the next one.
            share = deadline if left is None else deadline.at_most(left / (len(addresses) - index))
            try:
                return await _connect_to(family, address, share)
            except (OSError, TimeoutError) as one:
                problem = one
        assert problem is not None
        raise connect_failure(self._url, self._port, problem) from problem

    async def _addresses(self, deadline: Deadline) -> list[tuple[int, tuple[object, ...]]]:
        host = self._url.address

        def look_up() -> list[tuple[int, tuple[object, ...]]]:
            found = socket.getaddrinfo(host, self._port, type=socket.SOCK_STREAM)
            return list(dict.fromkeys((family, address) for family, _, _, _, address in found))

        try:
            if _is_address(host):
                return look_up()  # answered without asking anybody
            return await within(deadline, in_thread(look_up, name="posdevkit-lookup"))
        except (OSError, UnicodeError, TimeoutError) as problem:
            raise connect_failure(self._url, self._port, problem) from problem

    async def _read_to_the_end(self, connected: socket.socket) -> None:
        """Read until the other side ends, as long as bytes move; returns at the bound all the same."""
        readiness = self._readiness
        assert readiness is not None
        spoke = took = SYSTEM_CLOCK.monotonic()
        waiting = unacknowledged(connected)
        while not self._ended and self._socket is connected:
            bound = _LAST_WORD_SECONDS if waiting == 0 else self._drain
            end = min(max(spoke, took) + min(bound, self._drain), took + _CHATTER * self._drain)
            left = end - SYSTEM_CLOCK.monotonic()
            if left <= 0:
                return
            # Where the kernel tells nothing about progress there is no reason to look up.
            pause = left if waiting is None else min(left, _LOOK_SECONDS)
            try:
                await within(Deadline.after(pause), readiness.readable())
            except TimeoutError:
                pass
            while self._socket is connected and (data := self._read(connected, readiness)):
                # An answer to the last question is still an answer: whoever receives gets it.
                self._kept.append(data)
                spoke = SYSTEM_CLOCK.monotonic()
                readiness.wake_readers()
                await asyncio.sleep(0)
            before, waiting = waiting, unacknowledged(connected)
            if before != waiting:
                took = SYSTEM_CLOCK.monotonic()


async def _connect_to(family: int, address: tuple[object, ...], deadline: Deadline) -> socket.socket:
    new = socket.socket(family, socket.SOCK_STREAM)
    try:
        new.setblocking(False)
        await within(deadline, asyncio.get_running_loop().sock_connect(new, address))
    except BaseException:
        new.close()
        raise
    return new


def _tune(connected: socket.socket, alive: int) -> None:
    # A status question is three bytes that must not wait for more.
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    keep_alive(connected, alive)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _seconds(url: DeviceUrl, key: str, default: float, least: int = 0) -> float:
    text = url.option(key)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not least <= value <= 3600:
        raise BadUrl(f"{str(url)!r} has {key}={text!r}", remedy=f"Give {key} in seconds, from {least} to 3600.")
    return value
