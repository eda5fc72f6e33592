"""What a register is told once and every sale of it needs: who sells, where, and in which language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from posdevkit.contract import Means, Sale, ShiftClosed
from posdevkit.documents import Receipt
from posdevkit.store import Shift
from posdevkit.till import Basket, Catalogue, Paid, Seller, refund_of, report_receipt, sale_of, sale_receipt, shift_of
from posdevkit.till.order import Language

__all__ = ["Terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """From what happens at one register to its facts and papers. Pure."""

    register: str
    seller: Seller
    currency: str
    country: str = ""
    """Two letters, where cash is handled unlike elsewhere in the currency."""
    language: Language = "da"
    day_starts: time = time(0)
    """Sales before this belong to the business day before."""

    def day_of(self, at: datetime) -> str:
        """The business day of a moment, as 2026-03-14."""
        start = timedelta(hours=self.day_starts.hour, minutes=self.day_starts.minute)
        return (at - start).date().isoformat()

    def receipt(self, number: int) -> str:
        """What stands on paper for the register's number."""
        return f"{self.register}-{number:06}"

    def sale(self, basket: Basket, paid: Iterable[Paid], number: int, at: datetime, cashier: str) -> Sale:
        """The sale of a basket at the prices and campaigns that it was rung up with, also after midnight."""
        sale = sale_of(
            basket,
            paid,
            receipt=self.receipt(number),
            register=self.register,
            sequence=number,
            cashier=cashier,
            country=self.country,
        )
        return replace(sale, business_day=self.day_of(at))

    def refund(
        self,
        sale: Sale,
        identifier: UUID,
        earlier: Sequence[Sale],
        number: int,
        at: datetime,
        *,
        quantities: Mapping[int, Decimal | int] | None,
        means: Means | None,
        reference: str,
        cashier: str,
    ) -> Sale:
        """The refund of a sale, whose fact has that identifier; `earlier` are those that it had."""
        return refund_of(
            sale,
            str(identifier),
            receipt=self.receipt(number),
            register=self.register,
            sequence=number,
            business_day=self.day_of(at),
            quantities=quantities,
            earlier=earlier,
            means=means,
            reference=reference,
            cashier=cashier,
            country=self.country,
        )

    def figures(self, shift: Shift, sales: Iterable[Sale], at: datetime, counted: int | None = None) -> ShiftClosed:
        """What a shift took until `at`; `counted` is what lay in the drawer, in minor units."""
        return shift_of(
            sales,
            register=self.register,
            number=shift.number,
            opened_at=shift.opened_at,
            closed_at=at.isoformat(),
            currency=self.currency,
            opening_cash=shift.opening_cash,
            counted_cash=counted,
        )

    def paper(self, sale: Sale, at: datetime, goods: Catalogue, *, refunded: str = "", copy: bool = False) -> Receipt:
        """The customer's receipt; `goods` tell what is weighed, `refunded` is the one that a refund gives back."""
        known = {line.sku: goods.products.get(line.sku) for line in sale.lines}
        weighed = {sku for sku, product in known.items() if product is not None and product.by_weight}
        return sale_receipt(
            sale, self.seller, at, refunded=refunded, copy=copy, weighed=weighed, language=self.language
        )

    def report(self, figures: ShiftClosed, kind: Literal["X", "Z"]) -> Receipt:
        """The report on paper."""
        return report_receipt(figures, self.seller, kind=kind, language=self.language)
