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
from typing import Final

from posdevkit.errors import BadUrl, Closed, Disconnected
from posdevkit.runtime.clock import SYSTEM_CLOCK
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .readiness import Readiness
from .tcp_failures import connect_failure, lost
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
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
"""A printer that was switched off is noticed within half a minute. No TCP_USER_TIMEOUT: it would also cut off a printer
that takes no data because it waits for paper."""
_TAKES_NOTHING: Final = (BlockingIOError, InterruptedError)


class TcpLink:
    """A StreamLink over one TCP connection.

    Options of the URL: `drain`, seconds without progress before `close` gives up waiting (0 to 3600, default 5).
    """

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for an option it does not know, and for port 0."""
        url.only("drain")
        if url.port == 0:
            raise BadUrl(f"{str(url)!r} has port 0, on which nothing can listen")
        self._url = url
        self._port = DEFAULT_PORT if url.port is None else url.port
        self._drain = _seconds(url, "drain", _DRAIN_SECONDS)
        self._socket: socket.socket | None = None
        self._readiness: Readiness | None = None
        self._sending: asyncio.Lock | None = None
        self._kept: deque[bytes] = deque(maxlen=_KEPT_CHUNKS)
        self._taken = 0
        self._used = False
        self._half_closed = False
        self._ended = False
        self._aborted = False

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
            _tune(connected)
        except OSError as problem:
            connected.close()
            raise connect_failure(self._url, self._port, problem) from problem
        self._taken = 0
        self._half_closed = self._ended = self._aborted = False
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
                    await readiness.writable()
                except OSError as problem:
                    raise lost(self._url, self._taken, problem) from problem
                else:
                    self._taken += count
                    view = view[count:]
                    readiness.hurry()

    async def receive(self) -> bytes:
        connected, readiness = self._socket, self._readiness
        if not self._used:
            raise Closed(str(self._url))
        while True:
            if self._kept:
                return self._kept.popleft()
            if self._aborted:
                raise Disconnected(f"{self._url}: aborted by this program after {self._taken} bytes")
            if self._ended or connected is None or readiness is None or self._socket is not connected:
                return b""
            data = self._read(connected, readiness)
            if data is not None:
                return data
            await readiness.readable()

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
        unacknowledged = _unacknowledged(connected)
        while not self._ended and self._socket is connected:
            bound = _LAST_WORD_SECONDS if unacknowledged == 0 else self._drain
            end = min(max(spoke, took) + min(bound, self._drain), took + _CHATTER * self._drain)
            left = end - SYSTEM_CLOCK.monotonic()
            if left <= 0:
                return
            # Where the kernel tells nothing about progress there is no reason to look up.
            pause = left if unacknowledged is None else min(left, _LOOK_SECONDS)
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
            before, unacknowledged = unacknowledged, _unacknowledged(connected)
            if before != unacknowledged:
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


def _tune(connected: socket.socket) -> None:
    # A status question is three bytes that must not wait for more.
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if (option := getattr(socket, name, None)) is not None:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _seconds(url: DeviceUrl, key: str, default: float) -> float:
    text = url.option(key)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3600:
        raise BadUrl(f"{str(url)!r} has {key}={text!r}", remedy=f"Give {key} in seconds, from 0 to 3600.")
    return value


def _unacknowledged(connected: socket.socket) -> int | None:
    """Bytes (FIN counts one) that the other side's TCP has not acknowledged; None where the kernel does not tell.

    Linux, tcp(7): SIOCOUTQ, the same number as TIOCOUTQ.
    """
    if sys.platform == "linux":
        import fcntl
        import termios

        try:
            answer = fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, b"\0" * 4)
        except OSError:
            return None
        return int.from_bytes(answer, sys.byteorder)
    else:
        return None
