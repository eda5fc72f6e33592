"""Serial ports by blocking calls, as on Windows: on a stand-in for pyserial's port there, and on pseudo terminals."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from posdevkit.errors import BadUrl, Claimed, Closed, Disconnected
from posdevkit.links.base import StreamLink, Tuned
from posdevkit.links.serial import SerialLink, ThreadedSerialLink, serial_link
from posdevkit.links.serial_failures import open_failure
from posdevkit.links.serial_settings import read_settings
from posdevkit.links.serial_threads import ThreadedPortLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.clock import ManualClock
from posdevkit.runtime.deadline import Deadline, within
from tests.prompt import promptly

pytestmark = pytest.mark.asyncio

SOON = 10.0
URL = parse_url("serial://COM10")


class Port:
    """What pyserial 3.5 promises of its win32 port: reads end by themselves, writes when all is taken or cancelled."""

    def __init__(self) -> None:
        self.got = bytearray()
        self.room = 1 << 20
        self.unsaid = bytearray()
        self.closed = self.gone = False
        self._cancelled_read = self._cancelled_write = False
        self._condition = threading.Condition()

    def take(self, room: int) -> None:
        with self._condition:
            self.room = room
            self._condition.notify_all()

    def say(self, data: bytes) -> None:
        with self._condition:
            self.unsaid += data
            self._condition.notify_all()

    def unplug(self) -> None:
        with self._condition:
            self.gone = True
            self._condition.notify_all()

    @property
    def in_waiting(self) -> int:
        return len(self.unsaid)

    @property
    def out_waiting(self) -> int:
        return 0

    def read(self, size: int) -> bytes:
        with self._condition:
            self._cancelled_read = False
            self._condition.wait_for(lambda: self.unsaid or self.gone or self._cancelled_read, 0.5)
            self._there()
            data = bytes(self.unsaid[:size])
            del self.unsaid[:size]
            return data

    def write(self, data: bytes) -> int:
        taken = 0
        with self._condition:
            self._cancelled_write = False
            while taken < len(data):
                self._condition.wait_for(lambda: self.room or self.gone or self._cancelled_write)
                self._there()
                if self._cancelled_write:
                    break
                piece = data[taken : taken + self.room]
                self.got += piece
                self.room -= len(piece)
                taken += len(piece)
        return taken

    def cancel_read(self) -> None:
        with self._condition:
            self._cancelled_read = True
            self._condition.notify_all()

    def cancel_write(self) -> None:
        with self._condition:
            self._cancelled_write = True
            self._condition.notify_all()

    def close(self) -> None:
        self.closed = True

    def _there(self) -> None:
        if self.gone:
            raise OSError(errno.EIO, "ClearCommError failed")


@pytest.fixture
def port() -> Port:
    return Port()


@pytest_asyncio.fixture
async def link(port: Port) -> AsyncIterator[ThreadedPortLink]:
    link = ThreadedPortLink(URL, lambda: port)
    await link.open(Deadline.after(SOON))
    yield link
    await link.close()
    assert port.closed


async def test_both_ways_and_a_close(link: ThreadedPortLink, port: Port) -> None:
    assert isinstance(link, StreamLink)
    job = bytes(range(256)) * 20
    await within(Deadline.after(SOON), link.send(job))
    assert (bytes(port.got), link.taken) == (job, len(job))
    port.say(b"\x16\x12")
    assert await within(Deadline.after(SOON), link.receive()) == b"\x16\x12"
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    with promptly(0.4):  # a read that waits is cancelled
        await link.close()
        assert await listening == b""
    with pytest.raises(Closed):
        await link.send(b"x")


async def test_a_cancelled_send_ends_soon_with_an_exact_count(link: ThreadedPortLink, port: Port) -> None:
    port.take(130)
    clock = ManualClock()
    sending = asyncio.create_task(within(Deadline.after(1, clock), link.send(b"a" * 5000)))
    while len(port.got) < 130:
        await asyncio.sleep(0.001)
    with promptly(0.2), pytest.raises(TimeoutError):
        clock.advance(1)
        await sending
    assert link.taken == 130 == len(port.got)
    port.take(200)
    await within(Deadline.after(SOON), link.send(b"b"))
    assert bytes(port.got) == b"a" * 130 + b"b"


async def test_it_hears_while_it_cannot_send(link: ThreadedPortLink, port: Port) -> None:
    port.take(100)
    sending = asyncio.create_task(link.send(bytes(500)))
    port.say(b"no paper")
    assert await within(Deadline.after(SOON), link.receive()) == b"no paper"
    assert not sending.done()
    port.take(400)
    await within(Deadline.after(SOON), sending)
    assert link.taken == 500


async def test_an_abort_ends_what_waits(link: ThreadedPortLink, port: Port) -> None:
    port.take(10)
    sending, listening = asyncio.create_task(link.send(bytes(50))), asyncio.create_task(link.receive())
    await asyncio.sleep(0.05)
    link.abort()
    with pytest.raises(Disconnected, match="aborted by this program after 10 bytes"):
        await within(Deadline.after(SOON), sending)
    with pytest.raises(Disconnected, match="aborted by this program"):
        await within(Deadline.after(SOON), listening)


async def test_unplugged(link: ThreadedPortLink, port: Port) -> None:
    port.say(b"last words")
    assert await within(Deadline.after(SOON), link.receive()) == b"last words"
    port.unplug()
    with pytest.raises(Disconnected, match="went away"):
        await within(Deadline.after(SOON), link.receive())
    with pytest.raises(Disconnected, match="went away"):
        await within(Deadline.after(SOON), link.send(b"x"))


if sys.platform != "win32":  # which has no pseudo terminals

    async def test_pyserial_itself_by_threads_and_opened_anew() -> None:
        import tty

        near, far = os.openpty()
        tty.setraw(far)
        try:
            link = ThreadedSerialLink(parse_url(f"serial://{os.ttyname(far)}?baud=19200"))
            assert isinstance(link, Tuned)
            assert link.settings == "19200 8N1"
            for _ in range(2):
                await link.open(Deadline.after(SOON))
                os.write(near, b"4006381333931\r")
                heard = b""
                while not heard.endswith(b"\r"):
                    heard += await within(Deadline.after(SOON), link.receive())
                assert heard == b"4006381333931\r"
                await within(Deadline.after(SOON), link.send(b"\x1d\x49\x43"))
                assert os.read(near, 10) == b"\x1d\x49\x43"
                assert link.taken == 3
                with pytest.raises(Claimed):
                    await SerialLink(parse_url(f"serial://{os.ttyname(far)}")).open(Deadline.after(SOON))
                await link.close()
        finally:
            os.close(near)
            os.close(far)


async def test_which_link_it_is_is_the_systems_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadUrl):
        serial_link(parse_url("serial://COM3?speed=9600"))
    monkeypatch.setattr(sys, "platform", "win32")
    assert isinstance(serial_link(URL), ThreadedSerialLink)
    monkeypatch.setattr(sys, "platform", "linux")
    assert isinstance(serial_link(URL), SerialLink)


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ("PermissionError(13, 'Access is denied.', None, 5)", Claimed, "another program holds it"),
        ("FileNotFoundError(2, 'The system cannot find the file specified.', None, 2)", Disconnected, "no such port"),
        ("OSError(22, 'The parameter is incorrect.', None, 87)", Disconnected, "the port refuses 9600 8N1"),
    ],
)
async def test_what_windows_says_of_a_port(said: str, error: type[Exception], words: str) -> None:
    """pyserial 3.5, serialwin32.py, `open`: the error is in the words alone."""
    found = open_failure(URL, read_settings(URL), OSError(f"could not open port 'COM10': {said}"))
    assert type(found) is error
    assert words in found.detail
    assert "fuser" not in found.remedy()
