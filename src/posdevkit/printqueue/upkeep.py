"""What a file's queues hold at a glance, and the finished jobs that leave it."""

from __future__ import annotations

import sqlite3
import time
from types import MappingProxyType
from typing import Final

from .rows import Keeping, QueueState, QueueStatus

__all__ = ["PRUNED_AT_ONCE", "prune", "queues", "status_of"]

PRUNED_AT_ONCE: Final = 500
"""Jobs that one transaction takes out at most: nobody who sells waits for more."""
_FINISHED: Final = tuple(state.value for state in QueueState if state.finished)
_WAITING: Final = tuple(state.value for state in QueueState if not state.settled)


def queues(connection: sqlite3.Connection) -> list[str]:
    """The queues of a file that have jobs, by name."""
    return [name for (name,) in connection.execute("SELECT DISTINCT printer FROM print_job ORDER BY printer")]


def status_of(connection: sqlite3.Connection, queue: str) -> QueueStatus:
    """How many jobs of a queue are in which state, and since when the oldest waits."""
    rows = connection.execute("SELECT state, count(*) FROM print_job WHERE printer = ? GROUP BY state", (queue,))
    counts = {QueueState(state): count for state, count in rows}
    (oldest,) = connection.execute(
        f"SELECT min(added_at) FROM print_job WHERE printer = ? AND state IN ({_marks(_WAITING)})",  # noqa: S608
        (queue, *_WAITING),
    ).fetchone()
    return QueueStatus(queue, MappingProxyType(counts), oldest)


def prune(transaction: sqlite3.Connection, queue: str, keep: Keeping, now: float | None = None) -> int:
    """Take out finished jobs that `keep` does not keep, the oldest first; how many. One call takes out 500 at most.

    A job of which a copy is not finished stays, and so does all that is unsettled or waits for a person.
    """
    now = time.time() if now is None else now
    marks = _marks(_FINISHED)
    surplus = 0
    if keep.jobs is not None:  # else nobody needs the number, and who sells would wait while all are counted
        (count,) = transaction.execute(
            f"SELECT count(*) FROM print_job WHERE printer = ? AND state IN ({marks})",  # noqa: S608
            (queue, *_FINISHED),
        ).fetchone()
        surplus = max(0, count - keep.jobs)
    oldest = transaction.execute(
        "SELECT number, key, changed_at FROM print_job"  # noqa: S608
        f" WHERE printer = ? AND state IN ({marks}) ORDER BY number LIMIT ?",
        (queue, *_FINISHED, PRUNED_AT_ONCE),
    ).fetchall()
    gone: list[tuple[int]] = []
    for place, (number, key, changed_at) in enumerate(oldest):
        age = now - changed_at
        too_old = keep.seconds is not None and age > keep.seconds
        too_many = place < surplus and age > keep.at_least
        if (too_old or too_many) and not _copied(transaction, queue, key):
            gone.append((number,))
    transaction.executemany("DELETE FROM print_job WHERE number = ?", gone)
    return len(gone)


def _copied(connection: sqlite3.Connection, queue: str, key: str) -> bool:
    """Whether a copy of it is still on its way or in doubt. Copies' keys begin with the original's."""
    row = connection.execute(
        "SELECT 1 FROM print_job WHERE printer = ? AND key > ? AND key < ? AND copy_of = ?"  # noqa: S608
        f" AND state NOT IN ({_marks(_FINISHED)}) LIMIT 1",
        (queue, f"{key}/copy-", f"{key}/copy-:", key, *_FINISHED),
    ).fetchone()
    return row is not None


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))
