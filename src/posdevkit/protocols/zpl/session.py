"""A conversation with one ZPL printer, without sockets or clocks: questions out, strings in, events.

`~HS` is answered in the order of the data, and tells how many formats wait and how many labels are left. Neither at
zero proves that they were printed: they may have been cancelled at the panel. So a job is processed at best. Zebra's
printers answer nothing at all while media, ribbon or head need somebody (guide, ~HS): silence is a state.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from posdevkit.events import Evidence, PrinterStatus
from posdevkit.profiles.labels import LabelProfile
from posdevkit.protocols.conversation import Cleared, Identity, IdentityTold, Processed, SessionEvent, StatusTold

from .commands.control import CancelAll, HostIdentification, HostStatus
from .status import HostStatusFacts, StringDecoder

__all__ = ["ZplSession"]

_ASK: Final = HostStatus().encode()
_STRINGS: Final = bytes(range(0x20, 0x7F)) + b"\x02\x03\r\n"
"""What answers are made of."""
_FIELDS: Final = {12: 0, 11: 1, 2: 2}
_DENSITIES: Final = ("6", "8", "12", "24")


class ZplSession:
    """One connection's conversation."""

    evidence = Evidence.LABEL_COUNTER

    def __init__(self, profile: LabelProfile) -> None:
        self.profile = profile
        self.status = PrinterStatus()
        self.identity = Identity()
        self.facts = HostStatusFacts()
        """What the last `~HS` told."""
        self.heard = False
        self.noisy = False
        self._strings = StringDecoder()
        self._open: list[str] = []
        self._asked = 0
        self._answered = 0
        self._wanted = False
        self._due: int | None = None  # the answer to this question is the first that counts for the job
        self._held = False
        self._clearing: int | None = None

    @property
    def catching_up(self) -> bool:
        """Never: a label is counted for itself."""
        return False

    @property
    def busy(self) -> bool:
        """Whether a job's labels are not yet through."""
        return self._due is not None

    @property
    def greeted(self) -> bool:
        """Whether the printer has told its status, or never tells it."""
        return not self.profile.answers or self.status.online is not None

    def greeting(self) -> bytes:
        """Ask for status and identity."""
        return _ASK + HostIdentification().encode() if self.profile.answers else b""

    def status_request(self) -> bytes:
        """Ask for the status. Only between two commands."""
        return _ASK if self.profile.answers else b""

    def completion_request(self) -> tuple[bytes, bytes]:
        """Ask behind a job's bytes; the answer counts once no format waits."""
        if not self.profile.answers:
            return b"", b""
        self._wanted, self._due = True, None
        return _ASK, b""

    def recovery_request(self) -> bytes:
        """Nothing: an error ends when its cause is gone."""
        return b""

    def clear_request(self) -> bytes:
        """Forget all formats (of other hosts too: the printer has one buffer), and ask what is left.

        Acknowledged only where the printer had told that it held something.
        """
        self._held = not self.facts.idle
        self._due, self._clearing = None, self._asked + 1
        return CancelAll().encode() + _ASK

    def mend(self, longest: int) -> bytes:
        """Forgetting all formats drops a half one too."""
        return self.clear_request()

    def silent(self) -> bool:
        """Questions stay unanswered: on models that fall silent, somebody has to act."""
        if not self.profile.silent_when_stopped:
            return False
        # Whatever was asked is lost: the next answer belongs to the latest question at the earliest.
        self._answered = max(self._answered, self._asked - 1)
        self.status = replace(self.status, online=False, silent=True)
        return True

    def sent(self, data: bytes) -> None:
        """What went out, in order. Data cannot hold a question: its tildes are escaped."""
        self._asked += data.count(_ASK)
        if self._wanted and data.endswith(_ASK):
            self._wanted, self._due = False, self._asked

    def receive(self, data: bytes) -> list[SessionEvent]:
        """Events that `data` completes."""
        events: list[SessionEvent] = []
        self.noisy = self.noisy or bool(data.translate(None, _STRINGS))
        for text in self._strings.feed(data):
            self.heard = True
            place = _FIELDS.get(text.count(",") + 1)
            if place is None:
                self._identify(text, events)
                continue
            if place != len(self._open):
                self._open.clear()
            if place == len(self._open):
                self._open.append(text)
            if len(self._open) == 3:
                self._told(events)
        return events

    def _identify(self, text: str, events: list[SessionEvent]) -> None:
        """`~HI`: model, firmware, dots per millimetre, memory, what is built in (ZPL II guide 45541L-004, p. 169)."""
        fields = [field.strip() for field in text.split(",")]
        if len(fields) >= 4:
            dpmm = fields[2] if fields[2] in _DENSITIES else ""
            self.identity = Identity(model=fields[0], firmware=fields[1], dpmm=dpmm)
            events.append(IdentityTold(self.identity))

    def _told(self, events: list[SessionEvent]) -> None:
        facts = HostStatusFacts.read(self._open[0], self._open[1])
        self._open.clear()
        if facts is None:
            return
        self._answered = min(self._answered + 1, self._asked)
        self.facts, self.status = facts, facts.status
        events.append(StatusTold(self.status))
        if self._due is not None and self._answered >= self._due and facts.idle:
            self._due = None
            events.append(Processed())
        if self._clearing is not None and self._answered >= self._clearing and facts.idle:
            self._clearing = None
            if self._held:
                events.append(Cleared())
