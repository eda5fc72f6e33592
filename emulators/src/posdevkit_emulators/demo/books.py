"""A register's own file, read when its register has been closed: its journal and its ledgers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from posdevkit.store import Journal, PointsLedger, StockLedger, Store
from posdevkit.till.journal import verify

__all__ = ["Books", "read_books"]


@dataclass(frozen=True, slots=True)
class Books:
    """What one register wrote down."""

    receipts: dict[str, float]
    """Total in øre by the number on paper, as the journal's rows of sales and refunds tell."""
    stock: dict[str, float]
    """Pieces or kilograms by product, as far as they moved at this register."""
    wrong: str
    """The first row of the journal that is not as it was written, or a balance that is not its entries' sum."""


def read_books(path: Path, skus: Iterable[str]) -> Books:
    """Read a register's file. Raises PosError for one that cannot be read."""
    with closing(Store(path)) as store, store.reading() as connection:
        sold = [row for row in Journal().entries(connection) if row.kind in ("sale", "refund")]
        bodies = [json.loads(row.payload)["body"] for row in sold]
        stock, points = StockLedger(), PointsLedger()
        broken = verify(Journal().entries(connection))
        unbalanced = [*stock.recount(connection), *points.recount(connection)]
        return Books(
            receipts={body["receipt"]: float(body["total"]) for body in bodies},
            stock={sku: float(stock.balance(connection, sku)) for sku in skus},
            wrong=", ".join([str(broken)] if broken else [one.key for one in unbalanced]),
        )
