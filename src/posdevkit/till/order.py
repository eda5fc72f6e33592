"""An order and its arithmetic: every figure is a whole number of minor units, and the parts sum to the whole.

Prices include VAT. A discount on the order is spread over the lines by largest remainder, so that each line, and with
it each VAT rate, carries its share to the last øre. Cash is rounded once, on what is left to pay in cash
(Bekendtgørelse 928 of 19 September 2008, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from posdevkit.errors import BadOrder
from posdevkit.money import Money, cash_step, per_cent, round_to_step, share, total, vat_of_gross

__all__ = ["CASH", "Discount", "Language", "Means", "Order", "OrderLine", "Payment", "Shop", "VatGroup"]

Means = Literal["cash", "card", "mobilepay", "voucher", "account"]
Language = Literal["da", "en"]
CASH: Means = "cash"


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sells. A Danish receipt names seller, address and CVR number (momsbekendtgørelsen, section 64)."""

    name: str
    address: tuple[str, ...] = ()
    cvr: str = ""
    phone: str = ""
    logo: Path | None = None


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
class OrderLine:
    """So much of a thing: `price` for one, VAT included; `vat` in hundredths of a per cent (2500 is 25 %)."""

    name: str
    price: Money
    vat: int
    quantity: Decimal = Decimal(1)
    discount: Discount | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.price.minor < 0:
            raise BadOrder(f"a price of {self.price} is negative")
        if self.quantity <= 0:
            raise BadOrder(f"a quantity of {self.quantity} is not above 0")
        if not 0 <= self.vat <= 10_000:
            raise BadOrder(f"a VAT rate is 0 to 100 %, not {Decimal(self.vat) / 100} %")
        if self.reduction > self.gross:
            raise BadOrder(f"a discount of {self.reduction} is more than the line's {self.gross}")

    @property
    def gross(self) -> Money:
        """Quantity times price, rounded half up."""
        return self.price * self.quantity

    @property
    def reduction(self) -> Money:
        """What the line's own discount takes off."""
        return self.discount.on(self.gross) if self.discount else Money(0, self.price.currency)

    @property
    def total(self) -> Money:
        """What the line costs after its own discount."""
        return self.gross - self.reduction


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received, before change."""

    means: Means
    amount: Money

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


@dataclass(frozen=True, slots=True)
class Order:
    """A paid order. Raises BadOrder if its payments do not settle it or its parts are in different currencies."""

    shop: Shop
    number: str
    time: datetime
    currency: str
    lines: tuple[OrderLine, ...]
    payments: tuple[Payment, ...]
    discount: Discount | None = None
    register: str = ""
    cashier: str = ""
    table: str = ""
    note: str = ""
    link: str = ""
    footer: tuple[str, ...] = ()
    language: Language = "da"
    _parts: tuple[Money, ...] = field(init=False, repr=False, compare=False)
    """Each line's total after its share of the order's discount."""

    def __post_init__(self) -> None:
        amounts = [line.price for line in self.lines] + [payment.amount for payment in self.payments]
        amounts += [d.amount for d in (self.discount, *(line.discount for line in self.lines)) if d and d.amount]
        for amount in amounts:
            if amount.currency != self.currency:
                raise BadOrder(f"{amount} in an order in {self.currency}")
        if not self.lines:
            raise BadOrder("lines: an order has one or more")
        if self.reduction > self.subtotal:
            raise BadOrder(f"discount: {self.reduction} is more than the lines' {self.subtotal}")
        object.__setattr__(self, "_parts", self._shared())
        if self.change.minor < 0:
            raise BadOrder(f"payments: {self.paid} is {-self.change} short of the total of {self.due}")
        if self.change > self._received(cash=True):
            excess = self.change - self._received(cash=True)
            raise BadOrder(f"payments: {excess} more than the total of {self.due}, and change is given from cash alone")

    def _shared(self) -> tuple[Money, ...]:
        totals = [line.total for line in self.lines]
        if not self.reduction:
            return tuple(totals)
        parts = share(self.reduction, [amount.minor for amount in totals])
        return tuple(amount - part for amount, part in zip(totals, parts, strict=True))

    def _received(self, *, cash: bool) -> Money:
        return total((p.amount for p in self.payments if (p.means == CASH) == cash), self.currency)

    @property
    def subtotal(self) -> Money:
        """All lines after their own discounts."""
        return total((line.total for line in self.lines), self.currency)

    @property
    def reduction(self) -> Money:
        """What the order's discount takes off."""
        return self.discount.on(self.subtotal) if self.discount else Money(0, self.currency)

    @property
    def total(self) -> Money:
        """What the order costs, VAT included, before cash is rounded."""
        return self.subtotal - self.reduction

    @property
    def vat_groups(self) -> tuple[VatGroup, ...]:
        """VAT by rate, the highest first; their gross amounts sum to `total`."""
        gross: dict[int, Money] = {}
        for line, part in zip(self.lines, self._parts, strict=True):
            gross[line.vat] = gross.get(line.vat, Money(0, self.currency)) + part
        return tuple(
            VatGroup(rate, gross[rate], vat_of_gross(gross[rate], rate)) for rate in sorted(gross, reverse=True)
        )

    @property
    def vat(self) -> Money:
        """All VAT in `total`."""
        return total((group.vat for group in self.vat_groups), self.currency)

    @property
    def rounding(self) -> Money:
        """What rounding to coins adds to the part that is paid in cash; nothing if that part is paid to the øre."""
        rest = self.total - self._received(cash=False)
        cash = self._received(cash=True)
        if not cash or rest.minor <= 0 or cash == rest:
            return Money(0, self.currency)
        return round_to_step(rest, cash_step(self.currency)) - rest

    @property
    def due(self) -> Money:
        """What is to be paid: the total with cash rounding."""
        return self.total + self.rounding

    @property
    def paid(self) -> Money:
        """All payments."""
        return total((payment.amount for payment in self.payments), self.currency)

    @property
    def change(self) -> Money:
        """Cash given back."""
        return self.paid - self.due

    @property
    def takes_cash(self) -> bool:
        """Whether the drawer has to open."""
        return any(payment.means == CASH for payment in self.payments)
