"""X and Z reports: what one register took since the last closing, as a value and on paper.

An X report is a look, a Z report closes the shift: the figures are the same, and what becomes of the shift is the
caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from posdevkit.contract import Sale, ShiftClosed, Tender, VatTotal
from posdevkit.documents import Receipt
from posdevkit.errors import BadOrder
from posdevkit.money import Money

from .order import Language, Seller
from .receipt import seller, vat_table
from .sums import CASH, VatGroup
from .words import words

__all__ = ["report_receipt", "shift_of"]


def shift_of(
    sales: Iterable[Sale],
    *,
    register: str,
    number: int,
    opened_at: str,
    closed_at: str,
    currency: str = "DKK",
    opening_cash: int = 0,
    counted_cash: int | None = None,
) -> ShiftClosed:
    """The figures of the sales and refunds of one shift; amounts in minor units, times as ISO 8601 with offset.

    Raises BadOrder for a sale of another register or currency, and for sequences that have a gap.
    """
    sales = sorted(sales, key=lambda sale: sale.sequence)
    for sale in sales:
        if (sale.register, sale.currency) != (register, currency):
            raise BadOrder(f"{sale.receipt}: of {sale.register} in {sale.currency}, not {register} in {currency}")
    first = sales[0].sequence if sales else 0
    for expected, sale in enumerate(sales, first):
        if sale.sequence != expected:
            raise BadOrder(
                f"receipt {expected} of {register}: {sale.receipt} stands in its place",
                remedy="Give each sale of the shift once, and leave none out.",
            )
    tenders: dict[str, Tender] = {}
    groups: dict[int, VatTotal] = {}
    for sale in sales:
        for tender in sale.tenders:
            known = tenders.get(tender.means, Tender(tender.means, 0))
            tenders[tender.means] = Tender(tender.means, known.amount + tender.amount)
        for one in sale.vat:
            sofar = groups.get(one.rate, VatTotal(one.rate, 0, 0))
            groups[one.rate] = VatTotal(one.rate, sofar.gross + one.gross, sofar.vat + one.vat)
    refunds = [sale for sale in sales if sale.refund_of is not None]
    cash = tenders[CASH].amount if CASH in tenders else 0
    return ShiftClosed(
        register=register,
        number=number,
        opened_at=opened_at,
        closed_at=closed_at,
        first_sequence=first,
        last_sequence=sales[-1].sequence if sales else 0,
        sales=len(sales) - len(refunds),
        refunds=len(refunds),
        currency=currency,
        total=sum(sale.total for sale in sales),
        rounding=sum(sale.rounding for sale in sales),
        tenders=tuple(tenders[means] for means in sorted(tenders)),
        vat=tuple(groups[rate] for rate in sorted(groups, reverse=True)),
        counted_cash=counted_cash,
        expected_cash=opening_cash + cash,
        opening_cash=opening_cash,
        refunded=sum(sale.total for sale in refunds),
    )


def report_receipt(shift: ShiftClosed, shop: Seller, *, kind: Literal["X", "Z"], language: Language = "da") -> Receipt:
    """The report on paper."""
    say = words(language)

    def amount(minor: int) -> str:
        return say.amount(Money(minor, shift.currency))

    def time(text: str) -> str:
        return datetime.fromisoformat(text).strftime(say["time"])

    receipt = seller(Receipt(), shop, say).feed().title(f"{kind}-{say['report']} {shift.number}")
    receipt = receipt.row(say["register"], shift.register)
    receipt = receipt.row(say["from"], time(shift.opened_at)).row(say["until"], time(shift.closed_at))
    receipt = receipt.row(say["receipts"], f"{shift.first_sequence} - {shift.last_sequence}").rule()
    receipt = receipt.row(f"{shift.sales} {say['sales']}", amount(shift.total - shift.refunded))
    receipt = receipt.row(f"{shift.refunds} {say['refunds']}", amount(shift.refunded))
    receipt = receipt.total(amount(shift.total), f"{say['total']} {shift.currency}")
    groups = [VatGroup(one.rate, Money(one.gross, shift.currency), Money(one.vat, shift.currency)) for one in shift.vat]
    receipt = vat_table(receipt, groups, say)
    for tender in shift.tenders:
        receipt = receipt.row(say.means[tender.means], amount(tender.amount))
    receipt = receipt.row(say["rounding"], amount(shift.rounding)).rule()
    receipt = receipt.row(say["opening_cash"], amount(shift.opening_cash))
    receipt = receipt.row(say["expected_cash"], amount(shift.expected_cash))
    if shift.counted_cash is not None:
        receipt = receipt.row(say["counted_cash"], amount(shift.counted_cash))
        receipt = receipt.row(say["difference"], amount(shift.counted_cash - shift.expected_cash), bold=True)
    return receipt.cut()
