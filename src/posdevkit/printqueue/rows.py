"""A queued job as a value, the states that it goes through, and what a queue tells of all of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final

from posdevkit.events import Delivery, Evidence

__all__ = ["DEFAULT_KEEPING", "Keeping", "Point", "QueueState", "QueueStatus", "QueuedJob"]


class QueueState(Enum):
    """Where a queued job is. Only `pending` jobs are printed; the others wait for nobody or for a person."""

    PENDING = "pending"
    """Waits its turn; not a byte of it has left."""
    CLAIMED = "claimed"
    """Being prepared by the worker that has its lease; not a byte of it has left."""
    SENDING = "sending"
    """From before its first byte until its outcome is known."""
    PRINTED = "printed"
    """The printer confirmed it, or took all of it and never confirms (see `delivery`), or a person saw it."""
    FAILED = "failed"
    """It cannot be printed; not a byte of it has left."""
    UNCONFIRMED = "unconfirmed"
    """Nobody can tell: a person looks at the paper and calls `release`."""
    CANCELLED = "cancelled"
    """Taken back by a person, or too late for its moment; not a byte of it has left, and none will."""

    @property
    def settled(self) -> bool:
        """Whether nothing more happens to it without a person."""
        return self not in (QueueState.PENDING, QueueState.CLAIMED, QueueState.SENDING)

    @property
    def for_a_person(self) -> bool:
        """Whether it stands until a person gives a word."""
        return self in (QueueState.FAILED, QueueState.UNCONFIRMED)

    @property
    def finished(self) -> bool:
        """Whether nobody waits for anything: what `Keeping` may take out."""
        return self in (QueueState.PRINTED, QueueState.CANCELLED)


class Point(Enum):
    """Places between two commits where a process may die; the tests kill it at each."""

    ADDED = "added"
    """The promise is on the disk."""
    CLAIMED = "claimed"
    """The job is taken for printing."""
    SENDING = "sending"
    """It is on the disk that bytes may leave from now on; none has."""
    KNOWN = "known"
    """The outcome is known and not yet on the disk."""
    SETTLED = "settled"
    """The outcome is on the disk."""


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job as it stood when it was looked at."""

    key: str
    fingerprint: str
    """SHA-256 of the bytes for the printer that it was promised for, in hex."""
    state: QueueState
    delivery: Delivery
    """What is known of its latest attempt."""
    evidence: Evidence
    problem: str
    """Slug of the error that ended its latest attempt, empty without one."""
    attempts: int
    """How often bytes of it may have left."""
    added_at: float
    """Seconds since 1970, as all times here."""
    changed_at: float
    queue: str = ""
    """Whose promise it is: a printer's name, or `station NAME`."""
    carrier: str = ""
    """The printer that prints it, or did."""
    priority: int = 0
    """The higher goes first, the older first among equals."""
    copy_of: str = ""
    """For a copy, the key of the job that it is a copy of."""
    asked_by: str = ""
    """Who gave the latest word about it: released it, cancelled it, asked for the copy."""


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """One queue at a glance."""

    queue: str
    counts: Mapping[QueueState, int] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """How many jobs there are in each state; states without any are left out."""
    oldest_at: float | None = None
    """When the oldest job was added that is still to be printed; None where none is."""

    @property
    def waiting(self) -> int:
        """Jobs that are still to be printed."""
        return sum(count for state, count in self.counts.items() if not state.settled)

    @property
    def for_a_person(self) -> int:
        """Jobs that stand until a person gives a word."""
        return sum(count for state, count in self.counts.items() if state.for_a_person)

    def oldest_age(self, now: float | None = None) -> float | None:
        """Seconds that the oldest waiting job has waited; None where none waits. `now` in seconds since 1970."""
        return None if self.oldest_at is None else max(0.0, (time.time() if now is None else now) - self.oldest_at)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long finished jobs stay. While a job is there its key is known, and is not printed again.

    Only printed and cancelled jobs are ever taken out; what is still to be printed, or waits for a person, stays.
    """

    seconds: float | None = 30 * 86400.0
    """Finished jobs that are older go; None keeps them."""
    jobs: int | None = None
    """At most so many finished jobs of a queue stay; None for as many as there are."""
    at_least: float = 3600.0
    """Seconds that `jobs` does not touch: the key of a job may come once more, from a button that is pressed again."""


DEFAULT_KEEPING: Final = Keeping()
"""Finished jobs stay for 30 days."""
