"""An ESC/POS receipt printer without sockets, threads or a clock: bytes and hands in, answers, events and paper out.

It prints infinitely fast: what has arrived is printed, unless something stops it. What stops it (no paper, an open
cover, an error) leaves the rest in the receive buffer, and printing goes on there when the cause is gone. Real-time
commands act at the place in the stream where they end, also inside other commands' data (Epson's pages dle_eot,
dle_enq, dle_dc4: executed upon receipt), whatever the printer waits for.

Where it deviates, or had to choose: `GS r` and `GS I` are in order, so they wait with the data while printing is
stopped. Pin 3 of the drawer connector is high while the drawer is open, and a kick opens it; real wiring differs. A
jammed cutter keeps the cut and makes it when it is cleared; a power cycle makes the printer forget it. A cut where
nothing was fed since the last one gives no ticket. Of the counters (`GS g 2`) it keeps the cuts, 50 and 178.
`DLE ENQ 0`, the offline response (`GS ( H` 49), extended status and macros have no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.paper import (
    DrawerKick,
    DrawerKicked,
    Geometry,
    LinePrinted,
    Renderer,
    Step,
    Ticket,
    TicketFinished,
    renderer_for,
)
from posdevkit.profiles import Profile
from posdevkit.protocols.dialects import dialect
from posdevkit.protocols.escpos.commands import clones, stored, text
from posdevkit.protocols.escpos.commands import mechanism as cutting
from posdevkit.protocols.escpos.commands import status as asking
from posdevkit.protocols.escpos.logos import ACK
from posdevkit.protocols.escpos.realtime import RealtimeScanner
from posdevkit.protocols.vocabulary import Command, Unknown
from posdevkit_emulators.faults import Fault as Trouble

from .answers import Answers
from .buzzer import times_heard
from .effects import NOTHING, Effects, Happened, What
from .intake import Intake
from .log import TicketLog
from .mechanism import Mechanism

__all__ = ["ReceiptPrinterModel", "Scanner"]

GREETING_BYTES: Final = 256
GREETINGS: Final = 16
"""How many hosts in a row may bring so many bytes to a full printer."""
TICKET_WEIGHT: Final = 128 * 1024 * 1024
TICKET_ROWS: Final = 2_000_000
"""A ticket that takes more memory, or is longer (a roll has about 640,000 rows), is torn off: noise is bounded."""

_CUT_COUNTERS: Final = (50, 178)
_CUTS: Final[tuple[type[Command], ...]] = (cutting.Cut, cutting.FeedAndCut, cutting.OldFullCut, cutting.OldPartialCut)
_TROUBLES: Final = (What.PAPER_NEAR_END, What.PAPER_OUT, What.COVER_OPENED, What.CUTTER_JAMMED, What.CABLE_FAULT)


class Scanner(Protocol):
    """Finds what acts as soon as it has come."""

    def feed(self, data: bytes) -> list[tuple[int, Command]]:
        """Commands that `data` completes, each with its end counted from the first byte ever fed."""
        ...


class ReceiptPrinterModel:
    """One printer. Not thread-safe. Every method that can cause something returns its Effects.

    A printer of another language overrides `_make_answers`, `_make_scanner`, `_act_at_once`, `_run_in_order`, `_cuts`.
    """

    def __init__(self, profile: Profile, faults: Iterable[Trouble] = (), *, serial: str = "EMU0000001") -> None:
        """Raises nothing; faults of the cable are left to the wires."""
        self.profile = profile
        self.tickets_out = 0
        self._serial = serial
        self._answers = self._make_answers()
        self._mechanism = Mechanism(tuple(faults), profile.drawer_open or "high")
        self._renderer: Renderer = renderer_for(Geometry.of(profile))
        self._scanner = self._make_scanner()
        self._received = 0
        self._limit = profile.receive_buffer
        self._intake = self._make_intake()
        self._steps: Iterator[Step] | None = None
        self._stuck: tuple[Command, bytes] | None = None  # a cut that waits for the cutter
        self._held_ids: list[bytes] = []  # whose data ends in a line that is not printed yet
        self._events: list[Happened] = []
        self._pulse_enabled = True
        self._log = TicketLog()
        self._mechanism.check()

    def _make_answers(self) -> Answers:
        return Answers(self.profile, self._serial)

    def _make_scanner(self) -> Scanner:
        return RealtimeScanner()

    def _make_intake(self) -> Intake:
        return Intake(dialect(self.profile.language).decoder())

    def _cuts(self, command: Command) -> bool:
        return isinstance(command, _CUTS)

    # The cable's side.

    @property
    def room(self) -> int:
        """Bytes that the receive buffer still takes. 0: the wire must leave the rest to the host."""
        return max(0, self._limit - self._intake.held)

    @property
    def waiting(self) -> bool:
        """Whether data waits because something stops the printer."""
        return bool(self._intake.held or self._steps or self._stuck)

    @property
    def status(self) -> PrinterStatus:
        """What the sensors say now."""
        return self._mechanism.status

    def connected(self) -> Effects:
        """A host is there. Automatic status back is off on a new connection.

        Real-time commands act also when the receive buffer is full (Epson dle_eot), so the first bytes of a host that
        comes to a full printer are taken all the same.
        """
        full = self.profile.receive_buffer
        self._limit = min(max(full, self._intake.held + GREETING_BYTES), full + GREETINGS * GREETING_BYTES)
        self._answers.connected()
        return self._done(What.CONNECTED)

    def disconnected(self) -> Effects:
        """The host is gone; what it sent is printed all the same."""
        self._answers.disconnected()
        return self._done(What.DISCONNECTED)

    def host_listens(self, listens: bool) -> Effects:
        """Whether the host reads what is sent. While it does not, only the latest process id is kept for it."""
        self._answers.listens(listens)
        return self._done()

    def receive(self, data: bytes) -> Effects:
        """Bytes from the host. All are taken, but a wire sends no more than `room` at a time."""
        start = self._received
        self._received += len(data)
        at = 0
        for end, command in self._scanner.feed(data):
            stop = end - start
            self._intake.put(data[at:stop])
            at = stop
            self._work()
            self._act_at_once(command)
        self._intake.put(data[at:] if at else data)
        self._work()
        return self._done()

    def trouble(self, detail: str) -> Effects:
        """Something happened on the cable; it is written down with the ticket."""
        return self._done(What.CABLE_FAULT, detail)

    # A person's hands.

    def load_paper(self) -> Effects:
        """Put in a new roll that lasts, and close the cover; printing goes on."""
        if self._mechanism.paper is Paper.OUT:
            self._renderer.new_roll()
        self._mechanism.new_roll()
        self._mechanism.cover_open = False
        return self._resumed(What.PAPER_LOADED)

    def run_out(self, after: int = 0) -> Effects:
        """Let the roll end after that many more lines."""
        self._mechanism.end_roll(after, near=False)
        self._notice(self._mechanism.check())
        return self._done()

    def near_end(self, after: int = 0) -> Effects:
        """Let the near-end sensor see the end of the roll after that many more lines."""
        self._mechanism.end_roll(after, near=True)
        self._notice(self._mechanism.check())
        return self._done()

    def open_cover(self) -> Effects:
        """Open the cover: printing stops."""
        self._mechanism.cover_open = True
        return self._resumed(What.COVER_OPENED)

    def close_cover(self) -> Effects:
        """Close the cover: printing goes on, if there is paper."""
        self._mechanism.cover_open = False
        return self._resumed(What.COVER_CLOSED)

    def set_drawer(self, is_open: bool) -> Effects:
        """Open or close the drawer by hand; pin 3 is as the profile says, or high, while it is open."""
        self._mechanism.drawer_open = is_open
        return self._resumed(What.DRAWER_OPENED if is_open else What.DRAWER_CLOSED)

    def jam(self, fault: Fault = Fault.CUTTER) -> Effects:
        """Bring about an error: by default the cutter sticks from now on."""
        self._mechanism.jammed = fault is Fault.CUTTER
        self._mechanism.fault = fault
        return self._resumed(What.CUTTER_JAMMED)

    def clear_error(self) -> Effects:
        """Remove the cause of the error and bring the printer online; the stopped cut is made."""
        self._mechanism.jammed = False
        self._mechanism.fault = Fault.NONE
        return self._resumed(What.ERROR_CLEARED)

    def power_cycle(self) -> Effects:
        """Switch off and on: buffers, modes and the connection are lost; paper, cover and drawer stay as they are."""
        self._clear_buffers()
        self._renderer.reset()
        self._scanner = self._make_scanner()
        self._intake = self._make_intake()
        self._received = 0
        self._pulse_enabled = True
        self._mechanism.fault = Fault.NONE
        self._answers.power_cycled()
        self._events.append(Happened(What.POWER_CYCLED))
        done = self._done()
        return Effects(b"", done.events, disconnects=True)

    def soft_reset(self) -> Effects:
        """The host flushed the buffers by its cable (SOFT_RESET of the USB printer class); modes stay as they are."""
        self._clear_buffers()
        return self._done(What.BUFFER_CLEARED)

    def tear_off(self) -> Effects:
        """Take away what was printed and not cut, as at the end of the day; a half-set line stays in the printer."""
        self._tear()
        return self._done()

    def uncut(self) -> Ticket:
        """The paper that hangs out of the printer."""
        return self._renderer.snapshot()

    # Working off the buffer.

    def _work(self) -> None:
        while self._mechanism.online:
            if self._steps is not None:
                step = next(self._steps, None)
                if step is not None:
                    self._took_step(step)
                    continue
                self._steps = None
                if self._held_ids and not self._renderer.unprinted:
                    self._confirm_held()
            found = self._stuck or self._intake.take()
            if found is None:
                return
            self._stuck = None
            self._begin(*found)

    def _begin(self, command: Command, raw: bytes) -> None:
        if self._cuts(command) and not self._mechanism.try_cut():
            self._stuck = (command, raw)
            self._notice([What.CUTTER_JAMMED])
            return
        self._log.add(command, raw)
        if self._log.weight > TICKET_WEIGHT:
            self._tear()
        # Real-time commands were executed when they came.
        if not self._run_in_order(command) and not command.spec.realtime:
            self._steps = self._renderer.render(command)

    def _took_step(self, step: Step) -> None:
        if isinstance(step, LinePrinted):
            if self._held_ids and not self._renderer.unprinted:
                self._confirm_held()
            noticed = self._mechanism.check(step.dots)
            if noticed:
                self._notice(noticed)
            if self._renderer.rows > TICKET_ROWS:
                self._tear()
        elif isinstance(step, TicketFinished):
            self._ticket_out(step.ticket)
        else:
            self._kicked(step)

    def _kicked(self, kick: DrawerKicked) -> None:
        if kick.pin not in self.profile.drawer_pins:
            return
        self._events.append(Happened(What.DRAWER_KICK, f"pin {kick.pin}, {kick.on_ms} ms"))
        if not self._mechanism.drawer_open:
            self._mechanism.drawer_open = True
            self._notice([What.DRAWER_OPENED])

    def _confirm_held(self) -> None:
        for each in self._held_ids:
            self._confirm(each)
        self._held_ids.clear()

    def _confirm(self, process_id: bytes) -> None:
        if self._answers.process_id(process_id):
            self._events.append(Happened(What.CONFIRMED, process_id.decode("ascii", "backslashreplace")))

    # In-order commands that are no business of the paper.

    def _run_in_order(self, command: Command) -> bool:
        """Execute `command` if it is one of those; False for all others."""
        handler = _IN_ORDER.get(type(command))
        if handler is not None:
            handler(self, command)
        return handler is not None

    def _initialize(self, command: Command) -> None:
        # A half-set line is dropped, so what was to be confirmed with it was never printed.
        self._held_ids.clear()
        self._pulse_enabled = True
        self._steps = self._renderer.render(command)

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
        elif (
            isinstance(command, asking.RealtimeRequest)
            and command.kind
            and self._mechanism.fault in (Fault.CUTTER, Fault.RECOVERABLE)
        ):
            # Only errors that can be recovered from listen to DLE ENQ 1 and 2 (Epson dle_enq); a cause that is still
            # there stops the printer again at the same place.
            if command.kind == 2:
                self._clear_buffers()
                self._events.append(Happened(What.BUFFER_CLEARED))
            self._mechanism.fault = Fault.NONE
            self._notice([What.ERROR_CLEARED])
            self._work()

    def _clear_buffers(self) -> None:
        self._intake.clear()
        self._steps = self._stuck = None
        self._held_ids.clear()
        self._renderer.discard()

    # Telling.

    def _notice(self, noticed: list[What]) -> None:
        for what in noticed:
            self._told(what)
        self._answers.changed(self._mechanism.status)

    def _told(self, what: What, detail: str = "") -> None:
        if what in _TROUBLES:
            self._log.trouble(f"{what.value}: {detail}" if detail else what.value)
        self._events.append(Happened(what, detail))

    def _resumed(self, what: What) -> Effects:
        self._notice([what])
        self._work()
        return self._done()

    def _done(self, what: What | None = None, detail: str = "") -> Effects:
        if what is not None:
            self._told(what, detail)
        writes = self._answers.take()
        if not writes and not self._events:
            return NOTHING
        events = tuple(self._events)
        self._events.clear()
        return Effects(writes, events)

    # Tickets.

    def _tear(self) -> None:
        rest = self._renderer.finish()
        if rest is not None:
            self._ticket_out(rest)
        else:
            self._log = TicketLog()

    def _ticket_out(self, paper: Ticket) -> None:
        self.tickets_out += 1
        ticket = self._log.ticket(self.tickets_out, self.profile.name, paper)
        self._log = TicketLog()
        how = "cut" if ticket.cut else "torn off"
        self._events.append(Happened(What.TICKET, f"{ticket.number:04d}, {how}, {ticket.size} bytes", ticket))


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
