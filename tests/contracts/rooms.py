"""Follows what is under way - a receipt, a scan, a payment - from room to room, on whichever thread.

A room is passed on the way down when a call from another room brings what is under way as an argument, and on the way
up when a return takes it out. So helping calls that carry nothing of it (a count, a clock, a status) are no passages.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from types import FrameType
from typing import Final, Literal

from posdevkit.documents import Receipt
from posdevkit.secret import Secret

__all__ = ["CALLER", "Passage", "Passed", "carries", "watched"]

CALLER: Final = "caller"
"""Whoever uses the library; here the test."""
NO_ROOMS: Final = {
    "runtime": "carries calls and events between threads for every room",
    "documents": "is what is under way",
    "events": "values that every room speaks in",
    "errors": "values that every room speaks in",
    "money": "values that every room speaks in",
    "secret": "values that every room speaks in",
    "profiles": "facts that are looked up",
    "codes.aim": "a table of identifiers, looked up while a code is cut out of its bytes",
    "links.url": "the grammar of an address, which is read before there is a link",
}
"""Parts of the house that serve everybody: a call through them comes from the room behind them."""
BOOKKEEPING: Final = {
    "posdevkit.protocols.escpos.session.sent": "reads along what leaves, so that answers find their questions",
    "posdevkit.protocols.zpl.session.sent": "reads along what leaves, so that answers find their questions",
}
HANDED_OVER: Final = "posdevkit.runtime.background.start"
CARRIED_OUT: Final = "posdevkit.runtime.background._work"
"""A call that another thread's loop carries out: it comes from the room that handed it over."""
MAILBOX: Final = "posdevkit.runtime.subscription.push"
"""What is put in here has left the room: whoever waits takes it out, on a thread of his own."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Something went from one room to another."""

    way: Literal["down", "up"]
    giver: str
    taker: str
    function: str
    values: tuple[object, ...]


class Passage:
    """All that went from room to room, in order."""

    def __init__(self, passed: list[Passed] | None = None) -> None:
        self.passed = passed or []
        self._begun: set[FrameType] = set()
        self._handed: dict[object, str | None] = {}
        self._watching = True

    def stop(self) -> None:
        """Note no more."""
        self._watching = False

    def of(self, marked: Callable[[object], bool]) -> Passage:
        """What carried something that is `marked`."""
        return Passage([one for one in self.passed if any(carries(value, marked) for value in one.values)])

    def turned(self, room: str) -> tuple[Passage, Passage]:
        """The way to the first call into `room`, and the way from there."""
        turn = next(place for place, one in enumerate(self.passed) if one.way == "down" and one.taker == room) + 1
        return Passage(self.passed[:turn]), Passage(self.passed[turn:])

    @property
    def down(self) -> list[str]:
        """The rooms it was brought into, each as often as that happened."""
        return [one.taker for one in self.passed if one.way == "down"]

    @property
    def up(self) -> list[str]:
        """The rooms it was taken out of, each as often as that happened."""
        return [one.giver for one in self.passed if one.way == "up"]

    @property
    def rooms(self) -> set[str]:
        """Every room that had to do with it."""
        return {room for one in self.passed for room in (one.giver, one.taker)} - {CALLER}

    def noted(self, frame: FrameType, event: str, argument: object) -> None:
        """For `sys.setprofile`."""
        if not self._watching or event not in ("call", "return"):
            return
        function = _function(frame)
        if function == HANDED_OVER:
            self._handed[frame.f_locals["self"]] = self._room_behind(frame)
        if not function.startswith("posdevkit.") or function in BOOKKEEPING or frame.f_code.co_name.startswith("__"):
            return
        outside = self._room_behind(frame.f_back)
        room = _room(frame) or (outside if function == MAILBOX else None)
        # With nothing of the house below it, it was begun by an event loop or as a thread, for the room it is in.
        if room is None or outside is None or (room == outside and function != MAILBOX):
            return
        if event == "return":
            self._note(Passed("up", room, outside, function, (argument,)))
        elif frame not in self._begun:  # a coroutine is called again each time it goes on
            self._begun.add(frame)
            way: Literal["down", "up"] = "up" if function == MAILBOX else "down"
            self._note(Passed(way, outside, room, function, _arguments(frame)))

    def _room_behind(self, frame: FrameType | None) -> str | None:
        """The room that made the call, whatever it went through."""
        while frame is not None:
            if (room := _room(frame)) is not None:
                return room
            if _function(frame) == CARRIED_OUT:
                return self._handed[frame.f_locals["self"]]
            frame = frame.f_back
        return None

    def _note(self, passed: Passed) -> None:
        if any(value is not None for value in passed.values):
            self.passed.append(passed)


def carries(value: object, marked: Callable[[object], bool], depth: int = 12) -> bool:
    """Whether `value`, or anything in it, is marked."""
    if marked(value):
        return True
    if depth == 0:
        return False
    inside: list[object] = []
    match value:
        case Secret():
            inside = [value.reveal()]
        case Receipt():
            inside = list(value.elements)
        case Mapping():
            inside = list(value.values())
        case tuple() | list() | set() | frozenset():
            inside = list(value)
        case _ if is_dataclass(value):
            inside = [getattr(value, field.name, None) for field in fields(value)]
    return any(carries(one, marked, depth - 1) for one in inside)


@contextmanager
def watched() -> Iterator[Passage]:
    """Watch this thread and all that start meanwhile."""
    passage = Passage()
    threading.setprofile(passage.noted)
    sys.setprofile(passage.noted)
    try:
        yield passage
    finally:
        passage.stop()
        sys.setprofile(None)
        threading.setprofile(None)


def _room(frame: FrameType) -> str | None:
    module = str(frame.f_globals.get("__name__", ""))
    if module.startswith("tests."):
        return CALLER
    parts = module.split(".")
    if parts[0] != "posdevkit" or len(parts) < 2 or parts[1] in NO_ROOMS or ".".join(parts[1:3]) in NO_ROOMS:
        return None
    return parts[1]


def _function(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_name}"


def _arguments(frame: FrameType) -> tuple[object, ...]:
    """What a call was given, but for whose method it is. Bytes are taken down as they are now."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    given = [frame.f_locals.get(name) for name in code.co_varnames[:count] if name not in ("self", "cls")]
    return tuple(bytes(value) if isinstance(value, bytearray | memoryview) else value for value in given)
