"""The spooler of Windows by a stand-in for winspool.drv: which calls are made, with what. No Windows has run it."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import time
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from posdevkit import Receipt
from posdevkit.devices import ReceiptPrinter
from posdevkit.discovery.queues import windows_queues
from posdevkit.errors import Cancelled, Closed, Disconnected, PaperOut, Paused, Unconfirmed, Unsupported
from posdevkit.events import Delivery, Evidence
from posdevkit.links.base import JobLink, OneWay, PortStatus, StreamLink
from posdevkit.links.spooler import SpoolerLink
from posdevkit.links.url import parse_url
from posdevkit.links.winspool import JobFlags, Library, PrinterFlags, WinSpool
from posdevkit.registry import open_link
from posdevkit.runtime.deadline import Deadline
from tests.prompt import promptly
from tests.trouble import stands_in_the_way

pytestmark = pytest.mark.asyncio

SOON = 10.0
NAME = "Front Desk Printer"
URL = f"spooler://{NAME}"
NOTHING = PrinterFlags(0)
RECEIPT = Receipt().text("Flat white").cut()


@dataclass
class Job:
    data: bytearray = field(default_factory=bytearray)
    flags: JobFlags = JobFlags.SPOOLING
    whole: bool = False


@dataclass
class Spooler:
    """winspool.drv, as its documentation has it: 0 for failure, and then an error's number."""

    printer: PrinterFlags = NOTHING
    jobs: dict[int, Job] = field(default_factory=dict)
    printed: list[bytes] = field(default_factory=list)
    handles: dict[int, int | None] = field(default_factory=dict)
    holds: bool = False
    error: int = 0
    lazy: float = 0.0
    listed: tuple[str, ...] = ()
    kept: list[object] = field(default_factory=list)
    _count: int = 0

    def fails(self, number: int) -> int:
        self.error = number
        return 0

    def OpenPrinterW(self, name: str, handle: Any, defaults: object) -> int:
        assert defaults is None
        if name != NAME:
            return self.fails(1801)
        self._count += 1
        self.handles[self._count] = None
        handle._obj.value = self._count
        return 1

    def ClosePrinter(self, handle: int) -> int:
        del self.handles[handle]
        return 1

    def GetPrinterW(self, handle: int, level: int, buffer: Any, size: int, needed: Any) -> int:
        assert (handle in self.handles, level, size) == (True, 6, 4)
        buffer._obj.status = self.printer
        return 1

    def EnumPrintersW(self, flags: int, server: object, level: int, buffer: Any, size: int, *told: Any) -> int:
        assert (flags, server, level) == (6, None, 4)
        needed, count = (one._obj for one in told)
        entry = {8: 24, 4: 12}[ctypes.sizeof(ctypes.c_void_p)]  # PRINTER_INFO_4W: two texts and a number
        needed.value = entry * len(self.listed)
        if size < needed.value:
            return self.fails(122)
        for place, text in enumerate(self.listed):
            kept = ctypes.c_wchar_p(text)
            self.kept.append(kept)
            ctypes.memmove(ctypes.addressof(buffer) + place * entry, ctypes.byref(kept), ctypes.sizeof(kept))
        count.value = len(self.listed)
        return 1

    def StartDocPrinterW(self, handle: int, level: int, about: Any) -> int:
        assert level == 1
        assert about._obj.datatype == "RAW"
        assert about._obj.output is None
        self._count += 1
        self.jobs[self._count] = Job()
        self.handles[handle] = self._count
        return self._count

    def _of(self, handle: int) -> Job:
        number = self.handles[handle]
        assert number is not None
        return self.jobs[number]

    def WritePrinter(self, handle: int, data: bytes, size: int, taken: Any) -> int:
        time.sleep(self.lazy)
        taken._obj.value = min(size, 50_000)
        self._of(handle).data += data[: taken._obj.value]
        return 1

    def EndDocPrinter(self, handle: int) -> int:
        job = self._of(handle)
        job.whole, job.flags = True, JobFlags(0)
        return 1

    def AbortPrinter(self, handle: int) -> int:
        number = self.handles[handle]
        assert number is not None
        del self.jobs[number]
        return 1

    def GetJobW(self, handle: int, number: int, level: int, *rest: Any) -> int:
        buffer, size, needed = rest
        assert level == 1
        job = self.jobs.get(number)
        if job is None:
            return self.fails(87)
        if not self.holds and job.whole and job.flags == JobFlags(0):
            self.printed.append(bytes(self.jobs.pop(number).data))  # it is forgotten at once
            return self.fails(87)
        needed._obj.value = 200
        if buffer is None:
            return self.fails(122)
        assert size >= 200
        at = {8: 56, 4: 28}[ctypes.sizeof(ctypes.c_void_p)]  # JOB_INFO_1W: a number and six texts before the status
        ctypes.memmove(ctypes.addressof(buffer) + at, int(job.flags).to_bytes(4, "little"), 4)
        return 1

    def SetJobW(self, handle: int, number: int, level: int, info: object, control: int) -> int:
        assert (level, info) == (0, None)
        if control == 5:
            del self.jobs[number]
        else:
            self.jobs[number].flags |= JobFlags.PAUSED
        return 1


@pytest.fixture
def windows() -> Spooler:
    return Spooler()


def link_to(windows: Spooler, url: str = URL) -> SpoolerLink:
    # `Any`: a stand-in has the calls it needs and no others.
    return SpoolerLink(parse_url(url), spooler=WinSpool(cast(Library, windows), lambda: windows.error))


def printer_on(windows: Spooler) -> ReceiptPrinter:
    from posdevkit.profiles import load_profile

    return ReceiptPrinter(URL, load_profile("epson-tm-t88v"), make_link=lambda: link_to(windows))


@pytest.mark.skipif(sys.platform == "win32", reason="what is said elsewhere")
async def test_elsewhere_it_says_what_to_use() -> None:
    with pytest.raises(Unsupported) as refused:
        open_link(URL)
    assert "cups://" in refused.value.remedy()


@pytest.mark.parametrize("listed", [(), (NAME,), (NAME, "Køkken", r"\\office\TM-T88V")])
async def test_the_queues_that_there_are(windows: Spooler, listed: tuple[str, ...]) -> None:
    windows.listed = listed
    assert WinSpool(cast(Library, windows), lambda: windows.error).names() == list(listed)


async def test_what_discovery_makes_of_them() -> None:
    shared = r"\\office\TM-T88V"
    assert parse_url(windows_queues([shared])[0].url).address == shared
    found = windows_queues([NAME, "Microsoft Print to PDF", "Fax", "EPSON TM-T88V Receipt"])
    assert [(one.url, one.kind, one.profile) for one in found] == [
        (URL, "printer", None),
        ("spooler://EPSON TM-T88V Receipt", "receipt-printer", "epson-tm-t88v"),
    ]


async def test_what_it_is(windows: Spooler) -> None:
    link = link_to(windows)
    assert isinstance(link, StreamLink)
    assert isinstance(link, JobLink)
    assert isinstance(link, OneWay)
    assert isinstance(link, PortStatus)
    with pytest.raises(Closed):
        await link.send_job(b"x")


async def test_it_prints_and_nothing_is_proved(windows: Spooler) -> None:
    async with printer_on(windows) as printer:
        outcome = await printer.print(RECEIPT, timeout=SOON)
        assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.NONE)
    assert len(windows.printed) == 1
    assert b"Flat white" in windows.printed[0]
    assert not windows.handles, "every handle is given back"


async def test_a_big_job_goes_in_pieces(windows: Spooler) -> None:
    link = link_to(windows)
    await link.open(Deadline.after(SOON))
    job = bytes(range(256)) * 1000
    await link.send_job(job)
    assert windows.printed == [job]
    assert link.taken == len(job)
    await link.send(b"tail")
    await link.close()
    assert [bytes(one.data) for one in windows.jobs.values()] == [b"tail"]
    assert not windows.handles


async def test_what_windows_knows_of_the_printer_is_told(windows: Spooler) -> None:
    windows.holds = True
    async with printer_on(windows) as printer:
        job = await printer.submit(RECEIPT)
        while not windows.jobs:
            await asyncio.sleep(0.01)
        windows.printer = PrinterFlags.PAPER_OUT
        await stands_in_the_way(job, PaperOut)
        with pytest.raises(PaperOut):
            await job.wait(0.05)
        windows.printer, windows.holds = PrinterFlags(0), False
        assert (await job.wait(SOON)).delivery is Delivery.SENT
        windows.printer = PrinterFlags.PAUSED
        assert (await printer.status()).paused
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, Paused)
        with pytest.raises(Paused) as late:
            await job.wait(0.05)
        assert late.value.outcome is not None
        assert late.value.outcome.safe_to_retry
        assert len(windows.printed) == 1


@pytest.mark.parametrize(("flags", "delivery"), [(JobFlags(0), Delivery.NONE), (JobFlags.PRINTING, Delivery.UNKNOWN)])
async def test_taking_a_job_back(windows: Spooler, flags: JobFlags, delivery: Delivery) -> None:
    windows.holds = True
    async with printer_on(windows) as printer:
        job = await printer.submit(RECEIPT)
        while not any(one.whole for one in windows.jobs.values()):
            await asyncio.sleep(0.01)
        next(iter(windows.jobs.values())).flags |= flags
        await asyncio.sleep(0.1)
        assert (await job.abandon(SOON)).delivery is delivery
        with pytest.raises(Cancelled):
            await job.wait(SOON)
        assert not windows.jobs
        assert not windows.printed


async def test_a_job_that_somebody_deletes_ends_unknown(windows: Spooler) -> None:
    windows.holds = True
    async with printer_on(windows) as printer:
        job = await printer.submit(RECEIPT)
        while not any(waiting.whole for waiting in windows.jobs.values()):
            await asyncio.sleep(0.01)
        next(iter(windows.jobs.values())).flags |= JobFlags.DELETING
        with pytest.raises(Unconfirmed, match="deleted"):
            await job.wait(SOON)


async def test_a_cancelled_job_is_dropped(windows: Spooler) -> None:
    """Within a tenth of a second; the call that is under way ends first, since no thread may be left."""
    windows.lazy = 0.05
    link = link_to(windows)
    await link.open(Deadline.after(SOON))
    sending = asyncio.create_task(link.send_job(bytes(10_000_000)))
    while not link.taken:
        await asyncio.sleep(0.005)
    with promptly(0.1):
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert not windows.jobs
    assert not windows.handles
    assert not await link.call_back()
    link.abort()


async def test_what_windows_refuses_says_why(windows: Spooler) -> None:
    with pytest.raises(Disconnected, match="no such printer") as refused:
        await link_to(windows, "spooler://Bar").open(Deadline.after(SOON))
    assert "as Windows shows it" in refused.value.remedy()
    windows.printer = PrinterFlags.PENDING_DELETION
    with pytest.raises(Disconnected, match="being deleted"):
        await link_to(windows).open(Deadline.after(SOON))
    assert not windows.handles
