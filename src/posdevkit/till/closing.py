"""From a basket and what was paid to the fact of the sale."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from posdevkit.contract import Line, Movement, Points, Sale, Tender, VatTotal, from_json, to_json
from posdevkit.errors import BadOrder

from .basket import Basket, PricedLine
from .cash import cash_of
from .sums import CASH, Paid, Settlement

__all__ = ["sale_of", "settle", "sound"]


def settle(basket: Basket, payments: Iterable[Paid] = (), *, country: str = "") -> Settlement:
    """What these payments do to the basket's total: rounding, what is due, change. Raises BadTender if too little or,
    other than in cash, too much was paid. `country` (FI) where cash is handled unlike elsewhere in the currency.
    """
    return Settlement(basket.total, tuple(payments), cash_of(basket.currency, country))


def sound(make: Callable[[], Sale]) -> Sale:
    """A sale that the cloud will take: read as it will be read, before money changes hands. Raises BadOrder."""
    try:
        return from_json(Sale, to_json(make()), "sale")
    except ValueError as problem:
        raise BadOrder(str(problem), remedy="Correct the value that is named.") from problem


def sale_of(
    basket: Basket,
    payments: Iterable[Paid],
    *,
    receipt: str,
    register: str,
    sequence: int,
    cashier: str = "",
    country: str = "",
) -> Sale:
    """The sale with all that it moves: money, stock, points. Raises BadOrder for an empty basket, and as `settle` does.

    `sequence` counts a register's receipts without a gap; `receipt` is what stands on paper. The moment belongs to the
    fact that carries the sale.
    """
    if not basket.lines:
        raise BadOrder("the basket is empty", remedy="Add a line first.")
    settlement = settle(basket, payments, country=country)
    customer = basket.customer.id if basket.customer else None
    return sound(
        lambda: Sale(
            receipt=receipt,
            register=register,
            sequence=sequence,
            currency=basket.currency,
            business_day=basket.day,
            lines=tuple(_line(one) for one in basket.priced),
            tenders=_tenders(settlement),
            vat=tuple(VatTotal(one.rate, one.gross.minor, one.vat.minor) for one in basket.vat_groups),
            total=basket.total.minor,
            rounding=settlement.rounding.minor,
            cashier=cashier,
            customer=customer,
            movements=tuple(Movement(one.line.product.sku, -_stock(one), "sale") for one in basket.priced),
            points=tuple(
                Points(customer, campaign.id, "earn" if points > 0 else "redeem", points)
                for campaign, points in basket.points
                if customer
            ),
        )
    )


def _line(one: PricedLine) -> Line:
    product = one.line.product
    return Line(
        sku=product.sku,
        name=product.name,
        quantity=one.line.quantity,
        price=one.line.price,
        total=one.total.minor,
        vat_rate=product.vat_rate,
        discount=(one.gross - one.total).minor,
        campaign=one.saving.campaign.id if one.saving else "",
    )


def _stock(one: PricedLine) -> Decimal:
    return one.line.quantity if one.line.stock is None else one.line.stock


def _tenders(settlement: Settlement) -> tuple[Tender, ...]:
    """Cash is one tender, less the change; the others are as they were paid."""
    found = [
        Tender(payment.means, payment.amount.minor, payment.reference)
        for payment in settlement.payments
        if payment.means != CASH
    ]
    cash, change = settlement.received(cash=True), settlement.change
    if cash:
        found.append(Tender(CASH, (cash - change).minor, change=change.minor))
    return tuple(found)
