"""The serial link on pseudo terminals: the kernel's own tty layer, with its buffers, its settings and its hang-up."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from posdevkit.errors import Claimed, Disconnected
from posdevkit.links.serial import SerialLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline, within

assert sys.platform == "linux"  # this rung is a Linux machine's; mypy reads on only there

pytestmark = pytest.mark.asyncio

SOON = 10.0


@dataclass
class Far:
    """The device's end."""

    descriptor: int
    path: str

    def url(self, options: str = "") -> str:
        return f"serial://{self.path}{options}"

    async def read(self, size: int) -> bytes:
        found = b""
        end = asyncio.get_running_loop().time() + SOON
        while len(found) < size:
            try:
                found += os.read(self.descriptor, size - len(found))
            except BlockingIOError:
                assert asyncio.get_running_loop().time() < end, f"{len(found)} of {size} bytes"
                await asyncio.sleep(0.001)
        return found


@pytest.fixture
def far() -> Iterator[Far]:
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    os.set_blocking(master, False)
    one = Far(master, path)
    yield one
    if one.descriptor >= 0:
        os.close(one.descriptor)


async def opened(url: str) -> SerialLink:
    link = SerialLink(parse_url(url))
    await link.open(Deadline.after(SOON))
    return link


async def test_every_byte_value_both_ways(far: Far) -> None:
    """Nothing that a terminal would do to bytes is done to them: no echo, no newline made of a return, no signal."""
    link = await opened(far.url("?baud=38400&parity=even&bits=7"))
    every = bytes(range(256))
    await within(Deadline.after(SOON), link.send(every))
    assert await far.read(256) == every
    os.write(far.descriptor, every)
    got = b""
    while len(got) < 256:
        got += await within(Deadline.after(SOON), link.receive())
    assert got == every
    assert termios.tcgetattr(far.descriptor)[4] == termios.B38400
    await link.close()


async def test_a_peer_that_takes_nothing_and_then_everything(far: Far) -> None:
    link = await opened(far.url())
    job = bytes(200_000)
    sending = asyncio.create_task(link.send(job))
    before = -1
    while link.taken != before or not before:
        before = link.taken
        await asyncio.sleep(0.05)
    assert 0 < before < len(job)
    assert await far.read(len(job)) == job
    await within(Deadline.after(SOON), sending)
    assert link.taken == len(job)
    await link.close()


async def test_one_program_at_a_time(far: Far) -> None:
    link = await opened(far.url())
    with pytest.raises(Claimed):
        await opened(far.url())
    await link.close()
    again = await opened(far.url())
    await again.close()


async def test_the_far_end_hangs_up(far: Far) -> None:
    """The kernel ends the stream, as it does for an adapter that was pulled out; sending says what happened."""
    link = await opened(far.url())
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0.01)
    os.close(far.descriptor)
    far.descriptor = -1
    assert await within(Deadline.after(SOON), listening) == b""
    with pytest.raises(Disconnected):
        await within(Deadline.after(SOON), link.send(b"x"))
    await link.close()
