"""The person who tears paper off: at a model without a cutter a ticket ends where somebody takes it."""

from __future__ import annotations

import asyncio
from typing import Final, Literal

from posdevkit.errors import UsageError
from posdevkit.errors.inputs import expect
from posdevkit.profiles import Profile

from .changes import loop_runs
from .station import PrinterStation

__all__ = ["TEAR_AFTER", "TearAfter", "TearingOff", "patience"]

TearAfter = float | Literal["auto"] | None
"""Seconds for which the paper stands still before somebody tears it off; None: nobody does, except by hand. "auto": one
second at a model without a cutter, else nobody."""

TEAR_AFTER: Final = 1.0
"""Seconds. A job comes in one piece, and whoever waits for a ticket takes it as soon as the paper stands."""


def patience(wanted: TearAfter, profile: Profile) -> float | None:
    """The seconds, None for never. Raises UsageError."""
    if wanted == "auto":
        return TEAR_AFTER if profile.cutter is None else None
    if wanted is None:
        return None
    remedy = "Give seconds above 0, None for never, or 'auto'."
    expect(wanted, (int, float), "paper is torn off after seconds above 0", remedy)
    if isinstance(wanted, bool) or not wanted > 0:
        raise UsageError(f"paper is torn off after seconds above 0, not {wanted!r}", remedy=remedy)
    return wanted


class TearingOff:
    """Tears off what hangs out of a printer once its paper has stood still for a while."""

    def __init__(self, station: PrinterStation, seconds: float) -> None:
        self._station = station
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        station.followers.append(self._look)

    def stop(self) -> None:
        """Nobody tears off any more."""
        self._station.followers.remove(self._look)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        if self._timer is None and self._station.model.hanging and loop_runs():
            self._wait()

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds, self._passed, self._station.model.hanging)

    def _passed(self, hanging: int) -> None:
        self._timer = None
        model = self._station.model
        if model.hanging != hanging or not model.rests:
            self._look()
        elif hanging:
            self._station.apply(model.tear_off())
