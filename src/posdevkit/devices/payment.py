"""What became of a charge, or of money given back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from posdevkit.money import Money
from posdevkit.secret import Secret

__all__ = ["Payment", "PaymentKind", "PaymentState"]


class PaymentKind(Enum):
    """Which way the money goes."""

    CHARGE = "charge"
    """From the customer's card."""
    REFUND = "refund"
    """To a card: a transaction of its own, which knows nothing of a charge."""
    REVERSAL = "reversal"
    """Back to the card it came from, all of it: the charge is taken back."""


class PaymentState(Enum):
    """What is known of a payment, whichever way the money goes."""

    APPROVED = "approved"
    """It was made: the customer paid, or has the money back."""
    DECLINED = "declined"
    """The terminal said no; no money moved."""
    ABORTED = "aborted"
    """It ended before money moved."""
    UNKNOWN = "unknown"
    """Nobody can tell yet. Recover it before anything else is charged or given back."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What became of a charge, a refund or a reversal. `state` is never a guess."""

    intent: str
    amount: Money
    """Never negative; `kind` tells which way it went."""
    state: PaymentState
    reason: str = ""
    """Why not, in English; empty when approved."""
    receipt: int | None = None
    """The terminal's receipt number."""
    brand: str = ""
    card: Secret | None = None
    """The number as the terminal tells it, mostly masked; shows its last four digits alone."""
    lines: tuple[str, ...] = ()
    """What the terminal wants on the customer's receipt. Not kept over a restart."""
    kind: PaymentKind = PaymentKind.CHARGE
    of: str = ""
    """The intent of the charge that a reversal takes back."""

    @property
    def approved(self) -> bool:
        """Whether it was made: the customer paid, or has the money back."""
        return self.state is PaymentState.APPROVED
