"""Device files, FIFOs and plain files: the kernel's own, with a pseudo terminal where a device has to answer."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posdevkit import Receipt
from posdevkit.devices import ReceiptPrinter
from posdevkit.errors import BadUrl, Closed, Disconnected, PaperOut
from posdevkit.events import Delivery, Fault, LinkLost, Paper
from posdevkit.links.base import Identified, JobLink, OneWay, PortStatus, StreamLink
from posdevkit.links.file import FileLink, port_lines
from posdevkit.links.url import parse_url
from posdevkit.registry import open_link
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.wires.pseudo_terminal import PseudoTerminal

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform == "win32", reason="device files are of POSIX"),
]

SOON = 10.0
RECEIPT = Receipt().text("Flat white").cut()


async def opened(path: str | Path) -> FileLink:
    link = FileLink(parse_url(f"file://{path}"))
    await link.open(Deadline.after(SOON))
    return link


@pytest.fixture
def device(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """A character device that answers: our end of it, and its path."""
    terminal = PseudoTerminal()
    terminal.call(tmp_path / "lp0")
    yield terminal.near, str((tmp_path / "lp0").readlink())
    for end in (terminal.near, terminal._far):
        with contextlib.suppress(OSError):  # a test pulled it out
            os.close(end)


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "printer"
    if sys.platform != "win32":
        os.mkfifo(path)
    return path


def reading(path: Path) -> int:
    if sys.platform != "win32":
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    else:
        raise NotImplementedError


async def test_what_it_is() -> None:
    link = open_link("file:///dev/usb/lp0")
    assert isinstance(link, FileLink)
    assert isinstance(link, StreamLink)
    assert isinstance(link, OneWay)
    assert isinstance(link, PortStatus)
    assert not isinstance(link, JobLink)
    assert not isinstance(link, Identified)
    for call in (lambda: link.send(b"x"), link.send_eof, link.receive, link.port_status):
        with pytest.raises(Closed):
            await call()
    await link.close()
    link.abort()


@pytest.mark.parametrize(
    ("text", "said"), [("file://printer", "no absolute path"), ("file:///dev/usb/lp0?mode=x", "unknown option")]
)
async def test_what_is_no_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadUrl, match=said):
        open_link(text)


async def test_what_cannot_be_opened_says_why(tmp_path: Path, fifo: Path) -> None:
    for path, said, remedy in (
        (tmp_path / "nothing", "no such file", "a plain file is not made"),
        (tmp_path, "it is a directory", "in it"),
        (fifo, "nobody reads it", "Start what reads"),
    ):
        with pytest.raises(Disconnected, match=said) as refused:
            await opened(path)
        assert remedy in refused.value.remedy()
    assert not (tmp_path / "nothing").exists()


async def test_a_plain_file_is_written_behind_its_end(tmp_path: Path) -> None:
    path = tmp_path / "paper.bin"
    path.write_bytes(b"before,")
    link = await opened(path)
    assert link.one_way
    assert await link.port_status() == port_lines(0)
    listening = asyncio.create_task(link.receive())
    await link.send(b"first,")
    assert link.taken == 6
    assert not listening.done()
    await link.close()
    assert await within(Deadline.after(SOON), listening) == b""
    assert await link.receive() == b""
    await link.open(Deadline.after(SOON))
    assert link.taken == 0
    await link.send(memoryview(b"second"))
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    link.abort()
    with pytest.raises(Disconnected):
        await within(Deadline.after(SOON), listening)
    assert path.read_bytes() == b"before,first,second"


async def test_nothing_is_asked_where_nothing_comes_back(tmp_path: Path) -> None:
    """The profile's printer answers; a file does not, so its job holds no question and is sent at once."""
    path = tmp_path / "paper.bin"
    path.touch()
    began = time.monotonic()
    async with ReceiptPrinter.open(f"file://{path}", profile="epson-tm-t88v") as printer:
        assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.SENT
    assert time.monotonic() - began < 1
    data = path.read_bytes()
    assert b"Flat white" in data
    assert b"\x10\x04" not in data
    assert b"\x1da" not in data


async def test_a_fifo_that_nobody_reads_any_more(fifo: Path) -> None:
    reader = reading(fifo)
    link = await opened(fifo)
    listening = asyncio.create_task(link.receive())
    await link.send(b"job")
    assert os.read(reader, 10) == b"job"
    os.close(reader)
    with pytest.raises(Disconnected, match="nobody reads it any more"):
        await within(Deadline.after(SOON), listening)
    with pytest.raises(Disconnected):
        await link.send(b"x")
    await link.close()


async def test_a_peer_that_takes_nothing_and_a_cancelled_send(fifo: Path) -> None:
    reader = reading(fifo)
    link = await opened(fifo)
    sending = asyncio.create_task(link.send(bytes(1_000_000)))
    await asyncio.sleep(0.05)
    assert 0 < link.taken < 1_000_000
    began = time.monotonic()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert time.monotonic() - began < 0.1
    taken, got = link.taken, 0
    while got < taken:
        got += len(os.read(reader, 65_536))
    await within(Deadline.after(SOON), link.send(b"!"))
    assert os.read(reader, 10) == b"!"
    await link.close()
    os.close(reader)


async def test_a_device_carries_both_ways(device: tuple[int, str]) -> None:
    ours, path = device
    link = await opened(path)
    assert not link.one_way
    every = bytes(range(256))
    await link.send(every)
    assert os.read(ours, 300) == every
    os.write(ours, every)
    assert await within(Deadline.after(SOON), link.receive()) == every
    assert await link.port_status() == port_lines(0), "a terminal has no printer's lines"
    await link.close()
    assert await link.receive() == b""


async def test_an_unplugged_device_is_told(device: tuple[int, str]) -> None:
    ours, path = device
    async with ReceiptPrinter.open(f"file://{path}", profile="generic-80mm") as printer:
        events = printer.events()
        os.close(ours)
        async for event in events:
            if isinstance(event, LinkLost):
                break


async def test_a_device_that_is_gone_says_so(device: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`usblp` fails with ENODEV once the cable is out."""
    _, path = device
    link = await opened(path)

    def gone(*_: object) -> int:
        raise OSError(errno.ENODEV, "No such device")

    with monkeypatch.context() as patched:
        patched.setattr("os.write", gone)
        with pytest.raises(Disconnected, match="No such device"):
            await link.send(b"x")
    link.abort()


async def test_a_printer_that_only_takes(device: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`usblp` refuses to read from a printer without a way back (EINVAL)."""
    _, path = device
    link = await opened(path)

    def refused(*_: object) -> bytes:
        raise OSError(errno.EINVAL, "Invalid argument")

    with monkeypatch.context() as patched:
        patched.setattr("os.read", refused)
        listening = asyncio.create_task(link.receive())
        await asyncio.sleep(0.1)
        assert not listening.done()
        assert link.one_way
        await link.close()
        assert await within(Deadline.after(SOON), listening) == b""


async def test_empty_packets_are_no_end(device: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    _, path = device
    link = await opened(path)
    answers = [b"", b"", b"\x12"]

    with monkeypatch.context() as patched:
        patched.setattr("os.read", lambda *_: answers.pop(0))
        assert await within(Deadline.after(SOON), link.receive()) == b"\x12"
    await link.close()


@pytest.mark.parametrize(
    ("status", "online", "paper", "fault"),
    [
        (0x00, None, Paper.UNKNOWN, Fault.UNKNOWN),
        (0x18, True, Paper.OK, Fault.NONE),
        (0x38, True, Paper.OUT, Fault.NONE),
        (0x20, False, Paper.OUT, Fault.RECOVERABLE),
        (0x08, False, Paper.OK, Fault.NONE),
    ],
)
async def test_what_a_ports_lines_tell(status: int, online: bool | None, paper: Paper, fault: Fault) -> None:
    """USB Printing Devices 1.1, 4.2.2: paper empty is bit 5, select bit 4, not error bit 3."""
    told = port_lines(status)
    assert (told.online, told.paper, told.fault) == (online, paper, fault)


async def test_paper_out_is_told_by_the_port_of_a_printer_that_says_nothing(
    device: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ioctl itself is answered here in the driver's place; `usblp` needs a real device."""
    ours, path = device
    lines = [0x38]
    monkeypatch.setattr("fcntl.ioctl", lambda descriptor, request, data: bytes((lines[0], 0, 0, 0)))
    async with ReceiptPrinter.open(f"file://{path}", profile="generic-80mm") as printer:
        job = await printer.submit(RECEIPT)
        with pytest.raises(PaperOut) as late:
            await job.wait(0.2)
        assert late.value.outcome is not None
        assert late.value.outcome.safe_to_retry
        lines[0] = 0x18
        assert (await job.wait(SOON)).delivery is Delivery.SENT
    got = b""
    while b"Flat white" not in got:
        got += os.read(ours, 4096)
