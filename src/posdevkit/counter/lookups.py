"""What a register finds in its file: the one customer, the one sale, and what was given back of it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from uuid import UUID

from posdevkit.contract import Customer, Fact, Sale
from posdevkit.errors import NotFound
from posdevkit.store import Mirror, PointsLedger, Sales

__all__ = ["refunds_of", "the_customer", "the_sale"]


def the_customer(connection: sqlite3.Connection, word: str) -> Customer:
    """The customer of this identifier, phone number or e-mail address, points that are not sent yet counted.

    Raises NotFound, also where two match.
    """
    known = Mirror().customer(connection, word)
    everybody = [known] if known else [one for one in Mirror().customers(connection) if _is(one, word)]
    found = [one for one in everybody if one.active]
    if len(found) != 1:
        # Not the word itself: it is somebody's number or address.
        raise NotFound(f"{len(found)} customers match", remedy="Give the identifier, or all of the number.")
    return replace(found[0], points=found[0].points + PointsLedger().unsent(connection, found[0].id))


def the_sale(connection: sqlite3.Connection, receipt: str, *, remedy: str) -> tuple[Fact, Sale]:
    """The sale with this receipt number and its fact. Raises NotFound with the remedy."""
    facts = Sales().by_receipt(connection, receipt)
    if len(facts) != 1 or not isinstance(facts[0].body, Sale):
        raise NotFound(f"receipt {receipt!r}", remedy=remedy)
    return facts[0], facts[0].body


def refunds_of(connection: sqlite3.Connection, sold: Fact, *, but: UUID | None) -> list[Sale]:
    """What was given back of a sale, except the attempt of this identifier."""
    earlier = [one.body for one in Sales().refunds_of(connection, sold.id) if one.id != but]
    return [one for one in earlier if isinstance(one, Sale)]


def _is(customer: Customer, word: str) -> bool:
    return bool(word) and word in (customer.phone, customer.email)
