"""The morning's figures by simple arithmetic from its page, with nothing of the till's: what all is held against.

Whole øre throughout, halves away from zero. Cash is rounded to 50 øre.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .morning import Line, Morning, Refund, Sale

__all__ = ["Figures", "Slip", "figures", "kroner"]

_STEP: Final = 50
"""The smallest coin."""


def _nearest(over: int, under: int) -> int:
    size = (2 * abs(over) + under) // (2 * under)
    return -size if over < 0 else size


def _cash(amount: int) -> int:
    return _nearest(amount, _STEP) * _STEP


def _vat(gross: int, rate: int) -> int:
    return _nearest(gross * rate, 100 + rate)


def kroner(ore: int) -> str:
    """As Danes write it: 1.234,50."""
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d}"


@dataclass(frozen=True, slots=True)
class Slip:
    """One receipt, for goods sold or (with negative figures) given back."""

    name: str
    register: str
    number: str
    """As it stands on paper."""
    means: str
    names: tuple[str, ...]
    goods: Mapping[str, int]
    """Øre by product, after every discount."""
    pieces: Mapping[str, float]
    """Pieces or kilograms by product, as they stand on the receipt."""
    moved: Mapping[str, int]
    """What left the shop by product: thousandths of a piece, or grams."""
    vat: Mapping[int, tuple[int, int]]
    """Gross and the VAT in it, by rate in per cent."""
    total: int
    rounding: int
    change: int
    earned: int
    redeemed: int
    reversed: int

    @property
    def paid(self) -> int:
        """What went into the drawer, onto the card or out of the wallet."""
        return self.total + self.rounding


@dataclass(frozen=True, slots=True)
class Figures:
    """What the whole morning has to come to."""

    slips: tuple[Slip, ...]
    stock: Mapping[str, int]
    """Thousandths of a piece, or grams, by product: what was delivered less what left."""

    @property
    def total(self) -> int:
        """Before cash is rounded."""
        return sum(slip.total for slip in self.slips)

    def by_means(self) -> dict[str, int]:
        """What was paid, by means."""
        found: Counter[str] = Counter()
        for slip in self.slips:
            found[slip.means] += slip.paid
        return dict(found)

    def by_vat(self) -> dict[int, tuple[int, int]]:
        """Gross and VAT, by rate in per cent."""
        found: dict[int, tuple[int, int]] = {}
        for slip in self.slips:
            for rate, (gross, vat) in slip.vat.items():
                before = found.get(rate, (0, 0))
                found[rate] = (before[0] + gross, before[1] + vat)
        return found

    def by_product(self) -> dict[str, int]:
        """Øre by product."""
        found: Counter[str] = Counter()
        for slip in self.slips:
            found.update(slip.goods)
        return dict(found)

    def pieces(self) -> dict[str, float]:
        """Pieces or kilograms by product."""
        found: dict[str, float] = {}
        for slip in self.slips:
            for sku, pieces in slip.pieces.items():
                found[sku] = round(found.get(sku, 0) + pieces, 3)
        return found

    def of(self, register: str) -> tuple[Slip, ...]:
        """The receipts of one register, in their order."""
        return tuple(slip for slip in self.slips if slip.register == register)

    def points(self) -> dict[str, int]:
        """Earned, redeemed, reversed, and what the member has in the end."""
        earned, redeemed = sum(slip.earned for slip in self.slips), sum(slip.redeemed for slip in self.slips)
        back = sum(slip.reversed for slip in self.slips)
        return {"earn": earned, "redeem": -redeemed, "reverse": -back, "balance": earned - redeemed - back}


def figures(page: Morning) -> Figures:
    """Sum the page. Receipts of a register are numbered from 1; refunds come after its sales."""
    counts: Counter[str] = Counter()

    def number(register: str) -> str:
        counts[register] += 1
        return f"{page.register(register).number}-{counts[register]:06}"

    sold = {sale.name: _sale(page, sale, number(sale.register)) for sale in page.sales}
    back = [_refund(page, refund, sold[refund.of], number(sold[refund.of].register)) for refund in page.refunds]
    slips = (*sold.values(), *back)
    stock = Counter({one.sku: one.amount * 1000 for one in page.delivery})
    for slip in slips:
        stock.subtract(slip.moved)
    return Figures(slips, dict(stock))


def _gross(line: Line) -> int:
    return line.price * line.pieces if line.pieces else _nearest(line.price * line.grams, 1000)


def _saved(page: Morning, line: Line) -> int:
    """By the campaign: whole bundles of its product."""
    bundle = page.campaigns.bundle
    bundles = line.pieces // bundle.count if line.sku == bundle.sku else 0
    return bundles * (bundle.count * line.price - bundle.amount)


def _sale(page: Morning, sale: Sale, number: str) -> Slip:
    goods = {line.sku: _gross(line) - _saved(page, line) for line in sale.lines}
    if sale.redeem:
        # The page redeems points on sales of one line alone, so that there is nothing to spread.
        (only,) = goods
        goods[only] -= sale.redeem * page.campaigns.redeem.amount
    total = sum(goods.values())
    rounding = _cash(total) - total if sale.means == "cash" else 0
    gross: Counter[int] = Counter()
    for line in sale.lines:
        gross[line.vat] += goods[line.sku]
    return Slip(
        name=sale.name,
        register=sale.register,
        number=number,
        means=sale.means,
        names=tuple(line.name for line in sale.lines),
        goods=goods,
        pieces={line.sku: float(line.pieces or line.grams / 1000) for line in sale.lines},
        moved={line.sku: line.stock_grams or line.grams or line.pieces * 1000 for line in sale.lines},
        vat={rate: (amount, _vat(amount, rate)) for rate, amount in gross.items()},
        total=total,
        rounding=rounding,
        change=sale.received - total - rounding if sale.means == "cash" else 0,
        earned=total // page.campaigns.earn.amount if sale.member else 0,
        redeemed=sale.redeem,
        reversed=0,
    )


def _refund(page: Morning, refund: Refund, sold: Slip, number: str) -> Slip:
    line = page.sale(refund.of).lines[refund.line - 1]
    amount = -_nearest(sold.goods[line.sku] * refund.pieces, line.pieces)
    return Slip(
        name=refund.name,
        register=sold.register,
        number=number,
        means=refund.means,
        names=(line.name,),
        goods={line.sku: amount},
        pieces={line.sku: float(-refund.pieces)},
        moved={line.sku: -refund.pieces * 1000},
        vat={line.vat: (amount, _vat(amount, line.vat))},
        total=amount,
        rounding=_cash(amount) - amount if refund.means == "cash" else 0,
        change=0,
        earned=0,
        redeemed=0,
        reversed=_nearest(sold.earned * -amount, sold.total),
    )
