"""What a search for devices gives, and what every source of it can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from posdevkit.errors import PosError
from posdevkit.runtime.deadline import Deadline

__all__ = ["Found", "Kind", "Skipped", "Source", "Survey"]

Kind = Literal[
    "receipt-printer",
    "label-printer",
    "printer",
    "scanner",
    "card-reader",
    "payment-terminal",
    "display",
    "scale",
    "unknown",
]
"""What a device seems to be; `printer` where the cable does not tell which sort, `unknown` for a bare cable."""


@dataclass(frozen=True, slots=True)
class Found:
    """One device that could be opened."""

    url: str
    """What a driver opens; it means this very device, also beside an identical one, where the device can be told."""
    kind: Kind
    what: str
    """What it calls itself, for people: maker, model, serial number as far as they are known."""
    profile: str | None
    """The profile to begin with, None where it takes none or nothing suggests one."""
    why: str
    """What tells that it is such a device."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A cable that could not be searched."""

    source: str
    problem: PosError
    """Why, with its remedy."""

    def told(self, language: str = "en") -> str:
        """For people: what is the matter, and what mends it."""
        return f"{self.problem.detail or self.problem.message(language)}. {self.problem.remedy(language)}"

    def facts(self, language: str = "en") -> dict[str, str]:
        """The same as plain values, for JSON."""
        problem = self.problem
        return {
            "cable": self.source,
            "problem": problem.slug,
            "message": problem.message(language),
            "remedy": problem.remedy(language),
        }


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that one search gave: what was found, by URL, and which cables were not searched."""

    found: tuple[Found, ...]
    skipped: tuple[Skipped, ...]


@runtime_checkable
class Source(Protocol):
    """One cable's way to search. It opens no device that another program could be using, and prints nothing."""

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The devices that are there. One that listens for answers gives at the deadline those that came so far; one
        that reads what the system knows gives it when it has it, and is let go a second after the deadline.

        Raises PosError where the cable cannot be searched here, such as MissingExtra.
        """
        ...
