"""Roll, cover, cutter and drawer: the parts that a person can reach, and what their sensors say."""

from __future__ import annotations

from typing import Final

from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.profiles import Level
from posdevkit_emulators.faults import CoverOpenAfter, CutterJam, NearEndAfter, PaperOutAfter
from posdevkit_emulators.faults import Fault as Trouble

from .effects import What

__all__ = ["Mechanism"]

_LINE_DOTS: Final = 30
_GRAVEST_FIRST: Final = (Fault.UNRECOVERABLE, Fault.CUTTER, Fault.RECOVERABLE, Fault.AUTO_RECOVERABLE)


class Mechanism:
    """State without time: it changes when the paper moves or a hand touches it."""

    def __init__(self, troubles: tuple[Trouble, ...], pin_when_open: Level = "high") -> None:
        self._high_when_open = pin_when_open == "high"
        self.paper = Paper.OK
        self.cover_open = False
        self.faults: set[Fault] = set()
        """The errors that are there."""
        self.drawer_open = False
        self.jammed = False
        self.standby = False
        """It waits to be switched off."""
        self._lines = 0
        self._cuts = 0
        self.cuts = 0
        """Cuts that were made; no power cut makes it forget them."""
        self._outs = sorted(trouble.lines for trouble in troubles if isinstance(trouble, PaperOutAfter))
        self._nears = sorted(trouble.lines for trouble in troubles if isinstance(trouble, NearEndAfter))
        self._covers = sorted(trouble.lines for trouble in troubles if isinstance(trouble, CoverOpenAfter))
        self._roll_out: list[int] = []
        self._roll_near: list[int] = []
        self._jams = {trouble.cut for trouble in troubles if isinstance(trouble, CutterJam)}

    @property
    def fault(self) -> Fault:
        """The gravest of the errors, which is the one that is told."""
        return next((fault for fault in _GRAVEST_FIRST if fault in self.faults), Fault.NONE)

    @property
    def online(self) -> bool:
        """Whether printing goes on."""
        return self.paper is not Paper.OUT and not (self.cover_open or self.faults or self.standby)

    @property
    def status(self) -> PrinterStatus:
        """What the sensors say."""
        return PrinterStatus(
            online=self.online,
            cover_open=self.cover_open,
            paper=self.paper,
            fault=self.fault,
            drawer_pin_high=self.drawer_open is self._high_when_open,
            feed_button=False,
            waiting_for_recovery=False,
        )

    def check(self, dots: int = 0) -> list[What]:
        """The paper moved by `dots`; what the sensors noticed. A line of text counts one, however high it is."""
        if dots:
            self._lines += max(1, dots // _LINE_DOTS)
        if not (self._nears or self._roll_near or self._outs or self._roll_out or self._covers):
            return []  # nothing is going to end
        noticed: list[What] = []
        if (self._reached(self._nears) | self._reached(self._roll_near)) and self.paper is Paper.OK:
            self.paper = Paper.NEAR_END
            noticed.append(What.PAPER_NEAR_END)
        if (self._reached(self._outs) | self._reached(self._roll_out)) and self.paper is not Paper.OUT:
            self.paper = Paper.OUT
            noticed.append(What.PAPER_OUT)
        if self._reached(self._covers) and not self.cover_open:
            self.cover_open = True
            noticed.append(What.COVER_OPENED)
        return noticed

    @property
    def lines(self) -> int:
        """Lines that were printed or fed in all."""
        return self._lines

    def _reached(self, places: list[int]) -> bool:
        hit = False
        while places and self._lines >= places[0]:
            places.pop(0)
            hit = True
        return hit

    def end_roll(self, lines: int, near: bool) -> None:
        """This roll (or what its near-end sensor allows) lasts `lines` more lines."""
        (self._roll_near if near else self._roll_out)[:] = [self._lines + lines]

    def new_roll(self) -> None:
        """A roll that lasts; ends that are faults come all the same."""
        self.paper = Paper.OK
        self._roll_near.clear()
        self._roll_out.clear()

    def try_cut(self) -> bool:
        """Whether the cutter moves."""
        if not self.jammed:
            self._cuts += 1
            if self._cuts in self._jams:
                self.jammed = True
        if self.jammed:
            self.faults.add(Fault.CUTTER)
        self.cuts += not self.jammed
        return not self.jammed
