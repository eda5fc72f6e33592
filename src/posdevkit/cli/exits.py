"""Exit codes: what a script can read off them is whether it may simply try again."""

from __future__ import annotations

from typing import Final

from posdevkit.errors import PosError, UsageError
from posdevkit.events import Delivery

__all__ = ["BROKEN_PIPE", "BUG", "CANNOT", "INTERRUPTED", "MEANINGS", "NOT_PRINTED", "OK", "TERMINATED", "USAGE", "of"]

OK: Final = 0
CANNOT: Final = 1
USAGE: Final = 2
NOT_PRINTED: Final = 3
PARTIAL: Final = 4
UNKNOWN: Final = 5
BUG: Final = 70
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
TERMINATED: Final = 143

MEANINGS: Final = {
    OK: "done: the printer confirmed it, or took all of it and never confirms",
    CANNOT: "the device answered, and cannot do it now",
    USAGE: "something is wrong in the command line or in a file; not a byte left",
    NOT_PRINTED: "nothing was printed: safe to try again",
    PARTIAL: "the printer proved that it stopped before the end: look at the paper",
    UNKNOWN: "nobody can tell how much was printed: look at the paper",
    INTERRUPTED: "interrupted (Ctrl-C)",
    TERMINATED: "terminated (SIGTERM)",
}

_BY_DELIVERY: Final = {Delivery.NONE: NOT_PRINTED, Delivery.PARTIAL: PARTIAL, Delivery.CONFIRMED: OK}


def of(problem: PosError) -> int:
    """The exit code of an error. Without an outcome nothing had been sent."""
    delivery = Delivery.NONE if problem.outcome is None else problem.outcome.delivery
    if delivery is Delivery.NONE and isinstance(problem, UsageError):
        return USAGE
    return _BY_DELIVERY.get(delivery, UNKNOWN)
