"""A paid order as values, for tills that keep their own baskets. Prices include VAT; `sums.py` has the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from posdevkit.errors import BadOrder
from posdevkit.money import Money, total

from .cash import cash_of
from .sums import CASH, Discount, Paid, Settlement, VatGroup, spread, vat_groups

__all__ = ["Language", "Order", "OrderLine", "Seller"]

Language = Literal["da", "en"]


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells. A Danish receipt names seller, address and CVR number (momsbekendtgørelsen, section 64)."""

    name: str
    address: tuple[str, ...] = ()
    cvr: str = ""
    phone: str = ""
    logo: Path | None = None


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
class Order:
    """A paid order. Raises BadOrder if its payments do not settle it or its parts are in different currencies."""

    shop: Seller
    number: str
    time: datetime
    currency: str
    lines: tuple[OrderLine, ...]
    payments: tuple[Paid, ...]
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
    _settlement: Settlement = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        amounts = [line.price for line in self.lines]
        amounts += [d.amount for d in (self.discount, *(line.discount for line in self.lines)) if d and d.amount]
        for amount in amounts:
            if amount.currency != self.currency:
                raise BadOrder(f"{amount} in an order in {self.currency}")
        if not self.lines:
            raise BadOrder("lines: an order has one or more")
        if self.reduction > self.subtotal:
            raise BadOrder(f"discount: {self.reduction} is more than the lines' {self.subtotal}")
        object.__setattr__(self, "_parts", spread(self.reduction, [line.total for line in self.lines]))
        object.__setattr__(self, "_settlement", Settlement(self.total, self.payments, cash_of(self.currency)))

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
        return vat_groups((line.vat, part) for line, part in zip(self.lines, self._parts, strict=True))

    @property
    def vat(self) -> Money:
        """All VAT in `total`."""
        return total((group.vat for group in self.vat_groups), self.currency)

    @property
    def rounding(self) -> Money:
        """What rounding to coins adds to the part that is paid in cash; nothing if that part is paid to the øre."""
        return self._settlement.rounding

    @property
    def due(self) -> Money:
        """What is to be paid: the total with cash rounding."""
        return self._settlement.due

    @property
    def paid(self) -> Money:
        """All payments."""
        return self._settlement.paid

    @property
    def change(self) -> Money:
        """Cash given back."""
        return self._settlement.change

    @property
    def takes_cash(self) -> bool:
        """Whether the drawer has to open."""
        return any(payment.means == CASH for payment in self.payments)
