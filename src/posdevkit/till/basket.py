"""A basket: what a customer is about to buy. Immutable, so that a display, a parked copy and a sale never disagree."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Final

from posdevkit.codes import Meaning, Scan
from posdevkit.contract import BadMessage, Campaign, Customer, Product, from_json, to_json
from posdevkit.contract.codec import LARGEST, Whole
from posdevkit.contract.facts import Amount, Currency, Day
from posdevkit.errors import BadOrder, NotForSale
from posdevkit.money import Money, exponent, total

from .campaigns import Offer, Saving, covers, running, savings
from .catalogue import Catalogue, Found
from .order import OrderLine
from .sums import Discount, VatGroup, spread, vat_groups

__all__ = ["Basket", "BasketLine", "PricedLine"]

_MOST: Final = Decimal(1_000_000)
_PARKED: Final = 1
"""Version of the JSON of a parked basket."""


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So much of one product, at the price that it had when it was added."""

    product: Product
    quantity: Decimal
    price: Amount
    discount: Discount | None = None
    """A cashier's own."""
    stock: Decimal | None = None
    """Kilograms that leave the shop where the code told a price; else `quantity` does."""

    def __post_init__(self) -> None:
        if not self.quantity.is_finite() or not 0 < self.quantity < _MOST:
            raise BadOrder(f"{self.product.name}: a quantity is above 0 and below {_MOST}, not {self.quantity}")
        grains = 1000 if self.product.by_weight and self.stock is None else 1
        if grains % self.quantity.as_integer_ratio()[1]:
            raise BadOrder(
                f"{self.product.name}: {self.quantity} is no quantity",
                remedy="Sell whole pieces, and weights to the gram.",
            )


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What a line costs after every discount."""

    line: BasketLine
    gross: Money
    saving: Saving | None
    """By a campaign."""
    total: Money


@dataclass(frozen=True)
class Basket:
    """Lines, discounts and the customer. Every method gives a new basket and leaves this one as it was."""

    day: Day
    """The business day: which campaigns run."""
    currency: Currency = "DKK"
    lines: tuple[BasketLine, ...] = ()
    discount: Discount | None = None
    customer: Customer | None = None
    redeemed: Annotated[int, Whole(0, LARGEST)] = 0
    """Points that the customer pays with."""
    campaigns: tuple[Campaign, ...] = ()

    def __post_init__(self) -> None:
        try:
            exponent(self.currency)
            date.fromisoformat(self.day)
        except ValueError as problem:
            raise BadOrder(f"a basket: {problem}") from problem
        for discount in (self.discount, *(line.discount for line in self.lines)):
            if discount and discount.amount and discount.amount.currency != self.currency:
                raise BadOrder(f"a discount of {discount.amount} in a basket in {self.currency}")
        if self._reduction > self.subtotal:
            raise BadOrder(
                f"a discount of {self._reduction} is more than the lines' {self.subtotal}",
                remedy="Make the discount on the basket smaller, or take it away first.",
            )
        if self.redeemed and not self._pays_with_points:
            raise BadOrder(
                "points without a customer, or without a campaign that takes them",
                remedy="Name the customer first, or take the points away.",
            )
        if self.customer and self.redeemed > self.customer.points:
            raise BadOrder(
                f"{self.redeemed} points of the {self.customer.points} that the customer has",
                remedy="Redeem fewer points.",
            )

    def add(self, product: Product | Found, quantity: Decimal | int | None = None) -> Basket:
        """With so much of a product: 1, or the weight that its code carried, if not told.

        Raises NotForSale for one without a price or that is no longer sold, BadOrder for a quantity that is none.
        """
        found = product if isinstance(product, Found) else Found(product)
        product, price = found.product, found.product.price if found.price is None else found.price
        if price is None:
            raise NotForSale(f"{product.sku} {product.name} has no price")
        if not product.active:
            raise NotForSale(f"{product.sku} {product.name} is no longer sold")
        if quantity is None and product.by_weight and found.quantity is None and found.price is None:
            raise BadOrder(f"{product.name} is sold by weight", remedy="Weigh it and add it with its kilograms.")
        if quantity is None:
            quantity = found.quantity or 1
        line = BasketLine(product, Decimal(quantity), price, stock=found.stock)
        return replace(self, lines=(*self.lines, line))

    def scan(self, code: str | Scan | Meaning, catalogue: Catalogue) -> Basket:
        """With what a code stands for. Raises NotForSale for a code that the catalogue does not know."""
        found = catalogue.find(code)
        if found is None:
            # Never the code itself: it may be a customer's payment code.
            raise NotForSale("no product has this code", remedy="Key the product in, or add its code to the catalogue.")
        return self.add(found)

    def remove(self, place: int) -> Basket:
        """Without the line at `place`, from 0."""
        self._at(place)
        return replace(self, lines=self.lines[:place] + self.lines[place + 1 :])

    def discounted(self, discount: Discount | None, place: int | None = None) -> Basket:
        """With a discount on the line at `place`, or on the whole basket; None takes it away."""
        if place is None:
            return replace(self, discount=discount)
        line = replace(self._at(place), discount=discount)
        return replace(self, lines=(*self.lines[:place], line, *self.lines[place + 1 :]))

    def for_customer(self, customer: Customer | None) -> Basket:
        """For a customer; points that the one before wanted to redeem are dropped."""
        return replace(self, customer=customer, redeemed=0)

    def redeem(self, points: int) -> Basket:
        """With so many of the customer's points as payment: they take off what they are worth, at most the total."""
        return replace(self, redeemed=points)

    def _at(self, place: int) -> BasketLine:
        if not 0 <= place < len(self.lines):
            raise BadOrder(f"no line {place}: the basket has {len(self.lines)}", remedy="Count lines from 0.")
        return self.lines[place]

    @property
    def running(self) -> tuple[Campaign, ...]:
        """The campaigns that hold for this basket."""
        return running(self.campaigns, self.day, member=self.customer is not None)

    @cached_property
    def _sold(self) -> tuple[tuple[OrderLine, Saving | None], ...]:
        """Each line before what is taken off the whole."""
        plain = [self._order_line(line, line.discount) for line in self.lines]
        offers = [
            Offer(
                line.product,
                sold.gross,
                sold.price,
                pieces=0 if line.product.by_weight else int(line.quantity),
                open=line.discount is None,
            )
            for line, sold in zip(self.lines, plain, strict=True)
        ]
        found = savings(offers, self.running)
        return tuple(
            (self._order_line(line, Discount(amount=saving.amount)) if saving else sold, saving)
            for line, sold, saving in zip(self.lines, plain, found, strict=True)
        )

    def _order_line(self, line: BasketLine, discount: Discount | None) -> OrderLine:
        price = Money(line.price, self.currency)
        return OrderLine(line.product.name, price, line.product.vat_rate, line.quantity, discount)

    @property
    def subtotal(self) -> Money:
        """All lines after their own discounts and campaigns."""
        return total((sold.total for sold, _ in self._sold), self.currency)

    @property
    def _reduction(self) -> Money:
        return self.discount.on(self.subtotal) if self.discount else Money(0, self.currency)

    @property
    def _pays_with_points(self) -> Campaign | None:
        if self.customer is None:
            return None
        return next((one for one in self.running if one.kind == "redeem" and one.amount > 0), None)

    @cached_property
    def _redemption(self) -> tuple[Campaign, int, tuple[Money, ...]] | None:
        """The campaign, the points it takes, and what they take off each line: no more points than are of use."""
        campaign = self._pays_with_points if self.redeemed else None
        if campaign is None:
            return None
        parts = spread(self._reduction, [sold.total for sold, _ in self._sold])
        none = Money(0, self.currency)
        open_ = [part if covers(campaign, line.product) else none for line, part in zip(self.lines, parts, strict=True)]
        limit = total(open_, self.currency)
        points = min(self.redeemed, -(-limit.minor // campaign.amount))
        worth = min(Money(points * campaign.amount, self.currency), limit)
        left = spread(worth, open_)
        return campaign, points, tuple(before - after for before, after in zip(open_, left, strict=True))

    @cached_property
    def priced(self) -> tuple[PricedLine, ...]:
        """Every line with what it costs in the end; their totals sum to `total`."""
        parts = spread(self._reduction, [sold.total for sold, _ in self._sold])
        if self._redemption:
            parts = tuple(part - off for part, off in zip(parts, self._redemption[2], strict=True))
        return tuple(
            PricedLine(line, sold.gross, saving, part)
            for line, (sold, saving), part in zip(self.lines, self._sold, parts, strict=True)
        )

    @property
    def total(self) -> Money:
        """What is to be paid, VAT included, before cash is rounded."""
        return total((one.total for one in self.priced), self.currency)

    @property
    def vat_groups(self) -> tuple[VatGroup, ...]:
        """VAT by rate, the highest first; their gross amounts sum to `total`."""
        return vat_groups((one.line.product.vat_rate, one.total) for one in self.priced)

    @property
    def points(self) -> tuple[tuple[Campaign, int], ...]:
        """What the customer's points change by, per campaign: below zero for what is redeemed."""
        if self.customer is None:
            return ()
        found = []
        if self._redemption and self._redemption[1]:
            found.append((self._redemption[0], -self._redemption[1]))
        for campaign in self.running:
            if campaign.kind == "earn" and campaign.amount > 0:
                spent = sum(one.total.minor for one in self.priced if covers(campaign, one.line.product))
                if earned := spent // campaign.amount:
                    found.append((campaign, earned))
        return tuple(found)

    def park(self) -> str:
        """The basket as JSON, to be resumed later, or at another till."""
        return json.dumps({"version": _PARKED, "basket": to_json(self)}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def resume(cls, text: str) -> Basket:
        """The basket that `park` gave. Raises BadOrder for anything else, with the place of what is wrong."""
        try:
            value = json.loads(text)
            if not isinstance(value, dict) or value.keys() != {"version", "basket"} or value["version"] != _PARKED:
                raise BadMessage(f"expected a parked basket of version {_PARKED}")
            return from_json(cls, value["basket"], "basket")
        except ValueError as problem:
            raise BadOrder(f"a parked basket: {problem}", remedy="Ring the basket up again.") from problem
