"""The arithmetic of a sale: discounts, VAT by rate, cash rounding and change. Orders and baskets share it.

Figures are whole minor units, and the parts sum to the whole. A discount on the whole is spread over the lines by
largest remainder, so that each line, and with it each VAT rate, carries its share. Cash is rounded once, on what is
left to pay in cash (`cash.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from posdevkit.contract import Means
from posdevkit.errors import BadOrder, BadTender
from posdevkit.money import Money, per_cent, share, total, vat_of_gross

from .cash import Cash

__all__ = ["CASH", "Discount", "Paid", "Settlement", "VatGroup", "spread", "vat_groups"]

CASH: Final[Means] = "cash"


@dataclass(frozen=True, slots=True)
class Discount:
    """So many hundredths of a per cent (1000 is 10 %), or an amount: one of the two."""

    basis_points: int | None = None
    amount: Money | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if (self.basis_points is None) == (self.amount is None):
            raise BadOrder("a discount is either a percentage or an amount")
        if self.basis_points is not None and not 0 <= self.basis_points <= 10_000:
            raise BadOrder(f"a discount is 0 to 100 %, not {Decimal(self.basis_points) / 100} %")
        if self.amount is not None and self.amount.minor < 0:
            raise BadOrder(f"a discount of {self.amount} is negative")

    def on(self, gross: Money) -> Money:
        """What it takes off `gross`."""
        if self.amount is not None:
            return self.amount
        return per_cent(gross, self.basis_points or 0)


@dataclass(frozen=True, slots=True)
class Paid:
    """Money received, before change."""

    means: Means
    amount: Money
    reference: str = ""
    """The terminal's or the wallet's own number for it. Never a card's number."""

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise BadOrder(f"a payment of {self.amount} is not above 0")


@dataclass(frozen=True, slots=True)
class VatGroup:
    """All that is sold under one rate, after every discount."""

    rate: int
    gross: Money
    vat: Money

    @property
    def net(self) -> Money:
        """Without VAT."""
        return self.gross - self.vat


def spread(reduction: Money, amounts: Sequence[Money]) -> tuple[Money, ...]:
    """`amounts`, each less its share of `reduction`, which is at most their sum."""
    if not reduction:
        return tuple(amounts)
    parts = share(reduction, [amount.minor for amount in amounts])
    return tuple(amount - part for amount, part in zip(amounts, parts, strict=True))


def vat_groups(parts: Iterable[tuple[int, Money]]) -> tuple[VatGroup, ...]:
    """VAT by rate, the highest first, of amounts with the rate that they are under."""
    gross: dict[int, Money] = {}
    for rate, amount in parts:
        gross[rate] = gross.get(rate, Money(0, amount.currency)) + amount
    return tuple(VatGroup(rate, gross[rate], vat_of_gross(gross[rate], rate)) for rate in sorted(gross, reverse=True))


@dataclass(frozen=True, slots=True)
class Settlement:
    """A total and what was received for it. Raises BadTender if that does not settle it."""

    total: Money
    payments: tuple[Paid, ...]
    cash: Cash

    def __post_init__(self) -> None:
        for payment in self.payments:
            if payment.amount.currency != self.total.currency:
                raise BadOrder(f"{payment.amount} in an order in {self.total.currency}")
        if self.change.minor < 0:
            raise BadTender(f"payments: {self.paid} is {-self.change} short of the total of {self.due}")
        if self.change > self.received(cash=True):
            excess = self.change - self.received(cash=True)
            raise BadTender(
                f"payments: {excess} more than the total of {self.due}, and change is given from cash alone"
            )

    def received(self, *, cash: bool) -> Money:
        """What was received in cash, or by all other means."""
        return total((p.amount for p in self.payments if (p.means == CASH) == cash), self.total.currency)

    @property
    def rounding(self) -> Money:
        """What rounding to coins adds to the part that is paid in cash; nothing if that part is paid to the øre."""
        rest = self.total - self.received(cash=False)
        cash = self.received(cash=True)
        if not cash or rest.minor <= 0 or cash == rest:
            return Money(0, self.total.currency)
        return self.cash.round(rest) - rest

    @property
    def due(self) -> Money:
        """What is to be paid: the total with cash rounding."""
        return self.total + self.rounding

    @property
    def paid(self) -> Money:
        """All payments."""
        return total((payment.amount for payment in self.payments), self.total.currency)

    @property
    def change(self) -> Money:
        """Cash given back."""
        return self.paid - self.due
