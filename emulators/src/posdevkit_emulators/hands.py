"""The hands of a person at an emulated printer, by method and by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Final

from posdevkit.errors import UsageError
from posdevkit.events import Fault, PrinterStatus
from posdevkit.paper import Ticket

from .printers.effects import Effects
from .printers.machine import PrinterModel
from .station import PrinterStation

__all__ = ["HANDS", "Hands"]

Runner = Callable[[Callable[[], None]], None]


def _at_once(call: Callable[[], None]) -> None:
    call()


class Hands:
    """What a person can do to the printer. Each call returns when it is done and its events were told."""

    def __init__(self, station: PrinterStation, run: Runner = _at_once) -> None:
        """`run` carries a call to the thread on which the station lives, and waits for it."""
        self._station = station
        self._run = run

    @property
    def status(self) -> PrinterStatus:
        """What the sensors say now."""
        return self._station.model.status

    @property
    def waiting(self) -> bool:
        """Whether data waits because something stops the printer."""
        return self._station.model.waiting

    @property
    def bytes_taken(self) -> int:
        """Bytes that came over the cable so far."""
        return self._station.disturbance.taken

    @property
    def busy(self) -> float:
        """Simulated seconds until the paper of a paced printer stands still."""
        return self._station.model.busy

    @property
    def paper_seconds(self) -> float:
        """How long the paper has moved so far at the speed of the profile: simulated time."""
        return self._station.model.paper_seconds

    def pass_time(self, seconds: float) -> None:
        """Let simulated time pass at a printer whose paper takes time; returns at once."""
        self._do(lambda model: model.pass_time(seconds))

    def load_paper(self) -> None:
        """Put in a new roll and close the cover; printing goes on where it stopped."""
        self._do(lambda model: model.load_paper())

    def run_out(self, after: int = 0) -> None:
        """Let the roll end after that many more lines."""
        self._do(lambda model: model.run_out(after))

    def near_end(self, after: int = 0) -> None:
        """Let the near-end sensor notice after that many more lines."""
        self._do(lambda model: model.near_end(after))

    def open_cover(self) -> None:
        """Open the cover."""
        self._do(lambda model: model.open_cover())

    def close_cover(self) -> None:
        """Close the cover."""
        self._do(lambda model: model.close_cover())

    def set_drawer(self, is_open: bool) -> None:
        """Open or close the drawer."""
        self._do(lambda model: model.set_drawer(is_open))

    def jam_cutter(self) -> None:
        """Let the cutter stick."""
        self._do(lambda model: model.jam())

    def fail(self, fault: Fault) -> None:
        """Bring about another error that the printer reports."""
        self._do(lambda model: model.jam(fault))

    def clear_error(self) -> None:
        """Remove the cause of an error; the printer goes on."""
        self._do(lambda model: model.clear_error())

    def power_cycle(self) -> None:
        """Switch off and on: connection, buffers and modes are lost."""
        self._do(lambda model: model.power_cycle())

    def tear_off(self) -> None:
        """Take away what was printed and not cut, as a ticket of its own."""
        self._do(lambda model: model.tear_off())

    def resume(self) -> None:
        """End a stall."""
        self._run(self._station.resume)

    def uncut(self) -> Ticket:
        """The paper that hangs out of the printer, not yet cut."""
        found: list[Ticket] = []
        self._run(lambda: found.append(self._station.model.uncut()))
        return found[0]

    def do(self, name: str) -> None:
        """Do what one of HANDS names. Raises UsageError for another name."""
        action = HANDS.get(" ".join(name.lower().replace("-", " ").split()))
        if action is None:
            near = difflib.get_close_matches(name.lower(), list(HANDS), n=1, cutoff=0.5)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            raise UsageError(f"no hand can {name!r}{hint}", remedy=f"Known: {', '.join(HANDS)}.")
        action(self)

    def _do(self, act: Callable[[PrinterModel], Effects]) -> None:
        self._run(lambda: self._station.apply(act(self._station.model)))


HANDS: Final[dict[str, Callable[[Hands], None]]] = {
    "paper": Hands.load_paper,
    "paper out": Hands.run_out,
    "near end": Hands.near_end,
    "cover open": Hands.open_cover,
    "cover close": Hands.close_cover,
    "drawer open": lambda hands: hands.set_drawer(True),
    "drawer close": lambda hands: hands.set_drawer(False),
    "jam": Hands.jam_cutter,
    "hot": lambda hands: hands.fail(Fault.AUTO_RECOVERABLE),
    "error": lambda hands: hands.fail(Fault.RECOVERABLE),
    "voltage": lambda hands: hands.fail(Fault.UNRECOVERABLE),
    "clear": Hands.clear_error,
    "power": Hands.power_cycle,
    "resume": Hands.resume,
    "tear off": Hands.tear_off,
}
"""Names of what a person can do, for scenarios and for the keyboard."""
