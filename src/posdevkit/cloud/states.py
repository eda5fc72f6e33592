"""What a person and a program can see of the cloud client: its state as a value, and its events."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from enum import Enum
from typing import Final

from posdevkit.contract import Change
from posdevkit.errors import (
    CloudError,
    CloudMisdirected,
    CloudOffline,
    CloudRefused,
    CloudUnauthorised,
    PosError,
)
from posdevkit.store import DeadLetters, Outbox, Settings

__all__ = [
    "ChangeApplied",
    "CloudEvent",
    "CloudPoint",
    "CloudReached",
    "CloudState",
    "CloudStatus",
    "CloudTrouble",
    "FactDead",
    "FactsPushed",
    "Memory",
    "Trouble",
    "read_status",
    "state_after",
    "told",
]


class CloudState(Enum):
    """How the latest exchange with the cloud ended."""

    UNKNOWN = "unknown"
    """There has been none."""
    ONLINE = "online"
    OFFLINE = "offline"
    """Not reached, or it answers that it cannot now."""
    UNAUTHORISED = "unauthorised"
    """It does not accept the token. Nothing is sent until there is another."""
    MISDIRECTED = "misdirected"
    """Something else answers: a sign-in page, another server, nonsense. Never taken for a success or a verdict."""


_STATES: Final[dict[type[CloudError], CloudState]] = {
    CloudUnauthorised: CloudState.UNAUTHORISED,
    CloudMisdirected: CloudState.MISDIRECTED,
    CloudOffline: CloudState.OFFLINE,
    CloudRefused: CloudState.OFFLINE,
}


def state_after(problem: CloudError) -> CloudState:
    """The state that an error leaves."""
    return _STATES.get(type(problem), CloudState.OFFLINE)


@dataclass(frozen=True, slots=True)
class Trouble:
    """The latest error, in words for the person in front of the till."""

    slug: str
    message: str
    remedy: str
    at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class CloudStatus:
    """The client at one moment."""

    state: CloudState
    pending: int
    """Facts that wait to be sent."""
    pending_bytes: int
    oldest_seconds: float | None
    """How long the oldest of them has waited; None where none waits."""
    dead_letters: int
    """Facts that were refused and wait for a person."""
    cursor: int
    """The server's number of the latest change that was applied."""
    last_success: float | None
    """When the cloud last answered as it should, seconds since 1970."""
    trouble: Trouble | None
    """The latest error; None once an exchange has gone well since."""
    clock_skew: float | None
    """Seconds by which the server's clock is ahead of this one's; facts are ordered right all the same."""


@dataclass(frozen=True, slots=True)
class CloudReached:
    """The cloud answers (again)."""


@dataclass(frozen=True, slots=True)
class CloudTrouble:
    """The cloud does not answer as it should, in another way than before."""

    state: CloudState
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class FactsPushed:
    """Facts have arrived."""

    facts: int
    pending: int
    """How many still wait."""


@dataclass(frozen=True, slots=True)
class FactDead:
    """The cloud refused a fact for good: it waits for a person."""

    id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChangeApplied:
    """Something that the cloud is master of has changed, and is on the disk."""

    change: Change


CloudEvent = CloudReached | CloudTrouble | FactsPushed | FactDead | ChangeApplied


class CloudPoint(Enum):
    """Places where a sending process may die; the tests kill it at each."""

    CHOSEN = "chosen"
    """A batch is read; not a byte of it has left."""
    ANSWERED = "answered"
    """The server's verdicts are known and not yet on the disk."""
    SETTLED = "settled"
    """The verdicts are on the disk."""
    PULLED = "pulled"
    """Changes are here and not yet on the disk."""
    APPLIED = "applied"
    """They are on the disk, with the cursor."""


_SETTING: Final = "cloud"


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives the process, so that another one can be asked how it goes."""

    state: CloudState = CloudState.UNKNOWN
    last_success: float | None = None
    trouble: Trouble | None = None
    clock_skew: float | None = None

    def write(self, transaction: sqlite3.Connection) -> None:
        """Into the file's settings."""
        trouble = self.trouble
        facts = {
            "state": self.state.value,
            "last_success": self.last_success,
            "trouble": trouble and [trouble.slug, trouble.message, trouble.remedy, trouble.at],
            "clock_skew": self.clock_skew,
        }
        Settings().set(transaction, _SETTING, json.dumps(facts))

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Memory:
        """What the latest client left, or what a new file says."""
        text = Settings().get(connection, _SETTING)
        if not text:
            return cls()
        facts = json.loads(text)
        trouble = facts["trouble"] and Trouble(*facts["trouble"])
        return cls(CloudState(facts["state"]), facts["last_success"], trouble, facts["clock_skew"])


def told(problem: PosError, at: float) -> Trouble:
    """An error in words."""
    return Trouble(problem.slug, problem.message(), problem.remedy(), at)


def read_status(connection: sqlite3.Connection, memory: Memory, now: float) -> CloudStatus:
    """The status that file and memory add up to; `now`: seconds since 1970."""
    backlog = Outbox().backlog(connection)
    return CloudStatus(
        memory.state,
        backlog.facts,
        backlog.bytes,
        None if backlog.oldest_at is None else max(0.0, now - backlog.oldest_at),
        DeadLetters().count(connection),
        Settings().cursor(connection),
        memory.last_success,
        memory.trouble,
        memory.clock_skew,
    )
