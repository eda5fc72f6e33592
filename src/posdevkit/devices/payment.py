"""What became of a charge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from posdevkit.money import Money
from posdevkit.secret import Secret

__all__ = ["Payment", "PaymentState"]


class PaymentState(Enum):
    """What is known of a payment."""

    APPROVED = "approved"
    """The customer paid."""
    DECLINED = "declined"
    """The terminal said no; nothing was charged."""
    ABORTED = "aborted"
    """It ended before a charge; nothing was charged."""
    UNKNOWN = "unknown"
    """Nobody can tell yet. Recover it before anything else is charged."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What became of a charge. `state` is never a guess."""

    intent: str
    amount: Money
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

    @property
    def approved(self) -> bool:
        """Whether the customer paid."""
        return self.state is PaymentState.APPROVED
