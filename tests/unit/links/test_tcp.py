"""TCP on real sockets: exact counts, ends of every kind, and a close that loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from posdevkit.errors import BadUrl, Closed, Disconnected
from posdevkit.links.base import StreamLink
from posdevkit.links.tcp import TcpLink
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.runtime import Deadline, within

pytestmark = pytest.mark.asyncio

TIMEOUT = 20.0
ASB = b"\x14\x00\x00\x0f"
# The size at which the loss was first seen: far more than a small receive buffer, less than a send buffer.
JOB = bytes(range(256)) * 500 + b"the tail of the job, which must arrive......"


class Peer:
    """The other side: a plain blocking socket served by a thread."""

    def __init__(self, serve: Callable[[socket.socket, Peer], None], host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(family)
        # Before listening, so that the small window is announced with the first packet.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._listener.bind((host, 0))
        self._listener.listen(1)
        self._listener.settimeout(TIMEOUT)
        self.port: int = self._listener.getsockname()[1]
        self.url = DeviceUrl("tcp", host, self.port)
        self.go = threading.Event()
        self.got = bytearray()
        self.ended = threading.Event()
        self.problem: Exception | None = None
        self._serve = serve
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            connection, _ = self._listener.accept()
            with connection:
                connection.settimeout(TIMEOUT)
                self._serve(connection, self)
        except OSError as problem:
            self.problem = problem
        finally:
            self.ended.set()

    def read_to_the_end(self, connection: socket.socket, size: int = 65_536) -> None:
        while data := connection.recv(size):
            self.got += data

    def stop(self) -> None:
        self.go.set()
        self._thread.join(TIMEOUT)
        self._listener.close()
        assert not self._thread.is_alive()


@pytest.fixture
def peers() -> Iterator[Callable[..., Peer]]:
    started: list[Peer] = []

    def start(serve: Callable[[socket.socket, Peer], None], host: str = "127.0.0.1") -> Peer:
        started.append(Peer(serve, host))
        return started[-1]

    yield start
    for peer in started:
        peer.stop()


@contextlib.asynccontextmanager
async def opened(url: DeviceUrl | str) -> AsyncIterator[TcpLink]:
    link = TcpLink(parse_url(url) if isinstance(url, str) else url)
    await link.open(Deadline.after(TIMEOUT))
    try:
        yield link
    finally:
        link.abort()


async def wait_for(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, TIMEOUT)


def echo(connection: socket.socket, peer: Peer) -> None:
    peer.read_to_the_end(connection)
    connection.sendall(bytes(peer.got))


def slow_with_asb(connection: socket.socket, peer: Peer) -> None:
    """A printer with automatic status on: it has spoken, nobody has listened, and it takes little at a time."""
    connection.sendall(ASB)
    peer.go.wait(TIMEOUT)
    while data := connection.recv(2048):
        if len(peer.got) % 16_384 < len(data):
            connection.sendall(ASB)
        peer.got += data


def wait_then_read(connection: socket.socket, peer: Peer) -> None:
    peer.go.wait(TIMEOUT)
    peer.read_to_the_end(connection)


def reset_after_some(connection: socket.socket, peer: Peer) -> None:
    peer.got += connection.recv(100)
    peer.go.wait(TIMEOUT)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def test_it_is_a_stream_link_and_constructing_touches_nothing() -> None:
    link = TcpLink(parse_url("tcp://printer.example"))
    assert isinstance(link, StreamLink)
    assert (str(link.url), link.taken) == ("tcp://printer.example", 0)
    with pytest.raises(Closed):
        await link.send(b"x")
    with pytest.raises(Closed):
        await link.receive()
    await link.close()
    link.abort()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_both_ways_over_every_kind_of_host(peers: Callable[..., Peer], host: str) -> None:
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    peer = peers(echo, "127.0.0.1" if host == "localhost" else host)
    async with opened(DeviceUrl("tcp", host, peer.port)) as link:
        await link.send(memoryview(b"hello"))
        await link.send_eof()
        assert await link.receive() == b"hello"
        assert await link.receive() == b""
        assert await link.receive() == b""
        assert link.taken == 5


async def test_it_opens_again_and_counts_anew(peers: Callable[..., Peer]) -> None:
    link = TcpLink(peers(echo).url)
    await link.open(Deadline.after(TIMEOUT))
    await link.send(b"hello")
    await link.close()
    assert link.taken == 5
    link._port = peers(echo).port
    await link.open(Deadline.after(TIMEOUT))
    assert link.taken == 0
    await link.close()


async def test_options_of_the_socket(peers: Callable[..., Peer]) -> None:
    async with opened(peers(echo).url) as link:
        assert link._socket is not None
        assert link._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert link._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def test_one_write_for_a_job_that_the_kernel_takes(
    peers: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = peers(echo)
    async with opened(peer.url) as link:
        calls: list[int] = []
        send = socket.socket.send

        def counting(self: socket.socket, data: memoryview) -> int:
            calls.append(len(data))
            return send(self, data)

        monkeypatch.setattr(socket.socket, "send", counting)
        await link.send(JOB)
        monkeypatch.undo()
        assert calls == [len(JOB)]
        assert link.taken == len(JOB)


class TestClosingLosesNothing:
    async def test_a_slow_reader_with_unread_status_gets_every_byte(self, peers: Callable[..., Peer]) -> None:
        peer = peers(slow_with_asb)
        async with opened(peer.url) as link:
            await within(Deadline.after(TIMEOUT), link.send(JOB))
            closing = asyncio.create_task(link.close())
            await asyncio.sleep(0.05)
            assert not closing.done()
            peer.go.set()
            await closing
        await wait_for(peer.ended)
        assert peer.problem is None
        assert len(peer.got) == len(JOB)
        assert bytes(peer.got) == JOB

    async def test_the_control_a_plain_close_loses_the_tail(self, peers: Callable[..., Peer]) -> None:
        """The same peer and a socket that is simply closed: the loss that the link is built against is real here."""
        peer = peers(slow_with_asb)
        loop = asyncio.get_running_loop()
        naive = socket.create_connection(("127.0.0.1", peer.port))
        naive.settimeout(TIMEOUT)
        await loop.run_in_executor(None, naive.sendall, JOB)
        await loop.run_in_executor(None, naive.recv, 1, socket.MSG_PEEK)  # the status lies there, unread
        naive.close()
        peer.go.set()
        await wait_for(peer.ended)
        assert isinstance(peer.problem, ConnectionResetError)
        assert len(peer.got) < len(JOB)

    async def test_also_while_a_reader_is_listening(self, peers: Callable[..., Peer]) -> None:
        peer = peers(slow_with_asb)
        async with opened(peer.url) as link:

            async def listen() -> bytes:
                heard = b""
                while data := await link.receive():
                    heard += data
                return heard

            reader = asyncio.create_task(listen())
            await link.send(JOB)
            peer.go.set()
            await link.close()
            heard = await within(Deadline.after(TIMEOUT), reader)
        await wait_for(peer.ended)
        assert bytes(peer.got) == JOB
        assert heard == ASB * (len(heard) // 4)
        assert heard

    async def test_answers_that_come_during_the_close_are_still_received(self, peers: Callable[..., Peer]) -> None:
        def last_words(connection: socket.socket, peer: Peer) -> None:
            peer.read_to_the_end(connection)
            connection.sendall(b"confirmed")

        async with opened(peers(last_words).url) as link:
            await link.send(b"job")
            await link.close()
            assert await link.receive() == b"confirmed"
            assert await link.receive() == b""

    async def test_a_peer_that_only_talks_cannot_hold_it_up_for_ever(self, peers: Callable[..., Peer]) -> None:
        def talk(connection: socket.socket, peer: Peer) -> None:
            while not peer.go.wait(0.01):
                connection.sendall(ASB)

        peer = peers(talk)
        async with opened(DeviceUrl("tcp", "127.0.0.1", peer.port, (("drain", "0.05"),))) as link:
            await link.send(b"job")
            await within(Deadline.after(10), link.close())

    async def test_a_peer_that_reads_on_is_waited_for_longer_than_the_bound(self, peers: Callable[..., Peer]) -> None:
        """The bound is on time without progress, not on the whole."""

        def dribble(connection: socket.socket, peer: Peer) -> None:
            pause = threading.Event()
            pieces = 0
            while data := connection.recv(8192):
                peer.got += data
                pieces += 1
                if pieces == 13:
                    connection.sendall(ASB)  # deadly if the socket were closed by now
                pause.wait(0.05)  # slowness is the point: 13 pieces take three times the bound

        peer = peers(dribble)
        async with opened(DeviceUrl("tcp", "127.0.0.1", peer.port, (("drain", "0.2"),))) as link:
            await link.send(JOB)
            await link.close()
        await wait_for(peer.ended)
        assert peer.problem is None
        assert bytes(peer.got) == JOB

    async def test_a_peer_that_takes_nothing_holds_it_up_for_the_bound_only(self, peers: Callable[..., Peer]) -> None:
        peer = peers(wait_then_read)
        async with opened(DeviceUrl("tcp", "127.0.0.1", peer.port, (("drain", "0.2"),))) as link:
            await link.send(JOB)
            await within(Deadline.after(TIMEOUT), link.close())
        # Even so the operating system goes on delivering what it took.
        peer.go.set()
        await wait_for(peer.ended)
        assert bytes(peer.got) == JOB

    async def test_a_peer_that_has_all_and_never_ends_is_not_waited_for_long(self, peers: Callable[..., Peer]) -> None:
        def never_ends(connection: socket.socket, peer: Peer) -> None:
            peer.read_to_the_end(connection)
            peer.go.wait(TIMEOUT)

        peer = peers(never_ends)
        async with opened(DeviceUrl("tcp", "127.0.0.1", peer.port, (("drain", "60"),))) as link:
            await link.send(b"short")
            await within(Deadline.after(10), link.close())
        assert not peer.ended.is_set()
        peer.go.set()

    async def test_a_cancelled_close_still_lets_go(self, peers: Callable[..., Peer]) -> None:
        peer = peers(wait_then_read)
        async with opened(peer.url) as link:
            closing = asyncio.create_task(link.close())
            await asyncio.sleep(0.01)
            closing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await closing
            assert await link.receive() == b""
            with pytest.raises(Closed):
                await link.send(b"x")


class TestBreaking:
    async def test_the_count_is_exact_while_sending_and_when_cancelled(self, peers: Callable[..., Peer]) -> None:
        peer = peers(wait_then_read)
        huge = bytes(30_000_000)
        async with opened(peer.url) as link:
            sending = asyncio.create_task(link.send(huge))
            while not link.taken:
                await asyncio.sleep(0)
            await asyncio.sleep(0.05)
            assert not sending.done()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            taken = link.taken
            assert 0 < taken < len(huge)
            peer.go.set()
            await link.close()
            assert link.taken == taken
        await wait_for(peer.ended)
        assert len(peer.got) == taken

    async def test_a_reset_ends_sending_and_receiving(self, peers: Callable[..., Peer]) -> None:
        peer = peers(reset_after_some)
        async with opened(peer.url) as link:
            listening = asyncio.create_task(link.receive())
            sending = asyncio.create_task(link.send(bytes(30_000_000)))
            while not link.taken:
                await asyncio.sleep(0)
            peer.go.set()
            with pytest.raises(Disconnected, match="broke after"):
                await within(Deadline.after(TIMEOUT), listening)
            with pytest.raises(Disconnected, match=r"broke after \d+ bytes"):
                await within(Deadline.after(TIMEOUT), sending)
            assert 0 < link.taken < 30_000_000
            await link.close()  # never raises for a broken cable

    async def test_a_peer_that_ends_can_still_be_sent_to(self, peers: Callable[..., Peer]) -> None:
        def half_open(connection: socket.socket, peer: Peer) -> None:
            connection.shutdown(socket.SHUT_WR)
            peer.read_to_the_end(connection)

        peer = peers(half_open)
        async with opened(peer.url) as link:
            assert await link.receive() == b""
            await link.send(JOB)
            await link.close()
        await wait_for(peer.ended)
        assert bytes(peer.got) == JOB

    async def test_an_abort_resets_and_drops_what_is_unsent(self, peers: Callable[..., Peer]) -> None:
        peer = peers(wait_then_read)
        async with opened(peer.url) as link:
            listening = asyncio.create_task(link.receive())
            sending = asyncio.create_task(link.send(bytes(30_000_000)))
            while not link.taken:
                await asyncio.sleep(0)
            link.abort()
            for task in (listening, sending):
                with pytest.raises(Disconnected, match="aborted"):
                    await within(Deadline.after(TIMEOUT), task)
            taken = link.taken
        peer.go.set()
        await wait_for(peer.ended)
        assert isinstance(peer.problem, ConnectionResetError)
        assert len(peer.got) < taken

    async def test_senders_are_served_in_turn(self, peers: Callable[..., Peer]) -> None:
        peer = peers(wait_then_read)
        async with opened(peer.url) as link:
            huge = bytes(20_000_000)
            sending = asyncio.create_task(link.send(huge))
            await asyncio.sleep(0.05)  # until the operating system takes no more
            assert not sending.done()
            peer.go.set()
            while len(peer.got) < link.taken:  # room is made without the loop, and so the first sender, getting a turn
                peer.ended.wait(0.005)
            await link.send(b"!")
            await within(Deadline.after(TIMEOUT), sending)
            await link.close()
        await wait_for(peer.ended)
        assert bytes(peer.got) == huge + b"!"

    async def test_a_cancelled_receive_loses_no_byte(self, peers: Callable[..., Peer]) -> None:
        def speak(connection: socket.socket, peer: Peer) -> None:
            for number in range(200):
                connection.sendall(bytes([number]))
            connection.shutdown(socket.SHUT_WR)
            peer.read_to_the_end(connection)

        heard = b""
        async with opened(peers(speak).url) as link:
            while True:
                task = asyncio.create_task(link.receive())
                for _ in range(len(heard) % 4):
                    await asyncio.sleep(0)
                task.cancel()
                try:
                    data = await task
                except asyncio.CancelledError:
                    data = await link.receive()
                if not data:
                    break
                heard += data
            await link.close()
        assert heard == bytes(range(200))


class TestOpening:
    async def test_refused(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            link = TcpLink(DeviceUrl("tcp", "127.0.0.1", port))
            with pytest.raises(Disconnected, match="connection refused") as caught:
                await link.open(Deadline.after(TIMEOUT))
        assert f"Nothing listens on 127.0.0.1:{port}" in caught.value.remedy()
        with pytest.raises(Closed):
            await link.send(b"x")

    async def test_refused_on_ipv6_names_the_address_in_brackets(self) -> None:
        with socket.socket(socket.AF_INET6) as unused:
            unused.bind(("::1", 0))
            port = unused.getsockname()[1]
            with pytest.raises(Disconnected) as caught:
                await TcpLink(DeviceUrl("tcp", "::1", port)).open(Deadline.after(TIMEOUT))
        assert f"[::1]:{port}" in caught.value.remedy()

    async def test_no_answer_in_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def never(self: object, sock: object, address: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(type(asyncio.get_running_loop()), "sock_connect", never)
        with pytest.raises(Disconnected, match="no answer in time") as caught:
            await TcpLink(parse_url("tcp://127.0.0.1:9")).open(Deadline.after(0.02))
        assert "Nothing answered at 127.0.0.1:9" in caught.value.remedy()

    async def test_a_deadline_that_has_passed(self) -> None:
        with pytest.raises(Disconnected, match="no answer in time"):
            await TcpLink(parse_url("tcp://127.0.0.1:9")).open(Deadline.after(0))

    async def test_a_cancelled_open_leaves_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def never(self: object, sock: object, address: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(type(asyncio.get_running_loop()), "sock_connect", never)
        opening = asyncio.create_task(TcpLink(parse_url("tcp://127.0.0.1:9")).open(Deadline.NEVER))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        gc.collect()

    async def test_an_unknown_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*args: object, **kwargs: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(Disconnected, match="unknown host name") as caught:
            await TcpLink(parse_url("tcp://printer.example")).open(Deadline.after(TIMEOUT))
        assert "printer.example" in caught.value.remedy()

    async def test_the_second_address_is_tried_when_the_first_is_dead(
        self, peers: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        peer = peers(echo)
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            dead = unused.getsockname()

            def two(*args: object, **kwargs: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
                kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
                return [(*kind, dead), (*kind, ("127.0.0.1", peer.port))]

            monkeypatch.setattr(socket, "getaddrinfo", two)
            async with opened("tcp://printer.example") as link:
                await link.send(b"hello")
                await link.close()
        await wait_for(peer.ended)
        assert bytes(peer.got) == b"hello"

    async def test_a_second_open_while_it_is_open_is_a_mistake(self, peers: Callable[..., Peer]) -> None:
        async with opened(peers(echo).url) as link:
            with pytest.raises(RuntimeError, match="is open"):
                await link.open(Deadline.NEVER)

    @pytest.mark.parametrize("query", ["drain=-1", "drain=x", "drain=nan", "drain=3601", "darin=1"])
    async def test_options_are_checked(self, query: str) -> None:
        with pytest.raises(BadUrl, match="drain"):
            TcpLink(parse_url(f"tcp://printer.example?{query}"))

    async def test_port_nought_is_refused(self) -> None:
        with pytest.raises(BadUrl, match="port 0"):
            TcpLink(parse_url("tcp://127.0.0.1:0"))


class WithoutWatching(asyncio.SelectorEventLoop):
    """A loop that cannot watch sockets, as Windows' proactor."""

    def add_reader(self, *args: object) -> None:
        raise NotImplementedError

    add_writer = remove_reader = remove_writer = add_reader  # type: ignore[assignment]


async def test_on_a_loop_that_cannot_watch_sockets(peers: Callable[..., Peer]) -> None:
    peer = peers(slow_with_asb)

    async def use() -> None:
        async with opened(peer.url) as link:
            listening = asyncio.create_task(link.receive())
            assert await within(Deadline.after(TIMEOUT), listening) == ASB
            peer.go.set()
            await within(Deadline.after(TIMEOUT), link.send(JOB * 40))
            await link.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=WithoutWatching) as runner:
            runner.run(use())

    await asyncio.to_thread(run)
    assert peer.ended.wait(TIMEOUT)
    assert bytes(peer.got) == JOB * 40
