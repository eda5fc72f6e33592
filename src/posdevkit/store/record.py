"""A fact with all that it moves, in one transaction."""

from __future__ import annotations

import sqlite3

from posdevkit.contract import Fact, Sale, ShiftClosed, StockMoved

from .ledgers import PointsLedger, StockLedger
from .outbox import Outbox
from .sales import Sales
from .settings import Settings
from .shifts import Shifts

__all__ = ["record"]


def record(transaction: sqlite3.Connection, fact: Fact, *, shift: int | None = None) -> None:
    """Keep a fact of this register: its sale, stock and points, its place in the outbox, and its moment.

    A sale has the number that `Sales.next_sequence` gave in the same transaction; a ShiftClosed closes the open shift.
    The journal's row is the till's own and goes into the same transaction too.
    """
    body = fact.body
    if isinstance(body, Sale):
        Sales().add(transaction, fact, shift=shift)
        PointsLedger().add(transaction, fact.id, body.points)
    if isinstance(body, Sale | StockMoved):
        StockLedger().add(transaction, fact.id, body.movements)
    if isinstance(body, ShiftClosed):
        Shifts().close(transaction, body.register, fact.id)
    Outbox().add(transaction, fact)
    Settings().set_clock(transaction, fact.hlc)
