"""What a printer says about itself, in values that know a third answer: not told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

__all__ = ["Fault", "Paper", "PrinterStatus"]


class Paper(Enum):
    """State of the paper roll as the sensors tell it."""

    UNKNOWN = "unknown"
    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"


class Fault(Enum):
    """The error a printer reports. `UNKNOWN`: it has told nothing yet."""

    UNKNOWN = "unknown"
    NONE = "none"
    RECOVERABLE = "recoverable"
    CUTTER = "cutter"
    UNRECOVERABLE = "unrecoverable"
    AUTO_RECOVERABLE = "auto_recoverable"
    """Clears itself, for example a hot print head or a cover opened while printing."""


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """A printer's own word about its state; `None` and `UNKNOWN` mean that it has not told."""

    online: bool | None = None
    cover_open: bool | None = None
    paper: Paper = Paper.UNKNOWN
    fault: Fault = Fault.UNKNOWN
    drawer_pin_high: bool | None = None
    """Level of the drawer kick connector's pin 3. Which level means open depends on the drawer's wiring."""
    drawer_open: bool | None = None
    """Whether the drawer is open, where the profile says what the level means (`drawer_open`)."""
    feed_button: bool | None = None
    waiting_for_recovery: bool | None = None
    paused: bool | None = None
    ribbon_out: bool | None = None
    silent: bool | None = None
    """It leaves questions unanswered, which is how some label printers tell that somebody has to act."""

    def with_drawer(self, level_when_open: Literal["high", "low"] | None) -> PrinterStatus:
        """With what the level of pin 3 says about the drawer; unchanged where nobody told what it means."""
        if level_when_open is None or self.drawer_pin_high is None:
            return self
        return replace(self, drawer_open=self.drawer_pin_high is (level_when_open == "high"))

    @property
    def can_print(self) -> bool | None:
        """True or False as far as the printer told, None while it has told nothing."""
        if (
            self.cover_open
            or self.paper is Paper.OUT
            or self.fault in (Fault.CUTTER, Fault.RECOVERABLE, Fault.UNRECOVERABLE, Fault.AUTO_RECOVERABLE)
            or self.online is False
            or self.paused
            or self.ribbon_out
            or self.silent
        ):
            return False
        return self.online

    def __str__(self) -> str:
        words = [{None: "online unknown", True: "online", False: "offline"}[self.online]]
        words.append(f"paper {self.paper.value.replace('_', ' ')}")
        if self.cover_open is not None:
            words.append("cover open" if self.cover_open else "cover closed")
        if self.fault not in (Fault.NONE, Fault.UNKNOWN):
            words.append(f"{self.fault.value.replace('_', ' ')} error")
        words += [name for name in ("paused", "silent") if getattr(self, name)] + ["ribbon out"] * bool(self.ribbon_out)
        if self.drawer_open is not None:
            words.append(f"drawer {'open' if self.drawer_open else 'closed'}")
        elif self.drawer_pin_high is not None:
            words.append(f"drawer pin 3 {'high' if self.drawer_pin_high else 'low'}")
        return ", ".join(words)
