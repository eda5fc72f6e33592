"""A conversation with one ESC/POS printer, without sockets or clocks: bytes in, events out, and what to send.

Two streams run through it. What is sent is scanned for questions, so that every answer finds the one it belongs to;
what is received is taken apart and turned into events. The printer's answers come on one mixed stream: automatic status
at any moment, real-time answers ahead of everything, the rest in the order of the data.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from posdevkit.events import Evidence, PrinterStatus
from posdevkit.profiles import Profile
from posdevkit.protocols.conversation import (
    Cleared,
    Completed,
    Identity,
    IdentityTold,
    Processed,
    SessionEvent,
    StatusTold,
    printable_id,
)

from .commands.status import (
    AskCounter,
    AskIdentity,
    AskStatus,
    RealtimeClear,
    RealtimeRequest,
    RealtimeStatusRequest,
    RequestProcessId,
    SetStatusBack,
)
from .compiler import GUARD
from .logos import KeyList
from .realtime import RealtimeScanner
from .replies import Asb, Block, InOrderByte, RealtimeByte, Reply, ReplyDecoder, SeikoAsb, Stray
from .status import ASB_ALL, read_asb, read_in_order_paper, read_realtime, read_seiko_asb

__all__ = [
    "Cleared",
    "Completed",
    "EscPosSession",
    "Identity",
    "IdentityTold",
    "Processed",
    "SessionEvent",
    "StatusTold",
]

_TEXT_BLOCK, _RESPONSE_BLOCK = 0x5F, 0x37
_PROCESS_ID, _BUFFERS_CLEARED = 0x22, 0x25
_STATUS_KINDS = (1, 2, 3, 4)
_IDENTITY_KINDS = {66: "maker", 67: "model", 65: "firmware", 68: "serial"}


class EscPosSession:
    """One connection's conversation. `seed` starts the rolling process ids: an old one must not be taken for a new."""

    evidence = Evidence.PROCESS_ID

    def __init__(self, profile: Profile, seed: int = 0) -> None:
        self.profile = profile
        self.status = PrinterStatus()
        self.identity = Identity()
        self.heard = False
        """Whether the printer sent anything at all."""
        self.noisy = False
        """Whether bytes came that no printer of this language sends."""
        self._counter = seed
        self._scanner = RealtimeScanner()
        self._replies = ReplyDecoder()
        self._asked_realtime: deque[int] = deque()
        self.counters: dict[int, int] = {}
        """Maintenance counters by their numbers, as they were told last."""
        # Both are answered by the same kind of block, in the order of the questions: a counter stands as its negative.
        self._asked_texts: deque[int] = deque()
        self._asked_in_order = 0
        self._greeting_open = False
        self.key_list = KeyList()
        """The answer to a question for stored pictures, as far as it has come; whoever asks puts a new one here."""

    def greeting(self) -> bytes:
        """What to send first, as the profile has it: status, automatic status, the guard for picture data, identity."""
        profile = self.profile
        if not profile.answers:
            return GUARD if profile.realtime_guard else b""
        parts: list[bytes] = []
        if profile.realtime_status:
            parts += [RealtimeStatusRequest(kind).encode() for kind in _STATUS_KINDS]
        if profile.asb:
            parts.append(SetStatusBack(ASB_ALL).encode())
        if profile.realtime_guard:
            parts.append(GUARD)
        if profile.identity:
            parts += [AskIdentity(kind).encode() for kind in _IDENTITY_KINDS]
            self._asked_texts.extend(_IDENTITY_KINDS)
        self._greeting_open = bool(parts)
        return b"".join(parts)

    @property
    def greeted(self) -> bool:
        """Whether the printer has told enough to begin: its status, or that it cannot tell any.

        Identity is not waited for: a printer without paper answers that only when it has some again.
        """
        if not self._greeting_open:
            return True
        return self.heard and not self._asked_realtime and (self.status.online is not None or not self._tells_status)

    @property
    def _tells_status(self) -> bool:
        return self.profile.asb or self.profile.realtime_status

    def status_request(self) -> bytes:
        """Ask for the whole status now. Only between two commands: inside one, these bytes would be data too."""
        if not self.profile.realtime_status:
            return b""
        return b"".join(RealtimeStatusRequest(kind).encode() for kind in _STATUS_KINDS)

    def completion_request(self) -> tuple[bytes, bytes]:
        """What asks for a proof that all before is through, and the id that will come back (none: only "processed")."""
        if self.profile.completion == "none" or not self.profile.answers:
            return b"", b""
        in_order = AskStatus(1).encode()
        self._asked_in_order += 1
        if self.profile.completion == "in_order_status":
            return in_order, b""
        process_id = self._next_id()
        # The in-order question behind it tells a printer that does not know process ids from one that is still busy.
        return RequestProcessId(process_id).encode() + in_order, process_id

    def counter_request(self, number: int) -> bytes:
        """Ask for a maintenance counter, told behind all before it; empty for a printer that never answers."""
        if not self.profile.answers:
            return b""
        self.counters.pop(number, None)
        self._asked_texts.append(-number)
        return AskCounter(0, number).encode()

    def clear_request(self) -> bytes:
        """Drop at once what is not yet printed; empty where the model cannot."""
        return RealtimeClear().encode() if self.profile.realtime_clear else b""

    def recovery_request(self) -> bytes:
        """Print on from the line at which an error stopped it (`DLE ENQ` 1), then tell the status."""
        if not self.profile.answers or not self.profile.realtime_status:
            return b""
        return RealtimeRequest(1).encode() + self.status_request()

    def mend(self, longest: int) -> bytes:
        """Clearing acts at once, whatever the printer waits for. NULs complete a command, and print nothing else."""
        return self.clear_request() or bytes(longest)

    @property
    def catching_up(self) -> bool:
        """Never: an id that comes back stands for one job, whatever was printed before it."""
        return False

    @property
    def busy(self) -> bool:
        """Never: an in-order answer comes by itself when the printer is through."""
        return False

    def silent(self) -> bool:
        """Never a state: an ESC/POS printer answers while it has power."""
        return False

    def sent(self, data: bytes) -> None:
        """Tell the session what went out, in order: picture data may hold a question too, and will be answered."""
        for _, command in self._scanner.feed(data):
            if isinstance(command, RealtimeStatusRequest):
                self._asked_realtime.append(command.kind)

    def receive(self, data: bytes) -> list[SessionEvent]:
        """Events that `data` completes."""
        events: list[SessionEvent] = []
        for reply in self._replies.feed(data):
            self.heard = True
            self.noisy = self.noisy or isinstance(reply, Stray)
            event = self._event(reply)
            if event is not None:
                events.append(event)
        return events

    def _event(self, reply: Reply) -> SessionEvent | None:
        match reply:
            case Asb(frame):
                self.status = read_asb(frame).with_drawer(self.profile.drawer_open)
                return StatusTold(self.status)
            case SeikoAsb(frame):
                self.status = read_seiko_asb(frame).with_drawer(self.profile.drawer_open)
                return StatusTold(self.status)
            case RealtimeByte(byte):
                if not self._asked_realtime:
                    return None  # nobody asked: another host's question, or noise
                status = read_realtime(self._asked_realtime.popleft(), byte, self.status)
                self.status = status.with_drawer(self.profile.drawer_open)
                # Four answers make one status: a half-told one must not look like a change.
                return None if self._asked_realtime else StatusTold(self.status)
            case InOrderByte(byte):
                if not self._asked_in_order:
                    return None
                self._asked_in_order -= 1
                if not self.profile.asb:
                    self.status = read_in_order_paper(byte, self.status)
                return Processed()
            case Block(header, data):
                return self._block(header, data)
        return None

    def _block(self, header: int, data: bytes) -> SessionEvent | None:
        if header == _RESPONSE_BLOCK and data[:1] == bytes([_PROCESS_ID]) and len(data) == 5:
            return Completed(data[1:])
        if header == _RESPONSE_BLOCK and data == bytes([_BUFFERS_CLEARED]):
            # Questions that were still in the buffer will never be answered.
            self._asked_in_order = 0
            self._asked_texts.clear()
            return Cleared()
        if self.key_list.take(header, data):
            return None
        if header == _TEXT_BLOCK and self._asked_texts:
            asked = self._asked_texts.popleft()
            if asked < 0:
                if data.strip().isdigit():
                    self.counters[-asked] = int(data)
                return None
            name = _IDENTITY_KINDS[asked]
            self.identity = replace(self.identity, **{name: data.decode("ascii", "replace").strip()})
            return IdentityTold(self.identity)
        return None

    def _next_id(self) -> bytes:
        self._counter += 1
        return printable_id(self._counter)
