"""A printer that is switched off or unplugged sends no FIN and no RST: it is told all the same, within a bound.

The cable is pulled by asking the kernel for packets of the greatest time to live alone on the other side's socket
(IP_MINTTL, RFC 5082): it drops those of this machine, which begin with less, without a word, so it acknowledges
neither data nor probes. No right is needed for that; a socket filter needs one on some kernels.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import TypeVar

import pytest
import pytest_asyncio

from posdevkit import aio
from posdevkit.errors import BadUrl, Disconnected
from posdevkit.events import LinkLost
from posdevkit.links.tcp import TcpLink
from posdevkit.links.tcp_alive import keep_alive, silent
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.runtime import Deadline, within

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux drops packets by their time to live"),
]

T = TypeVar("T")

SECONDS = 2
"""The least that a URL may ask for."""
BOUND = SECONDS + 20
IP_MINTTL = 21
"""linux/in.h; Python has no name for it."""
GREATEST = 255


class Far:
    """The printer's end of the cable."""

    def __init__(self) -> None:
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(1)
        self.url = DeviceUrl("tcp", "127.0.0.1", self.listener.getsockname()[1], (("alive", str(SECONDS)),))
        self.connection: socket.socket | None = None

    def accept(self) -> socket.socket:
        self.connection, _ = self.listener.accept()
        return self.connection

    def unplug(self) -> None:
        assert self.connection is not None
        self.connection.setsockopt(socket.IPPROTO_IP, IP_MINTTL, GREATEST)

    def close(self) -> None:
        self.listener.close()
        if self.connection is not None:
            self.connection.close()


@pytest.fixture
def far() -> Iterator[Far]:
    made = Far()
    yield made
    made.close()


@pytest_asyncio.fixture
async def link(far: Far) -> AsyncIterator[TcpLink]:
    """A link to it, open."""
    made = TcpLink(far.url)
    await made.open(Deadline.after(20))
    far.accept()
    yield made
    made.abort()


@contextlib.asynccontextmanager
async def beside(work: Coroutine[None, None, T]) -> AsyncIterator[asyncio.Task[T]]:
    """A task that does not outlive the block."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_while_idle(far: Far, link: TcpLink) -> None:
    far.unplug()
    started = time.monotonic()
    with pytest.raises(Disconnected, match="nothing answers") as caught:
        await within(Deadline.after(BOUND), link.receive())
    assert time.monotonic() - started > 1
    assert "network cable" in caught.value.remedy()
    await within(Deadline.after(10), link.close())


async def test_with_bytes_on_their_way_to_whoever_listens(far: Far, link: TcpLink) -> None:
    async with beside(link.receive()) as listening:
        await link.send(b"heard")
        await asyncio.sleep(0.1)
        far.unplug()
        started = time.monotonic()
        await link.send(b"unheard")
        with pytest.raises(Disconnected, match=f"for {SECONDS} seconds, after 12 bytes") as caught:
            await within(Deadline.after(BOUND), listening)
    assert time.monotonic() - started > SECONDS - 1
    assert "network cable" in caught.value.remedy()
    for call in (link.receive, lambda: link.send(b"more"), link.send_eof):
        with pytest.raises(Disconnected, match="nothing has answered"):
            await call()
    await within(Deadline.after(10), link.close())


async def test_with_a_send_under_way(far: Far, link: TcpLink) -> None:
    async with beside(link.send(bytes(50_000_000))) as sending:
        await asyncio.sleep(0.1)
        far.unplug()
        with pytest.raises(Disconnected, match="nothing has answered"):
            await within(Deadline.after(BOUND), sending)
    assert 0 < link.taken < 50_000_000


async def test_a_printer_that_waits_for_paper_is_not_gone(far: Far, link: TcpLink) -> None:
    """It takes no data for longer than the bound, yet answers the kernel's probes; then it goes on printing."""
    async with beside(link.send(bytes(20_000_000))) as sending:
        with pytest.raises(TimeoutError):
            await within(Deadline.after(2 * SECONDS), asyncio.shield(sending))
        loop = asyncio.get_running_loop()
        assert far.connection is not None
        far.connection.setblocking(False)
        got = 0
        while got < 20_000_000:
            got += len(await within(Deadline.after(20), loop.sock_recv(far.connection, 1 << 20)))
        await within(Deadline.after(20), sending)


async def test_an_idle_printer_tells_it_as_an_event(far: Far) -> None:
    async with aio.ReceiptPrinter.open(str(far.url), profile="generic-mute") as printer:
        events = printer.events()
        far.accept()
        far.unplug()
        told = await within(Deadline.after(BOUND), anext(aiter(events)))
        assert isinstance(told, LinkLost)
        assert "nothing answers" in told.reason


@pytest.mark.parametrize("text", ["1", "3601", "soon", "nan"])
async def test_an_option_that_cannot_be(text: str) -> None:
    with pytest.raises(BadUrl, match="from 2 to 3600"):
        TcpLink(parse_url(f"tcp://127.0.0.1?alive={text}"))


async def test_what_the_kernel_does_not_tell_is_no_silence() -> None:
    """A socket that is no TCP connection, and one on which nothing was asked."""
    one, other = socket.socketpair()
    with one, other:
        assert not silent(one, 0)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as made:
        keep_alive(made, 25)
        if sys.platform == "linux":
            assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 5
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
        assert not silent(made, 0)
