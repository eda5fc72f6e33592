"""A Star receipt printer: StarPRNT, Star Line Mode and the raster mode of the TSP100 family.

The mechanism, the hands and the receive buffer are those of every emulated receipt printer; what differs is what the
printer is asked and what it answers. `ESC ACK SOH` and the drawers' `FS` and `EM` act when they come, at their place
between two commands, whatever the printer waits for.

Where it deviates, or had to choose: it answers `ESC ACK SOH` also while automatic status is on, where the
specifications only say not to ask then. Turning automatic status on tells nothing yet. An `ETB` behind half a line
counts when that line is printed. When a connection ends, half a command is given up, as a printer does that notices
the end of its data (Graphic Mode specifications, `ESC GS ETX`). `ENQ` and `EOT` are not answered. Of
`ESC GS ETX` the functions 0 to 2 are carried out, and the answer goes to whoever is connected when it comes about
(Star's ESC/POS specifications, rev. 2.52, 190: to the next socket). Documents (3 to 5) are not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from posdevkit.paper.star import StarRenderer
from posdevkit.protocols.star import Decoder
from posdevkit.protocols.star.commands import mechanism, position, text
from posdevkit.protocols.star.commands import status as asking
from posdevkit.protocols.vocabulary import Command, Text

from .effects import Effects, Happened, What
from .machine import PrinterModel
from .star_answers import StarAnswers

__all__ = ["StarPrinterModel"]

_ETB: Final = b"ETB"
_WAIT_AND_TELL: Final = 1


class RealtimeScanner:
    """Finds real-time commands between other commands: data that look like one are data."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._lengths = self._decoder.lengths = []
        self._seen = 0

    def feed(self, data: bytes) -> list[tuple[int, Command]]:
        """Commands that `data` completes, each with its end counted from the first byte ever fed."""
        commands = self._decoder.feed(data)
        self._seen += len(data)
        end = self._seen - len(self._decoder.pending)
        found: list[tuple[int, Command]] = []
        for command, length in zip(reversed(commands), reversed(self._lengths), strict=False):
            if command.spec.realtime:
                found.append((end, command))
            end -= length
        self._lengths.clear()
        return found[::-1]

    def give_up_the_open(self) -> None:
        """Forget half a command."""
        self._decoder.clear()


class StarPrinterModel(PrinterModel):
    """One Star printer."""

    _mere_paper = frozenset((Text, position.LineFeed))
    _answers: StarAnswers
    _renderer: StarRenderer
    _scanner: RealtimeScanner

    def _make_answers(self) -> StarAnswers:
        return StarAnswers(self.profile, self._serial)

    def _make_scanner(self) -> RealtimeScanner:
        return RealtimeScanner()

    def _cuts(self, command: Command) -> bool:
        return isinstance(command, mechanism.Cut) or self._renderer.cuts(command)

    def disconnected(self) -> Effects:
        """The host is gone; what it sent is printed all the same, but for half a command."""
        self._intake.give_up_the_open()
        self._scanner.give_up_the_open()
        return super().disconnected()

    def _act_at_once(self, command: Command) -> None:
        if isinstance(command, asking.AskStatus):
            self._answers.realtime(0, self._mechanism.status)
        elif isinstance(command, mechanism.OpenFirstAtOnce | mechanism.OpenSecondAtOnce):
            for step in self._renderer.render(command):
                self._took_step(step)

    def _run_in_order(self, command: Command) -> bool:
        handler = _IN_ORDER.get(type(command))
        if handler is not None:
            handler(self, command)
        return handler is not None

    def _mark_printed(self, command: Command) -> None:
        self._held_ids.append(_ETB)
        if not self._renderer.buffer.empty:
            self._steps = self._renderer.print_rows()
        elif not self._renderer.unprinted:
            self._confirm_held()

    def _print_end(self, command: Command) -> None:
        assert isinstance(command, asking.PrintEnd)
        if self.profile.language == "star-graphic":
            return
        if command.function == _WAIT_AND_TELL:
            self._held_ids.append(command.encode())
            if not self._renderer.buffer.empty:
                self._steps = self._renderer.print_rows()
            elif self._renderer.line.blank:
                self._confirm_held()
        else:
            self._tell(command)

    def _confirm(self, process_id: bytes) -> None:
        if process_id != _ETB:
            if self._answers.print_ended(process_id):
                self._events.append(Happened(What.CONFIRMED, f"ESC GS ETX {process_id[4:6].hex()}"))
        elif self._answers.counted(self._mechanism.status):
            self._events.append(Happened(What.CONFIRMED, f"ETB {self._answers.etb}"))

    def _cancel(self, command: Command) -> None:
        self._answers.etb = 0
        self._start_over(command)

    def _tell(self, command: Command) -> None:
        self._answers.in_order(command, self._mechanism.status)


_IN_ORDER: Final[Mapping[type[Command], Callable[[StarPrinterModel, Command], None]]] = {
    text.Initialize: StarPrinterModel._start_over,
    text.Cancel: StarPrinterModel._cancel,
    asking.MarkPrinted: StarPrinterModel._mark_printed,
    asking.SetStatusBack: StarPrinterModel._tell,
    asking.PrintEnd: StarPrinterModel._print_end,
    asking.ResetCounter: StarPrinterModel._tell,
    asking.System: StarPrinterModel._tell,
    asking.AskInformation: StarPrinterModel._tell,
}
