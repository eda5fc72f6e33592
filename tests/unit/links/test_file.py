"""Device files, FIFOs and plain files: the kernel's own, with a pseudo terminal where a device has to answer."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
import threading
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
from tests.prompt import promptly
from tests.trouble import stands_in_the_way

if sys.platform != "win32":
    import termios

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
    with promptly(1):
        async with ReceiptPrinter.open(f"file://{path}", profile="epson-tm-t88v") as printer:
            assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.SENT
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
    with promptly(0.1):
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
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


class Busy:
    """Plays what `usblp` does without waiting: it counts a write as written, and is not ready for more until the
    printer has taken it. A terminal whose output is held is as little ready."""

    def __init__(self, path: str) -> None:
        self.behind: bytes | None = b""
        """It is held behind each write that holds this; None: behind none."""
        self._terminal = os.open(path, os.O_RDWR)
        self._write = os.write

    def let_go(self) -> None:
        self._hold(False)

    def _hold(self, on: bool) -> None:
        if sys.platform != "win32":
            termios.tcflow(self._terminal, termios.TCOOFF if on else termios.TCOON)

    def write(self, descriptor: int, data: memoryview) -> int:
        count = self._write(descriptor, data[:8192])
        if self.behind is not None and self.behind in bytes(data[:count]) and count and os.isatty(descriptor):
            self._hold(True)
        return count

    def close(self) -> None:
        os.close(self._terminal)


@pytest.fixture
def busy(device: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Busy]:
    one = Busy(device[1])
    monkeypatch.setattr("os.write", one.write)
    yield one
    one.close()


async def test_a_send_returns_when_the_printer_has_it(device: tuple[int, str], busy: Busy) -> None:
    """It returned with up to 8 KiB still in `usblp`, which drops them on closing: a receipt was sent and lost."""
    ours, path = device
    link = await opened(path)
    sending = asyncio.create_task(link.send(b"receipt"))
    await asyncio.sleep(0.1)
    assert not sending.done()
    assert link.taken == 7, "what is under way may be on paper"
    busy.let_go()
    await within(Deadline.after(SOON), sending)
    assert os.read(ours, 10) == b"receipt"
    await link.close()


async def test_a_receipt_that_a_silent_printer_does_not_take_is_not_sent(
    device: tuple[int, str], busy: Busy, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = device
    lines = [0x18]
    monkeypatch.setattr("fcntl.ioctl", lambda descriptor, request, data: bytes((lines[0], 0, 0, 0)))
    busy.behind = b"Flat white"
    async with ReceiptPrinter.open(f"file://{path}", profile="generic-mute") as printer:
        job = await printer.submit(RECEIPT)
        await asyncio.sleep(0.2)
        lines[0] = 0x38
        await stands_in_the_way(job, PaperOut)
        with pytest.raises(PaperOut):
            await job.wait(0.05)
        assert not job.done
        lines[0] = 0x18
        busy.behind = None
        busy.let_go()
        assert (await job.wait(SOON)).delivery is Delivery.SENT


async def test_waiting_for_the_printer_ends_with_a_cancel_an_abort_and_the_cable(
    device: tuple[int, str], busy: Busy
) -> None:
    ours, path = device
    link = await opened(path)
    for end in ("cancel", "abort", "cable"):
        sending = asyncio.create_task(link.send(b"x"))
        await asyncio.sleep(0.05)
        assert not sending.done()
        with promptly(0.1):
            if end == "cancel":
                sending.cancel()
            elif end == "abort":
                link.abort()
            else:
                os.close(ours)
            with pytest.raises(asyncio.CancelledError if end == "cancel" else Disconnected):
                await within(Deadline.after(SOON), sending)
        if end == "abort":
            busy.let_go()
            await link.open(Deadline.after(SOON))
    link.abort()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV])
async def test_a_printer_that_does_not_know_the_question_for_its_lines(
    device: tuple[int, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`usblp` says EIO of one that answers no GET_PORT_STATUS, which was taken for a cable that is out: the connection
    was lost at every look. ENODEV says that it is."""
    _, path = device
    asked = 0

    def fails(*_: object) -> bytes:
        nonlocal asked
        asked += 1
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.ioctl", fails)
    link = await opened(path)
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    for _ in range(5):
        if number == errno.EIO:
            assert await link.port_status() == port_lines(0)
        else:
            with pytest.raises(Disconnected, match="No such device"):
                await link.port_status()
    assert asked == (3 if number == errno.EIO else 5)
    assert sys.platform != "linux" or len(os.listdir("/proc/self/fd")) == before
    await link.close()


async def test_lines_that_are_slow_to_come_hold_up_nobody(
    device: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel waits five seconds for them; the event loop stood still meanwhile."""
    _, path = device
    over = threading.Event()

    def slow(*_: object) -> bytes:
        over.wait(SOON)
        return bytes((0x18, 0, 0, 0))

    monkeypatch.setattr("fcntl.ioctl", slow)
    link = await opened(path)
    asking = asyncio.create_task(link.port_status())
    with promptly(1):
        await asyncio.sleep(0.05)
    with promptly(0.1):
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await link.close()
    over.set()


async def test_a_printer_that_only_takes_is_missed_when_its_cable_is_out(
    device: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On old kernels its file does not become readable then; a write of nothing fails."""
    _, path = device
    link = await opened(path)
    gone = False

    def refused(*_: object) -> bytes:
        raise OSError(errno.EINVAL, "Invalid argument")

    def write(descriptor: int, data: bytes) -> int:
        assert data == b""
        if gone:
            raise OSError(errno.ENODEV, "No such device")
        raise BlockingIOError

    monkeypatch.setattr("posdevkit.links.file._ALIVE_SECONDS", 0.05)
    with monkeypatch.context() as patched:
        patched.setattr("os.read", refused)
        patched.setattr("posdevkit.links.file.os.write", write)
        listening = asyncio.create_task(link.receive())
        await asyncio.sleep(0.2)
        assert not listening.done()
        gone = True
        with pytest.raises(Disconnected, match="No such device"):
            await within(Deadline.after(SOON), listening)
    link.abort()


async def test_no_room_is_told_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ENOSPC: `lp` says it of a printer without paper, the system of a full disk; /dev/full is the kernel's."""
    link = await opened("/dev/full")
    with pytest.raises(Disconnected, match="takes nothing more") as told:
        await link.send(b"x")
    assert "paper" in told.value.remedy()
    link.abort()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "paper.bin").touch()
    link = await opened(tmp_path / "paper.bin")
    with monkeypatch.context() as patched:
        patched.setattr("os.write", full)
        with pytest.raises(Disconnected, match="disk is full"):
            await link.send(b"x")
    link.abort()


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
        await stands_in_the_way(job, PaperOut)
        with pytest.raises(PaperOut) as late:
            await job.wait(0.05)
        assert late.value.outcome is not None
        assert late.value.outcome.safe_to_retry
        lines[0] = 0x18
        assert (await job.wait(SOON)).delivery is Delivery.SENT
    got = b""
    while b"Flat white" not in got:
        got += os.read(ours, 4096)
