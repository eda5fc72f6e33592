"""What the cloud answers: verdicts on pushed facts, and the changes that tills and apps pull in the server's order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final, Literal

from .codec import LARGEST, BadMessage, Text, Whole, from_json, known, to_json
from .facts import Amount, Day, Identifier, Name, Rate, Short, Sku

__all__ = [
    "CHANGES",
    "Campaign",
    "Change",
    "ChangeBody",
    "Customer",
    "OrderMessage",
    "Product",
    "PushResult",
    "Verdict",
    "change_from_json",
    "change_to_json",
]


class Verdict(Enum):
    """What became of a pushed fact."""

    CREATED = "created"
    """It is stored, with all that it moves."""
    DUPLICATE = "duplicate"
    """It was stored before, the same to the letter."""
    REJECTED = "rejected"
    """It will never be stored as it is: `code` and `detail` say why. A person decides; the others go on."""


@dataclass(frozen=True, slots=True)
class PushResult:
    """The verdict on one fact of a push."""

    id: Annotated[str, Text(0, 64)]
    verdict: Literal["created", "duplicate", "rejected"]
    code: Short = ""
    """`bad-fact`, `conflict` (the identifier is known with another content), `not-yours` (another register's)."""
    detail: Annotated[str, Text(0, 500)] = ""


@dataclass(frozen=True, slots=True)
class Product:
    """What can be sold. The cloud is its master: the higher `version` wins."""

    sku: Sku
    name: Name
    price: Amount | None
    """VAT included, of one piece or kilogram; None for one that cannot be sold until it has a price."""
    vat_rate: Rate
    version: Annotated[int, Whole(0, LARGEST)] = 0
    codes: tuple[Annotated[str, Text(8, 14, "[0-9]+")], ...] = ()
    """Article numbers; the shop's own with a value of zero where it carries a weight or a price."""
    by_weight: bool = False
    group: Short = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Campaign:
    """A versioned document: what it does is its kind, its figures are data."""

    id: Annotated[str, Text(1, 64, "[A-Za-z0-9._-]+")]
    name: Name
    kind: Literal["percent", "bundle", "earn", "redeem"]
    """`percent`: `basis_points` off; `bundle`: `count` pieces for `amount`; `earn`: a point for every `amount` spent;
    `redeem`: a point pays for `amount`."""
    version: Annotated[int, Whole(0, LARGEST)] = 0
    starts: Day = "2000-01-01"
    ends: Day = "9999-12-31"
    """Both days included."""
    skus: tuple[Sku, ...] = ()
    groups: tuple[Short, ...] = ()
    """Which products it is about; none of either is all."""
    basis_points: Rate = 0
    count: Annotated[int, Whole(0, 1000)] = 0
    amount: Annotated[int, Whole(0, LARGEST)] = 0
    members_only: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the cloud knows it, with the sum of the points ledger."""

    id: Identifier
    name: Annotated[str, Text(0, 200)] = ""
    phone: Annotated[str, Text(0, 40)] = ""
    email: Annotated[str, Text(0, 200)] = ""
    points: Annotated[int, Whole()] = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class OrderMessage:
    """News of an order for the customer's or the owner's app."""

    order: Identifier
    """The fact of the sale."""
    receipt: Short
    state: Literal["paid", "preparing", "ready", "collected", "refunded"]
    total: Amount
    currency: Annotated[str, Text(3, 3, "[A-Z]{3}")]
    customer: Identifier | None = None


ChangeBody = Product | Campaign | Customer | OrderMessage

CHANGES: Final[dict[str, type[ChangeBody]]] = {
    "product": Product,
    "campaign": Campaign,
    "customer": Customer,
    "order": OrderMessage,
}
_KINDS: Final = {body: kind for kind, body in CHANGES.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """One change in the order in which the server committed it. Applying one twice does no harm."""

    seq: int
    """The server's number for it; a till asks for what comes after the latest that it has on its disk."""
    body: ChangeBody

    @property
    def kind(self) -> str:
        """`product`, `campaign`, `customer` or `order`."""
        return _KINDS[type(self.body)]


def change_to_json(change: Change) -> dict[str, object]:
    """As it goes over the wire."""
    return {"seq": change.seq, "kind": change.kind, "body": to_json(change.body)}


def change_from_json(value: object) -> Change:
    """A change from parsed JSON; fields that a newer cloud has added are passed over. Raises BadMessage."""
    if not isinstance(value, dict) or set(value) != {"seq", "kind", "body"}:
        raise BadMessage("expected a change: an object of seq, kind and body")
    seq, kind = value["seq"], value["kind"]
    if type(seq) is not int or seq < 1:
        raise BadMessage(f"seq: expected a whole number from 1, not {seq!r}")
    if not isinstance(kind, str) or kind not in CHANGES:
        raise BadMessage(f"kind: expected one of {', '.join(CHANGES)}, not {kind!r}")
    body: ChangeBody = from_json(CHANGES[kind], known(CHANGES[kind], value["body"]), "body")
    return Change(seq, body)
