"""A receipt printer without sockets, threads or a clock: bytes and hands in, answers, events and paper out.

The machine is one, whatever its language: here is what a cable, a person and time do to it, in `workings` how it works
off what came. A language (`receipt`, `star`) brings what it is asked and what it answers.

Unless it is `paced` it prints infinitely fast: what has arrived is printed, unless something stops it. What stops it
(no paper, an open cover, an error) leaves the rest in the receive buffer, and printing goes on there when the cause is
gone. A paced one takes for each line the time that its profile's speed asks for, and `pass_time` lets that time pass:
it is simulated, so nobody waits. Until then what comes fills the receive buffer, and then the printer takes no more.

Where it deviates, or had to choose: pin 3 of the drawer connector is high while the drawer is open, and a kick opens
it; real wiring differs. A power cycle makes the printer forget a cut that a jammed cutter keeps. `workings` has more.
"""

from __future__ import annotations

from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.paper import Ticket
from posdevkit.protocols.dialects import dialect

from .effects import Effects, Happened, What
from .intake import Intake
from .limits import GREETING_BYTES, GREETINGS
from .troubles import SEEN_AS
from .workings import Workings

__all__ = ["PrinterModel"]


class PrinterModel(Workings):
    """One printer. Not thread-safe. Every method that can cause something returns its Effects."""

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
        while (place := self._schedule.next("bytes")) is not None and place - self._ever_received <= len(data):
            first, data = data[: place - self._ever_received], data[place - self._ever_received :]
            self._take(first)
            self._befall(self._schedule.due("bytes", self._ever_received))
        self._take(data)
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
        self._mechanism.jammed |= fault is Fault.CUTTER
        self._mechanism.faults.add(fault)
        return self._resumed(SEEN_AS[fault])

    def clear_error(self) -> Effects:
        """Remove the causes of all errors but those that only switching off clears; a stopped cut is made."""
        self._mechanism.jammed = False
        self._mechanism.faults &= {Fault.UNRECOVERABLE}
        return self._resumed(What.ERROR_CLEARED)

    def power_cycle(self) -> Effects:
        """Switch off and on: buffers, modes and the connection are lost; paper, cover and drawer stay as they are."""
        self._clear_buffers()
        self._renderer.power_on()
        self._scanner = self._make_scanner()
        self._intake = Intake(dialect(self.profile.language).decoder())
        self._received = 0
        # A head that is too hot is no cooler for it, and a blade that sticks sticks at the next cut.
        self._mechanism.faults &= {Fault.AUTO_RECOVERABLE}
        self._mechanism.standby = False
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

    @property
    def hanging(self) -> int:
        """Rows of dots that hang out of the printer, printed or fed since the last cut."""
        return self._renderer.rows

    @property
    def rests(self) -> bool:
        """Whether all that came is on paper and the paper stands still, so that nobody tears through a line."""
        return not (self.waiting or self.busy or self._renderer.unprinted) and self._mechanism.online

    def uncut(self) -> Ticket:
        """The paper that hangs out of the printer."""
        return self._renderer.snapshot()

    # Time.

    @property
    def busy(self) -> float:
        """Simulated seconds until the paper stands still. 0 where it does, and always where it is not paced."""
        return self._motor.busy

    @property
    def paper_seconds(self) -> float:
        """How long the paper has moved in all, at the speed of the profile: simulated time, paced or not."""
        return self._motor.seconds

    def pass_time(self, seconds: float) -> Effects:
        """Let so many simulated seconds pass: a paced printer prints what there is time for."""
        self._motor.passed(seconds)
        self._work()
        self._motor.rest()
        return self._done()
