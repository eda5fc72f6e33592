"""When something goes wrong inside a printer: `cutter after 1200 bytes`, `cover-open at line 30 for 2 seconds`.

    NAME after COUNT bytes|lines|tickets [for SECONDS seconds]
    NAME at byte|line|ticket NUMBER      [for SECONDS seconds]

`after 30 lines` happens when thirty have been printed; `at line 30` when the thirtieth is to be printed, which is after
29. Bytes are counted as the printer gets them and lines as they are printed or fed, both over the printer's life;
tickets as they come out. `for` tells after how long somebody sees to it, by the clock of the bench.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, get_args

from posdevkit.errors import UsageError

__all__ = ["FORM", "Schedule", "Scheduled", "Trouble", "Unit", "is_scheduled", "parse_scheduled", "trouble_named"]

Unit = Literal["bytes", "lines", "tickets"]
FORM: Final = (
    "NAME after COUNT bytes|lines|tickets, or NAME at byte|line|ticket NUMBER; then 'for SECONDS seconds' or not"
)
_EXAMPLE: Final = (
    "Write it as 'cutter after 1200 bytes', 'paper-out at line 30' or 'head after 2 tickets for 5 seconds'."
)


class Trouble(Enum):
    """What can go wrong at a receipt printer, by the name it is written with."""

    PAPER_OUT = "paper-out"
    NEAR_END = "near-end"
    COVER_OPEN = "cover-open"
    CUTTER = "cutter"
    """The blade sticks: the next cut is not made."""
    HEAD = "head"
    """The print head is too hot; it cools down by itself, and no command helps."""
    ERROR = "error"
    """A mechanical error that a host can have the printer recover from (`DLE ENQ`)."""
    VOLTAGE = "voltage"
    """A supply voltage that is too low or too high: an error that only switching off and on clears (Epson's
    programming guide for the TM-L90 has both among the unrecoverable ones, `GS ( H` 49)."""
    DRAWER_OPEN = "drawer-open"
    DRAWER_CLOSE = "drawer-close"

    @property
    def undone_by(self) -> str:
        """The hand that sees to it, as `hands.HANDS` names it."""
        return _UNDONE_BY[self]


_UNDONE_BY: Final = {
    Trouble.PAPER_OUT: "paper",
    Trouble.NEAR_END: "paper",
    Trouble.COVER_OPEN: "cover close",
    Trouble.CUTTER: "clear",
    Trouble.HEAD: "clear",
    Trouble.ERROR: "clear",
    Trouble.VOLTAGE: "power",
    Trouble.DRAWER_OPEN: "drawer close",
    Trouble.DRAWER_CLOSE: "drawer open",
}
_ALSO_CALLED: Final = {
    "paper": Trouble.PAPER_OUT,
    "paper-near-end": Trouble.NEAR_END,
    "cover": Trouble.COVER_OPEN,
    "cutter-jam": Trouble.CUTTER,
    "head-hot": Trouble.HEAD,
    "overheat": Trouble.HEAD,
    "recoverable": Trouble.ERROR,
    "unrecoverable": Trouble.VOLTAGE,
    "drawer": Trouble.DRAWER_OPEN,
}
_KNOWN: Final = {**{trouble.value: trouble for trouble in Trouble}, **_ALSO_CALLED}


@dataclass(frozen=True, slots=True)
class Scheduled:
    """`trouble` comes once `count` bytes, lines or tickets are through; `seconds` later somebody sees to it."""

    trouble: Trouble
    count: int
    unit: Unit
    seconds: float | None = None
    """None: nobody does."""

    def __str__(self) -> str:
        unit = self.unit if self.count != 1 else self.unit[:-1]
        passing = "" if self.seconds is None else f" for {self.seconds:g} seconds"
        return f"{self.trouble.value} after {self.count} {unit}{passing}"


class Schedule:
    """What is still to come, for one printer."""

    def __init__(self, faults: Iterable[object]) -> None:
        """Takes those of `faults` that are Scheduled."""
        told = [fault for fault in faults if isinstance(fault, Scheduled)]
        self._coming: dict[Unit, list[Scheduled]] = {
            unit: sorted((one for one in told if one.unit == unit), key=lambda one: one.count)
            for unit in get_args(Unit)
        }
        self.lines = self._coming["lines"]
        """Those that come after so many lines: asked for at each, and nearly always none."""

    def next(self, unit: Unit) -> int | None:
        """At what count of `unit` the next one comes, None where none does."""
        coming = self._coming[unit]
        return coming[0].count if coming else None

    def due(self, unit: Unit, count: int) -> list[Scheduled]:
        """Those that come now that so many are through, each only once."""
        coming = self._coming[unit]
        reached = 0
        while reached < len(coming) and coming[reached].count <= count:
            reached += 1
        due, coming[:] = coming[:reached], coming[reached:]
        return due


_WHEN: Final = re.compile(
    r"(?P<name>\D+?)\s+(?:after\s+(?P<count>\S+)\s+(?P<counted>\S+)|at\s+(?P<place>\S+)\s+(?P<number>\S+))"
    r"(?:\s+for\s+(?P<seconds>\S+)\s+(?:s|seconds?))?",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?:^|\s)(?:after|at)(?:\s|$)", re.IGNORECASE)
_UNITS: Final[dict[str, Unit]] = {
    "byte": "bytes", "bytes": "bytes", "line": "lines", "lines": "lines", "ticket": "tickets", "tickets": "tickets",
}  # fmt: skip


def is_scheduled(text: str) -> bool:
    """Whether `text` is written as a sentence with `after` or `at`."""
    return _SENTENCE.search(text) is not None


def parse_scheduled(text: str, others: Iterable[str] = ()) -> tuple[str, int, Unit, float | None]:
    """Name, count, unit and seconds of a fault that is written as a sentence; the name is one of ours or of `others`.

    Raises UsageError that names what is wrong in it.
    """
    found = _WHEN.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"the fault {text!r} does not say what and when", remedy=_EXAMPLE)
    name = "-".join(found["name"].lower().split())
    known = (*_KNOWN, *others)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"; the nearest is {near[0]!r}" if near else ""
        names = ", ".join((*(trouble.value for trouble in Trouble), *others))
        raise UsageError(f"the fault {text!r}: {name!r} is nothing that can go wrong{hint}", remedy=f"Known: {names}.")
    unit = _UNITS.get((found["counted"] or found["place"]).lower())
    if unit is None:
        wrong = found["counted"] or found["place"]
        raise UsageError(f"the fault {text!r}: {wrong!r} is neither bytes, lines nor tickets", remedy=_EXAMPLE)
    digits, least = (found["count"], 0) if found["count"] else (found["number"], 1)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12) or int(digits) < least:
        raise UsageError(f"the fault {text!r}: {digits!r} is not a whole number from {least}", remedy=_EXAMPLE)
    return name, int(digits) - least, unit, _seconds(found["seconds"], text)


def trouble_named(name: str) -> Trouble | None:
    """The trouble of that name, None for a name of the cable's."""
    return _KNOWN.get(name)


def _seconds(value: str | None, text: str) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise UsageError(f"the fault {text!r}: {value!r} is not a number of seconds from 0 to 86400", remedy=_EXAMPLE)
    return seconds
