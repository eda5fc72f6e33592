"""Sales to send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from posdevkit.contract import Fact, HlcClock, Line, Movement, Sale, Tender, VatTotal, uuid7
from posdevkit.store import Sales, Store, record

CLOCK = HlcClock("till-1")


def a_sale(sequence: int, register: str = "1", **fields: object) -> Fact:
    """One flat white."""
    given: dict[str, object] = {
        "receipt": f"{register}-{sequence:06}",
        "register": register,
        "sequence": sequence,
        "currency": "DKK",
        "business_day": "2026-03-14",
        "lines": (Line("coffee", "Flat white", Decimal(1), 3800, 3800, 2500),),
        "tenders": (Tender("card", 3800),),
        "vat": (VatTotal(2500, 3800, 760),),
        "total": 3800,
        "movements": (Movement("coffee", Decimal(-1), "sale"),),
    } | fields
    sale = Sale(**given)  # type: ignore[arg-type]  # as the dictionary has them
    return Fact(uuid7(), datetime(2026, 3, 14, 9, 32, tzinfo=UTC), CLOCK.now(), sale)


def sell(store: Store, count: int = 1) -> list[str]:
    """So many sales, each with its own commit; their identifiers."""
    identifiers = []
    for _ in range(count):
        with store.transaction() as transaction:
            fact = a_sale(Sales().next_sequence(transaction, "1"))
            record(transaction, fact)
        identifiers.append(str(fact.id))
    return identifiers


def sold(path: Path, count: int = 1) -> list[str]:
    """A file with so many sales waiting in it."""
    store = Store(path)
    try:
        return sell(store, count)
    finally:
        store.close()


def products(numbers: Iterable[int]) -> list[dict[str, object]]:
    """Changes as a server tells them, one product each."""
    return [
        {
            "seq": number,
            "kind": "product",
            "body": {
                "sku": f"p{number}",
                "name": f"Vare {number}",
                "price": 100 * number,
                "vat_rate": 2500,
                "version": 1,
            },
        }
        for number in numbers
    ]
