"""Durable commits of the queue's table, against bare SQLite doing the same commits."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import itertools
import sqlite3
import tempfile
import time
import tracemalloc
from pathlib import Path

from harness import Row, alternate

from posdevkit.aio import PrintQueue
from posdevkit.documents import Receipt
from posdevkit.events import Delivery, Outcome
from posdevkit.printqueue import Keeping, QueueState
from posdevkit.printqueue.table import JobTable
from posdevkit.printqueue.turns import Turns
from posdevkit.printqueue.upkeep import prune
from posdevkit.protocols.job import Compiled
from posdevkit.store import Store
from posdevkit.store.migrations import MIGRATIONS

AIM = 0.8
JOB = Compiled(bytes(range(256)) * 4, tuple(range(0, 1024, 32)), 1024)
ENDS = bytes(8 * len(JOB.ends))
INSERT = (
    "INSERT INTO print_job (printer, key, fingerprint, data, ends, proof_at, state, added_at, changed_at, carrier,"
    " priority, commands, language) VALUES ('p', ?, ?, ?, ?, ?, 'pending', ?, ?, 'p', 0, 'escpos', 'da')"
)


def measure(rounds: int) -> list[Row]:
    """One commit a job, each on the disk (write-ahead log, synchronous=FULL), in two files of one folder."""
    numbers = itertools.count()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        store = Store(Path(folder) / "queue.db")
        bare = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        bare.executescript("".join(MIGRATIONS))
        table = JobTable("p")

        def queue() -> None:
            with store.transaction() as transaction:
                table.add(transaction, f"order-{next(numbers)}", JOB)

        def plain() -> None:
            bare.execute("BEGIN IMMEDIATE")
            fingerprint, now = hashlib.sha256(JOB.data).hexdigest(), time.time()
            values = (f"order-{next(numbers)}", fingerprint, JOB.data, ENDS, JOB.proof_at, now, now)
            bare.execute(INSERT, values)
            bare.execute("COMMIT")

        turns = alternate(queue, plain, rounds)
        first, last = _thousands(Path(folder) / "flat.db", 10_000 if rounds > 1 else 200)
        whole = asyncio.run(_adds(Path(folder) / "adds.db", 50 if rounds > 1 else 5))
        store.close()
        bare.close()
    note = (
        f"{1 / turns.first:.0f} against {1 / turns.second:.0f} a second; quartiles {turns.low:.2f} to {turns.high:.2f}"
    )
    what = "commits a second of JobTable.add, against bare SQLite inserting and committing the same row"
    return [
        Row(what, turns.ratio, "x", f"at least {AIM}", turns.ratio >= AIM, note),
        Row(
            "memory more that Python holds after 10,000 jobs, added, carried and pruned, than after 1,000",
            (last - first) / 1024,
            "KiB",
            "at most 64 KiB",
            last - first <= 64 * 1024,
            f"{first / 1024:.0f} and {last / 1024:.0f} KiB",
        ),
        Row("PrintQueue.add() of a laid-out receipt, its commit included", whole * 1000, "ms"),
    ]


def _thousands(path: Path, count: int) -> tuple[int, int]:
    """Bytes that Python holds after a tenth of the jobs, and after all of them."""
    store, table, turns = Store(path), JobTable("p"), Turns("p")
    keep = Keeping(seconds=None, jobs=100, at_least=-1.0)
    tracemalloc.start()
    held = []
    for number in range(count):
        with store.transaction(durable=False) as transaction:
            table.add(transaction, f"order-{number}", JOB)
            found, _ = turns.claim(transaction)
            assert found is not None
            turns.sending(transaction, found, b"0001")
            turns.settle(transaction, found.number, QueueState.PRINTED, Outcome(Delivery.CONFIRMED), "")
            if number % 100 == 0:
                prune(transaction, "p", keep)
        if number in (count // 10 - 1, count - 1):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    store.close()
    return held[0], held[1]


async def _adds(path: Path, count: int) -> float:
    receipt = Receipt().title("Kvittering").row("Flat white", "38,00").cut()
    async with PrintQueue.open(path, "memory://nobody") as queue:
        start = time.perf_counter()
        for number in range(count):
            await queue.add(receipt, key=str(number))
        return (time.perf_counter() - start) / count
