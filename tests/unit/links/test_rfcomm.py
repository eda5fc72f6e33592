"""Classic Bluetooth without a radio: TCP sockets stand for those of the system. No radio has been under this link."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable

import pytest

from posdevkit import Receipt
from posdevkit.devices import ReceiptPrinter
from posdevkit.errors import BadUrl, Claimed, Closed, Disconnected, Unsupported
from posdevkit.events import Delivery, LinkLost, LinkRestored
from posdevkit.links.base import StreamLink
from posdevkit.links.rfcomm import RfcommLink
from posdevkit.links.url import parse_url
from posdevkit.registry import open_link
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.wires.rfcomm import OverTcp
from posdevkit_emulators.wires.tcp import TcpWire
from tests.prompt import promptly

pytestmark = pytest.mark.asyncio

SOON = 10.0
URL = "rfcomm://00:11:22:aa:BB:CC"
Refusal = Callable[[], socket.socket]


@pytest.mark.parametrize(
    "text",
    [
        "rfcomm://00:11:22:33:44",
        "rfcomm://00:11:22:33:44:55/0",
        "rfcomm://00:11:22:33:44:55/31",
        "rfcomm://00:11:22:33:44:55/x",
        "rfcomm://Front Desk",
        "rfcomm://00-11-22-33-44-55",
    ],
)
async def test_what_is_no_device_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadUrl, match="no Bluetooth address"):
        open_link(text)


async def test_where_python_knows_no_bluetooth(monkeypatch: pytest.MonkeyPatch) -> None:
    link = open_link(URL)
    assert isinstance(link, RfcommLink)
    assert isinstance(link, StreamLink)
    monkeypatch.delattr(socket, "AF_BLUETOOTH", raising=False)
    with pytest.raises(Unsupported) as refused:
        await link.open(Deadline.after(SOON))
    assert "serial://" in refused.value.remedy()
    for call in (lambda: link.send(b"x"), link.send_eof, link.receive):
        with pytest.raises(Closed):
            await call()


async def test_device_and_channel_are_asked_for() -> None:
    for text, place in ((URL, ("00:11:22:AA:BB:CC", 1)), (f"{URL}/7", ("00:11:22:AA:BB:CC", 7))):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            radio = OverTcp(listener.getsockname()[1])
            link = RfcommLink(parse_url(text), sockets=radio)
            await link.open(Deadline.after(SOON))
            assert radio.asked == [place]
            far, _ = listener.accept()
            with far:
                await link.send(bytes(range(256)))
                assert far.recv(300) == bytes(range(256))
                far.sendall(b"hello")
                assert await link.receive() == b"hello"
                await link.close()
                assert far.recv(1) == b""
            assert await link.receive() == b""


async def test_it_prints_and_the_printer_proves_it() -> None:
    async with ReceiptPrinterBench.tcp() as bench:
        port = parse_url(bench.url).port
        assert port is not None
        wire = bench.wire
        assert isinstance(wire, TcpWire)
        made = lambda: RfcommLink(parse_url(URL), sockets=OverTcp(port))  # noqa: E731
        async with ReceiptPrinter(URL, bench.profile, make_link=made) as printer:
            await printer.connect(SOON)
            events = printer.events()
            assert (await printer.print(Receipt().text("one").cut(), timeout=SOON)).delivery is Delivery.CONFIRMED
            await wire.unplug()
            assert isinstance(await anext(event async for event in events if isinstance(event, LinkLost)), LinkLost)
            await wire.plug()
            await anext(event async for event in events if isinstance(event, LinkRestored))
            assert (await printer.print(Receipt().text("two").cut(), timeout=SOON)).delivery is Delivery.CONFIRMED
        assert len(bench.tickets) == 2


async def test_a_cancelled_send_returns_soon_with_an_exact_count() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = RfcommLink(parse_url(URL), sockets=OverTcp(listener.getsockname()[1]))
        await link.open(Deadline.after(SOON))
        far, _ = listener.accept()
        with far:
            sending = asyncio.create_task(link.send(bytes(30_000_000)))
            await asyncio.sleep(0.05)
            with promptly(0.1):
                sending.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sending
            taken, got = link.taken, 0
            link.abort()
            try:
                while data := far.recv(1_000_000):
                    got += len(data)
            except ConnectionResetError:
                pass
            assert got <= taken < 30_000_000


async def test_a_connection_that_does_not_come_about_is_given_up_in_time() -> None:
    class Deaf(socket.socket):
        def connect_ex(self, place: object) -> int:
            return errno.EINPROGRESS

        def fileno(self) -> int:
            return ours.fileno()  # a socket that never becomes writable

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    try:
        while True:
            ours.send(bytes(65_536))
    except BlockingIOError:
        pass

    class Radio:
        def rfcomm(self) -> socket.socket:
            return Deaf()

    with promptly(0.5), pytest.raises(Disconnected, match="no answer in time") as refused:
        await RfcommLink(parse_url(URL), sockets=Radio()).open(Deadline.after(0.1))
    assert "paired" in refused.value.remedy()
    connecting = asyncio.create_task(RfcommLink(parse_url(URL), sockets=Radio()).open(Deadline.after(SOON)))
    await asyncio.sleep(0.01)
    with promptly(0.1):
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
    ours.close()
    theirs.close()


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        (errno.EBUSY, Claimed, "rfcomm://"),
        (errno.ECONNREFUSED, Disconnected, "nothing listens on channel 1"),
        (errno.EACCES, Disconnected, "not permitted"),
        (errno.ENODEV, Disconnected, "no Bluetooth radio"),
        (errno.EHOSTDOWN, Disconnected, "Host is down"),
    ],
)
async def test_what_went_wrong_is_told(number: int, kind: type[Disconnected], said: str) -> None:
    class Refusing(socket.socket):
        def connect_ex(self, place: object) -> int:
            return number

    class Radio:
        def rfcomm(self) -> socket.socket:
            return Refusing()

    with pytest.raises(kind, match=said):
        await RfcommLink(parse_url(URL), sockets=Radio()).open(Deadline.after(SOON))
