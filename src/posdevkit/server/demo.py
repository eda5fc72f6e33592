"""A shop to try the server on: two stores, the products of the demo till, campaigns, customers, and sales."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from posdevkit.contract import (
    Body,
    Campaign,
    Customer,
    CustomerEdited,
    Fact,
    Hlc,
    HlcClock,
    Means,
    Movement,
    Sale,
    StockMoved,
    fact_to_json,
    uuid7,
)
from posdevkit.money import Money
from posdevkit.secret import Secret
from posdevkit.till import Basket, Catalogue, Paid, sale_of

from . import tables
from .database import Database
from .taking import Device, read, take
from .tenants import create_tenant
from .tokens import Access, access_of, create_token

__all__ = ["TENANT", "create_shop", "sell"]

TENANT: Final = "demo"
STORES: Final = {"nord": "Café Nord", "havn": "Café Havn"}
MEMBERS: Final = ("Anna Holm", "Bo Lind", "Carla Friis")
_CAMPAIGNS: Final = (
    Campaign("points", "Et point for hver 10 kr.", "earn", amount=1000, members_only=True),
    Campaign("two-buns", "To kanelsnegle for 50 kr.", "bundle", skus=("1100",), count=2, amount=5000),
)
_NOTE: Final = 5000
"""Cash is paid in notes of 50 kr."""


def create_shop(database: Database) -> dict[str, Secret] | None:
    """Make the demo shop and its tokens by name; None where there is a tenant already."""
    with database.writing() as connection:
        if connection.scalar(select(tables.tenant.c.id).limit(1)) is not None:
            return None
        products = Catalogue.demo().products.values()
        create_tenant(connection, TENANT, "Café Nord & Havn", STORES, products=products, campaigns=_CAMPAIGNS)
        found = {"owner": create_token(connection, TENANT, "owner", label="demo")}
        for name in STORES:
            till = create_token(connection, TENANT, "terminal", store_id=name, terminal="1", label="demo")
            found[f"till {name} 1"] = till
        clock = HlcClock("cloud")
        member = _members(connection, found["till nord 1"], clock)
        found["app"] = create_token(connection, TENANT, "app", customer=member, label="demo")
    return found


def _members(connection: Connection, till: Secret, clock: HlcClock) -> str:
    now = datetime.now(UTC)
    names = [str(_stable(number)) for number in range(len(MEMBERS))]
    facts = [
        Fact(uuid7(), now, clock.now(), CustomerEdited(name, name=words))
        for name, words in zip(names, MEMBERS, strict=True)
    ]
    access = access_of(connection, till.reveal())
    assert access is not None
    _push(connection, access, facts, clock)
    return names[0]


def _stable(number: int) -> UUID:
    # Customers of the demo keep their identifiers from one day to the next, for examples to name them.
    return UUID(f"01890000-0000-7000-8000-{number:012x}")


def sell(database: Database, till: Secret, days: int, per_day: int = 60, seed: int = 1) -> int:
    """Sales of the last `days` days for one till, as it would push them; how many."""
    chance = random.Random(seed)  # noqa: S311  # a shop to look at, not a secret
    clock = HlcClock("demo")
    with database.writing() as connection:
        access = access_of(connection, till.reveal())
    assert access is not None
    count = 0
    batch: list[Fact] = []
    for fact in _sales(chance, access, days, per_day):
        batch.append(fact)
        count += isinstance(fact.body, Sale)
        if len(batch) == 100:
            _take(database, access, batch, clock)
            batch = []
    _take(database, access, batch, clock)
    return count


def _take(database: Database, access: Access, facts: list[Fact], clock: HlcClock) -> None:
    if facts:
        with database.writing() as connection:
            _push(connection, access, facts, clock)


def _push(connection: Connection, access: Access, facts: list[Fact], clock: HlcClock) -> None:
    values = [fact_to_json(fact) for fact in facts]
    take(connection, access, read(access, values), Device("demo", 0), clock)


def _sales(chance: random.Random, access: Access, days: int, per_day: int) -> Iterator[Fact]:
    goods = [one for one in Catalogue.demo().products.values() if one.price and not one.by_weight]
    weights = [1 / (1 + place) for place in range(len(goods))]
    register = access.terminal or "1"
    sequence = 0
    today = date.today()  # noqa: DTZ011  # the shop's own day, as its machine tells it
    opening = datetime.combine(today - timedelta(days=days - 1), datetime.min.time(), UTC).replace(hour=7)
    # One of the best is never delivered: somebody must look.
    delivered = tuple(Movement(one.sku, Decimal(4 * per_day * days), "delivery") for one in goods if one != goods[3])
    yield _fact(opening, StockMoved(delivered))
    for back in reversed(range(days)):
        day = today - timedelta(days=back)
        busy = per_day * (140 if day.weekday() >= 5 else 100) * chance.randint(80, 120) // 10_000
        for second in sorted(int(chance.triangular(7.5, 17.9, 12.2) * 3600) for _ in range(busy)):
            sequence += 1
            at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(seconds=second)
            basket = Basket(day.isoformat(), campaigns=_CAMPAIGNS)
            for one in chance.choices(goods, weights, k=chance.choice((1, 1, 2, 2, 3))):
                basket = basket.add(one)
            if chance.random() < 0.3:
                basket = basket.for_customer(Customer(str(_stable(chance.randrange(len(MEMBERS))))))
            receipt = f"{register}-{sequence:06}"
            paid = [_payment(chance, basket.total)]
            yield _fact(at, sale_of(basket, paid, receipt=receipt, register=register, sequence=sequence))


def _payment(chance: random.Random, total: Money) -> Paid:
    means: Means = chance.choices(("card", "mobilepay", "cash"), (60, 30, 10))[0]
    return Paid(means, Money(-(-total.minor // _NOTE) * _NOTE) if means == "cash" else total)


def _fact(at: datetime, body: Body) -> Fact:
    moment = _milliseconds(at)
    return Fact(uuid7(moment), at, Hlc(moment, 0, "demo"), body)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
