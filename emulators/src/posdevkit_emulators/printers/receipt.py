"""An ESC/POS receipt printer: what its language asks for beside paper, on the machine of every receipt printer.

Real-time commands act at the place in the stream where they end, also inside other commands' data (Epson's pages
dle_eot, dle_enq, dle_dc4: executed upon receipt), whatever the printer waits for.

Where it deviates, or had to choose: `GS r` and `GS I` are in order, so they wait with the data while printing is
stopped, and so do the answers about memories and symbols. Of the counters (`GS g 2`) it keeps the cuts: 50, which
`GS g 0` sets back, and 178. A macro runs with nothing between its commands: what they ask is not answered. The offline
response tells no cause. `DLE DC4` 7 is answered by all that know `DLE EOT`, though Epson has few models that do. There
is no ink, no MICR reader and no card reader, so nothing tells of them; `DLE ENQ 0` has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from posdevkit.events import Fault
from posdevkit.paper import DrawerKick, DrawerKicked
from posdevkit.paper.stacked import ASKED_SIZES, symbol_asked_for
from posdevkit.profiles import Profile
from posdevkit.protocols.escpos.commands import clones, position, settings, stored, text
from posdevkit.protocols.escpos.commands import mechanism as cutting
from posdevkit.protocols.escpos.commands import status as asking
from posdevkit.protocols.escpos.logos import ACK
from posdevkit.protocols.escpos.realtime import RealtimeScanner
from posdevkit.protocols.vocabulary import Command, Text, Unknown
from posdevkit_emulators.faults import Fault as Planned

from .answers import Answers
from .buzzer import times_heard
from .effects import Effects, Happened, What
from .lacking import lacks
from .machine import PrinterModel
from .memory import UserMemory, UserSettings
from .workings import Scanner

__all__ = ["ReceiptPrinterModel"]

_CUTS_SINCE_RESET, _CUTS_EVER = 50, 178
_CUTS: Final = frozenset((cutting.Cut, cutting.FeedAndCut, cutting.OldFullCut, cutting.OldPartialCut))
_MAY_CUT: Final = _CUTS | {settings.ExecuteMacro}
_NV_CAPACITY, _NV_ROOM, _DOWNLOAD_ROOM = 0x30, 0x31, 0x32


class ReceiptPrinterModel(PrinterModel):
    """One ESC/POS printer."""

    _mere_paper = frozenset((Text, position.LineFeed))
    _pulse_enabled = True
    _power_off_enabled = False
    _cuts_at_reset = 0

    def __init__(
        self, profile: Profile, faults: Iterable[Planned] = (), *, serial: str = "EMU0000001", paced: bool = False
    ) -> None:
        """As every printer's, with an empty user memory."""
        self._user_memory = UserMemory()
        self._user_settings = UserSettings()
        super().__init__(profile, faults, serial=serial, paced=paced)

    def power_cycle(self) -> Effects:
        """Switch off and on: the pulse may be asked for again."""
        self._pulse_enabled, self._power_off_enabled = True, False
        self._user_settings.open = False
        return super().power_cycle()

    def _make_answers(self) -> Answers:
        return Answers(self.profile, self._serial)

    def _make_scanner(self) -> Scanner:
        return RealtimeScanner()

    def _cuts(self, command: Command) -> bool:
        if type(command) not in _MAY_CUT:
            return False
        if not isinstance(command, settings.ExecuteMacro):
            return True
        runs = command.times > 0 and self._renderer.recording is None
        return runs and any(type(one) in _CUTS for one in self._renderer.macro.commands)

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
            if 2 in pairs:
                self._power_off_enabled = pairs[2] in (1, 49)

    def _buzz(self, command: Command) -> None:
        if times := times_heard(command, self.profile):
            self._heard(times)

    def _heard(self, times: int) -> None:
        self._events.append(Happened(What.BUZZER, f"{times} times" if times > 1 else "once"))

    def _list_keys(self, command: Command) -> None:
        self._answers.keys(self._renderer.kept.keys)

    def _list_downloaded(self, command: Command) -> None:
        self._answers.keys(self._renderer.modes.downloaded.keys, downloaded=True)

    def _tell_room(self, command: Command) -> None:
        kept = self._renderer.kept
        if not self.profile.stored_logos:
            return
        if isinstance(command, stored.AskNvCapacity):
            self._answers.number(_NV_CAPACITY, kept.capacity)
        elif isinstance(command, stored.AskNvRoom):
            self._answers.number(_NV_ROOM, kept.room)
        else:
            self._answers.number(_DOWNLOAD_ROOM, self._renderer.modes.downloaded.room)

    def _tell_size(self, command: Command) -> None:
        if lacks(command, self.profile):
            return
        identifier, picture = symbol_asked_for(command, self._renderer.modes)
        fits = picture is not None and picture.width <= self._renderer.modes.area[1]
        self._answers.size(identifier, picture, fits=fits)

    def _use_memory(self, command: Command) -> None:
        assert isinstance(command, settings.UserMemory)
        if answers := list(self._user_memory.obey(command.data)):
            self._answers.blocks(answers)

    def _write_memory(self, command: Command) -> None:
        assert isinstance(command, settings.WriteUserMemory)
        self._user_memory.write(command.address, command.data)

    def _read_memory(self, command: Command) -> None:
        assert isinstance(command, settings.ReadUserMemory)
        found = self._user_memory.read(command.address, command.size)
        if found is not None:
            self._answers.user_bytes(found)

    def _set_up(self, command: Command) -> None:
        assert isinstance(command, settings.UserSetup)
        was_open = self._user_settings.open
        if answer := self._user_settings.obey(command.data):
            self._answers.response(*answer)
        if was_open and not self._user_settings.open:  # it ends with a software reset
            self._renderer.power_on()
            self._held_ids.clear()

    def _offline_response(self, command: Command) -> None:
        assert isinstance(command, asking.SetOfflineResponse)
        self._answers.tell_offline(command.mode % 48)

    def _unknown(self, command: Command) -> None:
        if isinstance(command, Unknown) and command.data == ACK:
            self._answers.acknowledged()

    def _answer(self, command: Command) -> None:
        self._answers.in_order(command, self._mechanism.status)

    def _counter(self, command: Command) -> None:
        assert isinstance(command, asking.AskCounter)
        if command.number == _CUTS_SINCE_RESET:
            self._answers.counter(self._mechanism.cuts - self._cuts_at_reset)
        elif command.number == _CUTS_EVER:
            self._answers.counter(self._mechanism.cuts)

    def _reset_counter(self, command: Command) -> None:
        assert isinstance(command, asking.ResetCounter)
        if command.number == _CUTS_SINCE_RESET:
            self._cuts_at_reset = self._mechanism.cuts

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
        elif isinstance(command, asking.RealtimePowerOff):
            if self._power_off_enabled:
                self._get_ready_to_be_switched_off()
        elif isinstance(command, asking.RealtimeBuzzer):
            if self.profile.buzzer == "esc_paren_a":
                self._heard(max(1, command.data[2]))
        elif isinstance(command, asking.RealtimeStatusTransmit):
            if self.profile.realtime_status:
                self._answers.transmit(command.kind, self._mechanism.status)
        elif isinstance(command, asking.RealtimeRequest) and command.kind:
            # Only errors that can be recovered from listen to DLE ENQ 1 and 2 (Epson dle_enq).
            self._recover(forget=command.kind == 2)

    def _get_ready_to_be_switched_off(self) -> None:
        # It processes nothing more (Epson TM-T90 specification, sheet 79).
        if not self._mechanism.standby:
            self._clear_buffers()
            self._mechanism.standby = True
            self._events.append(Happened(What.STANDBY))
            self._answers.power_off()


_IN_ORDER: Final[dict[type[Command], Callable[[ReceiptPrinterModel, Command], None]]] = {
    text.Initialize: ReceiptPrinterModel._initialize,
    asking.RequestProcessId: ReceiptPrinterModel._process_id,
    asking.EnableRealtime: ReceiptPrinterModel._enable_realtime,
    stored.ListNvGraphics: ReceiptPrinterModel._list_keys,
    stored.ListDownloadGraphics: ReceiptPrinterModel._list_downloaded,
    stored.AskNvCapacity: ReceiptPrinterModel._tell_room,
    stored.AskNvRoom: ReceiptPrinterModel._tell_room,
    stored.AskDownloadRoom: ReceiptPrinterModel._tell_room,
    **dict.fromkeys(ASKED_SIZES, ReceiptPrinterModel._tell_size),
    settings.UserMemory: ReceiptPrinterModel._use_memory,
    settings.WriteUserMemory: ReceiptPrinterModel._write_memory,
    settings.ReadUserMemory: ReceiptPrinterModel._read_memory,
    settings.UserSetup: ReceiptPrinterModel._set_up,
    asking.SetOfflineResponse: ReceiptPrinterModel._offline_response,
    asking.ResetCounter: ReceiptPrinterModel._reset_counter,
    asking.OldAskPaper: ReceiptPrinterModel._answer,
    asking.OldAskDrawer: ReceiptPrinterModel._answer,
    Unknown: ReceiptPrinterModel._unknown,
    clones.SoundBuzzer: ReceiptPrinterModel._buzz,
    cutting.Buzzer: ReceiptPrinterModel._buzz,
    asking.SetStatusBack: ReceiptPrinterModel._answer,
    asking.AskStatus: ReceiptPrinterModel._answer,
    asking.AskIdentity: ReceiptPrinterModel._answer,
    asking.AskCounter: ReceiptPrinterModel._counter,
}
