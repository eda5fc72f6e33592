"""Facts: what happened at a till. A fact is made once, has an identifier of its own for ever, and is never changed.

A sale is one fact with all that it moves: lines, money, stock and points arrive together or not at all. Amounts are
whole minor units (øre, cent) and include VAT; in a refund, which is a sale with `refund_of`, they are negative.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from .codec import LARGEST, BadMessage, Text, Whole, from_json, to_json
from .ids import Hlc

__all__ = [
    "BODIES",
    "Body",
    "CustomerEdited",
    "Fact",
    "Line",
    "Means",
    "Movement",
    "Points",
    "Sale",
    "ShiftClosed",
    "StockMoved",
    "Tender",
    "VatTotal",
    "canonical",
    "fact_from_json",
    "fact_to_json",
    "fingerprint",
    "fingerprint_of",
]

Sku = Annotated[str, Text(1, 40, "[A-Za-z0-9._-]+")]
Name = Annotated[str, Text(1, 200)]
Short = Annotated[str, Text(0, 64)]
Amount = Annotated[int, Whole(-LARGEST, LARGEST)]
Rate = Annotated[int, Whole(0, 10_000)]
"""Hundredths of a per cent: 2500 is 25 %."""
Currency = Annotated[str, Text(3, 3, "[A-Z]{3}")]
Day = Annotated[str, Text(10, 10, "[0-9]{4}-[0-9]{2}-[0-9]{2}")]
Moment = Annotated[str, Text(20, 40, "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|[+-][0-9]{2}:[0-9]{2})")]
"""A till's wall clock with its distance from UTC, ISO 8601."""
Identifier = Annotated[str, Text(36, 36, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
Means = Literal["cash", "card", "mobilepay", "wallet", "voucher", "account"]


@dataclass(frozen=True, slots=True)
class Line:
    """So much of one product."""

    sku: Sku
    name: Name
    quantity: Decimal
    """Pieces or kilograms; negative in a refund."""
    price: Amount
    """Of one, VAT included, before discounts."""
    total: Amount
    """Of the line after every discount, its share of a discount on the whole sale included."""
    vat_rate: Rate
    discount: Amount = 0
    """What all discounts took off `price` times `quantity`."""
    campaign: Short = ""
    """Identifier of the campaign that gave a discount."""
    of: Annotated[int, Whole(0, 10_000)] = 0
    """In a refund: which line of the sale is given back, from 1."""

    def __post_init__(self) -> None:
        if not self.quantity:
            raise ValueError("a quantity other than 0")


@dataclass(frozen=True, slots=True)
class Tender:
    """Money that was taken and kept: what was received less the change; negative where it was paid back."""

    means: Means
    amount: Amount
    reference: Short = ""
    """The terminal's or the wallet's own number for it. Never a card's number."""
    change: Amount = 0
    """Cash given back at once: what was received is `amount` and this."""


@dataclass(frozen=True, slots=True)
class VatTotal:
    """All that was sold under one rate, and the VAT in it."""

    rate: Rate
    gross: Amount
    vat: Amount


@dataclass(frozen=True, slots=True)
class Movement:
    """Stock that came or went: negative quantities left the shop."""

    sku: Sku
    quantity: Decimal
    reason: Literal["sale", "refund", "delivery", "count", "waste", "correction"]


@dataclass(frozen=True, slots=True)
class Points:
    """An entry of a customer's points ledger, unique by sale, rule and kind."""

    customer: Identifier
    rule: Short
    """Identifier of the campaign that it comes from."""
    kind: Literal["earn", "redeem", "reverse"]
    points: Annotated[int, Whole(-1_000_000_000, 1_000_000_000)]
    """Positive for the customer."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that was paid, or (with `refund_of`) one that was given back."""

    receipt: Annotated[str, Text(1, 40)]
    """As it stands on paper."""
    register: Annotated[str, Text(1, 40)]
    sequence: Annotated[int, Whole(1, LARGEST)]
    """Receipts of one register have 1, 2, 3 ... without a gap."""
    currency: Currency
    business_day: Day
    lines: tuple[Line, ...]
    tenders: tuple[Tender, ...]
    vat: tuple[VatTotal, ...]
    total: Amount
    """Before cash is rounded; the lines sum to it, and the VAT totals too."""
    rounding: Amount = 0
    """What rounding to coins added; the tenders sum to `total` and this."""
    cashier: Short = ""
    customer: Identifier | None = None
    movements: tuple[Movement, ...] = ()
    """From a till: one per line, in the lines' order."""
    points: tuple[Points, ...] = ()
    refund_of: Identifier | None = None
    """Identifier of the fact that is given back, in part or whole."""

    def __post_init__(self) -> None:
        _day(self.business_day)
        if not self.lines:
            raise ValueError("a sale of one line or more")
        sums = {
            "lines": sum(line.total for line in self.lines),
            "VAT totals": sum(group.gross for group in self.vat),
            "tenders": sum(tender.amount for tender in self.tenders) - self.rounding,
        }
        for what, found in sums.items():
            if found != self.total:
                raise ValueError(f"{what} that sum to {self.total}, not to {found}")
        if len({(one.rule, one.kind, one.customer) for one in self.points}) != len(self.points):
            raise ValueError("one entry of points per rule and kind")


@dataclass(frozen=True, slots=True)
class StockMoved:
    """Stock that moved without a sale: a delivery, a count, waste."""

    movements: tuple[Movement, ...]
    note: Annotated[str, Text(0, 200)] = ""

    def __post_init__(self) -> None:
        if not self.movements:
            raise ValueError("one movement or more")


@dataclass(frozen=True, slots=True)
class CustomerEdited:
    """A new customer, or other words for a known one. None leaves a field as it is; the latest `hlc` wins per field."""

    customer: Identifier
    name: Annotated[str, Text(0, 200)] | None = None
    phone: Annotated[str, Text(0, 40)] | None = None
    email: Annotated[str, Text(0, 200)] | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """A Z report: what one register took between two closings."""

    register: Annotated[str, Text(1, 40)]
    number: Annotated[int, Whole(1, LARGEST)]
    opened_at: Moment
    closed_at: Moment
    first_sequence: Annotated[int, Whole(0, LARGEST)]
    last_sequence: Annotated[int, Whole(0, LARGEST)]
    """Both 0 where nothing was sold."""
    sales: Annotated[int, Whole(0, LARGEST)]
    refunds: Annotated[int, Whole(0, LARGEST)]
    currency: Currency
    total: Amount
    rounding: Amount
    tenders: tuple[Tender, ...]
    vat: tuple[VatTotal, ...]
    counted_cash: Amount | None = None
    """What lay in the drawer, None where nobody counted."""
    expected_cash: Amount = 0
    """What should lie in the drawer: `opening_cash` and all cash tenders."""
    opening_cash: Amount = 0
    refunded: Amount = 0
    """The sum of the refunds, negative; `total` has it in it."""


Body = Sale | StockMoved | CustomerEdited | ShiftClosed

BODIES: Final[dict[str, type[Body]]] = {
    "sale": Sale,
    "stock": StockMoved,
    "customer": CustomerEdited,
    "shift": ShiftClosed,
}
"""The kinds of fact by the name that they have in JSON."""
_KINDS: Final = {body: kind for kind, body in BODIES.items()}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, with what identifies and orders it."""

    id: UUID
    """Version 7, made where it happened. The same fact has the same identifier however often it is told."""
    at: datetime
    """The wall clock of the till, with its distance from UTC."""
    hlc: Hlc
    body: Body

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a fact's time has its distance from UTC")

    @property
    def kind(self) -> str:
        """`sale`, `stock`, `customer` or `shift`."""
        return _KINDS[type(self.body)]


@dataclass(frozen=True, slots=True)
class _Envelope:
    id: Identifier
    at: Moment
    hlc: Annotated[str, Text(19, 80)]


def fact_to_json(fact: Fact) -> dict[str, object]:
    """As it goes over the wire and into the outbox."""
    return {
        "id": str(fact.id),
        "kind": fact.kind,
        "at": fact.at.isoformat(),
        "hlc": str(fact.hlc),
        "body": to_json(fact.body),
    }


def fact_from_json(value: object) -> Fact:
    """A fact from parsed JSON. Raises BadMessage with the place of the first thing that is wrong."""
    if not isinstance(value, dict):
        raise BadMessage("expected a fact: an object")
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in BODIES:
        raise BadMessage(f"kind: expected one of {', '.join(BODIES)}, not {kind!r}")
    if "body" not in value:
        raise BadMessage("expected the field 'body', which is missing")
    rest = {name: one for name, one in value.items() if name not in ("kind", "body")}
    envelope = from_json(_Envelope, rest)
    body: Body = from_json(BODIES[kind], value["body"], "body")
    try:
        return Fact(UUID(envelope.id), datetime.fromisoformat(envelope.at), Hlc.parse(envelope.hlc), body)
    except ValueError as problem:
        raise BadMessage(f"expected {problem}") from None


_SPELLING: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(fact: Fact) -> str:
    """The fact as JSON in its one spelling."""
    return _SPELLING.encode(fact_to_json(fact))


def fingerprint(fact: Fact) -> str:
    """SHA-256 of `canonical`, in hex: the same identifier with another fingerprint is another fact."""
    return fingerprint_of(canonical(fact))


def fingerprint_of(text: str) -> str:
    """The fingerprint of a fact's canonical JSON, for whoever needs both."""
    return hashlib.sha256(text.encode()).hexdigest()


def _day(text: str) -> None:
    date.fromisoformat(text)  # ValueError names it
