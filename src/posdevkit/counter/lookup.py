"""A receipt's number, and what the register's file knows of it."""

from __future__ import annotations

import sqlite3
from uuid import UUID

from posdevkit.contract import Fact, Sale
from posdevkit.errors import NotFound
from posdevkit.store import Sales

__all__ = ["refunds_of", "sold", "sold_or_given_back"]


def sold(connection: sqlite3.Connection, receipt: str) -> tuple[Fact, Sale]:
    """The fact under a receipt's number. Raises NotFound for one that this register did not write."""
    facts = Sales().by_receipt(connection, receipt)
    if len(facts) != 1 or not isinstance(facts[0].body, Sale):
        raise NotFound(f"receipt {receipt!r}", remedy="Ask at the register that sold it.")
    return facts[0], facts[0].body


def sold_or_given_back(connection: sqlite3.Connection, receipt: str) -> tuple[Fact, Sale, str]:
    """As `sold`, and for a refund the number of the receipt that it gives back."""
    fact, sale = sold(connection, receipt)
    earlier = None if sale.refund_of is None else Sales().sale(connection, sale.refund_of)
    return fact, sale, earlier.body.receipt if earlier is not None and isinstance(earlier.body, Sale) else ""


def refunds_of(connection: sqlite3.Connection, fact: Fact, but: UUID | None) -> list[Sale]:
    """What was given back of a sale so far, without the attempt that is being made again."""
    bodies = [one.body for one in Sales().refunds_of(connection, fact.id) if one.id != but]
    return [body for body in bodies if isinstance(body, Sale)]
