"""Bytes a second of each link against a bare loop of the library underneath: sockets, pyserial, pyusb.

What takes the bytes over TCP and the pseudo terminal is a process of its own, which tells with one byte that it has all
of them; over the terminal once at the speed of the fastest serial adapters (3 Mbaud), once without a limit, which no
serial line has: that row is a look at what a turn of the event loop costs, and has no aim. The USB bus is emulated in
this process, and as fast as a real one at full speed: 19 packets of 64 bytes a millisecond (USB 2.0, table 5-9). Beside
it, what each link's open handle costs while nothing happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import serial
import usb.core
from harness import Row, alternate

from posdevkit.links.base import StreamLink
from posdevkit.links.serial import SerialLink
from posdevkit.links.tcp import TcpLink
from posdevkit.links.url import DeviceUrl
from posdevkit.links.usb import UsbLink
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.wires.usb_backend import EmulatedBackend
from posdevkit_emulators.wires.usb_descriptors import SINK, Device

TCP_JOB, PTY_JOB, LINE_JOB, USB_JOB = bytes(16_000_000), bytes(1_000_000), bytes(100_000), bytes(100_000)
LINE_SPEED = 300_000
"""Bytes a second: 3 Mbaud, ten bits to a byte."""
AIM = 0.9
FRAME, PACKET, PACKETS_IN_A_FRAME = 0.001, 64, 19

TAKES = """
import os, socket, sys, time, tty
length, speed = int(sys.argv[2]), int(sys.argv[3])
if sys.argv[1] == "tcp":
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    end = listener.accept()[0].detach()
else:
    end, far = os.openpty()
    tty.setraw(far)
    print(os.ttyname(far), flush=True)
left, free = length, 0.0
while True:
    try:
        got = len(os.read(end, 65536 if not speed else 256))
    except OSError:
        break
    if not got:
        break
    if speed:
        free = max(free, time.monotonic()) + got / speed
        time.sleep(max(0.0, free - time.monotonic()))
    left -= got
    if left <= 0:
        left += length
        os.write(end, b".")
"""


@contextmanager
def taker(kind: str, length: int, speed: int = 0) -> Iterator[str]:
    """Where to connect; it answers every `length` bytes with one, and takes `speed` bytes a second (0: all)."""
    command = [sys.executable, "-c", TAKES, kind, str(length), str(speed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def opened(link: StreamLink) -> Iterator[Callable[[Callable[[], Awaitable[object]]], object]]:
    """The link, open on a loop; gives what runs work on that loop."""
    with asyncio.Runner() as runner:

        async def call(work: Callable[[], Awaitable[object]]) -> object:
            return await work()

        runner.run(link.open(Deadline.after(10)))
        try:
            yield lambda work: runner.run(call(work))
        finally:
            link.abort()
            runner.run(asyncio.sleep(0.05))  # where a thread gives its device back


def _spent() -> tuple[int, float]:
    """How often this process has waited, and the seconds of a core that it has used."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_nvcsw, used.ru_utime + used.ru_stime
    else:
        raise NotImplementedError("Windows does not tell how often a process has waited")


def idle(what: str, run: Callable[[Callable[[], Awaitable[object]]], object], seconds: float) -> list[Row]:
    """What an open handle costs while its owner waits for something to receive; a bare handle costs nothing at all."""
    before, start = _spent(), time.monotonic()
    run(lambda: asyncio.sleep(seconds))
    after, passed = _spent(), time.monotonic() - start
    wakes, spent = (after[0] - before[0]) / passed, after[1] - before[1]
    return [
        Row(f"wakeups a second of an idle open {what} handle", wakes, "/s", "at most 3", wakes <= 3),
        Row(f"of one core for it, in {passed:.0f} s", 100 * spent / passed, "%", "under 0.5", spent / passed < 0.005),
    ]


def row(what: str, ours: Callable[[], object], bare: Callable[[], object], rounds: int, size: int) -> Row:
    """One ratio of throughputs."""
    turns = alternate(ours, bare, rounds)
    rates = f"{size / turns.first / 1e6:.1f} against {size / turns.second / 1e6:.1f} MB/s"
    note = f"{rates}; quartiles {turns.low:.2f} to {turns.high:.2f}"
    return Row(what, turns.ratio, "x", f"at least {AIM}", turns.ratio >= AIM, note)


def over_tcp(rounds: int, seconds: float) -> list[Row]:
    """Against `sendall` and `recv`."""
    with taker("tcp", len(TCP_JOB)) as one, taker("tcp", len(TCP_JOB)) as other, contextlib.ExitStack() as stack:
        link = TcpLink(DeviceUrl("tcp", "127.0.0.1", int(one)))
        run = stack.enter_context(opened(link))
        bare = stack.enter_context(socket.create_connection(("127.0.0.1", int(other))))
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        async def ours() -> None:
            await link.send(TCP_JOB)
            assert await link.receive() == b"."

        def theirs() -> None:
            bare.sendall(TCP_JOB)
            assert bare.recv(1) == b"."

        what = f"throughput of {len(TCP_JOB) / 1e6:g} MB over TCP, against sendall()"
        return [row(what, lambda: run(ours), theirs, rounds, len(TCP_JOB)), *idle("TCP", run, seconds)]


def over_a_terminal(rounds: int, seconds: float, job: bytes, speed: int) -> list[Row]:
    """Against pyserial's `write` and `read`."""
    with contextlib.ExitStack() as stack:
        one, other = (stack.enter_context(taker("pty", len(job), speed)) for _ in range(2))
        link = SerialLink(DeviceUrl("serial", one))
        run = stack.enter_context(opened(link))
        bare = stack.enter_context(serial.Serial(other, 115_200))

        async def ours() -> None:
            await link.send(job)
            assert await link.receive() == b"."

        def theirs() -> None:
            bare.write(job)
            assert bare.read(1) == b"."

        how = "at 3 Mbaud" if speed else "without a limit"
        what = f"throughput of {len(job) / 1e6:g} MB over a pseudo terminal {how}, against pyserial's write()"
        found = row(what, lambda: run(ours), theirs, rounds, len(job))
        if not speed:
            return [replace(found, aim="", met=None)]
        return [found, *idle("serial", run, seconds)]


class Bus:
    """A device at full speed that takes whatever comes."""

    def __init__(self) -> None:
        self.backend = EmulatedBackend(Device(), self._take, lambda _kind, _number: None)
        self._plug = self.backend.plug_in()
        self._free = 0.0
        self._let_in()

    def _take(self, data: bytes) -> None:
        packets = -(-len(data) // PACKET)
        # Two transfers that follow each other at once share frames; a pause is a pause of the bus as well.
        self._free = max(self._free, time.monotonic()) + FRAME * packets / PACKETS_IN_A_FRAME
        while (left := self._free - time.monotonic()) > 0:
            time.sleep(left)
        self._let_in()

    def _let_in(self) -> None:
        self._plug.inlet = 1 << 20


def over_usb(rounds: int, seconds: float) -> list[Row]:
    """Against pyusb's `write` of the same bytes in one piece."""
    mine, theirs = Bus(), Bus()
    about = mine.backend.device
    name = f"{about.idVendor:04x}:{about.idProduct:04x}"
    link = UsbLink(DeviceUrl("usb", name), backend=mine.backend)
    with opened(link) as run:
        device = usb.core.find(backend=theirs.backend)
        device.set_configuration()

        def bare() -> None:
            assert device.write(SINK, USB_JOB, 10_000) == len(USB_JOB)

        what = f"throughput of {len(USB_JOB) / 1e6:g} MB over emulated USB at full speed, against pyusb's write()"
        found = row(what, lambda: run(lambda: link.send(USB_JOB)), bare, rounds, len(USB_JOB))
        run(lambda: asyncio.sleep(1.5))  # after traffic an answer is waited for without a pause
        return [found, *idle("USB", run, seconds)]


def measure(rounds: int) -> list[Row]:
    """The three that carry most jobs, each with what it costs while idle (Linux and macOS)."""
    if not hasattr(os, "openpty"):
        return []
    seconds = 1.0 if rounds == 1 else 5.0
    return [
        *over_tcp(rounds, seconds),
        *over_a_terminal(rounds, seconds, LINE_JOB, LINE_SPEED),
        *over_a_terminal(rounds, seconds, PTY_JOB, 0),
        *over_usb(rounds, seconds),
    ]
