"""One printer's turn at the jobs that it carries, of whichever queue: leases, attempts, and what they ended in.

A lease says who may begin a job. It is held by name: the holder asks for its first byte with it, in the commit that
says that bytes may leave, and a job that has another holder by then is not begun. So the time at which a lease runs out
only tells others when they may take the job, and no clock that jumps can print anything twice.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from typing import Final

from posdevkit.errors import Claimed, DeadlineExceeded
from posdevkit.events import Delivery, Evidence, Outcome
from posdevkit.protocols.job import Compiled

from .forms import compiled_of
from .rows import QueueState

__all__ = ["LEASE_SECONDS", "Found", "Movable", "Turns", "movable"]

LEASE_SECONDS: Final = 30.0
"""How long a job that has not begun is one worker's alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row on its way to the printer."""

    number: int
    queue: str
    key: str
    compiled: Compiled
    process_id: bytes
    cuts_before: int | None = None
    """What the printer's counter of cuts said before the first byte, where it was asked."""
    commands: str = "escpos"
    """The language of its bytes, as profiles name it."""
    width: int = 0
    """Dots across of the printer that it was made for; 0 where nobody told."""
    begin_by: float | None = None
    """Seconds since 1970 at which it must have begun, or else never."""

    def seconds_left(self) -> float | None:
        """Until it is too late to begin, 0 at the least; None where it never is."""
        return None if self.begin_by is None else max(0.0, self.begin_by - time.time())

    @property
    def late(self) -> bool:
        """Whether its moment is over."""
        return self.seconds_left() == 0.0


class Turns:
    """One printer. Methods take the open transaction."""

    FOUND_SENDING = QueueState.UNCONFIRMED
    """What becomes of a job that a dead process was sending: never pending, for its bytes may be on paper."""
    LEASES = True
    """Whether a job has to be this worker's still when it begins."""

    def __init__(self, carrier: str, lease: str = "worker") -> None:
        self.carrier = carrier
        self.lease = lease

    def recover(self, transaction: sqlite3.Connection) -> list[Found]:
        """What a dead process left: claimed jobs go back, those being sent need a word.

        Gives all jobs that the printer may still be able to tell about. Only for who holds the printer's lock.
        """
        found = self._found(
            transaction,
            "(state = 'sending' OR state = 'unconfirmed' AND (process_id <> x'' OR cuts_before IS NOT NULL))",
        )
        self._move(transaction, "state = 'sending'", self.FOUND_SENDING, Delivery.UNKNOWN, "unconfirmed")
        self._move(transaction, "state = 'claimed'", QueueState.PENDING, Delivery.NONE, "")
        return found

    def lapse(self, transaction: sqlite3.Connection, now: float | None = None) -> list[tuple[str, str]]:
        """Cancel what waited until its moment was over; gives queues and keys. `problem` goes on telling why it did."""
        now = time.time() if now is None else now
        late = "carrier = ? AND state = 'pending' AND begin_by <= ?"
        rows = transaction.execute(f"SELECT printer, key FROM print_job WHERE {late}", (self.carrier, now)).fetchall()  # noqa: S608
        if rows:
            transaction.execute(
                "UPDATE print_job SET state = 'cancelled', changed_at = ?,"  # noqa: S608
                f" problem = CASE problem WHEN '' THEN ? ELSE problem END WHERE {late}",
                (now, DeadlineExceeded.slug, self.carrier, now),
            )
        return rows

    def claim(self, transaction: sqlite3.Connection, now: float | None = None) -> tuple[Found | None, bool]:
        """Lease the job whose turn it is, and tell whether any waits for a person."""
        for found in self._found(transaction, "state = 'pending'", limit=1):
            now = time.time() if now is None else now
            transaction.execute(
                "UPDATE print_job SET state = 'claimed', problem = '', lease = ?, lease_until = ?, changed_at = ?"
                " WHERE number = ?",
                (self.lease, now + LEASE_SECONDS, now, found.number),
            )
            return found, False
        waits = transaction.execute(
            "SELECT 1 FROM print_job WHERE carrier = ? AND state IN ('unconfirmed', 'failed') LIMIT 1", (self.carrier,)
        )
        return None, waits.fetchone() is not None

    def sending(
        self, transaction: sqlite3.Connection, found: Found, process_id: bytes, cuts_before: int | None = None
    ) -> None:
        """Bytes may leave from now on; `process_id` is what the printer will send back when it has printed them.

        Raises Claimed where the job is no longer this worker's: it was cancelled, or another took it over; and
        DeadlineExceeded where its moment is over.
        """
        if found.late:
            raise DeadlineExceeded(f"job {found.key} had to begin earlier")
        mine = " AND state = 'claimed' AND lease = ?" if self.LEASES else " AND ? <> ''"
        begun = transaction.execute(
            "UPDATE print_job SET state = 'sending', process_id = ?, cuts_before = ?, attempts = attempts + 1,"  # noqa: S608
            f" delivery = 'unknown', changed_at = ? WHERE number = ?{mine}",  # a constant
            (process_id, cuts_before, time.time(), found.number, self.lease),
        )
        if not begun.rowcount:
            raise Claimed(
                f"job {found.key} was taken from {self.carrier}", remedy="Look at the queue: it stands elsewhere now."
            )

    def settle(
        self, transaction: sqlite3.Connection, number: int, state: QueueState, outcome: Outcome, problem: str
    ) -> bool:
        """How an attempt ended; False, and nothing is done, where the job is no longer this worker's."""
        done = transaction.execute(
            "UPDATE print_job SET state = ?, delivery = ?, evidence = ?, problem = ?, lease = '', lease_until = 0,"
            " changed_at = ? WHERE number = ? AND lease = ? AND state IN ('claimed', 'sending')",
            (state.value, outcome.delivery.value, outcome.evidence.value, problem, time.time(), number, self.lease),
        )
        return bool(done.rowcount)

    def proved(self, transaction: sqlite3.Connection, found: Found, evidence: Evidence = Evidence.PROCESS_ID) -> None:
        """The printer told after all; also where a person has meanwhile asked to print it again."""
        transaction.execute(
            "UPDATE print_job SET state = 'printed', delivery = 'confirmed', evidence = ?, problem = '',"
            " changed_at = ? WHERE number = ? AND process_id = ? AND carrier = ?"
            " AND state IN ('unconfirmed', 'pending')",
            (evidence.value, time.time(), found.number, found.process_id, self.carrier),
        )

    def _move(
        self, transaction: sqlite3.Connection, where: str, state: QueueState, delivery: Delivery, problem: str
    ) -> None:
        transaction.execute(
            "UPDATE print_job SET state = ?, delivery = ?, problem = ?, lease = '', lease_until = 0,"  # noqa: S608
            f" changed_at = ? WHERE carrier = ? AND {where}",  # a constant
            (state.value, delivery.value, problem, time.time(), self.carrier),
        )

    def _found(self, connection: sqlite3.Connection, where: str, limit: int = -1) -> list[Found]:
        rows = connection.execute(
            "SELECT number, printer, key, data, ends, proof_at, process_id, cuts_before, commands, width, begin_by"  # noqa: S608
            f" FROM print_job WHERE carrier = ? AND {where} ORDER BY priority DESC, number LIMIT ?",
            (self.carrier, limit),
        )
        return [
            Found(number, queue, key, compiled_of(data, ends, proof_at), *rest)
            for number, queue, key, data, ends, proof_at, *rest in rows
        ]


@dataclass(frozen=True, slots=True)
class Movable:
    """A job of which not a byte has left, and that another printer could print."""

    number: int
    queue: str
    key: str
    carrier: str
    added_at: float


def movable(connection: sqlite3.Connection, carrier: str, lease_over: float | None = None) -> list[Movable]:
    """A printer's jobs that could go elsewhere; with `lease_over`, a time, of the claimed ones only those whose lease
    ran out before it."""
    rows = connection.execute(
        "SELECT number, printer, key, carrier, added_at FROM print_job WHERE carrier = ?"
        " AND (state = 'pending' OR state = 'claimed' AND lease_until < ?)"
        " AND number IN (SELECT number FROM print_job_form) ORDER BY priority DESC, number",
        (carrier, float("inf") if lease_over is None else lease_over),
    )
    return [Movable(*row) for row in rows]
