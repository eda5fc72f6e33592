"""Drawers that are kicked once by key: now or never, since nobody stands at an open drawer later.

A key is taken from before the kick's first byte on, on the disk: a process that dies then has perhaps kicked, and says
so (`unknown`) instead of kicking again. A kick of which not a byte has left did not happen, and leaves its key free.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from posdevkit.devices.promised import composed_for, submit_promised, taken_back
from posdevkit.devices.receipt_printer import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.errors import JobConflict, PosError
from posdevkit.events import Delivery, Evidence, Outcome
from posdevkit.printqueue.rows import DEFAULT_KEEPING, Point
from posdevkit.store import Store
from posdevkit.store.commits import committed

__all__ = ["Kick", "Kicks", "Pin"]

Pin = Literal[2, 5]
"""Of the drawer connector."""

KICK_SECONDS: Final = 10.0
"""How long a kick may wait for the jobs before it, and for the printer."""


@dataclass(frozen=True, slots=True)
class Kick:
    """What is known of a kick. A drawer does not tell whether it opened."""

    key: str
    delivery: Delivery
    evidence: Evidence
    new: bool = True
    """False where it had been asked for before, under the same key: nothing was kicked twice."""


class Kicks:
    """The kicks of one hub's drawers. All methods run on one event loop."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time) -> None:
        """Open or make the file. `now` is the time of day. Raises OutputFailed, InputFailed."""
        self._store = Store(path)
        self._now = now
        self._running: dict[tuple[str, str], tuple[Pin, asyncio.Task[Kick]]] = {}
        self.passed: Callable[[Point], None] = lambda point: None

    async def close(self) -> None:
        """Write down how those under way ended; their printers are closed before."""
        await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)
        self._store.close()

    async def kick(self, printer: ReceiptPrinter, key: str, pin: Pin) -> Kick:
        """Kick the drawer that hangs on this printer, after the job that it prints; the same key kicks once.

        Raises JobConflict for a key of another pin, Unsupported, and the error that stands in the way (PaperOut,
        Disconnected, DeadlineExceeded, ...) where not a byte has left: then it is not kicked later either.
        """
        place = (printer.name, key)
        new = place not in self._running
        if new:
            # A task of its own: the tablet may leave, and what was begun is still written down.
            task = asyncio.create_task(self._kick(printer, key, pin), name=f"posdevkit-hub-kick-{printer.name}")
            self._running[place] = pin, task
            task.add_done_callback(lambda _: self._running.pop(place))
        other, task = self._running[place]
        if other != pin:
            raise _conflict(key, other)
        done = await asyncio.shield(task)
        return done if new else Kick(key, done.delivery, done.evidence, new=False)

    async def _kick(self, printer: ReceiptPrinter, key: str, pin: Pin) -> Kick:
        if (known := self._known(printer.name, key, pin)) is not None:
            return known

        async def before_first_byte(process_id: bytes) -> None:
            await committed(self._store, lambda transaction: self._begin(transaction, printer.name, key, pin))
            self.passed(Point.SENDING)

        composed = await composed_for(printer, Receipt().drawer(pin))
        # Unlike any other job it goes to no fallback: the money lies in this drawer.
        job = await submit_promised(printer, composed.compiled, key=key, before_first_byte=before_first_byte)
        problem: PosError | None = None
        try:
            outcome = await job.wait(KICK_SECONDS)
        except PosError as ended:
            problem, outcome = ended, await taken_back(job)
        self.passed(Point.KNOWN)
        await committed(self._store, lambda transaction: _settle(transaction, printer.name, key, outcome))
        self.passed(Point.SETTLED)
        if problem is not None and outcome.delivery is Delivery.NONE:
            raise problem.again(outcome=outcome, job=None)
        return Kick(key, outcome.delivery, outcome.evidence)

    def _known(self, printer: str, key: str, pin: Pin) -> Kick | None:
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT pin, delivery, evidence FROM hub_kick WHERE printer = ? AND key = ?", (printer, key)
            ).fetchone()
        if row is None:
            return None
        if row[0] != pin:
            raise _conflict(key, row[0])
        return Kick(key, Delivery(row[1]), Evidence(row[2]), new=False)

    def _begin(self, transaction: sqlite3.Connection, printer: str, key: str, pin: Pin) -> None:
        """Take the key, and forget those that are as old as a print job's may get."""
        now = self._now()
        if DEFAULT_KEEPING.seconds is not None:
            transaction.execute("DELETE FROM hub_kick WHERE kicked_at < ?", (now - DEFAULT_KEEPING.seconds,))
        transaction.execute(
            "INSERT INTO hub_kick (printer, key, pin, delivery, evidence, kicked_at) VALUES (?, ?, ?, ?, ?, ?)",
            (printer, key, pin, Delivery.UNKNOWN.value, Evidence.NONE.value, now),
        )


def _settle(transaction: sqlite3.Connection, printer: str, key: str, outcome: Outcome) -> None:
    if outcome.delivery is Delivery.NONE:
        transaction.execute("DELETE FROM hub_kick WHERE printer = ? AND key = ?", (printer, key))
    else:
        transaction.execute(
            "UPDATE hub_kick SET delivery = ?, evidence = ? WHERE printer = ? AND key = ?",
            (outcome.delivery.value, outcome.evidence.value, printer, key),
        )


def _conflict(key: str, pin: int) -> JobConflict:
    return JobConflict(f"{key} kicked the drawer on pin {pin}", remedy="Use a new key for another drawer.")
