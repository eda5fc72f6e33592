"""Print for as long as you like while everything goes wrong that can: `python tests/soak/soak.py --minutes 30`.

Four printers on four cables, each with its own driver. Before most jobs a fault is put on the cable or the roll ends.
What counts: a confirmed job is one ticket, any other at most one; and descriptors, threads and memory stay.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from posdevkit.aio import ReceiptPrinter  # noqa: E402
from posdevkit.documents import Receipt  # noqa: E402
from posdevkit.errors import DeviceError  # noqa: E402
from posdevkit.events import Delivery  # noqa: E402
from posdevkit.profiles import load_profile  # noqa: E402
from posdevkit_emulators.bench import ReceiptPrinterBench  # noqa: E402
from posdevkit_emulators.faults import (  # noqa: E402
    CableFault,
    CloseAt,
    Drop,
    Garble,
    GarbleSent,
    PowerCutAt,
    Slow,
    Split,
    StallAt,
)
from tests.soak.resources import Held, held  # noqa: E402

FAULTS: tuple[Callable[[random.Random], CableFault | None], ...] = (
    lambda _: None,
    lambda dice: CloseAt(dice.randrange(400)),
    lambda dice: PowerCutAt(dice.randrange(400)),
    lambda dice: StallAt(dice.randrange(400), 0.1),
    lambda dice: Split(dice.randrange(1, 60)),
    lambda dice: Slow(dice.randrange(20_000, 100_000)),
    lambda dice: _range(dice, Drop),
    lambda dice: _range(dice, Garble),
    lambda dice: _range(dice, GarbleSent),
)
BENCHES: tuple[Callable[[], ReceiptPrinterBench], ...] = (
    ReceiptPrinterBench.tcp,
    lambda: ReceiptPrinterBench.memory("soak"),
    ReceiptPrinterBench.pty,
    ReceiptPrinterBench.usb,
)
WAIT = 4.0
"""Seconds that a job may take before somebody gives it up."""
RECENT = 50
"""Tickets that are kept: a job's paper is looked at when the job is over."""


def _range(dice: random.Random, kind: Callable[[int, int], CableFault]) -> CableFault:
    first = dice.randrange(400)
    return kind(first, first + dice.randrange(20))


@dataclass
class Account:
    """What happened so far."""

    deliveries: Counter[Delivery] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    samples: list[Held] = field(default_factory=list)

    @property
    def jobs(self) -> int:
        """Jobs that ended."""
        return sum(self.deliveries.values())


async def one_job(
    bench: ReceiptPrinterBench, printer: ReceiptPrinter, name: str, dice: random.Random, account: Account
) -> None:
    """A job with something going wrong, and a look at the paper."""
    mark = f"<{name}>"
    fault = dice.choice(FAULTS)(dice)
    if fault is not None:
        bench.disturb(fault)
    if dice.random() < 0.1:
        bench.printer.run_out(dice.randrange(4))
    job = await printer.submit(Receipt().title("Soak").row(mark, "1,00").cut(), key=name)
    waiting = asyncio.create_task(job.wait(WAIT))
    await asyncio.sleep(dice.random() * 0.05)
    bench.printer.load_paper()
    try:
        await waiting
    except DeviceError:
        await job.abandon()
    delivery = job.outcome.delivery
    bench.calm()
    bench.printer.load_paper()
    account.deliveries[delivery] += 1
    await asyncio.sleep(0.01)
    found = sum(ticket.text.count(mark) for ticket in bench.tickets)
    if len(bench.tickets) > RECENT:
        bench.clear_tickets()
    damaged = isinstance(fault, Drop | Garble)
    if found > 1 or (delivery is Delivery.CONFIRMED and found != 1 and not damaged):
        account.wrong.append(f"{bench.url}: {name} with {fault}: {delivery.value}, {found} tickets")


async def one_printer(make: Callable[[], ReceiptPrinterBench], number: int, end: float, account: Account) -> None:
    """One cable until the time is over."""
    dice = random.Random(number)
    async with make() as bench:
        printer = ReceiptPrinter(bench.url, load_profile("epson-tm-t88v"))
        for job in itertools.count():
            if time.monotonic() > end:
                break
            await one_job(bench, printer, f"{number}-{job}", dice, account)
        await printer.close(2.0)


async def soak(seconds: float, *, tell: bool = False) -> Account:
    """Run all cables at once and sample what the process holds: early, once all is warm, and at the end."""
    account = Account()
    start = time.monotonic()
    end = start + seconds
    cables = [asyncio.create_task(one_printer(make, number, end, account)) for number, make in enumerate(BENCHES)]
    while not all(cable.done() for cable in cables):
        await asyncio.wait(cables, timeout=min(10.0, seconds / 10))
        account.samples.append(held())
        if tell:
            now = account.samples[-1]
            print(
                f"{time.monotonic() - start:6.0f} s  {account.jobs} jobs  {now.descriptors} descriptors "
                f"{now.threads} threads  {now.memory:.1f} MiB  {len(account.wrong)} wrong",
                flush=True,
            )
    for cable in cables:
        cable.result()
    return account


def main() -> int:
    """Exit 1 where a ticket came twice, or was confirmed and never came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    account = asyncio.run(soak(parser.parse_args().minutes * 60, tell=True))
    for delivery, count in account.deliveries.most_common():
        print(f"{count:7d} {delivery.value}")
    for line in account.wrong:
        print(line)
    return 1 if account.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
