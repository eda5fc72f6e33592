"""A conversation with one Star printer, without sockets or clocks: bytes in, events out, and what to send.

Whether a job is printed tells the counter of ETB: the printer counts up once all before the ETB is printed, and tells
its status with it. Five bits of a counter are no name for a job, so nothing is believed of them that could have come
about in another way: a counter that moved further than was asked for proves nothing, and no proof rests on 0, which is
what a printer tells that lost its power. Over a lost connection the counter proves nothing at all: another host may
have moved it meanwhile. And what an earlier connection left in the printer may still be counted: the version is asked
for at the beginning and told in its turn, so counts are believed from its answer on.

Where several hosts print, they all move that counter and are all told. `ESC GS ETX` 1 waits in the same way, and then
returns to the host that asked, and to no other, the two bytes that it gave: where a profile says so, these are what is
believed (`completion = "print_end"`; StarPRNT specifications 2-84 to 2-86, which recommend it then). As with ETB, what
an earlier connection left behind is waited for first, and over a lost connection nothing is proven: numbers come again.

The specifications would not have `ESC ACK SOH` sent while automatic status is on. It is sent all the same, where a
printer has been silent for a while: its answer is the very frame, so the two cannot be mistaken for one another.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from typing import Final

from posdevkit.events import Evidence, PrinterStatus
from posdevkit.profiles import Profile
from posdevkit.protocols.conversation import (
    Completed,
    Identity,
    IdentityTold,
    SessionEvent,
    StatusTold,
    printable_id,
)

from .commands.status import AskInformation, AskStatus, MarkPrinted, PrintEnd, SetStatusBack, System
from .replies import Asb, PrintEnded, Reply, ReplyDecoder, Stray, Told, print_ended_in, told_in
from .status import COUNTS, read_asb

__all__ = ["StarSession"]

_ASK: Final = AskStatus().encode()
_STATUS_BACK: Final = SetStatusBack(1).encode()
_ASK_VERSION: Final = System(b"*\n").encode()
_ASK_SERIAL: Final = AskInformation(1, b"1").encode()
_MARK: Final = MarkPrinted().encode()
_WAIT_AND_TELL: Final = 1
"""The function of `ESC GS ETX` that waits until all is printed, counts, and tells."""
_NUMBERS: Final = 1 << 16
_END_OF_BARCODE: Final = b"\x1e"

_VERSION: Final = re.compile(rb"\x1b#\*,(?P<model>.*?)(?:Ver(?P<firmware>[0-9.]+))?", re.DOTALL)
_FLOW: Final = b"\x11\x13"
"""XON and XOFF, which a serial line's driver may let through."""
_SERIAL: Final = re.compile(rb"\x1b\x1d\)I.*PrSrN=(?P<serial>[0-9A-Za-z]+)", re.DOTALL)


class StarSession:
    """One connection's conversation. `seed` starts the rolling ids that stand for places in the counting."""

    def __init__(self, profile: Profile, seed: int = 0) -> None:
        self.profile = profile
        self.evidence = Evidence.PRINT_END if profile.completion == "print_end" else Evidence.ETB
        self.status = PrinterStatus()
        self.identity = Identity()
        self.heard = False
        """Whether the printer sent anything at all."""
        self.noisy = False
        self._number = seed
        self._replies = ReplyDecoder()
        self._counter: int | None = None  # as last told
        self._in_turn = not profile.identity  # whether what was sent before this connection is through
        self._ends: dict[bytes, bytes] = {}  # numbers that the printer is to return, and the ids they stand for
        self._awaited: deque[tuple[bytes, int]] = deque()  # ids, and how many counts each still lacks

    def greeting(self) -> bytes:
        """What to send first: status now, automatic status from now on, identity."""
        profile = self.profile
        parts = [
            _ASK * profile.realtime_status,
            _STATUS_BACK * profile.asb,
            (_ASK_VERSION + _ASK_SERIAL) * profile.identity,
        ]
        return b"".join(parts)

    @property
    def greeted(self) -> bool:
        """Whether the printer has told its status and, where it can print, that nothing older waits; or never does."""
        if not (self.profile.asb or self.profile.realtime_status):
            return True
        return self.status.online is not None and (self._in_turn or self.status.can_print is False)

    @property
    def catching_up(self) -> bool:
        """Whether it answers, and the version that it tells in its turn has not come yet."""
        return self.heard and not self._in_turn and self.profile.completion in ("etb", "print_end")

    @property
    def busy(self) -> bool:
        """Never: the status comes by itself when the counter moves."""
        return False

    def silent(self) -> bool:
        """Never a state: a Star printer answers while it has power."""
        return False

    def status_request(self) -> bytes:
        """Ask for the status now. Only between two commands."""
        return _ASK if self.profile.realtime_status else b""

    def completion_request(self) -> tuple[bytes, bytes]:
        """What makes the printer count when all before is printed, and the id that stands for it.

        Nothing where the printer has told no counter to start from, or may still count for an earlier connection.
        """
        if self.profile.completion == "print_end":
            return self._numbered()
        if self.profile.completion != "etb" or self._counter is None or not self._in_turn:
            return b"", b""
        due = self._counter + sum(lacking for _, lacking in self._awaited) + 1
        marks = 1 if due % COUNTS else 2  # past 0, which also stands for a power cut
        self._number += 1
        name = printable_id(self._number)
        self._awaited.append((name, marks))
        return _MARK * marks, name

    def _numbered(self) -> tuple[bytes, bytes]:
        if not self._in_turn:
            return b"", b""
        self._number += 1
        name, number = printable_id(self._number), (self._number % _NUMBERS).to_bytes(2, "big")
        self._ends[number] = name
        return PrintEnd(_WAIT_AND_TELL, *number).encode(), name

    def clear_request(self) -> bytes:
        """Nothing: these printers cannot be told to forget what is not yet printed."""
        return b""

    def recovery_request(self) -> bytes:
        """Nothing: an error ends when its cause is gone, or when the printer is switched off and on."""
        return b""

    def mend(self, longest: int) -> bytes:
        """NULs complete what has a length, RS a barcode; neither prints anything where nothing waits for it."""
        return bytes(longest) + _END_OF_BARCODE

    def sent(self, data: bytes) -> None:
        """Nothing to remember: answers are recognized by themselves."""

    def receive(self, data: bytes) -> list[SessionEvent]:
        """Events that `data` completes."""
        events: list[SessionEvent] = []
        for reply in self._replies.feed(data):
            self.heard = True
            self._take(reply, events)
        return events

    def _take(self, reply: Reply, events: list[SessionEvent]) -> None:
        match reply:
            case Asb(frame, data):
                status, counter = read_asb(frame)
                self.status = status.with_drawer(self.profile.drawer_open)
                events.append(StatusTold(self.status))
                if counter is not None:
                    self._count(counter, events)
                if (told := told_in(data)) is not None:
                    self._identify(told.text, events)
                elif (ended := print_ended_in(data)) is not None:
                    self._ended(ended, events)
            case PrintEnded():
                self._ended(reply, events)
            case Told(text):
                self._identify(text, events)
            case Stray(byte):
                self.noisy = self.noisy or byte not in _FLOW

    def _ended(self, ended: PrintEnded, events: list[SessionEvent]) -> None:
        if ended.function == _WAIT_AND_TELL and (name := self._ends.pop(ended.number, None)) is not None:
            events.append(Completed(name))

    def _count(self, counter: int, events: list[SessionEvent]) -> None:
        last, self._counter = self._counter, counter
        if last is None:
            return
        moved = (counter - last) % COUNTS
        if moved > sum(lacking for _, lacking in self._awaited):
            # Somebody else counted, or the printer began anew: what is awaited can no longer be told.
            self._awaited.clear()
            return
        while moved and self._awaited:
            name, lacking = self._awaited.popleft()
            if lacking > moved:
                self._awaited.appendleft((name, lacking - moved))
                return
            moved -= lacking
            events.append(Completed(name))

    def _identify(self, text: bytes, events: list[SessionEvent]) -> None:
        if found := _VERSION.fullmatch(text):
            self._in_turn = True
            self.identity = replace(
                self.identity,
                maker="Star",
                model=_text(found["model"]),
                firmware=_text(found["firmware"] or b""),
            )
        elif found := _SERIAL.match(text):
            self.identity = replace(self.identity, serial=_text(found["serial"]))
        else:
            return
        events.append(IdentityTold(self.identity))


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace").strip()
