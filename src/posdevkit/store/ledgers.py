"""Stock and points: ledgers of entries that are only added, each with a balance kept in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from posdevkit.contract import Movement, Points

__all__ = ["PointsLedger", "StockLedger", "Unbalanced"]

_MILLIONTH: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """A balance that is not the sum of its entries, as a recount found it."""

    key: str
    """The product's sku, or the customer."""
    balance: Decimal
    entries: Decimal


class StockLedger:
    """What came and went, by product. Balances may be negative: a sale is never held up by a wrong count."""

    def add(self, transaction: sqlite3.Connection, fact: UUID, movements: Iterable[Movement]) -> None:
        """Enter the movements of one fact. Raises sqlite3.IntegrityError (OutputFailed outside) if it has been."""
        for place, movement in enumerate(movements):
            quantity = int(movement.quantity * _MILLIONTH)
            transaction.execute(
                "INSERT INTO stock_movement (fact_id, place, sku, quantity, reason) VALUES (?, ?, ?, ?, ?)",
                (str(fact), place, movement.sku, quantity, movement.reason),
            )
            transaction.execute(
                "INSERT INTO stock_balance (sku, quantity) VALUES (?, ?)"
                " ON CONFLICT (sku) DO UPDATE SET quantity = quantity + excluded.quantity",
                (movement.sku, quantity),
            )

    def balance(self, connection: sqlite3.Connection, sku: str) -> Decimal:
        """What should be there, in pieces or kilograms; 0 for a product that never moved."""
        row = connection.execute("SELECT quantity FROM stock_balance WHERE sku = ?", (sku,)).fetchone()
        return Decimal(0) if row is None else _quantity(row[0])

    def recount(self, connection: sqlite3.Connection) -> list[Unbalanced]:
        """The balances that are not the sums of their movements: none, or the file was written by another way."""
        rows = connection.execute(
            "SELECT sku, sum(balance), sum(moved) FROM (SELECT sku, quantity AS balance, 0 AS moved FROM stock_balance"
            " UNION ALL SELECT sku, 0, quantity FROM stock_movement)"
            " GROUP BY sku HAVING sum(balance) <> sum(moved) ORDER BY sku"
        )
        return [Unbalanced(sku, _quantity(balance), _quantity(total)) for sku, balance, total in rows]


class PointsLedger:
    """Points that customers earned and spent, one entry per fact, customer, rule and kind."""

    def add(self, transaction: sqlite3.Connection, fact: UUID, entries: Iterable[Points]) -> None:
        """Enter the points of one fact. Raises sqlite3.IntegrityError (OutputFailed outside) if they have been."""
        for entry in entries:
            transaction.execute(
                "INSERT INTO points_entry (fact_id, customer, rule, kind, points) VALUES (?, ?, ?, ?, ?)",
                (str(fact), entry.customer, entry.rule, entry.kind, entry.points),
            )
            transaction.execute(
                "INSERT INTO points_balance (customer, points) VALUES (?, ?)"
                " ON CONFLICT (customer) DO UPDATE SET points = points + excluded.points",
                (entry.customer, entry.points),
            )

    def balance(self, connection: sqlite3.Connection, customer: str) -> int:
        """What this till's own sales add up to; the sum over all tills comes with the mirrored customer."""
        row = connection.execute("SELECT points FROM points_balance WHERE customer = ?", (customer,)).fetchone()
        return 0 if row is None else int(row[0])

    def unsent(self, connection: sqlite3.Connection, customer: str) -> int:
        """What this till's sales that the cloud does not have yet add up to."""
        (points,) = connection.execute(
            "SELECT coalesce(sum(e.points), 0) FROM points_entry e JOIN outbox o ON o.fact_id = e.fact_id"
            " WHERE e.customer = ?",
            (customer,),
        ).fetchone()
        return int(points)

    def recount(self, connection: sqlite3.Connection) -> list[Unbalanced]:
        """The balances that are not the sums of their entries."""
        rows = connection.execute(
            "SELECT customer, sum(balance), sum(moved) FROM (SELECT customer, points AS balance, 0 AS moved FROM"
            " points_balance UNION ALL SELECT customer, 0, points FROM points_entry)"
            " GROUP BY customer HAVING sum(balance) <> sum(moved) ORDER BY customer"
        )
        return [Unbalanced(customer, Decimal(balance), Decimal(total)) for customer, balance, total in rows]


def _quantity(millionths: int) -> Decimal:
    return (Decimal(millionths) / _MILLIONTH).normalize() + 0
