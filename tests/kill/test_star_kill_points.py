"""Cut the cable or the power under a Star printer, and look at the paper and at what the job says about it.

As with ESC/POS (`test_kill_points`), but for one thing: a counter of five bits proves nothing over a lost connection,
so a job whose proof was under way then ends unknown. So does a number of two bytes (`ESC GS ETX`), since numbers come
again; but within a connection no other host can move it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.errors import DeviceError
from posdevkit.events import Delivery, Evidence
from posdevkit.links.memory import MemoryLink
from posdevkit.links.url import parse_url
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.dialects import dialect
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.effects import What

pytestmark = pytest.mark.asyncio

SMALL = Receipt().title("Kvittering").row("Æblejuice", "28,00").qr("https://r.example/1").cut()
PRNT = load_profile("star-mc-print3")
ENDS = load_profile("star-mc-print3", {"completion": "print_end"})
DOTS = load_profile("star-tsp100")

_names = (f"star-kill-{n}" for n in itertools.count())


@dataclass(frozen=True, slots=True)
class Seen:
    """What a job said, and how many whole tickets came out."""

    delivery: Delivery
    whole: int


def greeting(profile: Profile) -> int:
    """Bytes of a connection before its first job."""
    return len(dialect(profile.language).session(profile, 0).greeting())


def request(profile: Profile) -> int:
    """Bytes of the question behind a job: ETB, or ESC GS ETX 1 and its number."""
    return 6 if profile.completion == "print_end" else 1


def size(profile: Profile) -> int:
    """Bytes of the job."""
    return len(compose(SMALL, profile).compiled.data)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    monkeypatch.setattr("posdevkit.links.memory._DRAIN_SECONDS", 0.1)
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.01, 0.02))


async def _print(printer: ReceiptPrinter, *, guard: bool, retry: bool) -> Delivery:
    job = await printer.submit(SMALL)
    try:
        return (await job.wait(20)).delivery
    except DeviceError:
        if retry and (job.outcome.safe_to_retry or not guard):
            return await _print(printer, guard=guard, retry=False)
        return job.outcome.delivery


async def print_with_cable_cut(profile: Profile, at: int, *, guard: bool = True, retry: bool = False) -> Seen:
    """Print with the cable cut once `at` bytes of the first connection were taken."""
    async with ReceiptPrinterBench.memory(next(_names), profile=profile) as bench:
        cuts: Iterator[int | None] = itertools.chain([at], itertools.repeat(None))
        url = parse_url(bench.url)
        printer = ReceiptPrinter(bench.url, profile, make_link=lambda: MemoryLink(url, cut_at=next(cuts)))
        delivery = await _print(printer, guard=guard, retry=retry)
        await printer.close()
    return Seen(delivery, sum(ticket.cut for ticket in bench.tickets))


def region(profile: Profile, at: int) -> str:
    """Where in the first connection a cut at that byte falls."""
    begin, end = greeting(profile), greeting(profile) + size(profile)
    return (
        "before" if at <= begin else "document" if at < end else "request" if at < end + request(profile) else "behind"
    )


CABLE: dict[str, tuple[set[Delivery], int]] = {
    "before": ({Delivery.CONFIRMED}, 1),
    "document": ({Delivery.UNKNOWN}, 0),
    "request": ({Delivery.UNKNOWN}, 1),
    "behind": ({Delivery.CONFIRMED, Delivery.UNKNOWN}, 1),
}


def places(profile: Profile) -> list[int]:
    """Every byte of a job in characters; of one in dots, which is longer, each end of an operation and its neighbours.

    The last bytes of a job in dots leave raster mode, when its paper is already cut.
    """
    begin, compiled = greeting(profile), compose(SMALL, profile).compiled
    if profile is not DOTS:
        return list(range(begin + len(compiled.data) + request(profile) + 1))
    ends = [begin + end + near for end in (0, *compiled.ends[:-1]) for near in (-1, 0, 1)]
    return [*ends, begin + len(compiled.data), begin + len(compiled.data) + request(profile)]


@pytest.mark.parametrize("profile", [PRNT, ENDS, DOTS], ids=["counter", "number", "dots"])
async def test_the_cable_cut(profile: Profile) -> None:
    wrong = []
    for at in places(profile):
        seen = await print_with_cable_cut(profile, at)
        deliveries, tickets = CABLE[region(profile, at)]
        if seen.delivery not in deliveries or seen.whole != tickets:
            wrong.append((at - greeting(profile), region(profile, at), seen))
    assert wrong == []


async def test_whoever_sends_again_only_when_safe_gets_one_ticket_at_most_and_the_control_gets_two() -> None:
    control = 0
    for at in range(greeting(PRNT), greeting(PRNT) + size(PRNT) + request(PRNT) + 1, 3):
        assert (await print_with_cable_cut(PRNT, at, retry=True)).whole <= 1
        control = max(control, (await print_with_cable_cut(PRNT, at, guard=False, retry=True)).whole)
    control = max(
        control,
        (await print_with_cable_cut(PRNT, greeting(PRNT) + size(PRNT), guard=False, retry=True)).whole,
    )
    assert control == 2


@pytest.mark.parametrize("profile", [PRNT, ENDS, DOTS], ids=["counter", "number", "dots"])
@pytest.mark.parametrize("fault", ["close-at", "power-cut-at"])
async def test_a_sample_over_sockets(fault: str, profile: Profile) -> None:
    """Here the kernel takes what the printer never sees: a job may look taken, and must not be called confirmed."""
    begin, whole = greeting(profile), size(profile)
    for end in (0, 1, whole // 2, whole - 1, whole + request(profile)):
        async with ReceiptPrinterBench.tcp(profile=profile, faults=[f"{fault}={begin + end}"]) as bench:
            printer = ReceiptPrinter(bench.url, profile)
            delivery = await _print(printer, guard=True, retry=False)
            await printer.close()
        tickets = sum(ticket.cut for ticket in bench.tickets)
        assert tickets <= 1, end
        assert delivery in {Delivery.CONFIRMED, Delivery.UNKNOWN, Delivery.NONE}, end
        if delivery is Delivery.CONFIRMED:
            assert tickets == 1, end
        if delivery is Delivery.NONE:
            assert tickets == 0, end


async def test_a_power_cut_that_the_cable_does_not_notice_confirms_nothing() -> None:
    """As over a serial cable: the counter is at 0 again, where the job would have brought it to 1 beyond 31."""
    async with (
        ReceiptPrinterBench.memory(next(_names), profile=PRNT) as bench,
        ReceiptPrinter.open(bench.url, profile=PRNT) as printer,
    ):
        for _ in range(31):
            outcome = await printer.print(Receipt().text("x").cut())
            assert outcome.evidence is Evidence.ETB
        bench.printer.run_out()
        job = await printer.submit(SMALL)
        with pytest.raises(DeviceError):
            await job.wait(0.3)
        # What a printer tells that was switched off and on: everything is fine, and the counter at 0.
        printer._line._heard(printer._line.session, bytes.fromhex("270a000000000000000000"))
        assert not job.done
        assert (await job.abandon()).delivery is Delivery.UNKNOWN


@pytest.mark.parametrize(("profile", "confirmed"), [(PRNT, False), (ENDS, True)], ids=["counter", "number"])
async def test_another_host_that_counts_hides_the_counter_but_not_the_number(profile: Profile, confirmed: bool) -> None:
    """An ETB of another session is told to all of them, so what moved the counter can no longer be told."""
    faults = ["paper-out-after=1"]
    async with (
        ReceiptPrinterBench.memory(next(_names), profile=profile, faults=faults) as bench,
        ReceiptPrinter.open(bench.url, profile=profile) as printer,
    ):
        job = await printer.submit(SMALL)
        await bench.happened(What.PAPER_OUT)
        with pytest.raises(DeviceError):
            await job.wait(0.3)
        for counter in ("06", "0c"):  # two hosts more, and so the counter at 3 and at 6
            printer._line._heard(printer._line.session, bytes.fromhex(f"270a0000000000{counter}000000"))
        assert not job.outcome.confirmed
        bench.printer.load_paper()
        await bench.ticket(1)
        if confirmed:
            assert (await job.wait(20)).evidence is Evidence.PRINT_END
        else:
            with pytest.raises(DeviceError):
                await job.wait(0.5)
            assert not job.outcome.confirmed


@pytest.mark.parametrize("profile", [PRNT, ENDS], ids=["counter", "number"])
async def test_a_job_that_another_connection_left_behind_confirms_no_later_one(profile: Profile) -> None:
    """Its ETB waits in the printer for paper, and counts when the next host is there already."""
    faults = ["paper-out-after=1", "paper-out-after=13"]  # within the first ticket, and within the second
    async with ReceiptPrinterBench.memory(next(_names), profile=profile, faults=faults) as bench:
        first = ReceiptPrinter(bench.url, profile)
        job = await first.submit(SMALL)
        await bench.happened(What.PAPER_OUT)
        with pytest.raises(DeviceError):
            await job.wait(0.3)
        await first.close()
        async with ReceiptPrinter.open(bench.url, profile=profile) as second:
            later = await second.submit(SMALL)
            bench.printer.load_paper()
            await bench.happened(What.PAPER_OUT, 2)
            with pytest.raises(DeviceError):
                await later.wait(0.3)
            assert sum(ticket.cut for ticket in bench.tickets) == 1
            assert not later.outcome.confirmed
            bench.printer.load_paper()
            await bench.ticket(2)
