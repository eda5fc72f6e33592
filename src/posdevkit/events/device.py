"""Events are frozen values made from device truth, never from what the library hopes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .outcome import Outcome
from .status import PrinterStatus

__all__ = [
    "DeviceEvent",
    "JobEvent",
    "JobState",
    "LinkLost",
    "LinkRestored",
    "OtherModelTold",
    "ProfileChosen",
    "StatusChanged",
]


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something that a device did or told. `device` is the name it was opened under; `at` is monotonic seconds."""

    device: str
    at: float


@dataclass(frozen=True, slots=True)
class StatusChanged(DeviceEvent):
    """The printer told a state that differs from the one before."""

    status: PrinterStatus
    previous: PrinterStatus


@dataclass(frozen=True, slots=True)
class LinkLost(DeviceEvent):
    """The cable, the network or the printer's power went away."""

    reason: str


@dataclass(frozen=True, slots=True)
class LinkRestored(DeviceEvent):
    """The connection stands again. No job was replayed."""


@dataclass(frozen=True, slots=True)
class ProfileChosen(DeviceEvent):
    """With `profile="auto"`: the printer was asked what it is, and this profile is used from now on."""

    profile: str
    known: bool
    """False: it has not told, or no profile is known as that. `profile` is then a generic one; see `remedy`."""
    maker: str = ""
    model: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class OtherModelTold(DeviceEvent):
    """The printer says that it is another model than the one whose profile was named. It is printed on by the named
    profile all the same."""

    profile: str
    """The one that was named."""
    maker: str
    """As the printer tells it; empty where it does not."""
    model: str
    suggested: str
    """The profile that is known as that model, or for a label printer is of its resolution; empty where none is."""
    remedy: str


class JobState(Enum):
    """Where a job is on its way."""

    QUEUED = "queued"
    SENDING = "sending"
    WAITING = "waiting"
    """The printer cannot go on until somebody acts: see `JobEvent.remedy`."""
    CONFIRMING = "confirming"
    """All bytes were taken; the printer's own proof is awaited."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class JobEvent(DeviceEvent):
    """A job changed its state. `problem` (an error's slug) and `remedy` are set while it waits for a person."""

    key: str
    state: JobState
    bytes_taken: int = 0
    bytes_total: int = 0
    problem: str | None = None
    remedy: str | None = None
    outcome: Outcome | None = None
