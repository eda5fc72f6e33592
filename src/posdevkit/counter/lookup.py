"""What the register's file knows of a receipt's number, and of a word by which a customer is called."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from uuid import UUID

from posdevkit.contract import Customer, Fact, Sale
from posdevkit.errors import NotFound
from posdevkit.store import Mirror, PointsLedger, Sales

__all__ = ["customer_reached", "refunds_of", "sold", "sold_or_given_back"]


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


def customer_reached(connection: sqlite3.Connection, word: str) -> Customer:
    """The one customer with this identifier, phone number or e-mail address, with the points that moved here.

    Raises NotFound, also where two match.
    """
    known = Mirror().customer(connection, word)
    everybody = [known] if known else list(Mirror().customers_reached(connection, word))
    found = [one for one in everybody if one.active]
    if len(found) != 1:
        # Not the word itself: it is somebody's number or address.
        raise NotFound(f"{len(found)} customers match", remedy="Give the identifier, or all of the number.")
    return replace(found[0], points=found[0].points + PointsLedger().unsent(connection, found[0].id))
