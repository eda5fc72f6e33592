"""The USB link over pyusb, against an emulated bus at pyusb's own seam; the judge is what the bus saw."""

from __future__ import annotations

import asyncio
import ctypes
import errno
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

import pytest
import pytest_asyncio
import usb.backend.libusb1
import usb.core
import usb.util

from posdevkit.errors import BadUrl, Claimed, Closed, Disconnected, MissingExtra
from posdevkit.links.base import Identified, StreamLink
from posdevkit.links.url import parse_url
from posdevkit.links.usb import UsbLink
from posdevkit.links.usb_bus import describe, pipes_of
from posdevkit.links.usb_handle import _transfer
from posdevkit.runtime.clock import ManualClock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.wires.usb_backend import EmulatedBackend, UsbPlug
from posdevkit_emulators.wires.usb_descriptors import SINK, SOURCE, Device, Endpoint, Interface
from tests.prompt import promptly

pytestmark = pytest.mark.asyncio

SOON = 10.0
URL = parse_url("usb://04b8:0202")


class Bus:
    """A device that takes what it is told to take, and notes it."""

    def __init__(self, device: Device | None = None) -> None:
        self.got = bytearray()
        self.room = 0
        self.backend = EmulatedBackend(device or Device(), self._take, lambda kind, number: None)
        self.plug: UsbPlug = self.backend.plug_in()

    def take(self, size: int) -> None:
        """Take that many bytes more, whenever they come."""
        self.room += size
        self.backend.let_in(self.plug, self.room)

    def say(self, data: bytes) -> None:
        assert self.backend.offer(self.plug, data) == len(data)

    def _take(self, data: bytes) -> None:
        self.got += data
        self.room -= len(data)
        self.plug.inlet = self.room  # the bus holds its lock while it calls


@pytest_asyncio.fixture
async def bus() -> AsyncIterator[Bus]:
    one = Bus()
    yield one
    end = time.monotonic() + SOON
    while one.backend.handles and time.monotonic() < end:
        await asyncio.sleep(0.005)
    assert one.backend.handles == 0
    assert not one.backend.held


async def opened(bus: Bus) -> UsbLink:
    link = UsbLink(URL, backend=bus.backend)
    await link.open(Deadline.after(SOON))
    return link


def usb_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("posdevkit-usb")]


def detached(bus: Bus) -> bool:
    return not bus.backend.kernel_driver


async def test_both_ways_and_a_close_that_gives_everything_back(bus: Bus) -> None:
    bus.backend.kernel_driver = True
    link = await opened(bus)
    assert isinstance(link, StreamLink)
    assert isinstance(link, Identified)
    assert detached(bus)
    assert len(usb_threads()) == 1
    job = bytes(range(256)) * 100
    bus.take(len(job))
    await within(Deadline.after(SOON), link.send(job))
    assert (bytes(bus.got), link.taken) == (job, len(job))
    bus.say(b"\x16")
    assert await within(Deadline.after(SOON), link.receive()) == b"\x16"
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    bus.say(b"bye")
    await within(Deadline.after(SOON), link.close())
    assert await listening == b"bye"
    assert await link.receive() == b""
    assert not detached(bus)
    assert usb_threads() == []
    assert link.taken == len(job)
    await link.close()
    with pytest.raises(Closed):
        await link.send(b"x")


async def test_what_it_says_while_it_takes_nothing(bus: Bus) -> None:
    """The reason for reading between the writes: out of paper, it takes nothing and says so."""
    link = await opened(bus)
    bus.take(100)
    sending = asyncio.create_task(link.send(bytes(5000)))
    while link.taken < 100:
        await asyncio.sleep(0.001)
    bus.say(b"no paper")
    assert await within(Deadline.after(SOON), link.receive()) == b"no paper"
    assert not sending.done()
    assert link.taken == 100
    bus.take(4900)
    await within(Deadline.after(SOON), sending)
    assert link.taken == 5000 == len(bus.got)
    await link.close()


async def test_a_send_behind_one_that_is_not_taken_can_be_cancelled(bus: Bus) -> None:
    link = await opened(bus)
    first = asyncio.create_task(link.send(b"first"))
    await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        await within(Deadline.after(0.05), link.send(b"second"))
    bus.take(100)
    await within(Deadline.after(SOON), first)
    await link.close()
    assert bus.got == b"first"


async def test_a_cancelled_send_returns_soon_with_an_exact_count(bus: Bus) -> None:
    link = await opened(bus)
    bus.take(130)
    clock = ManualClock()
    sending = asyncio.create_task(within(Deadline.after(1, clock), link.send(b"a" * 5000)))
    while link.taken < 130:
        await asyncio.sleep(0.001)
    with promptly(0.1), pytest.raises(TimeoutError):
        clock.advance(1)
        await sending
    assert link.taken == 130 == len(bus.got)
    bus.take(200)
    await within(Deadline.after(SOON), link.send(b"b"))
    assert bytes(bus.got) == b"a" * 130 + b"b"
    await link.close()


async def test_unplugged_while_sending_tells_exactly_what_was_taken(bus: Bus) -> None:
    link = await opened(bus)
    listening = asyncio.create_task(link.receive())
    bus.take(777)
    sending = asyncio.create_task(link.send(bytes(5000)))
    while link.taken < 64:
        await asyncio.sleep(0.001)
    bus.say(b"last words")
    await asyncio.sleep(0.05)
    bus.backend.pull_out(bus.plug)
    with pytest.raises(Disconnected, match="after 777 bytes"):
        await within(Deadline.after(SOON), sending)
    assert await listening == b"last words"
    with pytest.raises(Disconnected, match="No such device"):
        await within(Deadline.after(SOON), link.receive())
    assert link.taken == 777 == len(bus.got)
    with pytest.raises(Disconnected):
        await link.send(b"more")
    await link.close()


async def test_unplugged_while_idle(bus: Bus) -> None:
    link = await opened(bus)
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0.02)
    bus.backend.pull_out(bus.plug)
    with pytest.raises(Disconnected):
        await within(Deadline.after(SOON), listening)
    link.abort()


@pytest.mark.parametrize("endpoint", [SINK, SOURCE])
async def test_a_stalled_endpoint_is_cleared_and_no_byte_is_lost_or_sent_twice(bus: Bus, endpoint: int) -> None:
    link = await opened(bus)
    job = bytes(range(256)) * 20
    bus.take(1000)
    sending = asyncio.create_task(link.send(job))
    while link.taken < 1000:
        await asyncio.sleep(0.001)
    bus.backend.stall(endpoint)
    bus.take(len(job))
    bus.say(b"status")
    await within(Deadline.after(SOON), sending)
    assert bytes(bus.got) == job
    assert await within(Deadline.after(SOON), link.receive()) == b"status"
    await link.close()


async def test_our_own_abort_ends_everything_soon(bus: Bus) -> None:
    link = await opened(bus)
    listening = asyncio.create_task(link.receive())
    sending = asyncio.create_task(link.send(bytes(5000)))
    await asyncio.sleep(0.02)
    with promptly(0.1):
        link.abort()
        with pytest.raises(Disconnected, match="aborted"):
            await listening
        with pytest.raises(Disconnected, match="aborted"):
            await sending
    again = UsbLink(URL, backend=bus.backend)  # while the thread of the first is still giving the device back
    await again.open(Deadline.after(SOON))
    await again.close()


async def test_answers_from_before_are_not_taken_for_ours(bus: Bus) -> None:
    bus.say(b"for somebody else")
    link = await opened(bus)
    bus.say(b"for us")
    assert await within(Deadline.after(SOON), link.receive()) == b"for us"
    await link.close()


async def test_an_idle_link_sleeps(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.links.usb._LIVELY_SECONDS", 0.0)
    reads = 0
    read = bus.backend.bulk_read

    def counted(*args: object) -> int:
        nonlocal reads
        reads += 1
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(bus.backend, "bulk_read", counted)
    link = await opened(bus)
    await asyncio.sleep(0.6)
    settled = reads
    await asyncio.sleep(0.9)
    assert reads - settled <= 4
    async with asyncio.timeout(SOON):
        while reads == settled:  # but it does look
            await asyncio.sleep(0.01)
    with promptly(0.1):
        bus.take(1)
        await link.send(b"x")
    await link.close()


async def test_another_program_holds_it(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.links.usb._RELEASE_SECONDS", 0.05)
    first = await opened(bus)
    with pytest.raises(Claimed):
        await opened(bus)
    await first.close()
    await (await opened(bus)).close()


Prepare = Callable[[Bus], object]
REFUSED: dict[str, tuple[str, Prepare, type[Exception], str]] = {
    "not plugged in": ("usb://04b8:0e15", lambda bus: None, Disconnected, "posdevkit discover"),
    "another serial number": (
        "usb://04b8:0202?serial=Z",
        lambda bus: None,
        Disconnected,
        "but usb://04b8:0202?port=1-1",
    ),
    "another port": ("usb://04b8:0202?port=1-2", lambda bus: None, Disconnected, "port=1-1"),
    "not permitted": ("usb://04b8:0202", lambda bus: setattr(bus.backend, "denied", True), Disconnected, "udev"),
    "unplugged": ("usb://04b8:0202", lambda bus: bus.backend.pull_out(bus.plug), Disconnected, "cable"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_opened_says_what_to_do(bus: Bus, case: str) -> None:
    text, prepare, kind, said = REFUSED[case]
    prepare(bus)
    link = UsbLink(parse_url(text), backend=bus.backend)
    with pytest.raises(kind, match=said.replace("?", r"\?")):
        await link.open(Deadline.after(SOON))
    assert usb_threads() == []


@pytest.mark.parametrize("text", ["usb://04b8", "usb://04b8:02021", "usb://printer", "usb://04b8:0202?serail=1"])
async def test_bad_urls(text: str) -> None:
    with pytest.raises(BadUrl):
        UsbLink(parse_url(text))


async def test_never_open() -> None:
    link = UsbLink(URL)
    for call in (lambda: link.send(b"x"), link.send_eof, link.receive):
        with pytest.raises(Closed):
            await call()
    await link.close()
    link.abort()


async def test_without_pyusb_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr("posdevkit.links.usb_bus.import_module", missing)
    with pytest.raises(MissingExtra, match=r'pip install "posdevkit\[usb\]"'):
        await UsbLink(URL).open(Deadline.after(SOON))


IN, OUT = Endpoint(SOURCE), Endpoint(SINK)
INTERRUPT = Endpoint(0x83, bmAttributes=3)
CHOICE: dict[str, tuple[Interface, tuple[int, int | None] | None]] = {
    "printer class, both ways": (Interface(7, 1, 2), (SINK, SOURCE)),
    "printer class, one way": (Interface(7, 1, 1, endpoints=(OUT,)), (SINK, None)),
    "a vendor's own": (Interface(255, 0, 0), (SINK, SOURCE)),
    "a vendor's own, order and an interrupt": (
        Interface(255, 0, 0, endpoints=(INTERRUPT, IN, OUT)),
        (SINK, SOURCE),
    ),
    "a vendor's own without an answer": (Interface(255, 0, 0, endpoints=(OUT,)), None),
    "IPP over USB": (Interface(7, 1, 4), None),
    "a keyboard": (Interface(3, 1, 1, endpoints=(INTERRUPT,)), None),
}


@pytest.mark.parametrize("case", CHOICE)
async def test_endpoints_are_chosen_from_descriptors(case: str) -> None:
    interface, expected = CHOICE[case]
    bus = Bus(Device(interfaces=(interface,)))
    device = usb.core.find(backend=bus.backend)
    pipes = pipes_of(device)
    assert (None if pipes is None else (pipes.sink, pipes.source)) == expected


async def test_the_printer_class_goes_before_a_vendors_own() -> None:
    both = (Interface(255, 0, 0), Interface(7, 1, 2, bInterfaceNumber=1))
    backend = EmulatedBackend(Device(interfaces=both), lambda data: None, lambda kind, number: None)
    backend.plug_in()
    device = usb.core.find(backend=backend)
    pipes = pipes_of(device)
    assert pipes is not None
    assert (pipes.interface, pipes.printer_class) == (1, True)


async def test_a_device_without_a_serial_number_is_known_by_its_port() -> None:
    for strings, url in (
        (("EPSON", "TM-T88V"), "usb://04b8:0202?port=1-4.2"),
        (("EPSON", "TM-T88V", "A 1"), "usb://04b8:0202?serial=A 1"),
    ):
        bus = Bus(Device(strings=strings, port_numbers=(4, 2)))
        device = usb.core.find(backend=bus.backend)
        assert str(describe(device).url) == url
        usb.util.dispose_resources(device)


async def test_libusbs_own_count_is_kept_when_it_fails() -> None:
    """pyusb raises without the count, so libusb is called itself; here a stand-in of its one function's C type."""
    seen: list[tuple[object, ...]] = []

    def bulk(handle: int, endpoint: int, data: Sequence[int], size: int, taken: list[int], timeout: int) -> int:  # noqa: PLR0917
        seen.append((handle, endpoint, bytes(data[:size]), timeout))
        taken[0] = 64
        return -4

    byte_pointer, int_pointer = ctypes.POINTER(ctypes.c_ubyte), ctypes.POINTER(ctypes.c_int)
    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.c_void_p, ctypes.c_ubyte, byte_pointer, ctypes.c_int, int_pointer, ctypes.c_uint
    )

    class Has:
        def __init__(self, **names: object) -> None:
            self.__dict__.update(names)

    handle = Has(handle=ctypes.c_void_p(7))
    device = Has(_ctx=Has(backend=Has(lib=Has(libusb_bulk_transfer=kind(bulk))), handle=handle))
    assert _transfer(cast(usb.core.Device, device), SINK, memoryview(b"x" * 128), 40) == (64, -4)
    assert seen == [(7, SINK, b"x" * 128, 40)]
    assert usb.backend.libusb1._libusb_errno[-4] == errno.ENODEV


async def test_a_printer_that_takes_its_bytes_is_not_held_up_by_listening(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read with nothing to read lasts its whole time; between every two chunks it would halve what a bus carries."""
    reads = 0
    really_read = bus.backend.bulk_read

    def count(*words: Any) -> int:
        nonlocal reads
        reads += 1
        return really_read(*words)

    link = UsbLink(URL, backend=bus.backend)
    await link.open(Deadline.after(SOON))
    try:
        bus.take(200_000)
        monkeypatch.setattr(bus.backend, "bulk_read", count)
        monkeypatch.setattr("posdevkit.links.usb._READ_EVERY_SECONDS", 60.0)
        await link.send(bytes(200_000))
        assert len(bus.got) == link.taken == 200_000
        assert reads < 10
    finally:
        link.abort()


async def test_the_next_piece_of_a_job_does_not_wait_for_a_long_read(bus: Bus) -> None:
    """Between two pieces the thread listens, and a read cannot be cut short: at first it is a short one. With reads of
    10 ms a piece would wait for 8 ms."""
    link = await opened(bus)
    bus.take(100_000)
    waits = []
    try:
        for _ in range(40):
            await link.send(bytes(64))
            await asyncio.sleep(0.0005)
            began = time.monotonic()
            await link.send(bytes(64))
            waits.append(time.monotonic() - began)
    finally:
        link.abort()
    assert sorted(waits)[10] < 0.004  # the best quarter: this machine may be busy
