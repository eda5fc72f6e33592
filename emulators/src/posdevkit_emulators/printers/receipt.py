"""An ESC/POS receipt printer: what its language asks for beside paper, on the machine of every receipt printer.

Real-time commands act at the place in the stream where they end, also inside other commands' data (Epson's pages
dle_eot, dle_enq, dle_dc4: executed upon receipt), whatever the printer waits for.

Where it deviates, or had to choose: `GS r` and `GS I` are in order, so they wait with the data while printing is
stopped. Of the counters (`GS g 2`) it keeps the cuts, 50 and 178. `DLE ENQ 0`, the offline response (`GS ( H` 49),
extended status and macros have no effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from posdevkit.events import Fault
from posdevkit.paper import DrawerKick, DrawerKicked
from posdevkit.protocols.escpos.commands import clones, position, stored, text
from posdevkit.protocols.escpos.commands import mechanism as cutting
from posdevkit.protocols.escpos.commands import status as asking
from posdevkit.protocols.escpos.logos import ACK
from posdevkit.protocols.escpos.realtime import RealtimeScanner
from posdevkit.protocols.vocabulary import Command, Text, Unknown

from .answers import Answers
from .buzzer import times_heard
from .effects import Effects, Happened, What
from .machine import PrinterModel, Scanner

__all__ = ["ReceiptPrinterModel"]

_CUT_COUNTERS: Final = (50, 178)
_CUTS: Final[tuple[type[Command], ...]] = (cutting.Cut, cutting.FeedAndCut, cutting.OldFullCut, cutting.OldPartialCut)


class ReceiptPrinterModel(PrinterModel):
    """One ESC/POS printer."""

    _mere_paper = frozenset((Text, position.LineFeed))
    _pulse_enabled = True

    def power_cycle(self) -> Effects:
        """Switch off and on: the pulse may be asked for again."""
        self._pulse_enabled = True
        return super().power_cycle()

    def _make_answers(self) -> Answers:
        return Answers(self.profile, self._serial)

    def _make_scanner(self) -> Scanner:
        return RealtimeScanner()

    def _cuts(self, command: Command) -> bool:
        return isinstance(command, _CUTS)

    def _confirm(self, process_id: bytes) -> None:
        if self._answers.process_id(process_id):
            self._events.append(Happened(What.CONFIRMED, process_id.decode("ascii", "backslashreplace")))

    # In-order commands that are no business of the paper.

    def _run_in_order(self, command: Command) -> bool:
        handler = _IN_ORDER.get(type(command))
        if handler is not None:
            handler(self, command)
        return handler is not None

    def _initialize(self, command: Command) -> None:
        self._pulse_enabled = True
        self._start_over(command)

    def _process_id(self, command: Command) -> None:
        assert isinstance(command, asking.RequestProcessId)
        if self.profile.completion != "process_id" or not all(0x20 <= byte <= 0x7E for byte in command.id):
            return
        if self._renderer.unprinted:
            self._held_ids.append(command.id)
        else:
            self._confirm(command.id)

    def _enable_realtime(self, command: Command) -> None:
        assert isinstance(command, asking.EnableRealtime)
        if self.profile.realtime_guard:
            pairs = dict(zip(command.pairs[::2], command.pairs[1::2], strict=False))
            if pairs.get(1) in (0, 48):
                self._pulse_enabled = False
            elif pairs.get(1) in (1, 49):
                self._pulse_enabled = True

    def _buzz(self, command: Command) -> None:
        if times := times_heard(command, self.profile):
            self._events.append(Happened(What.BUZZER, f"{times} times" if times > 1 else "once"))

    def _list_keys(self, command: Command) -> None:
        self._answers.keys(self._renderer.kept.keys)

    def _unknown(self, command: Command) -> None:
        if isinstance(command, Unknown) and command.data == ACK:
            self._answers.acknowledged()

    def _answer(self, command: Command) -> None:
        self._answers.in_order(command, self._mechanism.status)

    def _counter(self, command: Command) -> None:
        assert isinstance(command, asking.AskCounter)
        if command.number in _CUT_COUNTERS:
            self._answers.counter(self._mechanism.cuts)

    # Real-time commands.

    def _act_at_once(self, command: Command) -> None:
        if isinstance(command, asking.RealtimeStatusRequest):
            self._answers.realtime(command.kind, self._mechanism.status)
        elif isinstance(command, asking.RealtimePulse):
            if self._pulse_enabled and self._mechanism.fault is Fault.NONE:
                length = 100 * command.length
                kick = DrawerKick(self._renderer.rows, 5 if command.pin else 2, length, length)
                self._renderer.kick(kick)
                self._kicked(DrawerKicked(kick.pin, kick.on_ms, kick.off_ms))
        elif isinstance(command, asking.RealtimeClear):
            if self.profile.realtime_clear:
                self._clear_buffers()
                self._events.append(Happened(What.BUFFER_CLEARED))
                self._answers.cleared()
        elif isinstance(command, asking.RealtimeRequest) and command.kind:
            # Only errors that can be recovered from listen to DLE ENQ 1 and 2 (Epson dle_enq).
            self._recover(forget=command.kind == 2)


_IN_ORDER: Final[dict[type[Command], Callable[[ReceiptPrinterModel, Command], None]]] = {
    text.Initialize: ReceiptPrinterModel._initialize,
    asking.RequestProcessId: ReceiptPrinterModel._process_id,
    asking.EnableRealtime: ReceiptPrinterModel._enable_realtime,
    stored.ListNvGraphics: ReceiptPrinterModel._list_keys,
    Unknown: ReceiptPrinterModel._unknown,
    clones.SoundBuzzer: ReceiptPrinterModel._buzz,
    cutting.Buzzer: ReceiptPrinterModel._buzz,
    asking.SetStatusBack: ReceiptPrinterModel._answer,
    asking.AskStatus: ReceiptPrinterModel._answer,
    asking.AskIdentity: ReceiptPrinterModel._answer,
    asking.AskCounter: ReceiptPrinterModel._counter,
}
