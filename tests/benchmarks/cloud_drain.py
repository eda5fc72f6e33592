"""The cloud client with a long outage behind it: memory with 100,000 sales pending, and how fast 1,000 are drained."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import Row

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from posdevkit.contract import Fact, HlcClock, uuid7  # noqa: E402
from posdevkit.store import Outbox, Sales, Store, record  # noqa: E402
from tests.unit.cloud.facts import a_sale, sold  # noqa: E402
from tests.unit.cloud.played import TOKEN, PlayedCloud  # noqa: E402

PENDING, DRAINED = 100_000, 1_000
MOST_MIB = 60

DRAIN = """
import asyncio, json, sys, time
from posdevkit.aio import CloudClient
from posdevkit.secret import Secret
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
async def main(path, url, token, enough):
    async with CloudClient.open(path, url, Secret(token)) as client:
        start, first = time.monotonic(), client.status().pending
        while first - client.status().pending < enough:
            await asyncio.sleep(0.005)
        seconds = time.monotonic() - start
        left = client.status().pending
    print(json.dumps({"peak": peak(), "left": left, "seconds": seconds}))
asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
"""


def drain(path: Path, url: str, enough: int) -> dict[str, float]:
    """A fresh process sends at least so many facts with everything switched on, and tells its peak memory."""
    done = subprocess.run(
        [sys.executable, "-c", DRAIN, str(path), url, TOKEN, str(enough)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    report: dict[str, float] = json.loads(done.stdout)
    return report


def fill(path: Path, count: int) -> None:
    """So many sales in one transaction; each a fact of its own."""
    store, clock = Store(path), HlcClock("till-1")
    pattern = a_sale(1)
    with store.transaction() as transaction:
        for number in range(1, count + 1):
            fact = Fact(uuid7(), pattern.at, clock.now(), a_sale(Sales().next_sequence(transaction, "1")).body)
            if number % 100:
                Outbox().add(transaction, fact)
            else:
                record(transaction, fact)
    store.close()


def measure(rounds: int) -> list[Row]:
    """Peak memory of the client's process, seconds for an afternoon's offline sales, and what a sale costs."""
    if not Path("/proc/self/status").exists():
        return []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, PlayedCloud() as cloud:
        many = Path(folder) / "many.db"
        fill(many, PENDING if rounds > 1 else 2_000)
        report = drain(many, cloud.url, 1_000)
        few = Path(folder) / "few.db"
        start = time.monotonic()
        sold(few, DRAINED)
        selling = time.monotonic() - start
        stored = len(cloud.stored)
        quick = drain(few, cloud.url, DRAINED)
        arrived = len(cloud.stored) - stored
    peak, seconds = report["peak"], quick["seconds"]
    what = f"peak memory of the client's process, {int(report['left']):,} sales still pending"
    return [
        Row(what, peak, "MiB", f"under {MOST_MIB}", peak < MOST_MIB),
        Row(
            f"{DRAINED:,} offline sales drained over loopback, each batch's commits on the disk",
            seconds,
            "s",
            "",
            None,
            f"{arrived / seconds:.0f} a second; {arrived} arrived",
        ),
        Row("a sale with its stock and outbox rows, committed to the disk", selling / DRAINED * 1000, "ms"),
    ]
