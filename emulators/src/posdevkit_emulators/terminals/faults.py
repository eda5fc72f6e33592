"""What goes wrong with an emulated terminal, as text: for the command line and for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posdevkit.errors import UsageError

__all__ = ["FAULTS", "TerminalFaults", "terminal_faults"]

FAULTS: Final = (
    "cut-before-message=N   reset the connection in place of the terminal's Nth message",
    "cut-at-byte=N          reset it after N bytes from the terminal",
    "cut-on-message=N       reset it in place of taking the till's Nth message",
    "stall-before-message=N  say nothing from the terminal's Nth message on",
    "decline                the host declines",
    "wait-for-card          no customer comes: only an abort ends the payment",
    "card-removed           the customer takes the card away",
    "garbage                a completion full of nonsense",
    "reverse-last           a reversal takes back the last charge, whichever is named (Portalum.Zvt issue 24)",
    "finish                 a payment that is cut off goes on to its end at the terminal",
)


@dataclass(slots=True)
class TerminalFaults:
    """Counts are over all connections, and each cut comes once."""

    cut_before_message: int = 0
    cut_at_byte: int = -1
    cut_on_message: int = 0
    stall_before_message: int = 0
    decline: bool = False
    wait_for_card: bool = False
    card_removed: bool = False
    garbage: bool = False
    reverse_last: bool = False
    finish: bool = False


def terminal_faults(*texts: str) -> TerminalFaults:
    """Read faults as FAULTS shows them. Raises UsageError."""
    faults = TerminalFaults()
    for text in texts:
        name, mark, number = text.partition("=")
        field = name.replace("-", "_")
        counted = field.startswith(("cut_", "stall_"))
        if field not in TerminalFaults.__slots__ or counted != bool(mark) or (mark and not number.isdecimal()):
            raise UsageError(f"{text!r} is no fault of a terminal", remedy=f"Use one of: {'; '.join(FAULTS)}.")
        setattr(faults, field, int(number) if counted else True)
    return faults
