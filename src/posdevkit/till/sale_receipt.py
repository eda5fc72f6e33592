"""The receipt of a sale or a refund, as the fact tells it, and the label of a product."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posdevkit.contract import Line, Product, Sale
from posdevkit.documents import Label, Receipt
from posdevkit.errors import NotForSale
from posdevkit.money import Money

from .order import Language, Seller
from .receipt import farewell, item, numbered, seller, total_row, vat_table
from .sums import CASH, VatGroup
from .words import words

if TYPE_CHECKING:
    from posdevkit.documents.pictures import PilImage

__all__ = ["product_label", "sale_receipt"]


def sale_receipt(
    sale: Sale,
    shop: Seller,
    at: datetime,
    *,
    refunded: str = "",
    copy: bool = False,
    weighed: Collection[str] = (),
    link: str = "",
    footer: tuple[str, ...] = (),
    language: Language = "da",
    logo: str | Path | bytes | PilImage | None = None,
) -> Receipt:
    """What the customer gets, to be printed at any width; it ends with a cut.

    `at` is the fact's time; `refunded` the number of the receipt that a refund gives back. A `copy` says that it is one
    and opens no drawer. `weighed` are the stock numbers that are sold by weight: a sale tells quantities without units.
    A fraction is a weight without it.
    """
    say = words(language)

    def amount(minor: int) -> str:
        return say.amount(Money(minor, sale.currency))

    cash = [tender for tender in sale.tenders if tender.means == CASH]
    receipt = Receipt().drawer() if cash and not copy else Receipt()
    receipt = seller(receipt, shop, say, logo)
    if copy:
        receipt = receipt.title(say["copy"])
    if sale.refund_of is not None:
        receipt = receipt.title(say["refund"])
    receipt = numbered(receipt, say, number=sale.receipt, time=at, register=sale.register, cashier=sale.cashier)
    if refunded:
        receipt = receipt.text(f"{say['refund_of']} {refunded}")
    receipt = receipt.rule()
    for line in sale.lines:
        receipt = item(
            receipt,
            say,
            line.name,
            quantity=line.quantity,
            price=Money(line.price, sale.currency),
            gross=Money(line.total + line.discount, sale.currency),
            unit="kg" if _is_weight(line, sale, weighed) else "",
        )
        if line.discount:
            receipt = receipt.row(f"  {say['discount']}", amount(-line.discount))
    receipt = total_row(receipt.rule(), Money(sale.total, sale.currency), say)
    groups = [VatGroup(one.rate, Money(one.gross, sale.currency), Money(one.vat, sale.currency)) for one in sale.vat]
    receipt = vat_table(receipt, groups, say)
    if sale.rounding:
        receipt = receipt.row(say["rounding"], amount(sale.rounding))
    for tender in sale.tenders:
        receipt = receipt.row(say.means[tender.means], amount(tender.amount + tender.change))
        if tender.reference:
            receipt = receipt.row(f"  {say['reference']}", tender.reference)
    if cash and sale.refund_of is None:
        receipt = receipt.row(say["change"], amount(sum(tender.change for tender in cash)), bold=True)
    for entry in sale.points:
        receipt = receipt.row(say.points[entry.kind], f"{entry.points:+d}")
    return farewell(receipt, link, footer, say).cut()


def _is_weight(line: Line, sale: Sale, weighed: Collection[str]) -> bool:
    """Whether a line's quantity is kilograms.

    Whole ones of a weighed product may be pieces that were priced by their code: then its stock moved by other weights.
    """
    if line.quantity % 1:
        return True
    sold = sum(one.quantity for one in sale.lines if one.sku == line.sku)
    return line.sku in weighed and sold == -sum(one.quantity for one in sale.movements if one.sku == line.sku)


def product_label(product: Product, *, currency: str = "DKK", language: Language = "da") -> Label:
    """A shelf label, 50 x 30 mm: name, price, and the first EAN-13 or UPC-A of the product as bars.

    A product without one has its stock number as Code 128. Raises NotForSale for a product without a price.
    """
    if product.price is None:
        raise NotForSale(f"{product.sku} {product.name} has no price")
    say = words(language)
    price = say.amount(Money(product.price, currency))
    unit = say["per_kg"] if product.by_weight else say["per_piece"]
    label = Label(50, 30).text(2, 2, product.name, height=3, width=46, lines=2)
    label = label.text(2, 9, price, height=7, width=32).text(35, 12, f"{currency} {unit}", height=2.5, width=14)
    code = next((code.zfill(13) for code in product.codes if len(code) in (12, 13)), "")
    if code:
        return label.barcode(8, 18, code, "EAN13", height=8)
    return label.barcode(4, 18, product.sku, "CODE128", height=8)
