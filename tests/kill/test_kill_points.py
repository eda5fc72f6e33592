"""Cut the cable or the power at every byte of a small job, and look at the paper and at what the job says about it.

    where the cut falls                    cable                        power
    before the job's first byte            confirmed (connected anew)   confirmed, or unknown and none
    in the document                        unknown, no whole ticket     unknown, no whole ticket
    in the request for the proof           unknown, one ticket          unknown, at most one
    behind the last byte                   confirmed or unknown, one    confirmed or unknown, at most one

The cable is cut at the driver's end, so that what it took arrives; the power fails at the printer's end, where the
cable may have taken more than the printer saw: then nobody can know, and the job says so.

Whoever sends a job again only when that is safe never gets two tickets; the control, which sends it again after every
error, does.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.errors import DeviceError, PaperOut
from posdevkit.events import Delivery, Paper
from posdevkit.links.memory import MemoryLink
from posdevkit.links.url import parse_url
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.effects import What
from tests.trouble import stands_in_the_way

pytestmark = pytest.mark.asyncio

PROFILE = load_profile("epson-tm-t88v")
SMALL = Receipt().title("Kvittering").row("Æblejuice", "28,00").qr("https://r.example/1").cut()
JOB = compose(SMALL, PROFILE).compiled
GREETING = len(EscPosSession(PROFILE).greeting())
REQUEST = len(EscPosSession(PROFILE).completion_request()[0])
MARK = "Æblejuice"

_names = (f"kill-{n}" for n in itertools.count())


@dataclass(frozen=True, slots=True)
class Seen:
    """What a job said and what came out, whole or not."""

    delivery: Delivery
    whole: int
    marks: int


def whole(bench: ReceiptPrinterBench) -> int:
    """Tickets that hold the document's text and were cut off."""
    return sum(MARK in ticket.text and ticket.cut for ticket in bench.tickets)


def cut_once(url: str, at: int) -> ReceiptPrinter:
    """A driver whose first connection breaks once it has taken `at` bytes."""
    cuts: Iterator[int | None] = itertools.chain([at], itertools.repeat(None))
    return ReceiptPrinter(url, PROFILE, make_link=lambda: MemoryLink(parse_url(url), cut_at=next(cuts)))


async def print_with_cable_cut(at: int, *, guard: bool = True, retry: bool = False) -> Seen:
    """Print with the cable cut once `at` bytes of the first connection were taken."""
    async with ReceiptPrinterBench.memory(next(_names), profile=PROFILE) as bench:
        printer = cut_once(bench.url, at)
        delivery = await _print(printer, guard=guard, retry=retry)
        await printer.close()
    return Seen(delivery, whole(bench), sum(ticket.text.count(MARK) for ticket in bench.tickets))


async def print_with_fault(fault: str, *, wire: str = "memory") -> Seen:
    """Print to an emulated printer with a fault at a byte of all it ever takes."""
    make = ReceiptPrinterBench.tcp if wire == "tcp" else None
    bench_of = (
        make(profile=PROFILE, faults=[fault])
        if make
        else ReceiptPrinterBench.memory(next(_names), profile=PROFILE, faults=[fault])
    )
    async with bench_of as bench:
        printer = ReceiptPrinter(bench.url, PROFILE)
        delivery = await _print(printer, guard=True, retry=False)
        await printer.close()
    return Seen(delivery, whole(bench), sum(ticket.text.count(MARK) for ticket in bench.tickets))


async def _print(printer: ReceiptPrinter, *, guard: bool, retry: bool) -> Delivery:
    job = await printer.submit(SMALL)
    try:
        return (await job.wait(20)).delivery
    except DeviceError:
        if retry and (job.outcome.safe_to_retry or not guard):
            return await _print(printer, guard=guard, retry=False)
        return job.outcome.delivery


def region(at: int) -> str:
    """Where in the first connection a cut at that byte falls."""
    if at <= GREETING:
        return "before"
    if at < GREETING + len(JOB.data):
        return "document"
    return "request" if at < GREETING + len(JOB.data) + REQUEST else "behind"


CABLE: dict[str, tuple[set[Delivery], int]] = {
    "before": ({Delivery.CONFIRMED}, 1),
    "document": ({Delivery.UNKNOWN}, 0),
    "request": ({Delivery.UNKNOWN}, 1),
    "behind": ({Delivery.CONFIRMED, Delivery.UNKNOWN}, 1),
}


async def test_the_cable_cut_at_every_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.01, 0.02))
    wrong = []
    for at in range(GREETING + len(JOB.data) + REQUEST + 1):
        seen = await print_with_cable_cut(at)
        deliveries, tickets = CABLE[region(at)]
        if seen.delivery not in deliveries or seen.whole != tickets or seen.marks > 1:
            wrong.append((at - GREETING, region(at), seen))
    assert wrong == []


async def test_whoever_sends_again_only_when_safe_gets_one_ticket_at_most_and_the_control_gets_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    control = 0
    for at in range(GREETING, GREETING + len(JOB.data) + REQUEST + 1):
        assert (await print_with_cable_cut(at, retry=True)).marks <= 1
        control = max(control, (await print_with_cable_cut(at, guard=False, retry=True)).marks)
    assert control == 2


POWER: dict[str, tuple[set[Delivery], set[int]]] = {
    "before": ({Delivery.CONFIRMED, Delivery.UNKNOWN}, {0, 1}),
    "document": ({Delivery.UNKNOWN}, {0}),
    "request": ({Delivery.UNKNOWN}, {0, 1}),
    "behind": ({Delivery.CONFIRMED, Delivery.UNKNOWN}, {0, 1}),
}


async def test_the_power_cut_at_every_command_boundary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    for end in (0, *JOB.ends, len(JOB.data) + REQUEST):
        at = GREETING + end
        seen = await print_with_fault(f"power-cut-at={at}")
        deliveries, tickets = POWER[region(at)]
        assert seen.delivery in deliveries, (end, seen)
        assert seen.whole in tickets, (end, seen)
        assert seen.marks <= 1, (end, seen)
        if seen.delivery is Delivery.CONFIRMED:
            assert seen.whole == 1, (end, seen)


@pytest.mark.parametrize("end", [0, 1, len(JOB.data) // 2, len(JOB.data) - 1, len(JOB.data) + REQUEST])
@pytest.mark.parametrize("fault", ["close-at", "power-cut-at"])
async def test_a_sample_over_sockets(fault: str, end: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the kernel takes what the printer never sees: a job may look taken, and must not be called confirmed."""
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.3)
    seen = await print_with_fault(f"{fault}={GREETING + end}", wire="tcp")
    assert seen.marks <= 1
    if seen.delivery is Delivery.CONFIRMED:
        assert seen.whole == 1
    if seen.delivery is Delivery.NONE:
        assert seen.marks == 0
    assert seen.delivery in {Delivery.CONFIRMED, Delivery.UNKNOWN, Delivery.NONE}


async def test_an_id_that_nobody_could_receive_confirms_after_the_connection_stands_again() -> None:
    """The paper ends, the cable is cut, a new roll is loaded, and only then the cable is mended."""
    mended = asyncio.Event()

    class MendedLater(MemoryLink):
        async def open(self, deadline: Deadline) -> None:
            await mended.wait()
            await super().open(deadline)

    async with ReceiptPrinterBench.memory(next(_names), profile=PROFILE, faults=["paper-out-after=1"]) as bench:
        links = iter([MemoryLink(parse_url(bench.url)), MendedLater(parse_url(bench.url))])
        first: list[MemoryLink] = []

        def make_link() -> MemoryLink:
            first.append(next(links))
            return first[-1]

        printer = ReceiptPrinter(bench.url, PROFILE, make_link=make_link)
        job = await printer.submit(SMALL)
        await stands_in_the_way(job, PaperOut)
        first[0].abort()
        await bench.happened(What.DISCONNECTED)
        bench.printer.load_paper()
        await bench.ticket(1)
        mended.set()
        outcome = await job.wait(10)
        await printer.close()
    assert outcome.confirmed
    assert whole(bench) == 1


async def test_a_second_cut_within_the_greeting_drops_nothing_of_a_job_that_the_printer_has_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The paper ends, the cable is cut, and cut again at each byte of the next greeting: the ticket still comes out."""
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.01, 0.02))
    wrong = []
    for at in range(1, GREETING + 1):
        async with ReceiptPrinterBench.memory(next(_names), profile=PROFILE, faults=["paper-out-after=1"]) as bench:
            cuts: Iterator[int | None] = itertools.chain([None, at], itertools.repeat(None))
            links: list[MemoryLink] = []

            def make_link(
                url: str = bench.url, cuts: Iterator[int | None] = cuts, links: list[MemoryLink] = links
            ) -> MemoryLink:
                links.append(MemoryLink(parse_url(url), cut_at=next(cuts)))
                return links[-1]

            printer = ReceiptPrinter(bench.url, PROFILE, make_link=make_link)
            job = await printer.submit(SMALL)
            await stands_in_the_way(job, PaperOut)
            links[0].abort()
            await bench.happened(What.CONNECTED, 3)
            while printer.last_status.paper is not Paper.OUT:
                await asyncio.sleep(0)
            bench.printer.load_paper()
            await asyncio.gather(job.wait(10), return_exceptions=True)
            await printer.close()
        if not job.outcome.confirmed or whole(bench) != 1:
            wrong.append((at, job.outcome, whole(bench)))
    assert wrong == []


async def test_every_command_boundary_of_a_large_job() -> None:
    """Each tenth boundary of 400 lines: the paper never holds a line twice, and the next job prints whole."""
    receipt = Receipt()
    for number in range(400):
        receipt = receipt.text(f"linje {number:03}")
    receipt = receipt.cut()
    compiled = compose(receipt, PROFILE).compiled
    for end in compiled.ends[::10]:
        async with ReceiptPrinterBench.memory(next(_names), profile=PROFILE) as bench:
            printer = cut_once(bench.url, GREETING + end)
            with pytest.raises(DeviceError):
                await printer.print(receipt, timeout=20)
            assert (await printer.print(SMALL, timeout=20)).confirmed
            await printer.close()
        lines = [line for ticket in bench.tickets for line in ticket.text.splitlines() if line.startswith("linje")]
        assert len(lines) == len(set(lines))
        assert sum(MARK in ticket.text for ticket in bench.tickets) == 1
