"""Campaigns on a basket, worked out at the till without asking anybody. The rule, in this order:

1. A line that a cashier gave a discount is left alone, and a line gets one campaign at most.
2. Of the percentages that fit a line, the one that takes most off; on a tie the smaller identifier.
3. Then bundles, by identifier: of the pieces that fit, the dearest go together first, in whole bundles that
   save something. A bundle takes lines over where it saves more than the percentages on them, and keeps them.

So the order in which campaigns arrive and in which a cashier scans changes nothing but which of two equal lines
saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posdevkit.contract import Campaign, Product
from posdevkit.money import Money, per_cent, share

__all__ = ["Offer", "Saving", "covers", "running", "savings"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a campaign has to know of a line."""

    product: Product
    gross: Money
    price: Money
    pieces: int
    """0 for what is weighed."""
    open: bool = True
    """Whether a campaign may take something off."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What a campaign takes off a line."""

    campaign: Campaign
    amount: Money


def covers(campaign: Campaign, product: Product) -> bool:
    """Whether it is about this product."""
    everything = not campaign.skus and not campaign.groups
    return everything or product.sku in campaign.skus or product.group in campaign.groups


def running(campaigns: Iterable[Campaign], day: str, *, member: bool) -> tuple[Campaign, ...]:
    """Those that hold on a day for this customer, by identifier."""
    found = (
        one for one in campaigns if one.active and one.starts <= day <= one.ends and (member or not one.members_only)
    )
    return tuple(sorted(found, key=lambda one: one.id))


def savings(offers: Sequence[Offer], campaigns: Iterable[Campaign]) -> tuple[Saving | None, ...]:
    """What each line saves, by the rule above; `campaigns` as `running` gives them."""
    campaigns = tuple(campaigns)
    percentages = [one for one in campaigns if one.kind == "percent"]
    found = [_best(offer, percentages) for offer in offers]
    kept: set[int] = set()
    for campaign in campaigns:
        if campaign.kind == "bundle" and campaign.count > 0:
            bundle = _bundle(campaign, offers, kept)
            before = sum(saving.amount.minor for place in bundle if (saving := found[place]))
            if sum(saving.amount.minor for saving in bundle.values()) > before:
                kept |= bundle.keys()
                for place, saving in bundle.items():
                    found[place] = saving
    return tuple(found)


def _best(offer: Offer, percentages: Iterable[Campaign]) -> Saving | None:
    if not offer.open:
        return None
    fitting = [
        Saving(one, per_cent(offer.gross, one.basis_points)) for one in percentages if covers(one, offer.product)
    ]
    best = min(fitting, key=lambda saving: (-saving.amount.minor, saving.campaign.id), default=None)
    return best if best and best.amount else None


def _bundle(campaign: Campaign, offers: Sequence[Offer], kept: set[int]) -> dict[int, Saving]:
    """What a bundle takes off which lines; nothing where it saves nothing."""
    pieces = [
        (offer.price.minor, place)
        for place, offer in enumerate(offers)
        if offer.open and place not in kept and covers(campaign, offer.product)
        for _ in range(offer.pieces)
    ]
    pieces.sort(key=lambda piece: (-piece[0], piece[1]))
    bundled: dict[int, int] = {}
    saved = 0
    for start in range(0, len(pieces) - campaign.count + 1, campaign.count):
        group = pieces[start : start + campaign.count]
        less = sum(price for price, _ in group) - campaign.amount
        if less <= 0:
            break
        saved += less
        for price, place in group:
            bundled[place] = bundled.get(place, 0) + price
    if not saved:
        return {}
    currency = offers[0].price.currency
    parts = share(Money(saved, currency), list(bundled.values()))
    return {place: Saving(campaign, part) for place, part in zip(bundled, parts, strict=True)}
