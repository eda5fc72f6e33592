"""A shop to try the server on: two stores, products, campaigns, customers, and sales if they are asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from posdevkit.contract import (
    Campaign,
    CustomerEdited,
    Fact,
    Hlc,
    HlcClock,
    Line,
    Means,
    Movement,
    Points,
    Product,
    Sale,
    StockMoved,
    Tender,
    VatTotal,
    fact_to_json,
    uuid7,
)
from posdevkit.money import Money, vat_of_gross
from posdevkit.secret import Secret

from . import tables
from .database import Database
from .taking import Device, read, take
from .tenants import create_tenant
from .tokens import Access, access_of, create_token

__all__ = ["TENANT", "create_shop", "products", "sell"]

TENANT: Final = "demo"
STORES: Final = {"nord": "Café Nord", "havn": "Café Havn"}
MEMBERS: Final = ("Anna Holm", "Bo Lind", "Carla Friis")
_GOODS: Final = (
    "coffee;Flat white;3800", "latte;Caffe latte;4200", "espresso;Espresso;2600", "tea;Te;2800", "cocoa;Kakao;3600",
    "bun;Kanelsnegl;3200", "croissant;Croissant;2800", "cake;Drømmekage;3500", "roll;Bolle med ost;3400",
    "sandwich;Sandwich med kylling;6900", "salad;Salat;7400", "juice;Æblemost;3000", "water;Danskvand;2400",
)  # fmt: skip


def products() -> list[Product]:
    """What the demo shop sells."""
    return [Product(sku, name, int(price), 2500) for sku, name, price in (one.split(";") for one in _GOODS)]


def create_shop(database: Database) -> dict[str, Secret] | None:
    """Make the demo shop and its tokens by name; None where there is a tenant already."""
    with database.writing() as connection:
        if connection.scalar(select(tables.tenant.c.id).limit(1)) is not None:
            return None
        campaigns = (
            Campaign("points", "Et point for hver 10 kr.", "earn", amount=1000, members_only=True),
            Campaign("two-buns", "To kanelsnegle for 50 kr.", "bundle", skus=("bun",), count=2, amount=5000),
        )
        create_tenant(connection, TENANT, "Café Nord & Havn", STORES, products=products(), campaigns=campaigns)
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
    goods = products()
    weights = [100 // (1 + place) for place in range(len(goods))]
    register = access.terminal or "1"
    sequence = 0
    today = date.today()  # noqa: DTZ011
    opening = datetime.combine(today - timedelta(days=days - 1), datetime.min.time(), UTC).replace(hour=7)
    delivered = tuple(Movement(one.sku, Decimal(4 * per_day * days), "delivery") for one in goods[:-1])
    yield Fact(uuid7(), opening, Hlc(_milliseconds(opening), 0, "demo"), StockMoved(delivered))
    for back in reversed(range(days)):
        day = today - timedelta(days=back)
        busy = per_day * (140 if day.weekday() >= 5 else 100) * chance.randint(80, 120) // 10_000
        moments = sorted(int(chance.triangular(7.5, 17.9, 12.2) * 3600) for _ in range(busy))
        for second in moments:
            sequence += 1
            at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(seconds=second)
            chosen = chance.choices(goods, weights, k=chance.choice((1, 1, 2, 2, 3)))
            yield _sale(chance, register, sequence, at, chosen)


def _sale(chance: random.Random, register: str, sequence: int, at: datetime, chosen: list[Product]) -> Fact:
    lines = tuple(Line(one.sku, one.name, Decimal(1), one.price or 0, one.price or 0, one.vat_rate) for one in chosen)
    total = sum(line.total for line in lines)
    means: Means = chance.choices(("card", "mobilepay", "cash"), (60, 30, 10))[0]
    rounding = -total % 50 if means == "cash" and total % 50 >= 25 else -(total % 50) if means == "cash" else 0
    customer = str(_stable(chance.randrange(3))) if chance.random() < 0.3 else None
    earned = (Points(customer, "points", "earn", total // 1000),) if customer and total >= 1000 else ()
    sale = Sale(
        receipt=f"{register}-{sequence:06}",
        register=register,
        sequence=sequence,
        currency="DKK",
        business_day=at.date().isoformat(),
        lines=lines,
        tenders=(Tender(means, total + rounding),),
        vat=(VatTotal(2500, total, vat_of_gross(Money(total), 2500).minor),),
        total=total,
        rounding=rounding,
        customer=customer,
        movements=tuple(Movement(one.sku, Decimal(-1), "sale") for one in chosen),
        points=earned,
    )
    moment = _milliseconds(at)
    return Fact(uuid7(moment), at, Hlc(moment, 0, "demo"), sale)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
