"""A wallet's service, played by the demo: posdevkit reads a wallet's code and has no service behind it."""

from __future__ import annotations

from posdevkit.money import Money
from posdevkit.secret import Secret

__all__ = ["WalletService"]


class WalletService:
    """Takes money for one customer's code, and keeps a ledger. What a real one does is its operator's business."""

    def __init__(self, code: Secret) -> None:
        self._code = code
        self.ledger: list[Money] = []

    def charge(self, code: Secret, amount: Money) -> str:
        """The service's own number for the payment. Raises ValueError for a code that it does not know."""
        if code.reveal() != self._code.reveal():
            raise ValueError("a code of nobody's")
        self.ledger.append(amount)
        return f"W{len(self.ledger):04}"
