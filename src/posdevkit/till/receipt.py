"""The customer's receipt of an order: what a Danish receipt has to tell, and a little more.

Momsbekendtgørelsen, section 64: seller with address and CVR number, date, running number, what was sold and how much of
it, the total and the VAT in it. Besides: VAT by rate, payments, change, cashier.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from posdevkit.documents import Column, Columns, Receipt, Style

from .order import Discount, Order
from .words import Words, words

if TYPE_CHECKING:
    from posdevkit.documents.elements import PilImage

__all__ = ["order_receipt"]

# An amount too long for narrow paper is wrapped, since a figure that is cut is a wrong one.
_VAT_TABLE = (Column(6), *(Column(align="right"),) * 3)
_TOTAL = Style(bold=True, height=2)
_LABEL_AND_AMOUNT = (Column(), Column(align="right", wrap=False))


def order_receipt(order: Order, *, logo: str | Path | bytes | PilImage | None = None) -> Receipt:
    """The receipt in the order's language, to be printed at any width; it ends with a cut.

    `logo` wins over the shop's own. The drawer opens first when there is cash: the cashier finds the change while the
    paper still runs.
    """
    say = words(order.language)
    receipt = Receipt().drawer() if order.takes_cash else Receipt()
    receipt = _heading(receipt, order, say, logo)
    receipt = _lines(receipt, order, say)
    receipt = _totals(receipt, order, say)
    receipt = _vat(receipt, order, say)
    receipt = _payments(receipt, order, say)
    return _farewell(receipt, order, say).cut()


def _heading(receipt: Receipt, order: Order, say: Words, logo: str | Path | bytes | PilImage | None) -> Receipt:
    shop = order.shop
    picture = shop.logo if logo is None else logo
    if picture is not None:
        receipt = receipt.image(picture)
    receipt = receipt.title(shop.name)
    for line in shop.address:
        receipt = receipt.text(line, align="center")
    if shop.phone:
        receipt = receipt.text(f"{say['phone']} {shop.phone}", align="center")
    if shop.cvr:
        receipt = receipt.text(f"{say['cvr']} {shop.cvr}", align="center")
    receipt = receipt.feed().row(f"{say['receipt']} {order.number}", order.time.strftime(say["time"]))
    register = f"{say['register']} {order.register}" if order.register else ""
    cashier = f"{say['cashier']} {order.cashier}" if order.cashier else ""
    if register or cashier:
        receipt = receipt.row(register, cashier) if register else receipt.text(cashier)
    if order.table:
        receipt = receipt.text(f"{say['table']} {order.table}", bold=True)
    if order.note:
        receipt = receipt.text(order.note)
    return receipt.rule()


def _lines(receipt: Receipt, order: Order, say: Words) -> Receipt:
    for line in order.lines:
        receipt = receipt.row(line.name, say.amount(line.gross))
        if line.quantity != 1:
            receipt = receipt.text(f"  {say.number(line.quantity)} x {say.amount(line.price)}")
        if line.note:
            receipt = receipt.text(f"  {line.note}")
        if line.discount:
            receipt = receipt.row(_discount_label("  ", line.discount, say), say.amount(-line.reduction))
    return receipt.rule()


def _discount_label(indent: str, discount: Discount, say: Words) -> str:
    parts = [discount.name or say["discount"]]
    if discount.basis_points is not None:
        parts.append(say.rate(discount.basis_points))
    return indent + " ".join(parts)


def _totals(receipt: Receipt, order: Order, say: Words) -> Receipt:
    if order.discount:
        receipt = receipt.row(say["subtotal"], say.amount(order.subtotal))
        receipt = receipt.row(_discount_label("", order.discount, say), say.amount(-order.reduction))
    label = f"{say['total']} {order.currency}"
    return receipt.add(Columns((label, say.amount(order.total)), _LABEL_AND_AMOUNT, _TOTAL))


def _vat(receipt: Receipt, order: Order, say: Words) -> Receipt:
    heading = tuple(say[key] for key in ("vat_rate", "vat_net", "vat_amount", "vat_gross"))
    rows = [(say.rate(group.rate), *map(say.amount, (group.net, group.vat, group.gross))) for group in order.vat_groups]
    return receipt.feed().table([heading, *rows], _VAT_TABLE).rule()


def _payments(receipt: Receipt, order: Order, say: Words) -> Receipt:
    if order.rounding:
        receipt = receipt.row(say["rounding"], say.amount(order.rounding))
    for payment in order.payments:
        receipt = receipt.row(say.means[payment.means], say.amount(payment.amount))
    if order.takes_cash:
        receipt = receipt.row(say["change"], say.amount(order.change), bold=True)
    return receipt


def _farewell(receipt: Receipt, order: Order, say: Words) -> Receipt:
    if order.link:
        receipt = receipt.feed().qr(order.link)
    receipt = receipt.feed()
    for line in order.footer or (say["thanks"],):
        receipt = receipt.text(line, align="center")
    return receipt
