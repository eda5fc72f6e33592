"""Giving back a sale, whole or in part, to the last øre.

A part is worked out from what is given back in all, this time and before: so however a sale is cut into refunds, they
sum to what was paid, line by line, rate by rate and point by point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from posdevkit.contract import Line, Means, Movement, Points, Sale, Tender, VatTotal
from posdevkit.errors import BadRefund
from posdevkit.money import Money, rounded, vat_of_gross

from .cash import cash_of
from .closing import sound
from .sums import CASH

__all__ = ["refund_of", "refundable"]

_GRAM = Decimal("0.001")


def refundable(sale: Sale, earlier: Iterable[Sale] = ()) -> tuple[Decimal, ...]:
    """How much of each line is not given back yet; `earlier`: the refunds of this sale so far."""
    left = [line.quantity for line in sale.lines]
    for refund in earlier:
        for line in refund.lines:
            if not 1 <= line.of <= len(left):
                raise BadRefund(f"{refund.receipt} is no refund of {sale.receipt}")
            left[line.of - 1] += line.quantity
    return tuple(left)


def refund_of(
    sale: Sale,
    sale_id: str,
    *,
    receipt: str,
    register: str,
    sequence: int,
    business_day: str,
    quantities: Mapping[int, Decimal | int] | None = None,
    earlier: Sequence[Sale] = (),
    means: Means | None = None,
    reference: str = "",
    cashier: str = "",
    country: str = "",
) -> Sale:
    """The refund of a sale, whose fact has the identifier `sale_id`: all that is left of it, or so much of some lines.

    `quantities` goes by line, from 0. `means` is how the money goes back; cash is rounded as in a sale. Without it a
    whole sale goes back the way it came, rounding and all. `reference` is the number of the terminal that gave it back.
    Raises BadRefund for more than is left, for a part of a sale without `means`, and for one `reference` where
    several payments go back.
    """
    if sale.refund_of is not None:
        raise BadRefund(f"{sale.receipt} is itself a refund", remedy="Ring the goods up as a new sale.")
    for refund in earlier:
        if refund.refund_of != sale_id:
            raise BadRefund(f"{refund.receipt} is no refund of {sale.receipt}")
    left = refundable(sale, earlier)
    chosen = dict(enumerate(left)) if quantities is None else quantities
    wanted = {place: Decimal(quantity) for place, quantity in chosen.items()}
    _check(sale, left, wanted, everything=quantities is None)
    lines, movements = [], []
    for place in sorted(place for place, quantity in wanted.items() if quantity):
        before = sale.lines[place].quantity - left[place]
        lines.append(_line(sale.lines[place], place, before, before + wanted[place]))
        if sale.movements:  # what moved nothing brings nothing back
            movements.append(_movement(sale, place, before, before + wanted[place]))
    total = sum(line.total for line in lines)
    whole = wanted == dict(enumerate(line.quantity for line in sale.lines))
    tenders, rounding = _paid_back(sale, total, means, reference, country, whole=whole)
    return sound(
        lambda: Sale(
            receipt=receipt,
            register=register,
            sequence=sequence,
            currency=sale.currency,
            business_day=business_day,
            lines=tuple(lines),
            tenders=tenders,
            vat=_vat(sale, lines, earlier),
            total=total,
            rounding=rounding,
            cashier=cashier,
            customer=sale.customer,
            movements=tuple(movements),
            points=_points(sale, lines, earlier),
            refund_of=sale_id,
        )
    )


def _check(sale: Sale, left: Sequence[Decimal], wanted: Mapping[int, Decimal], *, everything: bool) -> None:
    for place, quantity in wanted.items():
        if not 0 <= place < len(left):
            raise BadRefund(
                f"{sale.receipt} has {len(left)} lines; there is no line {place + 1} (place {place}, counted from 0)",
                remedy="Look at the lines of the receipt.",
            )
        line = sale.lines[place]
        if not quantity.is_finite() or quantity > left[place] or (quantity <= 0 and not everything):
            raise BadRefund(f"{quantity} of {line.name}: {line.quantity} were sold, and {left[place]} are left")
        grains = 1 if line.quantity == line.quantity.to_integral_value() else 1000
        if grains % quantity.as_integer_ratio()[1]:
            raise BadRefund(f"{quantity} of {line.name} is no quantity", remedy="Give back whole pieces, or grams.")
    if not any(wanted.values()):
        raise BadRefund(f"nothing is left of {sale.receipt}" if everything else "no line is named")


def _part(amount: int, before: Decimal, after: Decimal, whole: Decimal) -> int:
    """How much of `amount` goes with the quantities from `before` to `after` of `whole`."""

    def until(quantity: Decimal) -> int:
        part = amount * Fraction(quantity) / Fraction(whole)
        return rounded(part.numerator, part.denominator)

    return until(after) - until(before)


def _line(line: Line, place: int, before: Decimal, after: Decimal) -> Line:
    return Line(
        sku=line.sku,
        name=line.name,
        quantity=before - after,
        price=line.price,
        total=-_part(line.total, before, after, line.quantity),
        vat_rate=line.vat_rate,
        discount=-_part(line.discount, before, after, line.quantity),
        campaign=line.campaign,
        of=place + 1,
    )


def _movement(sale: Sale, place: int, before: Decimal, after: Decimal) -> Movement:
    # A till moves stock line by line; of a sale that another program wrote the line itself says how much it was.
    line = sale.lines[place]
    moved = sale.movements[place].quantity if len(sale.movements) == len(sale.lines) else -line.quantity
    grams = _part(int(moved / _GRAM), before, after, line.quantity)
    return Movement(line.sku, -grams * _GRAM, "refund")


def _vat(sale: Sale, lines: Iterable[Line], earlier: Iterable[Sale]) -> tuple[VatTotal, ...]:
    """By rate: the VAT of all that is given back by now, less what earlier refunds gave."""
    found = []
    for group in sale.vat:
        mine = [line.total for line in lines if line.vat_rate == group.rate]
        if mine:
            past = [one for refund in earlier for one in refund.vat if one.rate == group.rate]
            gross = Money(sum(mine) + sum(one.gross for one in past), sale.currency)
            vat = vat_of_gross(gross, group.rate).minor - sum(one.vat for one in past)
            found.append(VatTotal(group.rate, sum(mine), vat))
    return tuple(found)


def _points(sale: Sale, lines: Iterable[Line], earlier: Iterable[Sale]) -> tuple[Points, ...]:
    """In proportion to the money, and all of them once everything is back."""
    past = list(earlier)
    back = [line for refund in past for line in refund.lines] + list(lines)
    everything = sum(line.quantity for line in back) == -sum(line.quantity for line in sale.lines)
    money = -sum(line.total for line in back)
    found = []
    for entry in sale.points:
        due = entry.points if everything or not sale.total else rounded(entry.points * money, sale.total)
        done = sum(one.points for refund in past for one in refund.points if one.rule == entry.rule)
        if -due != done:
            found.append(Points(entry.customer, entry.rule, "reverse", -due - done))
    return tuple(found)


def _paid_back(
    sale: Sale, total: int, means: Means | None, reference: str, country: str, *, whole: bool
) -> tuple[tuple[Tender, ...], int]:
    if means is None and whole:
        back = [one for one in sale.tenders if one.amount]
        if reference and len(back) != 1:
            raise BadRefund(
                f"one reference for {len(back)} payments", remedy="Say how the money goes back: means='card'."
            )
        return tuple(Tender(one.means, -one.amount, reference or one.reference) for one in back), -sale.rounding
    if means is None:
        raise BadRefund("a part of a sale, without the means", remedy="Say how the money goes back: means='cash'.")
    amount = Money(total, sale.currency)
    paid = cash_of(sale.currency, country).round(amount) if means == CASH else amount
    return ((Tender(means, paid.minor, reference),) if paid else ()), (paid - amount).minor
