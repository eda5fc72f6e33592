"""Classic Bluetooth within one machine: two adapters of its kernel, and a serial port that is offered on one of them.

Run as a program by the system's Python, which was built with Bluetooth: `radio.py NUMBER NUMBER CHECK...` joins the
adapters with those numbers and runs these checks of the receipt printers' suite from the first to the second, and what
`STORIES` has; it tells how each went, a line of JSON each. Nothing is paired: no service has switched on security.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import socket
import struct
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from types import ModuleType
from typing import Final

from posdevkit.documents import Receipt
from posdevkit.errors import Disconnected
from posdevkit.links.rfcomm import RfcommLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.conformance.emulated.printers import EmulatedReceiptPrinter
from posdevkit_emulators.conformance.printing import PrinterRig
from posdevkit_emulators.conformance.receipt_printer import RECEIPT_PRINTER
from posdevkit_emulators.conformance.suite import Wire, attempt, expect
from posdevkit_emulators.wires.tcp import TcpWire
from tests.stacks.lab.relay import Cables

assert sys.platform == "linux"  # a rung of Linux; the type checker, as another system, stops here

BLUETOOTH: ModuleType = socket
"""The names of it are not there for every Python, nor for the type checker."""
SOON: Final = 60.0
CHANNEL: Final = 1
EVERY: Final = bytes(range(256)) * 40
# Linux, include/net/bluetooth/hci_sock.h
_UP, _DOWN, _INFO, _SCAN = 0x400448C9, 0x400448CA, 0x800448D3, 0x400448DD
_BOTH_SCANS: Final = 3
"""Whoever asks may find it, and may connect."""


class Adapter:
    """One of the machine's own."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._control = socket.socket(BLUETOOTH.AF_BLUETOOTH, socket.SOCK_RAW, BLUETOOTH.BTPROTO_HCI)

    def switch_on(self) -> None:
        end = time.monotonic() + SOON
        while True:
            try:
                fcntl.ioctl(self._control, _UP, self.number)
                break
            except OSError as problem:
                if time.monotonic() > end:
                    raise RuntimeError(f"hci{self.number} does not come up: {problem}") from problem
                time.sleep(0.2)
        fcntl.ioctl(self._control, _SCAN, struct.pack("HxxI", self.number, _BOTH_SCANS))

    def switch_off(self) -> None:
        fcntl.ioctl(self._control, _DOWN, self.number)

    @property
    def address(self) -> str:
        info = bytearray(struct.pack("H", self.number).ljust(256, b"\0"))
        fcntl.ioctl(self._control, _INFO, info)
        return ":".join(f"{byte:02X}" for byte in reversed(info[10:16]))


class Offered:
    """A serial port that is offered on an adapter: whoever connects gets what listens on a TCP port of the loopback."""

    def __init__(self, adapter: Adapter, port: int) -> None:
        self._adapter, self._port = adapter, port
        self._serving: asyncio.Task[None] | None = None

    async def plug(self) -> None:
        listening = offer(self._adapter)
        self._serving = asyncio.create_task(self._serve(listening))

    async def unplug(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._serving
            self._serving = None

    async def _serve(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listening:
            while True:
                caller, _ = await loop.sock_accept(listening)
                with caller:
                    caller.setblocking(False)
                    await self._join(caller)

    async def _join(self, caller: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        device = socket.socket()
        device.setblocking(False)

        async def carry(source: socket.socket, target: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while data := await loop.sock_recv(source, 1024):
                    await loop.sock_sendall(target, data)

        with device:
            await loop.sock_connect(device, ("127.0.0.1", self._port))
            ways = [asyncio.create_task(carry(*pair)) for pair in ((caller, device), (device, caller))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)


def offer(adapter: Adapter) -> socket.socket:
    """Listen on its channel."""
    listening = socket.socket(BLUETOOTH.AF_BLUETOOTH, socket.SOCK_STREAM, BLUETOOTH.BTPROTO_RFCOMM)
    listening.bind((adapter.address, CHANNEL))
    listening.listen(1)
    listening.setblocking(False)
    return listening


class Printer(EmulatedReceiptPrinter):
    """What the system's Python can draw."""

    def document(self, mark: str) -> Receipt:
        return self._texts(mark).row("Æblejuice", "28,00").cut()


def printers(far: Adapter) -> Wire[PrinterRig[Receipt]]:
    """A receipt printer behind the far adapter's port."""

    @asynccontextmanager
    async def rig() -> AsyncIterator[PrinterRig[Receipt]]:
        async with ReceiptPrinterBench.tcp() as bench:
            port = parse_url(bench.url).port
            assert port is not None
            radio = Offered(far, port)
            assert isinstance(bench.wire, TcpWire)
            await radio.plug()
            url = parse_url(f"rfcomm://{far.address}")
            try:
                yield Printer(bench, Cables(radio, bench.wire), lambda: RfcommLink(url), pace=1.0)
            finally:
                await radio.unplug()

    return Wire("rfcomm", rig)


async def every_byte_both_ways(near: Adapter, far: Adapter) -> None:
    loop = asyncio.get_running_loop()
    with offer(far) as listening:
        link = RfcommLink(parse_url(f"rfcomm://{far.address}/{CHANNEL}"))
        await link.open(Deadline.after(SOON))
        caller, (who, _) = await loop.sock_accept(listening)
        with caller:
            assert who == near.address, who
            caller.setblocking(False)
            sending = asyncio.create_task(within(Deadline.after(SOON), link.send(EVERY)))
            got = b""
            while len(got) < len(EVERY):
                got += await loop.sock_recv(caller, 4096)
            await sending
            assert got == EVERY
            assert link.taken == len(EVERY)
            await loop.sock_sendall(caller, EVERY)
            got = b""
            while len(got) < len(EVERY):
                got += await within(Deadline.after(SOON), link.receive())
            assert got == EVERY
        await told_gone(link.receive)
        await link.close()


async def nothing_listens_there(near: Adapter, far: Adapter) -> None:
    link = RfcommLink(parse_url(f"rfcomm://{far.address}/7"))
    refused = await attempt(link.open(Deadline.after(SOON)))
    expect(isinstance(refused, Disconnected), f"nothing listens there, and there came {refused!r}")
    expect("nothing listens on channel 7" in str(refused), str(refused))


async def the_radio_switched_off_and_on_again(near: Adapter, far: Adapter) -> None:
    loop = asyncio.get_running_loop()
    with offer(far) as listening:
        link = RfcommLink(parse_url(f"rfcomm://{far.address}"))
        await link.open(Deadline.after(SOON))
        caller, _ = await loop.sock_accept(listening)
        with caller:
            near.switch_off()
            await told_gone(link.receive)
            await link.close()
            refused = await attempt(link.open(Deadline.after(SOON)))
            expect(isinstance(refused, Disconnected), f"the radio is off, and there came {refused!r}")
        near.switch_on()
        # It would have noticed by its supervision of the connection, which btvirt does not play.
        far.switch_off()
        far.switch_on()
        await link.open(Deadline.after(SOON))
        await link.close()


async def told_gone(receive: Callable[[], Awaitable[bytes]]) -> None:
    """The end of it, for which the kernel has two words."""
    said = await attempt(within(Deadline.after(SOON), receive()))
    expect(said == b"" or isinstance(said, Disconnected), f"it is gone, and there came {said!r}")


STORIES: Final = (every_byte_both_ways, nothing_listens_there, the_radio_switched_off_and_on_again)


async def main(near: Adapter, far: Adapter, names: list[str]) -> None:
    wire = printers(far)
    work: dict[str, Callable[[], Awaitable[None]]] = {
        **{
            check.name: partial(RECEIPT_PRINTER.carry_out, check, wire)
            for check in RECEIPT_PRINTER.checks
            if check.name in names
        },
        **{story.__name__: partial(story, near, far) for story in STORIES},
    }
    for name, act in work.items():
        began = time.monotonic()
        try:
            await act()
            said = "as it should"
        except BaseException:
            said = traceback.format_exc()
        print(json.dumps([name, said, round(time.monotonic() - began, 1)]), flush=True)


if __name__ == "__main__":
    adapters = [Adapter(int(number)) for number in sys.argv[1:3]]
    for adapter in adapters:
        adapter.switch_on()
    asyncio.run(main(adapters[0], adapters[1], sys.argv[3:]))
