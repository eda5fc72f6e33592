"""The queue's table: every change is one statement, inside whatever transaction the caller has open."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from array import array
from dataclasses import dataclass

from posdevkit.errors import JobConflict, NotFound, UsageError
from posdevkit.events import Delivery, Evidence, Outcome
from posdevkit.protocols.job import Compiled

from .rows import QueuedJob, QueueState

__all__ = ["Found", "JobTable"]

_SHOWN = "key, fingerprint, state, delivery, evidence, problem, attempts, added_at, changed_at"


@dataclass(frozen=True, slots=True)
class Found:
    """A row on its way to the printer."""

    number: int
    key: str
    compiled: Compiled
    process_id: bytes


class JobTable:
    """One printer's jobs in the file. Methods take the open transaction, so that a sale can commit its job with it."""

    FOUND_SENDING = QueueState.UNCONFIRMED
    """What becomes of a job that a dead process was sending: never pending, for its bytes may be on paper."""

    def __init__(self, printer: str) -> None:
        self.printer = printer

    def add(self, transaction: sqlite3.Connection, key: str, compiled: Compiled) -> QueuedJob:
        """Put a job in; the same key with the same bytes gives the one there is. Raises JobConflict, UsageError."""
        if not key:
            raise UsageError("a queued job needs a key", remedy="Give key= the number of the order or the sale.")
        fingerprint = hashlib.sha256(compiled.data).hexdigest()
        now = time.time()
        put = transaction.execute(
            "INSERT INTO print_job (printer, key, fingerprint, data, ends, proof_at, state, added_at, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (printer, key) DO NOTHING",
            (
                self.printer,
                key,
                fingerprint,
                compiled.data,
                array("Q", compiled.ends).tobytes(),
                compiled.proof_at,
                now,
                now,
            ),
        )
        if put.rowcount:
            return QueuedJob(
                key, fingerprint, QueueState.PENDING, Delivery.NONE, Evidence.NONE, "", 0, added_at=now, changed_at=now
            )
        job = self.job(transaction, key)
        if job.fingerprint != fingerprint:
            raise JobConflict(
                f"{key} is promised to another document ({job.state.value})",
                remedy="Use a new key for a new document.",
            )
        return job

    def job(self, connection: sqlite3.Connection, key: str) -> QueuedJob:
        """The job of that key. Raises NotFound if there is none."""
        row = connection.execute(
            f"SELECT {_SHOWN} FROM print_job WHERE printer = ? AND key = ?",  # noqa: S608  # a constant
            (self.printer, key),
        ).fetchone()
        if row is None:
            raise NotFound(f"no job is called {key!r}", remedy="Look at the queue's jobs for its keys.")
        return _shown(row)

    def data(self, connection: sqlite3.Connection, key: str) -> bytes:
        """The bytes of the job of that key. Raises NotFound if there is none."""
        self.job(connection, key)
        (data,) = connection.execute(
            "SELECT data FROM print_job WHERE printer = ? AND key = ?", (self.printer, key)
        ).fetchone()
        return bytes(data)

    def jobs(
        self, connection: sqlite3.Connection, state: QueueState | None = None, latest: int | None = None
    ) -> list[QueuedJob]:
        """All jobs, oldest first, or those in one state; of these the `latest` so many."""
        wanted, values = ("", ()) if state is None else (" AND state = ?", (state.value,))
        rows = connection.execute(
            f"SELECT {_SHOWN} FROM print_job WHERE printer = ?{wanted} ORDER BY number DESC LIMIT ?",  # noqa: S608
            (self.printer, *values, -1 if latest is None else latest),
        )
        return [_shown(row) for row in rows][::-1]

    def recover(self, transaction: sqlite3.Connection) -> list[Found]:
        """What a dead process left: claimed jobs go back, those being sent need a word.

        Gives all jobs that the printer may still be able to tell about.
        """
        found = self._found(transaction, "(state = 'sending' OR state = 'unconfirmed' AND process_id <> x'')")
        self._move(transaction, "state = 'sending'", self.FOUND_SENDING, Delivery.UNKNOWN, "unconfirmed")
        self._move(transaction, "state = 'claimed'", QueueState.PENDING, Delivery.NONE, "")
        return found

    def claim(self, transaction: sqlite3.Connection) -> tuple[Found | None, bool]:
        """Take the oldest job that waits its turn, and tell whether any waits for a person."""
        for found in self._found(transaction, "state = 'pending'", limit=1):
            self._set(transaction, found.number, QueueState.CLAIMED, "")
            return found, False
        waits = transaction.execute(
            "SELECT 1 FROM print_job WHERE printer = ? AND state IN ('unconfirmed', 'failed') LIMIT 1", (self.printer,)
        )
        return None, waits.fetchone() is not None

    def sending(self, transaction: sqlite3.Connection, number: int, process_id: bytes) -> None:
        """Bytes may leave from now on; `process_id` is what the printer will send back when it has printed them."""
        transaction.execute(
            "UPDATE print_job SET state = 'sending', process_id = ?, attempts = attempts + 1, delivery = 'unknown',"
            " changed_at = ? WHERE number = ?",
            (process_id, time.time(), number),
        )

    def settle(
        self, transaction: sqlite3.Connection, number: int, state: QueueState, outcome: Outcome, problem: str
    ) -> None:
        """How an attempt ended."""
        transaction.execute(
            "UPDATE print_job SET state = ?, delivery = ?, evidence = ?, problem = ?, changed_at = ? WHERE number = ?",
            (state.value, outcome.delivery.value, outcome.evidence.value, problem, time.time(), number),
        )

    def proved(self, transaction: sqlite3.Connection, found: Found) -> None:
        """The printer told after all; also where a person has meanwhile asked to print it again."""
        transaction.execute(
            "UPDATE print_job SET state = 'printed', delivery = 'confirmed', evidence = 'process_id', problem = '',"
            " changed_at = ? WHERE number = ? AND process_id = ? AND state IN ('unconfirmed', 'pending')",
            (time.time(), found.number, found.process_id),
        )

    def release(self, transaction: sqlite3.Connection, key: str, *, printed: bool) -> QueuedJob:
        """A person's word about an unconfirmed or failed job. Raises UsageError for a job in another state."""
        job = self.job(transaction, key)
        if job.state not in (QueueState.UNCONFIRMED, QueueState.FAILED):
            raise UsageError(
                f"{key} is {job.state.value}", remedy="Only unconfirmed and failed jobs wait for a person."
            )
        transaction.execute(
            "UPDATE print_job SET state = ?, changed_at = ? WHERE printer = ? AND key = ?",
            ("printed" if printed else "pending", time.time(), self.printer, key),
        )
        return self.job(transaction, key)

    def _set(self, transaction: sqlite3.Connection, number: int, state: QueueState, problem: str) -> None:
        transaction.execute(
            "UPDATE print_job SET state = ?, problem = ?, changed_at = ? WHERE number = ?",
            (state.value, problem, time.time(), number),
        )

    def _move(
        self, transaction: sqlite3.Connection, where: str, state: QueueState, delivery: Delivery, problem: str
    ) -> None:
        transaction.execute(
            f"UPDATE print_job SET state = ?, delivery = ?, problem = ?, changed_at = ? WHERE printer = ? AND {where}",  # noqa: S608
            (state.value, delivery.value, problem, time.time(), self.printer),
        )

    def _found(self, connection: sqlite3.Connection, where: str, limit: int = -1) -> list[Found]:
        rows = connection.execute(
            "SELECT number, key, data, ends, proof_at, process_id FROM print_job"  # noqa: S608
            f" WHERE printer = ? AND {where} ORDER BY number LIMIT ?",
            (self.printer, limit),
        )
        return [
            Found(number, key, Compiled(data, array("Q", ends), proof_at), process_id)
            for number, key, data, ends, proof_at, process_id in rows
        ]


def _shown(row: tuple[str, str, str, str, str, str, int, float, float]) -> QueuedJob:
    key, fingerprint, state, delivery, evidence, problem, attempts, added_at, changed_at = row
    return QueuedJob(
        key,
        fingerprint,
        QueueState(state),
        Delivery(delivery),
        Evidence(evidence),
        problem,
        attempts,
        added_at=added_at,
        changed_at=changed_at,
    )
