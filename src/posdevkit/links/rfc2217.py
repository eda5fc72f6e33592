"""`rfc2217://HOST:PORT?baud=9600`: a serial port behind a network (RFC 2217), as terminal servers and ser2net lend one.

The cable is TcpLink's. Everything that is set in the URL is set at the far port, and opening waits for its answers.
"""

from __future__ import annotations

import asyncio
from typing import Final

from posdevkit.errors import BadUrl, Closed, Disconnected
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pulse import Pulse

from .serial_settings import OPTIONS, read_settings
from .tcp import TcpLink
from .telnet import PortControl, quoted
from .url import DeviceUrl

__all__ = ["Rfc2217Link", "socket_link"]

_PIECE: Final = 512
"""Bytes sent at a time, so that a pause the far port asks for is kept soon."""


def socket_link(url: DeviceUrl) -> TcpLink:
    """`socket://HOST:PORT`: what pyserial calls a serial port's bare bytes behind a network. They are `tcp://`.

    Raises BadUrl.
    """
    if url.port is None:
        raise BadUrl(f"{str(url)!r} has no port", remedy="Write the port on which the serial port is lent.")
    return TcpLink(url)


class Rfc2217Link:
    """A StreamLink to a serial port behind a network.

    Options of the URL: those of `serial://` and of `tcp://`. What the cable has taken has reached the other machine,
    not yet the device.
    """

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for an option it does not know or cannot use, and without a port."""
        url.only("drain", "alive", *OPTIONS)
        if url.port is None:
            raise BadUrl(f"{str(url)!r} has no port", remedy="Write the port on which the serial port is lent.")
        self._url = url
        self._settings = read_settings(url)
        self._cable = TcpLink(url.without(*OPTIONS))
        self._port = PortControl(self._settings)
        self._sending: asyncio.Lock | None = None
        self._changed = Pulse()
        self._early = b""
        self._left = b""
        """What has to leave before any more data: half of a doubled 255, and orders."""
        self._taken = 0

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken

    @property
    def settings(self) -> str:
        return str(self._settings)

    async def open(self, deadline: Deadline) -> None:
        await self._cable.open(deadline)
        try:
            self._port = PortControl(self._settings)
            self._sending = asyncio.Lock()
            self._taken, self._early, self._left = 0, b"", b""
            await within(deadline, self._agree())
        except TimeoutError:
            self._cable.abort()
            raise Disconnected(
                f"{self._url}: no answer in time to the settings of the port ({', '.join(self._port.unanswered)})",
                remedy=f"Check that the port speaks RFC 2217; for one that lends bare bytes write {_bare(self._url)}.",
            ) from None
        except BaseException:
            self._cable.abort()
            raise

    async def send(self, data: bytes | memoryview) -> None:
        view = memoryview(data).cast("B")
        async with self._turn():
            while view:
                while self._port.suspended:
                    await self._changed.wait(Deadline.NEVER)
                await self._put()
                piece = bytes(view[:_PIECE])
                before = self._cable.taken
                try:
                    await self._cable.send(quoted(piece))
                finally:
                    gone = self._cable.taken - before
                    count = _unquoted(quoted(piece)[:gone])
                    self._taken += count
                    # Where half of a doubled 255 has left, the other half has to follow before anything else.
                    self._left = b"\xff" * (len(quoted(piece[:count])) - gone)
                view = view[count:]

    async def receive(self) -> bytes:
        while True:
            early, self._early = self._early, b""
            if early:
                return early
            raw = await self._cable.receive()
            if not raw:
                return b""
            await self._heard(raw)

    async def send_eof(self) -> None:
        async with self._turn():
            await self._put()
            await self._cable.send_eof()

    async def close(self) -> None:
        self._go_on()
        await self._cable.close()

    def abort(self) -> None:
        self._go_on()
        self._cable.abort()

    def _go_on(self) -> None:
        """Let nobody wait for a pause to end that no one will end."""
        self._port.suspended = False
        self._changed.notify()

    def _turn(self) -> asyncio.Lock:
        if self._sending is None:
            raise Closed(str(self._url))
        return self._sending

    async def _put(self) -> None:
        """Send what is left of earlier calls; what the cable does not take stays left."""
        while self._left:
            before = self._cable.taken
            try:
                await self._cable.send(self._left)
            finally:
                self._left = self._left[self._cable.taken - before :]

    async def _agree(self) -> None:
        self._left = self._port.greeting()
        await self._put()
        while not self._port.ready:
            raw = await self._cable.receive()
            if not raw:
                raise Disconnected(f"{self._url}: the other side ended the connection before the port was set")
            await self._heard(raw)
            if self._port.refused:
                raise Disconnected(
                    f"{self._url}: the port cannot be used: {self._port.refused}",
                    remedy="Write in the URL what it can do; for a port that lends bare bytes write "
                    f"{_bare(self._url)}.",
                )

    async def _heard(self, raw: bytes) -> None:
        data, reply = self._port.feed(raw)
        self._early += data
        self._left += reply
        self._changed.notify()
        # A sender that is under way sends it between two of its pieces: whoever receives never waits for one.
        if self._left and not self._turn().locked():
            async with self._turn():
                await self._put()


def _unquoted(sent: bytes) -> int:
    """How many bytes of data have begun to leave with `sent`."""
    return len(sent.replace(b"\xff\xff", b"\xff"))


def _bare(url: DeviceUrl) -> str:
    return str(DeviceUrl("socket", url.address, url.port))
