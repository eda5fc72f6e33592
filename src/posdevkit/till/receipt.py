"""The customer's receipt of an order: what a Danish receipt has to tell, and a little more.

Momsbekendtgørelsen, section 64: seller with address and CVR number, date, running number, what was sold and how much of
it, the total and the VAT in it. Besides: VAT by rate, payments, change, cashier.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from posdevkit.documents import LABEL_AND_AMOUNT, Column, Columns, Receipt, Style
from posdevkit.money import Money

from .order import Order, Seller
from .sums import Discount, VatGroup
from .words import Words, words

if TYPE_CHECKING:
    from posdevkit.documents.pictures import PilImage

__all__ = ["farewell", "item", "numbered", "order_receipt", "seller", "total_row", "vat_table"]

# An amount too long for narrow paper is wrapped, since a figure that is cut is a wrong one.
_VAT_TABLE = (Column(6), *(Column(align="right"),) * 3)
_TOTAL = Style(bold=True, height=2)


def order_receipt(order: Order, *, logo: str | Path | bytes | PilImage | None = None) -> Receipt:
    """The receipt in the order's language, to be printed at any width; it ends with a cut.

    `logo` wins over the shop's own. The drawer opens first when there is cash: the cashier finds the change while the
    paper still runs.
    """
    say = words(order.language)
    receipt = Receipt().drawer() if order.takes_cash else Receipt()
    receipt = seller(receipt, order.shop, say, logo)
    receipt = numbered(
        receipt, say, number=order.number, time=order.time, register=order.register, cashier=order.cashier
    )
    if order.table:
        receipt = receipt.text(f"{say['table']} {order.table}", bold=True)
    if order.note:
        receipt = receipt.text(order.note)
    receipt = _lines(receipt.rule(), order, say)
    receipt = _totals(receipt, order, say)
    receipt = vat_table(receipt, order.vat_groups, say)
    receipt = _payments(receipt, order, say)
    return farewell(receipt, order.link, order.footer, say).cut()


def seller(receipt: Receipt, shop: Seller, say: Words, logo: str | Path | bytes | PilImage | None = None) -> Receipt:
    """Who sells; `logo` wins over the shop's own."""
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
    return receipt


def numbered(receipt: Receipt, say: Words, *, number: str, time: datetime, register: str, cashier: str) -> Receipt:
    """Which receipt, when, where and by whom."""
    receipt = receipt.feed().row(f"{say['receipt']} {number}", time.strftime(say["time"]))
    register = f"{say['register']} {register}" if register else ""
    cashier = f"{say['cashier']} {cashier}" if cashier else ""
    if register or cashier:
        receipt = receipt.row(register, cashier) if register else receipt.text(cashier)
    return receipt


def item(
    receipt: Receipt, say: Words, name: str, *, quantity: Decimal, price: Money, gross: Money, unit: str = ""
) -> Receipt:
    """So much of a thing, before discounts; `unit` stands behind the quantity of what is not sold by the piece."""
    receipt = receipt.row(name, say.amount(gross))
    if quantity != 1:
        much = f"{say.number(quantity)} {unit}".rstrip()
        receipt = receipt.text(f"  {much} x {say.amount(price)}")
    return receipt


def _lines(receipt: Receipt, order: Order, say: Words) -> Receipt:
    for line in order.lines:
        receipt = item(receipt, say, line.name, quantity=line.quantity, price=line.price, gross=line.gross)
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
    return total_row(receipt, order.total, say)


def total_row(receipt: Receipt, amount: Money, say: Words) -> Receipt:
    """What it comes to, in its currency."""
    label = f"{say['total']} {amount.currency}"
    return receipt.add(Columns((label, say.amount(amount)), LABEL_AND_AMOUNT, _TOTAL))


def vat_table(receipt: Receipt, groups: Iterable[VatGroup], say: Words) -> Receipt:
    """VAT by rate."""
    heading = tuple(say[key] for key in ("vat_rate", "vat_net", "vat_amount", "vat_gross"))
    rows = [(say.rate(group.rate), *map(say.amount, (group.net, group.vat, group.gross))) for group in groups]
    return receipt.feed().table([heading, *rows], _VAT_TABLE).rule()


def _payments(receipt: Receipt, order: Order, say: Words) -> Receipt:
    if order.rounding:
        receipt = receipt.row(say["rounding"], say.amount(order.rounding))
    for payment in order.payments:
        receipt = receipt.row(say.means[payment.means], say.amount(payment.amount))
    if order.takes_cash:
        receipt = receipt.row(say["change"], say.amount(order.change), bold=True)
    return receipt


def farewell(receipt: Receipt, link: str, footer: tuple[str, ...], say: Words) -> Receipt:
    """The link as a QR code, and the last words."""
    if link:
        receipt = receipt.feed().qr(link)
    receipt = receipt.feed()
    for line in footer or (say["thanks"],):
        receipt = receipt.text(line, align="center")
    return receipt
