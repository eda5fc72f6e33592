"""Shifts of a register, and baskets that are put aside for a while."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass, replace
from uuid import UUID

from posdevkit.errors import UsageError

__all__ = ["ParkedBasket", "ParkedBaskets", "Shift", "Shifts"]


@dataclass(frozen=True, slots=True)
class Shift:
    """From opening a register to its Z report."""

    register: str
    number: int
    """1, 2, 3 ... per register."""
    opened_at: str
    """ISO 8601, with its distance from UTC."""
    opened_by: str
    opening_cash: int = 0
    """What lay in the drawer at the beginning, in minor units."""
    fact_id: str | None = None
    """Of the fact that closed it; None while it is open."""


class Shifts:
    """At most one is open per register."""

    def open(self, transaction: sqlite3.Connection, register: str, *, at: str, by: str, opening_cash: int = 0) -> Shift:
        """Open the next one. Raises UsageError while another is open."""
        if (found := self.current(transaction, register)) is not None:
            raise UsageError(
                f"shift {found.number} of register {register} is open since {found.opened_at}",
                remedy="Close it first.",
            )
        (number,) = transaction.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM shift WHERE register = ?", (register,)
        ).fetchone()
        transaction.execute(
            "INSERT INTO shift (register, number, opened_at, opened_by, opening_cash) VALUES (?, ?, ?, ?, ?)",
            (register, number, at, by, opening_cash),
        )
        return Shift(register, number, at, by, opening_cash)

    def current(self, connection: sqlite3.Connection, register: str) -> Shift | None:
        """The one that is open."""
        row = connection.execute(
            "SELECT register, number, opened_at, opened_by, opening_cash FROM shift"
            " WHERE register = ? AND fact_id IS NULL",
            (register,),
        ).fetchone()
        return None if row is None else Shift(*row)

    def close(self, transaction: sqlite3.Connection, register: str, fact: UUID) -> Shift:
        """Close the open one with the fact that tells what it took. Raises UsageError if none is open."""
        found = self.current(transaction, register)
        if found is None:
            raise UsageError(f"no shift of register {register} is open", remedy="Open one first.")
        transaction.execute(
            "UPDATE shift SET fact_id = ? WHERE register = ? AND number = ?", (str(fact), register, found.number)
        )
        return replace(found, fact_id=str(fact))


@dataclass(frozen=True, slots=True)
class ParkedBasket:
    """A basket whose customer went back for the milk."""

    name: str
    basket: str
    """JSON."""
    parked_at: float


class ParkedBaskets:
    """By a name that the cashier gives."""

    def park(self, transaction: sqlite3.Connection, name: str, basket: str) -> None:
        """Put one aside. Raises UsageError where the name is taken."""
        put = transaction.execute(
            "INSERT INTO parked_basket (name, basket, parked_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
            (name, basket, time.time()),
        )
        if not put.rowcount:
            raise UsageError(f"a basket {name!r} is parked already", remedy="Give this one another name.")

    def take(self, transaction: sqlite3.Connection, name: str) -> str:
        """Take one back, which ends its parking. Raises UsageError where there is none."""
        row = transaction.execute("DELETE FROM parked_basket WHERE name = ? RETURNING basket", (name,)).fetchone()
        if row is None:
            raise UsageError(f"no basket {name!r} is parked", remedy="List the parked baskets for their names.")
        return str(row[0])

    def parked(self, connection: sqlite3.Connection) -> list[ParkedBasket]:
        """All, the one that waits longest first."""
        rows = connection.execute("SELECT name, basket, parked_at FROM parked_basket ORDER BY parked_at, name")
        return [ParkedBasket(*row) for row in rows]
