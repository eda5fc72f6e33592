"""How an emulated receipt printer works off what it was sent: from its receive buffer onto the paper.

A jammed cutter keeps the cut and makes it when it is cleared. A cut where nothing was fed since the last one gives no
ticket. Of several errors at once the gravest is told, and the next when that is gone. Cutting takes no time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, Protocol

from posdevkit.events import Fault
from posdevkit.paper import (
    NO_STEP,
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
from posdevkit.protocols.vocabulary import Command
from posdevkit_emulators.faults import Fault as Planned
from posdevkit_emulators.schedule import Schedule, Scheduled

from .answers import Answers
from .effects import NOTHING, TROUBLES, Effects, Happened, What
from .intake import Intake
from .lacking import lacks
from .limits import TICKET_ROWS, TICKET_WEIGHT
from .log import TicketLog
from .mechanism import Mechanism
from .motor import Motor
from .troubles import befall

__all__ = ["Scanner", "Workings"]

_RECOVERABLE: Final = frozenset({Fault.CUTTER, Fault.RECOVERABLE})
"""What a host can have the printer recover from."""


class Scanner(Protocol):
    """Finds what acts as soon as it has come."""

    def feed(self, data: bytes) -> list[tuple[int, Command]]:
        """Commands that `data` completes, each with its end counted from the first byte ever fed."""
        ...


class Workings(ABC):
    """The inside of one printer. A language (`receipt`, `star`) brings what it is asked and what it answers."""

    def __init__(
        self, profile: Profile, faults: Iterable[Planned] = (), *, serial: str = "EMU0000001", paced: bool = False
    ) -> None:
        """Raises nothing; faults of the cable are left to the wires."""
        faults = tuple(faults)
        self.profile = profile
        self.tickets_out = 0
        self._serial = serial
        self._answers = self._make_answers()
        self._mechanism = Mechanism(faults, profile.drawer_open or "high")
        self._schedule = Schedule(faults)
        self._motor = Motor(profile, paced=paced)
        self._renderer: Renderer = renderer_for(Geometry.of(profile))
        self._scanner = self._make_scanner()
        self._received = 0  # since it was switched on
        self._ever_received = 0
        self._limit = profile.receive_buffer
        self._intake = Intake(dialect(self.profile.language).decoder())
        self._steps: Iterator[Step] | None = None
        self._stuck: tuple[Command, bytes] | None = None  # a cut that waits for the cutter
        self._held_ids: list[bytes] = []  # whose data ends in a line that is not printed yet
        self._events: list[Happened] = []
        self._log = TicketLog()
        self._mechanism.check()
        for unit in ("bytes", "lines", "tickets"):
            self._befall(self._schedule.due(unit, 0))
        self._events.clear()  # nobody was there to see it

    # What a language brings.

    _mere_paper: ClassVar[frozenset[type[Command]]]
    """What every model knows and the paper alone obeys: nearly all that comes, so it is begun without asking."""

    @abstractmethod
    def _make_answers(self) -> Answers:
        """What it says to its host."""

    @abstractmethod
    def _make_scanner(self) -> Scanner:
        """Who finds its real-time commands."""

    @abstractmethod
    def _cuts(self, command: Command) -> bool:
        """Whether it needs the cutter."""

    @abstractmethod
    def _run_in_order(self, command: Command) -> bool:
        """Execute `command` if it is no business of the paper; False for all others."""

    @abstractmethod
    def _act_at_once(self, command: Command) -> None:
        """Execute a real-time command."""

    # Working off the buffer.

    def _take(self, data: bytes) -> None:
        start = self._received
        self._received += len(data)
        self._ever_received += len(data)
        at = 0
        for end, command in self._scanner.feed(data):
            stop = end - start
            self._intake.put(data[at:stop])
            at = stop
            self._work()
            self._act_at_once(command)
        self._intake.put(data[at:] if at else data)
        self._work()

    def _work(self) -> None:
        take, mere_paper, render = self._intake.take, self._mere_paper, self._renderer.render
        going = self._going
        while going:
            if self._steps is not None:
                step = next(self._steps, None)
                if step is not None:
                    self._took_step(step)
                    going = self._going
                    continue
                self._steps = None
                if self._held_ids and not self._renderer.unprinted:
                    self._confirm_held()
            found = self._stuck or take()
            if found is None:
                return
            command, raw = found
            if type(command) in mere_paper:
                self._log.add(command, raw)
                if self._log.weight > TICKET_WEIGHT:
                    self._tear()
                    going = self._going
                steps = render(command)
                if steps is not NO_STEP:
                    self._steps = steps
                continue
            self._stuck = None
            self._begin(command, raw)
            going = self._going

    @property
    def _going(self) -> bool:
        return self._mechanism.online and self._motor.ready

    def _begin(self, command: Command, raw: bytes) -> None:
        known = not lacks(command, self.profile)
        if known and self._cuts(command) and not self._mechanism.try_cut():
            self._stuck = (command, raw)
            self._notice([What.CUTTER_JAMMED])
            return
        self._log.add(command, raw)
        if self._log.weight > TICKET_WEIGHT:
            self._tear()
        # Real-time commands were executed when they came.
        if known and not self._run_in_order(command) and not command.spec.realtime:
            self._steps = self._renderer.render(command)

    def _took_step(self, step: Step) -> None:
        if isinstance(step, LinePrinted):
            if self._held_ids and not self._renderer.unprinted:
                self._confirm_held()
            self._motor.moved(step.dots)
            noticed = self._mechanism.check(step.dots)
            if noticed:
                self._notice(noticed)
            if self._schedule.lines:
                self._befall(self._schedule.due("lines", self._mechanism.lines))
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

    @abstractmethod
    def _confirm(self, process_id: bytes) -> None:
        """Tell the host that all before it is printed."""

    def _start_over(self, command: Command) -> None:
        # A half-set line is dropped, so what was to be confirmed with it was never printed.
        self._held_ids.clear()
        self._steps = self._renderer.render(command)

    def _recover(self, *, forget: bool) -> None:
        """The host has the printer recover; a cause that is still there stops it again at the same place."""
        if self._mechanism.fault not in _RECOVERABLE:
            return
        if forget:
            self._clear_buffers()
            self._events.append(Happened(What.BUFFER_CLEARED))
        self._mechanism.faults -= _RECOVERABLE
        self._notice([What.ERROR_CLEARED])
        self._work()

    def _clear_buffers(self) -> None:
        self._intake.clear()
        self._steps = self._stuck = None
        self._held_ids.clear()
        self._renderer.discard()

    # What was scheduled.

    def _befall(self, due: list[Scheduled]) -> None:
        for fault in due:
            seen_to = None if fault.seconds is None else (fault.trouble.undone_by, fault.seconds)
            self._events.append(Happened(What.FAULT, str(fault), seen_to=seen_to))
            self._notice(befall(self._mechanism, fault.trouble))

    # Telling.

    def _notice(self, noticed: list[What]) -> None:
        for what in noticed:
            self._told(what)
        self._answers.changed(self._mechanism.status)

    def _told(self, what: What, detail: str = "") -> None:
        if what in TROUBLES:
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
        self._befall(self._schedule.due("tickets", self.tickets_out))
