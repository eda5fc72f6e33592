"""A paced printer's time, let pass by the loop's clock: as fast as the real one, or so many times as fast."""

from __future__ import annotations

import asyncio
from typing import Final

from posdevkit.errors import UsageError

from .changes import loop_runs
from .station import PrinterStation

__all__ = ["BY_HAND", "PaperTime", "Speed", "times_as_fast"]

Speed = str | float | None
"""How fast paper moves: None: no time passes at all over it; "real": at the profile's speed; a number: so many times as
fast; `BY_HAND`: only in the time that somebody lets pass, so that nobody waits."""

BY_HAND: Final = "by-hand"
_REMEDY: Final = f"Say 'real', a number of times as fast, such as 10, or {BY_HAND!r}."


def times_as_fast(speed: Speed) -> float | None:
    """The factor; None for a printer whose paper takes no time, 0 for one whose time passes by hand.

    Raises UsageError for another word, or a number that is not above 0.
    """
    if speed is None:
        return None
    if isinstance(speed, str):
        word = speed.strip().lower()
        if word in ("real", BY_HAND):
            return 1.0 if word == "real" else 0.0
        try:
            speed = float(word.removesuffix("x"))
        except ValueError:
            raise UsageError(f"{speed!r} is no speed of paper", remedy=_REMEDY) from None
    if not 0 < speed <= 1_000_000:
        raise UsageError(f"{speed!r} is no speed of paper", remedy=_REMEDY)
    return float(speed)


class PaperTime:
    """Lets a printer's time pass while its paper moves; sleeps when it stands still."""

    def __init__(self, station: PrinterStation, factor: float) -> None:
        """`factor`: simulated seconds to one of the loop's."""
        self._station = station
        self._factor = factor
        self._timer: asyncio.TimerHandle | None = None
        station.followers.append(self._look)

    def stop(self) -> None:
        """No time passes any more."""
        self._station.followers.remove(self._look)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        busy = self._station.model.busy
        if busy and self._timer is None and loop_runs():
            loop = asyncio.get_running_loop()
            since = loop.time()
            self._timer = loop.call_later(busy / self._factor, self._passed, since)

    def _passed(self, since: float) -> None:
        self._timer = None
        seconds = asyncio.get_running_loop().time() - since
        self._station.apply(self._station.model.pass_time(seconds * self._factor))
