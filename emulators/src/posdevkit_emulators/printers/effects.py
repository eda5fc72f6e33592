"""What an emulated printer does in answer to bytes or to a person's hands, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from posdevkit_emulators.tickets import PrintedTicket

__all__ = ["NOTHING", "TROUBLES", "Effects", "Happened", "What"]


class What(Enum):
    """Everything that can be seen or heard at an emulated printer and on its cable."""

    TICKET = "ticket"
    """A piece of paper came out: cut, torn off at the end, or longer than any roll."""
    LABEL = "label"
    """A label came out; its number is the detail."""
    PAUSED = "paused"
    RESUMED = "resumed"
    DRAWER_KICK = "drawer-kick"
    BUZZER = "buzzer"
    """It was heard; how many times is the detail."""
    DRAWER_OPENED = "drawer-opened"
    DRAWER_CLOSED = "drawer-closed"
    PAPER_NEAR_END = "paper-near-end"
    PAPER_OUT = "paper-out"
    PAPER_LOADED = "paper-loaded"
    COVER_OPENED = "cover-opened"
    COVER_CLOSED = "cover-closed"
    CUTTER_JAMMED = "cutter-jammed"
    HEAD_HOT = "head-hot"
    """The print head is too hot to go on."""
    ERROR = "error"
    """An error that a host can have the printer recover from."""
    FAILED = "failed"
    """An error that only switching off and on clears."""
    FAULT = "fault"
    """A fault that was scheduled begins; its own words are the detail."""
    ERROR_CLEARED = "error-cleared"
    BUFFER_CLEARED = "buffer-cleared"
    """The host made the printer forget what it had not printed."""
    STANDBY = "standby"
    """The host had it get ready to be switched off; it does nothing more until then."""
    CONFIRMED = "confirmed"
    """A process id was sent."""
    POWER_CYCLED = "power-cycled"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    CABLE_FAULT = "cable-fault"
    """A fault of the cable happened: stall, drop, close or power cut."""
    SAVED = "saved"
    """A ticket's files were written."""
    NOT_SAVED = "not-saved"
    """A ticket's files could not be written; the printer goes on."""


TROUBLES: Final = (
    What.PAPER_NEAR_END, What.PAPER_OUT, What.COVER_OPENED, What.CUTTER_JAMMED, What.HEAD_HOT, What.ERROR, What.FAILED,
    What.CABLE_FAULT,
)  # fmt: skip
"""What is told of a ticket that it befell."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: what, in words what more there is to say, and the ticket that came out."""

    what: What
    detail: str = ""
    ticket: PrintedTicket | None = None
    seen_to: tuple[str, float] | None = None
    """What a person does about it, as `hands.HANDS` names it, and after how many seconds."""

    def __str__(self) -> str:
        return f"{self.what.value}: {self.detail}" if self.detail else self.what.value


@dataclass(frozen=True, slots=True)
class Effects:
    """Bytes to send to the host, events in order, and whether the connection is gone with them."""

    writes: bytes = b""
    events: tuple[Happened, ...] = ()
    disconnects: bool = False


NOTHING = Effects()
