"""Each fault of an emulated printer as the driver tells it: its type, what became of the job, and how it goes on."""

from __future__ import annotations

import asyncio

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.errors import CoverOpen, CutterJam, DeviceError, PaperOut, PrinterFault, Unsupported
from posdevkit.events import Delivery, Fault
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers import What
from tests.trouble import stands_in_the_way

pytestmark = pytest.mark.asyncio

PROFILES = ("epson-tm-t88v", "star-mc-print3")
LINES = 40
RECEIPT = Receipt([Receipt().text(f"line {n}").elements[0] for n in range(LINES)]).cut()
AT_LINE = "{} at line 20"

FAULTS = [
    # scheduled so, the error, the fault in the status, and the hand that sees to it
    ("cutter after 0 tickets", CutterJam, Fault.CUTTER, "clear"),
    (AT_LINE.format("head"), PrinterFault, Fault.AUTO_RECOVERABLE, "clear"),
    (AT_LINE.format("error"), PrinterFault, Fault.RECOVERABLE, "clear"),
    (AT_LINE.format("cover-open"), CoverOpen, Fault.NONE, "cover close"),
    (AT_LINE.format("paper-out"), PaperOut, Fault.NONE, "paper"),
]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("fault", "problem", "told", "hand"), FAULTS)
async def test_a_fault_is_told_by_its_type_and_the_job_goes_on_when_it_is_seen_to(
    fault: str, problem: type[DeviceError], told: Fault, hand: str, profile: str
) -> None:
    name = f"fault-{profile}-{fault}"
    bench = ReceiptPrinterBench.memory(name, profile=profile, faults=[fault])
    async with bench, ReceiptPrinter.open(bench.url, profile=profile) as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, problem)
        with pytest.raises(problem) as raised:
            await job.wait(0.05)
        assert type(raised.value) is problem
        assert raised.value.outcome is not None
        assert raised.value.outcome.delivery is Delivery.PARTIAL  # the printer itself tells that it stopped
        assert printer.last_status.fault is told
        assert not bench.tickets
        bench.printer.do(hand)
        assert (await job.wait(10)).delivery is Delivery.CONFIRMED
        assert len(bench.tickets) == 1
        assert bench.tickets[0].text.splitlines() == [f"line {n}" for n in range(LINES)]


@pytest.mark.parametrize("profile", PROFILES)
async def test_after_a_voltage_error_only_switching_off_helps_and_the_job_is_unknown(profile: str) -> None:
    bench = ReceiptPrinterBench.memory(f"voltage-{profile}", profile=profile, faults=["voltage at line 20"])
    async with bench, ReceiptPrinter.open(bench.url, profile=profile) as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, PrinterFault)
        with pytest.raises(PrinterFault):
            await job.wait(0.05)
        assert printer.last_status.fault is Fault.UNRECOVERABLE
        bench.printer.do("clear")
        with pytest.raises(PrinterFault):
            await job.wait(0.3)
        bench.printer.do("power")
        with pytest.raises(DeviceError):
            await job.wait(40)
        assert job.outcome.delivery is Delivery.UNKNOWN
        assert not job.outcome.safe_to_retry
        bench.printer.tear_off()
        assert [ticket.cut for ticket in bench.tickets] == [False]


async def test_recover_has_the_printer_go_on_where_it_stopped() -> None:
    """`DLE ENQ` 1: the error's cause is gone, and nothing else would have it go on."""
    bench = ReceiptPrinterBench.memory("recover", profile="epson-tm-t88v", faults=["error at line 20"])
    async with bench, ReceiptPrinter.open(bench.url, profile="epson-tm-t88v") as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, PrinterFault)
        with pytest.raises(PrinterFault):
            await job.wait(0.05)
        status = await printer.recover()
        assert (status.online, status.fault) == (True, Fault.NONE)
        assert (await job.wait(10)).delivery is Delivery.CONFIRMED
        assert bench.count(What.ERROR_CLEARED) == 1
        assert len(bench.tickets) == 1
        assert len(bench.tickets[0].text.splitlines()) == LINES


async def test_recover_tells_the_error_whose_cause_is_still_there() -> None:
    bench = ReceiptPrinterBench.memory("stuck", profile="epson-tm-t88v", faults=["cutter after 0 tickets"])
    async with bench, ReceiptPrinter.open(bench.url, profile="epson-tm-t88v") as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, CutterJam)
        with pytest.raises(CutterJam):
            await job.wait(0.05)
        with pytest.raises(CutterJam):
            await printer.recover(timeout=1.0)
        assert not bench.tickets
        bench.printer.clear_error()
        assert (await job.wait(10)).delivery is Delivery.CONFIRMED


@pytest.mark.parametrize("profile", ["star-mc-print3", "generic-mute"])
async def test_recover_is_refused_where_no_command_does_it(profile: str) -> None:
    bench = ReceiptPrinterBench.memory(f"refused-{profile}", profile=profile)
    async with bench, ReceiptPrinter.open(bench.url, profile=profile) as printer:
        with pytest.raises(Unsupported):
            await printer.recover()


async def test_a_fault_with_a_time_is_seen_to_by_somebody() -> None:
    bench = ReceiptPrinterBench.memory("passing", profile="epson-tm-t88v", faults=["head at line 20 for 0.2 seconds"])
    async with bench, ReceiptPrinter.open(bench.url, profile="epson-tm-t88v") as printer:
        events = []
        job = await printer.submit(RECEIPT)
        subscription = job.events()
        outcome = await job.wait(10)
        await asyncio.sleep(0)
        events = [event.problem async for event in subscription if event.problem]
        assert outcome.delivery is Delivery.CONFIRMED
        assert "printer-fault" in events
        assert [event.what for event in bench.events if event.what in (What.HEAD_HOT, What.ERROR_CLEARED)] == [
            What.HEAD_HOT,
            What.ERROR_CLEARED,
        ]


async def test_several_faults_one_after_the_other_leave_one_whole_ticket() -> None:
    faults = "paper-out at line 5 for 0.05 s, head at line 10 for 0.05 s, cover-open at line 15 for 0.05 s"
    bench = ReceiptPrinterBench.memory("several", profile="epson-tm-t88v", faults=[faults, "split=7"])
    async with bench, ReceiptPrinter.open(bench.url, profile="epson-tm-t88v") as printer:
        assert (await printer.print(RECEIPT)).delivery is Delivery.CONFIRMED
        assert [ticket.text.splitlines() for ticket in bench.tickets] == [[f"line {n}" for n in range(LINES)]]
        assert bench.count(What.FAULT) == 3
