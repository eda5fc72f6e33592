"""Tills of the demo shop that make facts and push them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from starlette.testclient import TestClient

from posdevkit.contract import (
    Body,
    Fact,
    HlcClock,
    Line,
    Movement,
    Points,
    Sale,
    Tender,
    VatTotal,
    fact_to_json,
    uuid7,
)
from posdevkit.money import Money, vat_of_gross
from posdevkit.server import Database, tables

DAY = "2026-03-14"
ANNA = "01890000-0000-7000-8000-000000000000"
BO = "01890000-0000-7000-8000-000000000001"


def sale(
    sequence: int = 1,
    *,
    register: str = "1",
    amount: int = 7600,
    pieces: int = 2,
    day: str = DAY,
    customer: str | None = None,
    points: int = 0,
    refund_of: str | None = None,
    name: str = "Flat white",
    sku: str = "coffee",
) -> Sale:
    """A sale of one line, paid by card; a refund has a negative amount and number of pieces."""
    earned = (Points(customer, "points", "earn", points),) if customer and points else ()
    return Sale(
        receipt=f"{register}-{sequence:06}",
        register=register,
        sequence=sequence,
        currency="DKK",
        business_day=day,
        lines=(Line(sku, name, Decimal(pieces), abs(amount // pieces), amount, 2500),),
        tenders=(Tender("card", amount),),
        vat=(VatTotal(2500, amount, vat_of_gross(Money(amount), 2500).minor),),
        total=amount,
        customer=customer,
        movements=(Movement(sku, Decimal(-pieces), "refund" if refund_of else "sale"),),
        points=earned,
        refund_of=refund_of,
    )


@dataclass
class Till:
    """One register with a token."""

    client: TestClient
    token: str
    register: str
    clock: HlcClock = field(default_factory=lambda: HlcClock("test"))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def fact(self, body: Body) -> dict[str, Any]:
        """A new fact as JSON."""
        return fact_to_json(Fact(uuid7(), datetime(2026, 3, 14, 10, 32, tzinfo=UTC), self.clock.now(), body))

    def push(self, *facts: object) -> list[dict[str, Any]]:
        """The verdicts."""
        answer = self.client.post("/v1/sync/push", json={"facts": list(facts)}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def sell(self, **words: Any) -> dict[str, Any]:
        """Push a sale and give its fact."""
        fact = self.fact(sale(**words))
        assert self.push(fact) == [{"id": fact["id"], "verdict": "created"}]
        return fact


@dataclass
class Shop:
    """The demo shop."""

    client: TestClient
    tokens: dict[str, str]
    database: Database

    def till(self, name: str, register: str) -> Till:
        return Till(self.client, self.tokens[name], register)

    def get(self, path: str, who: str = "owner", **query: Any) -> Any:
        """The JSON of a 200."""
        answer = self.client.get(path, params=query, headers=self.auth(who))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def auth(self, who: str = "owner") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def report(self, by: str, **query: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.get(f"/v1/reports/{by}", first=DAY, last=DAY, **query)["rows"]
        return rows

    def check_sums(self) -> None:
        """Every balance is the sum of its ledger, and every rollup that of its sales."""
        with self.database.reading() as connection:
            move, balance = tables.movement.c, tables.balance.c
            ledger = select(move.tenant, move.store, move.sku, func.sum(move.quantity)).group_by(
                move.tenant, move.store, move.sku
            )
            kept = select(balance.tenant, balance.store, balance.sku, balance.quantity)
            assert sorted(map(tuple, connection.execute(ledger))) == sorted(map(tuple, connection.execute(kept)))
            points, customer = tables.points.c, tables.customer.c
            earned = select(points.tenant, points.customer, func.sum(points.points)).group_by(
                points.tenant, points.customer
            )
            known = select(customer.tenant, customer.id, customer.points).where(customer.points != 0)
            sums = [tuple(row) for row in connection.execute(earned) if row[2]]
            assert sorted(sums) == sorted(map(tuple, connection.execute(known)))
            order, rollup = tables.order.c, tables.rollup.c
            sold = select(order.tenant, order.store, order.day, func.sum(order.total)).group_by(
                order.tenant, order.store, order.day
            )
            rolled = select(rollup.tenant, rollup.store, rollup.day, rollup.amount).where(rollup.by == "day")
            assert sorted(map(tuple, connection.execute(sold))) == sorted(map(tuple, connection.execute(rolled)))


def replaced(fact: dict[str, Any], **words: Any) -> dict[str, Any]:
    """The same identifier with another body."""
    return {**fact, "body": {**fact["body"], **words}}


__all__ = ["ANNA", "BO", "DAY", "Shop", "Till", "replaced", "sale"]
