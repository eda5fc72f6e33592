"""What the protocol StreamLink promises, held against every link, bare and recorded."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
import serial
from serial.rfc2217 import PortManager

from posdevkit.errors import Closed, Disconnected
from posdevkit.links.base import StreamLink
from posdevkit.links.memory import MemoryLink, MemoryPeer, memory_pair
from posdevkit.links.rfc2217 import Rfc2217Link
from posdevkit.links.tcp import TcpLink
from posdevkit.links.tls import TlsLink
from posdevkit.links.trace import TraceLink
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.runtime import Deadline, within
from posdevkit.runtime.clock import ManualClock
from posdevkit_emulators.wires.certificate import Certificate, make_certificate

pytestmark = pytest.mark.asyncio

SOON = 10.0


class Peer(Protocol):
    """The other side of the link under test."""

    async def receive(self) -> bytes: ...
    async def send(self, data: bytes) -> None: ...
    def eof(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


class SocketPeer:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()

    async def receive(self) -> bytes:
        return await self._loop.sock_recv(self._connection, 65_536)

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._connection, data)

    def eof(self) -> None:
        self._connection.shutdown(socket.SHUT_WR)

    def abort(self) -> None:
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def close(self) -> None:
        self._connection.close()


@contextlib.asynccontextmanager
async def over_tcp() -> AsyncIterator[tuple[StreamLink, Callable[[], Peer]]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = TcpLink(DeviceUrl("tcp", "127.0.0.1", listener.getsockname()[1]))
        made: list[SocketPeer] = []

        def accept() -> Peer:
            connection, _ = listener.accept()
            connection.setblocking(False)
            made.append(SocketPeer(connection))
            return made[-1]

        yield link, accept
        for peer in made:
            peer.close()


@contextlib.asynccontextmanager
async def over_memory() -> AsyncIterator[tuple[StreamLink, Callable[[], Peer]]]:
    link, peer = memory_pair()
    yield link, lambda: peer


class TlsPeer(SocketPeer):
    """The same behind TLS, as a server; the greeting goes on beside the link's own `open`."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        super().__init__(connection)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self.greeting = asyncio.create_task(self._greet())

    async def _greet(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                self._in.write(await super().receive())
            else:
                await self._flush()
                return

    async def receive(self) -> bytes:
        await self.greeting
        while True:
            try:
                return self._tls.read(65_536)
            except ssl.SSLWantReadError:
                data = await super().receive()
                if data:
                    self._in.write(data)
                else:
                    self._in.write_eof()
            except ssl.SSLZeroReturnError:
                return b""

    async def send(self, data: bytes) -> None:
        await self.greeting
        self._tls.write(data)
        await self._flush()

    def eof(self) -> None:
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        self._connection.send(self._out.read())
        super().eof()

    async def _flush(self) -> None:
        if data := self._out.read():
            await super().send(data)


@contextlib.asynccontextmanager
async def over_tls() -> AsyncIterator[tuple[StreamLink, Callable[[], Peer]]]:
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        certificate = make_certificate(Path(folder))
        options = (("fingerprint", certificate.fingerprint),)
        accepting = asyncio.create_task(accept_tls(listener, certificate))
        yield (
            TlsLink(DeviceUrl("tls", "127.0.0.1", listener.getsockname()[1], options)),
            accepting.result,
        )
        peer = await within(Deadline.after(SOON), accepting)
        await asyncio.gather(peer.greeting, return_exceptions=True)
        peer.close()


async def accept_tls(listener: socket.socket, certificate: Certificate) -> TlsPeer:
    connection, _ = await asyncio.get_running_loop().sock_accept(listener)
    return TlsPeer(connection, certificate.context())


LAST_SETTING = b"\xff\xfa\x2c\x05\x0b\xff\xf0"
"""RFC 2217: IAC SB COM-PORT-OPTION SET-CONTROL (RTS on) IAC SE."""


class LentPort(SocketPeer):
    """pyserial's own server side of RFC 2217, in front of a port that only remembers how it was set."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._said = bytearray()
        self._data = bytearray()
        self.port: Any = serial.serial_for_url("loop://")
        made: Any = PortManager  # its stubs want serial ports of one kind where anything with `write` will do
        self._manager = made(self.port, self)
        self.set = asyncio.create_task(self._listen())

    def write(self, data: bytes) -> None:
        self._said += data

    async def _listen(self) -> None:
        """Until the port has been set: `receive` hears the rest."""
        await self._flush()
        heard = b""
        while LAST_SETTING not in heard:
            heard += (raw := await super().receive())
            self._data += b"".join(self._manager.filter(raw))
            await self._flush()

    async def receive(self) -> bytes:
        await self.set
        while not self._data:
            raw = await super().receive()
            if not raw:
                return b""
            self._data += b"".join(self._manager.filter(raw))
            await self._flush()
        data = bytes(self._data)
        self._data.clear()
        return data

    async def send(self, data: bytes) -> None:
        await self.set
        await super().send(b"".join(self._manager.escape(data)))

    async def _flush(self) -> None:
        said = bytes(self._said)
        self._said.clear()
        if said:
            await super().send(said)


@contextlib.asynccontextmanager
async def over_rfc2217() -> AsyncIterator[tuple[StreamLink, Callable[[], Peer]]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        async def accept() -> LentPort:
            connection, _ = await asyncio.get_running_loop().sock_accept(listener)
            return LentPort(connection)

        accepting = asyncio.create_task(accept())
        url = parse_url(f"rfc2217://127.0.0.1:{listener.getsockname()[1]}?baud=19200")
        yield Rfc2217Link(url), accepting.result
        peer = await within(Deadline.after(SOON), accepting)
        await asyncio.gather(peer.set, return_exceptions=True)
        peer.close()


WIRES = {"rfc2217": over_rfc2217, "tcp": over_tcp, "tls": over_tls, "memory": over_memory}


@pytest.fixture(params=[(wire, traced) for wire in WIRES for traced in (False, True)], ids=str)
def wire(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], contextlib.AbstractAsyncContextManager[tuple[StreamLink, Peer]]]:
    name, traced = request.param

    @contextlib.asynccontextmanager
    async def connected() -> AsyncIterator[tuple[StreamLink, Peer]]:
        async with WIRES[name]() as (bare, accept):
            link = TraceLink(bare, tmp_path) if traced else bare
            assert isinstance(link, StreamLink)
            await link.open(Deadline.after(SOON))
            try:
                yield link, accept()
            finally:
                link.abort()

    return connected


Wire = Callable[[], contextlib.AbstractAsyncContextManager[tuple[StreamLink, Peer]]]


async def all_of(source: Peer | StreamLink) -> bytes:
    parts = []
    while data := await within(Deadline.after(SOON), source.receive()):
        parts.append(data)
    return b"".join(parts)


async def test_both_ways_and_a_close_that_loses_nothing(wire: Wire) -> None:
    async with wire() as (link, peer):
        job = bytes(range(256)) * 2000

        async def serve() -> bytes:
            await peer.send(b"status")
            got = await all_of(peer)
            await peer.send(b"printed")
            peer.eof()
            return got

        serving = asyncio.create_task(serve())
        await within(Deadline.after(SOON), link.send(job))
        assert link.taken == len(job)
        await within(Deadline.after(SOON), link.close())
        assert await serving == job
        assert await all_of(link) == b"statusprinted"
        assert link.taken == len(job)


async def test_closing_and_ending_may_be_said_twice(wire: Wire) -> None:
    async with wire() as (link, peer):
        await link.send_eof()
        assert await peer.receive() == b""
        peer.eof()
        await link.close()
        await link.close()
        link.abort()
        with pytest.raises(Closed):
            await link.send(b"x")
        with pytest.raises(Closed):
            await link.send_eof()
        assert await link.receive() == b""


async def test_the_other_sides_end(wire: Wire) -> None:
    async with wire() as (link, peer):
        await peer.send(b"bye")
        peer.eof()
        assert await all_of(link) == b"bye"
        assert await link.receive() == b""
        await link.send(b"heard you")
        assert await peer.receive() == b"heard you"


async def test_the_other_side_breaks_off(wire: Wire) -> None:
    async with wire() as (link, peer):
        listening = asyncio.create_task(link.receive())
        await link.send(b"job")
        await peer.receive()
        peer.abort()
        with pytest.raises(Disconnected):
            await within(Deadline.after(SOON), listening)
        with pytest.raises(Disconnected):
            for _ in range(3):  # the first may still be taken by an operating system that has not heard
                await link.send(b"more")
        await within(Deadline.after(SOON), link.close())


async def test_a_deadline_on_sending_leaves_an_exact_count(wire: Wire) -> None:
    async with wire() as (link, peer):
        huge = bytes(20_000_000)
        clock = ManualClock()
        sending = asyncio.create_task(within(Deadline.after(1, clock), link.send(huge)))
        while not link.taken:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)  # as a rule no more is taken then, and it need not be so
        clock.advance(1)
        with pytest.raises(TimeoutError):
            await sending
        taken = link.taken
        assert 0 < taken < len(huge)
        reading = asyncio.create_task(all_of(peer))
        await link.send(b"!")
        await link.send_eof()
        got = await reading
        assert len(got) == taken + 1 == link.taken
        assert got.endswith(b"\0!")


async def test_our_own_abort(wire: Wire) -> None:
    async with wire() as (link, peer):
        listening = asyncio.create_task(link.receive())
        await asyncio.sleep(0)
        link.abort()
        with pytest.raises(Disconnected):
            await within(Deadline.after(SOON), listening)
        with pytest.raises(Disconnected):
            await link.receive()
        with pytest.raises(Closed):
            await link.send(b"x")
        with pytest.raises((Disconnected, ConnectionResetError)):
            await within(Deadline.after(SOON), peer.receive())


async def test_a_receive_that_waits_ends_with_our_close(wire: Wire) -> None:
    async with wire() as (link, peer):
        listening = asyncio.create_task(link.receive())
        await asyncio.sleep(0)
        closing = asyncio.create_task(link.close())
        assert await within(Deadline.after(SOON), peer.receive()) == b""
        peer.eof()
        await within(Deadline.after(SOON), closing)
        assert await within(Deadline.after(SOON), listening) == b""


@pytest.mark.parametrize(
    "link",
    [
        TcpLink(parse_url("tcp://127.0.0.1")),
        TlsLink(parse_url("tls://127.0.0.1:1")),
        Rfc2217Link(parse_url("rfc2217://127.0.0.1:1")),
        MemoryLink(parse_url("memory://x")),
    ],
    ids=lambda link: str(link.url),
)
async def test_never_open(link: StreamLink) -> None:
    for call in (lambda: link.send(b"x"), link.send_eof, link.receive):
        with pytest.raises(Closed):
            await call()
    await link.close()
    link.abort()
    assert isinstance(link, StreamLink)
    assert MemoryPeer is not None
