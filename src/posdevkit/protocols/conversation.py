"""What a driver and a printer say to each other, whatever the language: what is heard, and what can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from posdevkit.events import Evidence, PrinterStatus
from posdevkit.profiles import Profile

__all__ = [
    "Cleared",
    "Completed",
    "Conversation",
    "Counting",
    "Identity",
    "IdentityTold",
    "Processed",
    "Profiled",
    "SessionEvent",
    "StatusTold",
    "printable_id",
]

_ID_FIRST, _ID_COUNT = 0x21, 94  # "!" to "~": 94 printable characters in each of four places


@dataclass(frozen=True, slots=True)
class Identity:
    """What the printer says it is; empty where it has not told."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    dpmm: str = ""
    """Dots to the millimetre, which label printers tell: `8`."""


@dataclass(frozen=True, slots=True)
class StatusTold:
    """The printer told its state."""

    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class IdentityTold:
    """The printer told a part of its identity."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class Completed:
    """The printing of everything before the request with this id has completed."""

    id: bytes


@dataclass(frozen=True, slots=True)
class Processed:
    """Everything before the oldest open in-order question was processed, which is not to say printed."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """The printer dropped what it had not yet printed."""


SessionEvent = StatusTold | IdentityTold | Completed | Processed | Cleared


@runtime_checkable
class Profiled(Protocol):
    """A conversation that goes by a receipt printer's profile, which may turn out while it lasts."""

    profile: Profile


@runtime_checkable
class Counting(Protocol):
    """A conversation that can ask for the printer's maintenance counters."""

    @property
    def counters(self) -> Mapping[int, int]:
        """The counters that were told last, by their numbers."""
        ...

    def counter_request(self, number: int) -> bytes:
        """What asks for a counter, which is told behind all that was sent before; empty where the model has none."""
        ...


def printable_id(number: int) -> bytes:
    """Four printable characters that stand for `number`; after 94 to the fourth they come again."""
    places = []
    for _ in range(4):
        number, digit = divmod(number, _ID_COUNT)
        places.append(_ID_FIRST + digit)
    return bytes(reversed(places))


class Conversation(Protocol):
    """One connection's conversation in one language, without sockets or clocks: bytes in, events out."""

    status: PrinterStatus
    identity: Identity
    heard: bool
    """Whether the printer sent anything at all."""
    noisy: bool
    """Whether bytes came that no printer of this language sends."""

    @property
    def evidence(self) -> Evidence:
        """What an id that comes back rests on."""
        ...

    @property
    def busy(self) -> bool:
        """Whether it has told that it is not yet through with what was asked about: worth asking again soon."""
        ...

    @property
    def greeted(self) -> bool:
        """Whether the printer has told enough to begin."""
        ...

    @property
    def catching_up(self) -> bool:
        """Whether it answers, but still works on what came before this connection: no proof can be asked for yet."""
        ...

    def greeting(self) -> bytes:
        """What to send first."""
        ...

    def status_request(self) -> bytes:
        """Ask for the status now; empty where the model cannot tell. Only between two commands."""
        ...

    def completion_request(self) -> tuple[bytes, bytes]:
        """What asks whether all before is through, and the id that will come back (none: only "processed")."""
        ...

    def clear_request(self) -> bytes:
        """Drop what is not yet printed; empty where the model cannot."""
        ...

    def recovery_request(self) -> bytes:
        """Go on after an error whose cause is removed, where printing stopped; empty where no command does that."""
        ...

    def mend(self, longest: int) -> bytes:
        """What completes, or has the printer drop, a command of at most so many bytes that was cut in two."""
        ...

    def sent(self, data: bytes) -> None:
        """What went out, in order."""
        ...

    def receive(self, data: bytes) -> list[SessionEvent]:
        """Events that `data` completes."""
        ...

    def silent(self) -> bool:
        """Questions stay unanswered: True if that is this language's way to tell a state, which `status` then shows."""
        ...
