"""A sale at a register, whole, against bare SQLite writing and committing the same rows; early and after many sales.

POSDEVKIT_BENCHMARK_SALES says after how many (10,000): a year's sales are put into the file as another register's.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness import Row, alternate

from posdevkit.contract import Sale
from posdevkit.counter.book import Book
from posdevkit.money import Money
from posdevkit.store import Store
from posdevkit.till import Basket, Catalogue, Paid, sale_of

SALES = int(os.environ.get("POSDEVKIT_BENCHMARK_SALES", "10000"))
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
WRITTEN = {
    "sale": 1,
    "journal": 1,
    "stock_movement": 3,
    "stock_balance": 3,
    "outbox": 1,
    "receipt_number": 1,
    "setting": 1,
}
"""Rows that a sale leaves in each table."""
IN_ORDER = ("sale", "journal", "stock_movement", "points_entry", "outbox", "print_job")
PAID = [Paid("cash", Money.of(1000))]


class _Wall:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 14, 8, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def _seller(store: Store) -> Callable[[], None]:
    book = Book(store, "1", signer=None, wall=_Wall())
    goods = Catalogue.demo().products
    basket = Basket("2026-03-14").add(goods["1005"], 2).add(goods["1100"]).add(goods["1003"])

    def make(number: int, _at: datetime) -> Sale:
        return sale_of(basket, PAID, receipt=f"1-{number:06}", register="1", sequence=number)

    def sell() -> None:
        book.sell(make, lambda fact: None, id=None, actor="Bo")

    return sell


def bare_file(path: Path, store: Store) -> sqlite3.Connection:
    """An empty file with the same tables and indexes, without the triggers."""
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    with store.reading() as connection:
        for (text,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND sql NOT NULL"):
            if "sqlite_sequence" not in text:
                bare.execute(text)
        for (text,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"):
            bare.execute(text)
    return bare


def bare_sale(bare: sqlite3.Connection, store: Store, more: Mapping[str, int] | None = None) -> Callable[[], None]:
    """Insert and commit what the store's last sale wrote; `more`: tables that it wrote besides, and how many rows."""
    numbers = itertools.count(1)
    rows, keys = _latest_rows(store, {**WRITTEN, **(more or {})})

    def plain() -> None:
        # The same rows under another key each time: the number takes the place of the one that was taken down.
        number = next(numbers)
        bare.execute("BEGIN IMMEDIATE")
        for place, (table, columns, row) in enumerate(rows):
            values = tuple(f"{number}-{place}" if key else value for key, value in zip(keys[table], row, strict=True))
            bare.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({','.join('?' * len(row))})", values)
        bare.execute("COMMIT")

    return plain


def measure(rounds: int) -> list[Row]:
    """One commit a sale, each on the disk, in two files of one folder; then the library's own after 10,000 sales."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        store = Store(Path(folder) / "till.db")
        sell = _seller(store)
        sell()
        with closing(bare_file(Path(folder) / "bare.db", store)) as bare:
            turns = alternate(sell, bare_sale(bare, store), rounds)
        early = _cost(sell, 200 if rounds > 1 else 5)
        count = SALES if rounds > 1 else 20
        _fill(store, count)
        late = _cost(sell, 200 if rounds > 1 else 5)
        store.close()
    what = (
        "a sale of three lines at a register (arithmetic, fact, journal's hash, numbers, stock, outbox, commit),"
        " against bare SQLite inserting and committing the same rows"
    )
    note = (
        f"{1 / turns.first:.0f} against {1 / turns.second:.0f} a second; quartiles {turns.low:.2f} to {turns.high:.2f}"
    )
    return [
        Row(what, turns.ratio, "x", note=note),
        Row(f"a sale after {count:,} others, against one after few", late / early, "x", note=f"{late * 1000:.2f} ms"),
    ]


def _fill(store: Store, count: int) -> None:
    """So many sales more, of three lines each, as rows of register 9 that have been sent."""
    with store.transaction() as transaction:
        (fact, seq) = transaction.execute("SELECT (SELECT fact FROM sale LIMIT 1), max(seq) FROM journal").fetchone()
        (head,) = transaction.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
        name = "printf('0198c1a2-b3c4-7000-9000-%012d', i)"
        transaction.execute(
            f"{NUMBERS} INSERT INTO sale"
            f" SELECT {name}, printf('9-%06d', i), '9', i, '2026-01-01', NULL, NULL, ? FROM n",
            (count, fact),
        )
        transaction.execute(
            f"{NUMBERS} INSERT INTO stock_movement (fact_id, place, sku, quantity, reason)"
            f" SELECT {name.replace('i)', 'i / 3)')}, i % 3, printf('%d', i % 200), -1000000, 'sale' FROM n",
            (3 * count,),
        )
        transaction.execute(
            f"{NUMBERS} INSERT INTO journal SELECT ? + i, '2026-01-01', 'Bo', 'sale', ?, ?, ?, '' FROM n",
            (count, seq, fact, head, head),
        )


def _latest_rows(
    store: Store, counts: Mapping[str, int]
) -> tuple[list[tuple[str, str, tuple[object, ...]]], dict[str, tuple[bool, ...]]]:
    """What the last sale left in each table, with which columns have to differ from sale to sale."""
    different = {"fact_id", "receipt", "sequence", "key"}
    rows: list[tuple[str, str, tuple[object, ...]]] = []
    keys: dict[str, tuple[bool, ...]] = {}
    with store.reading() as connection:
        for table, count in counts.items():
            names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
            names = [name for name in names if name not in ("number", "seq")]
            columns = ", ".join(names)
            order = "ORDER BY rowid DESC" if table in IN_ORDER else ""
            if table == "sale":
                order = "ORDER BY sequence DESC"
            rows += [
                (table, columns, tuple(row))
                for row in connection.execute(f"SELECT {columns} FROM {table} {order} LIMIT {count}")
            ]
            keys[table] = tuple(name in different for name in names)
    return rows, keys


def _cost(sell: Callable[[], None], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        sell()
    return (time.perf_counter() - start) / times
