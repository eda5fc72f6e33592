"""Held against every cable: a cancel ends a call within a tenth of a second, an unplugged device is told, the same link
connects again, and no thread outlives its handle."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import pytest

from posdevkit.errors import Disconnected
from posdevkit.links.base import StreamLink
from posdevkit.links.ble import BleLink
from posdevkit.links.file import FileLink
from posdevkit.links.rfcomm import RfcommLink
from posdevkit.links.serial import ThreadedSerialLink
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.links.usb_windows import WindowsUsbLink
from posdevkit.registry import open_link
from posdevkit.registry.links import open_report_link
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.faults import StallAt
from posdevkit_emulators.scanners import EmulatedHidScanner, ScannerBench
from posdevkit_emulators.wires.ble import BleWire
from posdevkit_emulators.wires.bleak_backend import client_onto
from posdevkit_emulators.wires.pseudo_terminal import PseudoTerminal
from posdevkit_emulators.wires.rfcomm import OverTcp
from posdevkit_emulators.wires.usb_backend import EmulatedBackend
from posdevkit_emulators.wires.usb_descriptors import Device
from tests.prompt import measured, promptly

from .usbprint_stand_in import Printer, Windows

pytestmark = pytest.mark.asyncio

SOON = 10.0
TENTH = 0.1
"""What is promised, in seconds."""
TRIES = 6
"""A busy machine may come late to some of them; a link that takes longer comes late to all."""
UNPLUGGED = 3.0
"""A cable that is out is told by then; what tells it differs, from an error of the system to a look of our own."""
OPENING = 0.6
"""An opening that is cancelled waits a tenth of a second for its thread to let go, on a machine that may be busy."""
ASK = b"\x10\x04\x01"
"""DLE EOT 1: one byte comes back."""
_names = itertools.count(1)


@dataclass
class Rig:
    """A printer on its cable."""

    link: StreamLink
    unplug: Callable[[], Awaitable[object]]
    plug: Callable[[], Awaitable[object]]
    stall: Callable[[], object]
    """It takes nothing from now on."""
    resume: Callable[[], object]


@runtime_checkable
class Pulled(Protocol):
    """A wire with a cable that can be pulled out."""

    async def unplug(self) -> None: ...

    async def plug(self) -> None: ...


Cable = Callable[[], AbstractAsyncContextManager[Rig]]


def on(make_bench: Callable[[], ReceiptPrinterBench], link_of: Callable[[ReceiptPrinterBench], StreamLink]) -> Cable:
    @asynccontextmanager
    async def cable() -> AsyncIterator[Rig]:
        async with make_bench() as bench:
            wire = bench.wire
            assert isinstance(wire, Pulled)
            yield Rig(
                link_of(bench),
                wire.unplug,
                wire.plug,
                lambda: bench.disturb(StallAt(0)),
                bench.printer.resume,
            )

    return cable


def by_url(bench: ReceiptPrinterBench) -> StreamLink:
    return open_link(bench.url)


def by_radio(bench: ReceiptPrinterBench) -> StreamLink:
    assert isinstance(bench.wire, BleWire)
    return BleLink(parse_url(bench.url), backend=client_onto(bench.wire))


def by_rfcomm(bench: ReceiptPrinterBench) -> StreamLink:
    url = parse_url(bench.url)
    assert url.port is not None
    return RfcommLink(parse_url("rfcomm://00:11:22:33:44:55"), sockets=OverTcp(url.port))


@pytest.fixture(autouse=True)
def no_other_usb(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Windows' own driver does not have, libusb does not know of either."""
    empty = EmulatedBackend(Device(), lambda data: None, lambda kind, number: None)
    monkeypatch.setattr("posdevkit.links.usb_bus._machine", lambda: empty)


@asynccontextmanager
async def windows() -> AsyncIterator[Rig]:
    """Windows' own driver, by what stands for it; the printer answers each question with a byte."""
    printer = Printer(room=1 << 30)
    system = Windows(printer)
    say, take = system.say, system.take

    async def unplug() -> None:
        system.unplug(system.printers[0])

    async def plug() -> None:
        system.printers.append(Printer(room=1 << 30))

    answering = threading.Event()

    def answer() -> None:
        seen: dict[int, int] = {}
        while not answering.wait(0.002):
            for one in list(system.printers):
                if one.got[seen.get(id(one), 0) :].endswith(ASK):
                    seen[id(one)] = len(one.got)
                    say(one, b"\x16")

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield Rig(
            WindowsUsbLink(parse_url("usb://04b8:0202"), calls=system.calls),
            unplug,
            plug,
            lambda: take(system.printers[0], -system.printers[0].room),
            lambda: take(system.printers[0], 1 << 30),
        )
    finally:
        answering.set()
        thread.join()
    assert not system.handles


def on_a_terminal(scheme: str, link_of: Callable[[DeviceUrl], StreamLink]) -> Cable:
    """A character device whose other end is read here; it answers each question with a byte."""

    @asynccontextmanager
    async def cable() -> AsyncIterator[Rig]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "printer"
            held: list[PseudoTerminal] = []
            loop = asyncio.get_running_loop()

            def came(near: int) -> None:
                if os.read(near, 65_536).endswith(ASK):
                    os.write(near, b"\x16")

            def resume() -> None:
                loop.add_reader(held[0].near, came, held[0].near)

            async def plug() -> None:
                held.append(PseudoTerminal())
                held[0].call(path)
                resume()

            def stall() -> None:
                loop.remove_reader(held[0].near)

            async def unplug() -> None:
                stall()
                held.pop().close()

            await plug()
            try:
                yield Rig(link_of(parse_url(f"{scheme}://{path}")), unplug, plug, stall, resume)
            finally:
                if held:
                    await unplug()

    return cable


CABLES: dict[str, Cable] = {
    "tcp": on(ReceiptPrinterBench.tcp, by_url),
    "tls": on(ReceiptPrinterBench.tls, by_url),
    "rfc2217": on(ReceiptPrinterBench.lent, by_url),
    "memory": on(lambda: ReceiptPrinterBench.memory(f"lets-go-{next(_names)}"), by_url),
    "usb": on(lambda: ReceiptPrinterBench.usb(device_serial=f"LETSGO{next(_names)}"), by_url),
    "usb on Windows": windows,
    "ble": on(ReceiptPrinterBench.ble, by_radio),
    "rfcomm": on(ReceiptPrinterBench.tcp, by_rfcomm),
}
if sys.platform != "win32":  # which has no pseudo terminals
    CABLES |= {
        "serial": on_a_terminal("serial", open_link),
        "serial by threads": on_a_terminal("serial", ThreadedSerialLink),
        "file": on_a_terminal("file", FileLink),
    }


@pytest.fixture(params=CABLES)
def cable(request: pytest.FixtureRequest) -> Cable:
    return CABLES[request.param]


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("posdevkit")}


async def ended(before: set[str]) -> None:
    """A thread that has said its last word may still need a moment, and a busy machine many, to end."""
    end = time.monotonic() + SOON
    while threads() - before and time.monotonic() < end:
        await asyncio.sleep(0.005)
    assert threads() - before == set()


@asynccontextmanager
async def opened(cable: Cable) -> AsyncIterator[Rig]:
    async with cable() as rig:
        await rig.link.open(Deadline.after(SOON))
        try:
            yield rig
        finally:
            rig.link.abort()
            await within(Deadline.after(SOON), rig.link.close())


async def answered(link: StreamLink) -> None:
    await within(Deadline.after(SOON), link.send(ASK))
    assert await within(Deadline.after(SOON), link.receive())


async def within_a_tenth(once: Callable[[], Awaitable[float]]) -> None:
    """`once` tells how long it took; one of a few has to be as quick as is promised."""
    took: list[float] = []
    while len(took) < TRIES:
        took.append(await once())
        if took[-1] < TENTH:
            return
    raise AssertionError(f"never within {TENTH} s: {took}")


async def a_cancel_ends(call: Callable[[], Coroutine[object, object, object]], *, after: float) -> float:
    """How long the call went on when it was cancelled, `after` seconds from its beginning."""
    waiting = asyncio.create_task(call())
    await asyncio.sleep(after)
    assert not waiting.done()
    with measured() as took:
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=SOON)
    assert waiting.cancelled()
    return took.seconds


async def test_a_cancel_ends_a_receive_and_no_answer_is_lost(cable: Cable) -> None:
    async with opened(cable) as rig:
        for _ in range(2):
            await within_a_tenth(lambda: a_cancel_ends(rig.link.receive, after=0.15))
        await answered(rig.link)


async def test_a_cancel_ends_a_send_that_is_not_taken(cable: Cable) -> None:
    async with opened(cable) as rig:
        await answered(rig.link)
        rig.stall()
        await within_a_tenth(lambda: a_cancel_ends(lambda: rig.link.send(bytes(30_000_000)), after=0.3))
        assert rig.link.taken < 30_000_000
        rig.resume()


async def test_an_abort_ends_all_that_waits(cable: Cable) -> None:
    async def once() -> float:
        async with opened(cable) as rig:
            await answered(rig.link)
            rig.stall()
            calls: list[Awaitable[object]] = [rig.link.receive(), rig.link.send(bytes(30_000_000))]
            waiting = [asyncio.ensure_future(call) for call in calls]
            await asyncio.sleep(0.3)
            with measured() as took:
                rig.link.abort()
                results = await within(Deadline.after(SOON), asyncio.gather(*waiting, return_exceptions=True))
            assert all(isinstance(result, Disconnected) for result in results), results
            rig.resume()
            return took.seconds

    await within_a_tenth(once)


async def test_an_unplugged_device_is_told_and_the_same_link_connects_again(cable: Cable) -> None:
    async with opened(cable) as rig:
        await answered(rig.link)
        listening: asyncio.Task[object] = asyncio.create_task(rig.link.receive())
        await asyncio.sleep(0.05)
        await rig.unplug()
        await asyncio.wait({listening}, timeout=UNPLUGGED)
        assert listening.done(), "nothing told that the cable is out"
        ended = listening.exception()
        assert isinstance(ended, Disconnected) or (ended is None and listening.result() == b"")
        rig.link.abort()
        await within(Deadline.after(SOON), rig.link.close())
        with pytest.raises(Disconnected):
            await rig.link.open(Deadline.after(0.5))
        await rig.plug()
        for tries in itertools.count():
            try:
                await rig.link.open(Deadline.after(SOON))
            except Disconnected:
                assert tries < 100
                await asyncio.sleep(0.02)
            else:
                break
        await answered(rig.link)


@pytest.mark.parametrize("how", ["close", "abort"])
async def test_no_thread_outlives_its_handle(cable: Cable, how: str) -> None:
    async with cable() as rig:
        before = threads()
        await rig.link.open(Deadline.after(SOON))
        await answered(rig.link)
        if how == "abort":
            rig.link.abort()
        await within(Deadline.after(SOON), rig.link.close())
        await ended(before)


@pytest.mark.parametrize("name", [name for name in CABLES if name != "ble"])
async def test_a_cancelled_open_leaves_nothing_behind(name: str) -> None:
    """At whatever moment it comes: each pass of the loop is one. What stands for Bluetooth's stack cannot call back a
    connection that is under way, so that cable is left out."""
    async with CABLES[name]() as rig:
        before = threads()
        for passes in range(12):
            opening: asyncio.Task[object] = asyncio.create_task(rig.link.open(Deadline.after(SOON)))
            for _ in range(passes):
                await asyncio.sleep(0)
            with promptly(OPENING):
                opening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await opening
            if not opening.cancelled():
                await within(Deadline.after(SOON), rig.link.close())
        await ended(before)
        await rig.link.open(Deadline.after(SOON))
        await answered(rig.link)
        await within(Deadline.after(SOON), rig.link.close())


# What only listens


class Listener(Protocol):
    """What a StreamLink and a ReportLink have in common."""

    async def open(self, deadline: Deadline) -> None: ...

    async def receive(self) -> bytes: ...

    async def close(self) -> None: ...

    def abort(self) -> None: ...


@dataclass
class Scanner:
    """A scanner on its cable."""

    link: Listener
    scan: Callable[[], Awaitable[object]]
    unplug: Callable[[], Awaitable[object]]
    plug: Callable[[], Awaitable[object]]


@asynccontextmanager
async def by_reports() -> AsyncIterator[Scanner]:
    async with EmulatedHidScanner(serial=f"LETSGO{next(_names)}") as one:

        async def scan() -> None:
            one.scan("4006381333931", "")

        async def unplug() -> None:
            one.unplug()

        async def plug() -> None:
            one.plug()

        yield Scanner(open_report_link(one.url), scan, unplug, plug)


@asynccontextmanager
async def by_keys() -> AsyncIterator[Scanner]:
    async with ScannerBench.keys() as bench:
        yield Scanner(open_link(bench.url), lambda: bench.scan("4006381333931"), bench.unplug, bench.plug)


LISTENERS = {"hid": by_reports}
if sys.platform != "win32":
    LISTENERS["evdev"] = by_keys


@pytest.mark.parametrize("name", LISTENERS)
async def test_what_only_listens_lets_go(name: str) -> None:
    async with LISTENERS[name]() as scanner:
        before, link = threads(), scanner.link
        await link.open(Deadline.after(SOON))
        for _ in range(2):
            await within_a_tenth(lambda: a_cancel_ends(link.receive, after=0.15))
        await scanner.scan()
        assert await within(Deadline.after(SOON), link.receive())
        link.abort()
        await within(Deadline.after(SOON), link.close())
        await ended(before)
        await link.open(Deadline.after(SOON))
        await scanner.unplug()
        with contextlib.suppress(Disconnected):
            while await within(Deadline.after(UNPLUGGED), link.receive()):
                pass  # what was said before
        link.abort()
        await within(Deadline.after(SOON), link.close())
        await ended(before)
        with pytest.raises(Disconnected):
            await link.open(Deadline.after(0.5))
        await scanner.plug()
        await link.open(Deadline.after(SOON))
        await scanner.scan()
        assert await within(Deadline.after(SOON), link.receive())
        await within(Deadline.after(SOON), link.close())
        await ended(before)
