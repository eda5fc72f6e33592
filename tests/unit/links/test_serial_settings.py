"""How a serial line is set: by the URL, at a port here, at one that pyserial's server lends from another process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from posdevkit import aio
from posdevkit.errors import BadUrl, Disconnected
from posdevkit.links.rfc2217 import Rfc2217Link
from posdevkit.links.serial_settings import read_settings
from posdevkit.links.telnet import PortControl, quoted
from posdevkit.links.url import parse_url
from posdevkit.registry.links import open_link
from posdevkit.runtime import Deadline, within
from posdevkit_emulators.wires.pseudo_terminal import PseudoTerminal

pytestmark = pytest.mark.asyncio

SERVER = """
import socket, sys, serial, serial.rfc2217

port = serial.serial_for_url("loop://", timeout=0)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()

class Out:
    def write(self, data):
        connection.sendall(data)

manager = serial.rfc2217.PortManager(port, Out())
while data := connection.recv(4096):
    port.write(b"".join(manager.filter(data)))
    connection.sendall(b"".join(manager.escape(port.read(65536))))
flow = "rtscts" if port.rtscts else "xonxoff" if port.xonxoff else "none"
print(port.baudrate, port.bytesize, port.parity, port.stopbits, flow, port.dtr, port.rts, flush=True)
"""


@contextlib.asynccontextmanager
async def lent_port() -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
    """pyserial's RFC 2217 server in front of its loop port, in a process of its own; it tells how it was set."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(await within(Deadline.after(20), process.stdout.readline())), process.stdout
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.communicate()


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ("", "9600 8 N 1 none True True"),
        ("baud=19200&bits=7&parity=even&stop=2&flow=xonxoff&dtr=off", "19200 7 E 2 xonxoff False True"),
        ("baud=115200&parity=odd&rts=off", "115200 8 O 1 none True False"),
        ("flow=rtscts", "9600 8 N 1 rtscts True True"),
    ],
)
async def test_every_setting_reaches_a_lent_port(options: str, seen: str) -> None:
    async with lent_port() as (port, told):
        link = open_link(f"rfc2217://127.0.0.1:{port}?{options}".rstrip("?"))
        await link.open(Deadline.after(10))
        job = bytes(range(256)) * 20 + b"\xff\xff\xff"
        await link.send(job)
        got = b""
        while len(got) < len(job):
            got += await within(Deadline.after(10), link.receive())
        assert got == job
        assert link.taken == len(job)
        await within(Deadline.after(10), link.close())
        assert (await within(Deadline.after(10), told.readline())).decode().strip() == seen


async def test_a_port_that_is_none() -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\xff\xfe\x2c")  # DONT COM-PORT-OPTION
        await writer.drain()
        await _reader.read(-1)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        link = Rfc2217Link(parse_url(f"rfc2217://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        with pytest.raises(Disconnected, match="knows no RFC 2217") as caught:
            await link.open(Deadline.after(20))
        assert "socket://" in caught.value.remedy()
        await asyncio.sleep(0.05)


async def test_a_port_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = Rfc2217Link(parse_url(f"rfc2217://127.0.0.1:{listener.getsockname()[1]}"))
        with pytest.raises(
            Disconnected, match="no answer in time to the settings of the port \\(baud, bits,"
        ) as caught:
            await link.open(Deadline.after(0.1))
        assert f"socket://127.0.0.1:{listener.getsockname()[1]}" in caught.value.remedy()


def control(options: str = "") -> PortControl:
    made = PortControl(read_settings(parse_url(f"rfc2217://x:1{options}")))
    made.greeting()
    return made


async def test_a_port_that_cannot_be_set_so() -> None:
    port = control("?baud=115200")
    port.feed(b"\xff\xfd\x2c")
    port.feed(b"\xff\xfa\x2c\x65\x00\x00\x96\x00\xff\xf0")
    assert port.refused == "it does not set baud as asked but to 38400"
    assert not port.ready


async def test_a_line_that_cannot_be_raised_is_named() -> None:
    port = control()
    port.feed(b"\xff\xfd\x2c")
    for order, value in ((1, b"\0\0\x25\x80"), (2, b"\x08"), (3, b"\x01"), (4, b"\x01"), (5, b"\x01")):
        port.feed(b"\xff\xfa\x2c" + bytes([100 + order]) + value + b"\xff\xf0")
    assert port.unanswered == ("dtr", "rts")
    port.feed(b"\xff\xfa\x2c\x69\x09\xff\xf0")
    assert port.refused == "it does not set dtr as asked"


async def test_a_pause_and_what_means_nothing_byte_by_byte() -> None:
    port = control()
    raw = (
        b"a\xff\xffb\xff\xfa\x2c\x6c\xff\xf0c\xff\xf1d\xff\xfd\x18\xff\xfa\x2c\xff\xf0e\xff\xfa"
        + bytes(99)
        + b"\xff\xf0f"
    )
    heard = [port.feed(bytes([byte])) for byte in raw]
    assert b"".join(data for data, _ in heard) == b"a\xffbcdef"
    assert b"".join(reply for _, reply in heard) == b"\xff\xfc\x18"
    paused = [port.suspended]
    assert port.feed(b"\xff\xfa\x2c\x6d\xff\xf0g") == (b"g", b"")
    assert [*paused, port.suspended] == [True, False]
    assert quoted(b"\xff") == b"\xff\xff"


@pytest.mark.parametrize("scheme", ["serial:///dev/ttyS9", "rfc2217://x:1"])
@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("baud=9600.5", "baud='9600.5'"),
        ("baud=49", "baud='49'"),
        ("parity=evn", "did you mean 'even'"),
        ("flow=rts/cts", "did you mean 'rtscts'"),
        ("flow=XON-XOFF", "did you mean 'xonxoff'"),
        ("dtr=high", "dtr='high'"),
        ("bits=9", "bits='9'"),
        ("boud=9600", "did you mean 'baud'"),
    ],
)
async def test_a_setting_that_cannot_be(scheme: str, option: str, said: str) -> None:
    with pytest.raises(BadUrl, match=said):
        open_link(f"{scheme}?{option}")


@pytest.mark.parametrize("url", ["rfc2217://x", "socket://x"])
async def test_a_lent_port_needs_a_port(url: str) -> None:
    with pytest.raises(BadUrl, match="has no port"):
        open_link(url)


@pytest.mark.parametrize("traced", [False, True])
async def test_noise_is_told_with_what_to_do(traced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer at another speed answers, and its answers make no sense: nothing is printed there."""
    if traced:
        monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path))
    terminal = PseudoTerminal()
    terminal.call(tmp_path / "port")
    master = terminal.near
    try:
        loop = asyncio.get_running_loop()
        got = bytearray()

        def answer() -> None:
            got.extend(os.read(master, 4096))
            os.write(master, b"\xf8\x80\xfe\xc0")

        loop.add_reader(master, answer)
        with pytest.raises(Disconnected, match="noise at 19200 8N1") as caught:
            async with aio.ReceiptPrinter.open(f"serial://{tmp_path / 'port'}?baud=19200", profile="epson-tm-t88v"):
                pass
        assert "self-test" in caught.value.remedy()
        assert got
        loop.remove_reader(master)
    finally:
        terminal.close()
