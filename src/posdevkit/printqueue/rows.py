"""A queued job as a value, and the states that it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from posdevkit.events import Delivery, Evidence

__all__ = ["Point", "QueueState", "QueuedJob"]


class QueueState(Enum):
    """Where a queued job is. Only `pending` jobs are printed; the others wait for nobody or for a person."""

    PENDING = "pending"
    """Waits its turn; not a byte of it has left."""
    CLAIMED = "claimed"
    """Being prepared; not a byte of it has left."""
    SENDING = "sending"
    """From before its first byte until its outcome is known."""
    PRINTED = "printed"
    """The printer confirmed it, or took all of it and never confirms (see `delivery`), or a person saw it."""
    FAILED = "failed"
    """It cannot be printed; not a byte of it has left."""
    UNCONFIRMED = "unconfirmed"
    """Nobody can tell: a person looks at the paper and calls `release`."""

    @property
    def settled(self) -> bool:
        """Whether nothing more happens to it without a person."""
        return self in (QueueState.PRINTED, QueueState.FAILED, QueueState.UNCONFIRMED)


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
    """SHA-256 of the bytes for the printer, in hex."""
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
