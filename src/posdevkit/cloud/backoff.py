"""How long to wait before trying again: full jitter, so that a shop full of tills does not come back in step.

Marc Brooker, "Exponential Backoff And Jitter" (AWS, 2015): any time from nothing up to a limit that doubles.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock

__all__ = ["SYSTEM_TIMING", "Backoff", "Timing", "http_date", "retry_after"]

FIRST_SECONDS: Final = 0.5
"""Limit of the first pause."""
LONGEST_SECONDS: Final = 60.0
"""Limit of every later one."""
LONGEST_ASKED: Final = 3600.0
"""A server may ask for an hour at most: a slip in a header must not keep a shop away for a year."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Time and chance, so that a test can bring its own."""

    clock: Clock = SYSTEM_CLOCK
    """For pauses."""
    wall: Callable[[], float] = time.time
    """Seconds since 1970."""
    uniform: Callable[[float, float], float] = random.uniform


SYSTEM_TIMING: Final = Timing()


class Backoff:
    """The pauses of one loop."""

    def __init__(self, timing: Timing = SYSTEM_TIMING) -> None:
        self._uniform = timing.uniform
        self.fruitless = 0
        """Attempts since the last success."""

    def succeeded(self) -> None:
        """The next pause is a first one again."""
        self.fruitless = 0

    def pause(self, asked: float | None = None) -> float:
        """Seconds to wait after an attempt that failed; never less than the server asked for (`Retry-After`)."""
        limit = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self.fruitless, 20))
        self.fruitless += 1
        return self._uniform(0.0, limit) + min(asked or 0.0, LONGEST_ASKED)


def retry_after(text: str, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110, section 10.2.3): a number, or a date after `now`.

    `now`: seconds since 1970, best by the server's own clock. None for what is neither.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    moment = http_date(text)
    return None if moment is None else max(0.0, moment - now)


def http_date(text: str) -> float | None:
    """Seconds since 1970 of a date in HTTP's spelling, None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
