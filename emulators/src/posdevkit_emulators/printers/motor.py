"""The paper's speed as time that passes when it is told to: no clock, no waiting."""

from __future__ import annotations

from typing import Final

from posdevkit.profiles import Profile

__all__ = ["Motor"]

_INCH_MM: Final = 25.4


class Motor:
    """Moves the paper. `paced`: it takes time for it, and printing goes on only when that time has passed."""

    def __init__(self, profile: Profile, *, paced: bool) -> None:
        self.seconds = 0.0
        """How long the paper has moved in all at the speed of the profile, whether anybody waited for it or not."""
        self._paced = paced
        self._per_dot = _INCH_MM / profile.dpi / profile.print_speed
        self._busy = 0.0

    @property
    def busy(self) -> float:
        """Seconds until the paper stands still; 0 where it does."""
        return max(0.0, self._busy)

    @property
    def ready(self) -> bool:
        """Whether the next line can be printed."""
        return self._busy <= 0.0

    def moved(self, dots: int) -> None:
        """The paper moves on by so many rows of dots."""
        seconds = dots * self._per_dot
        self.seconds += seconds
        if self._paced:
            self._busy += seconds

    def passed(self, seconds: float) -> None:
        """Time has passed. What of it is left over counts for the lines that follow at once, until `rest`."""
        self._busy -= seconds

    def rest(self) -> None:
        """Nothing more is to be printed now: no time is saved up."""
        self._busy = self.busy
