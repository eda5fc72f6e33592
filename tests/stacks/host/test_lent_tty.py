"""A terminal of the kernel, lent by pyserial's own RFC 2217 server from another process: nobody here wrote either."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import termios
import tty
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from posdevkit.aio import Scale
from posdevkit.errors import Disconnected
from posdevkit.links.rfc2217 import Rfc2217Link
from posdevkit.links.url import parse_url
from posdevkit.protocols.scales.mt8217 import Weight
from posdevkit.runtime.deadline import Deadline, within

assert sys.platform == "linux"  # this rung is a Linux machine's; mypy reads on only there

pytestmark = pytest.mark.asyncio

SOON = 20.0
# A pseudo terminal has no modem lines, and eight bits alone: what was asked of those is noted and told.
SERVER = """
import select, socket, sys, serial, serial.rfc2217

class Line(serial.Serial):
    cts = dsr = ri = cd = property(lambda self: True)
    def _update_dtr_state(self): pass
    def _update_rts_state(self): pass
    def _reconfigure_port(self, force_update=False):
        asked = self._bytesize, self._parity
        self._bytesize, self._parity = 8, "N"
        try:
            super()._reconfigure_port(force_update)
        finally:
            self._bytesize, self._parity = asked

line = Line(sys.argv[1], timeout=0)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    class Out:
        def write(self, data):
            connection.sendall(data)
    manager = serial.rfc2217.PortManager(line, Out())
    while True:
        ready, _, _ = select.select([connection, line], [], [])
        if connection in ready:
            data = connection.recv(4096)
            if not data:
                break
            line.write(b"".join(manager.filter(data)))
        if line in ready:
            connection.sendall(b"".join(manager.escape(line.read(4096))))
    connection.close()
    print(line.baudrate, line.bytesize, line.parity, flush=True)
"""


@dataclass
class Lent:
    """The device's end of the line, and the server that lends the other."""

    device: int
    port: int
    server: asyncio.subprocess.Process

    def url(self, options: str = "") -> str:
        return f"rfc2217://127.0.0.1:{self.port}{options}"

    async def read(self, size: int) -> bytes:
        found = b""
        end = asyncio.get_running_loop().time() + SOON
        while len(found) < size:
            try:
                found += os.read(self.device, size - len(found))
            except BlockingIOError:
                assert asyncio.get_running_loop().time() < end, f"{len(found)} of {size} bytes"
                await asyncio.sleep(0.001)
        return found


@contextlib.asynccontextmanager
async def lent() -> AsyncIterator[Lent]:
    device, near = os.openpty()
    tty.setraw(near)
    os.set_blocking(device, False)
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, os.ttyname(near), stdout=asyncio.subprocess.PIPE
    )
    os.close(near)
    try:
        assert server.stdout is not None
        yield Lent(device, int(await within(Deadline.after(SOON), server.stdout.readline())), server)
    finally:
        with contextlib.suppress(ProcessLookupError):
            server.kill()
        await server.communicate()
        os.close(device)


async def test_every_byte_value_both_ways_and_the_speed_of_the_line() -> None:
    async with lent() as line:
        link = Rfc2217Link(parse_url(line.url("?baud=38400")))
        await link.open(Deadline.after(SOON))
        assert termios.tcgetattr(line.device)[4] == termios.B38400
        every = bytes(range(256)) * 20  # 0xFF among them, which is Telnet's own
        await within(Deadline.after(SOON), link.send(every))
        assert await line.read(len(every)) == every
        os.write(line.device, every[:1024])
        got = b""
        while len(got) < 1024:
            got += await within(Deadline.after(SOON), link.receive())
        assert got == every[:1024]
        await link.close()
        # The line is lent again to the next who asks.
        again = Rfc2217Link(parse_url(line.url("?baud=9600")))
        await again.open(Deadline.after(SOON))
        assert termios.tcgetattr(line.device)[4] == termios.B9600
        await again.close()


async def test_a_scale_is_asked_and_answers() -> None:
    async with lent() as line:

        async def answer() -> None:
            assert await line.read(1) == b"W"
            os.write(line.device, b"\x0201.234\r")

        async with Scale.open(line.url(), timeout=SOON) as scale:
            answering = asyncio.create_task(answer())
            assert await scale.weigh(SOON) == Weight(Decimal(1234))
            await answering
        assert line.server.stdout is not None
        assert await within(Deadline.after(SOON), line.server.stdout.readline()) == b"9600 7 E\n"


async def test_a_server_that_dies_is_told() -> None:
    async with lent() as line:
        link = Rfc2217Link(parse_url(line.url()))
        await link.open(Deadline.after(SOON))
        listening = asyncio.create_task(link.receive())
        line.server.kill()
        with contextlib.suppress(Disconnected):
            assert await within(Deadline.after(SOON), listening) == b""
        link.abort()
        await link.close()
        await line.server.wait()
        with pytest.raises(Disconnected, match="refused"):
            await link.open(Deadline.after(SOON))
