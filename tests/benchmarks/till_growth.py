"""What a sale costs at a till whose file holds few sales, and many; and what else somebody waits for there.

POSDEVKIT_BENCHMARK_SIZES, or `run.py --sizes`, says how many (10,000 and 100,000). Ten million take 22 gigabytes
in the working directory, and some minutes to fill. They are one real sale's rows in all the tables that it writes,
under numbers and names of their own, with the journal's chain; what has been sent has left the outbox, and print jobs
stay for a month.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from harness import Row
from sale_commit import bare_file, bare_sale

from posdevkit.cloud.states import Memory, read_status
from posdevkit.contract import Fact, Points, Sale, uuid7
from posdevkit.counter.book import Book, Promise
from posdevkit.counter.lookup import refunds_of, sold
from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.money import Money
from posdevkit.printqueue.table import Wishes
from posdevkit.printqueue.upkeep import status_of
from posdevkit.profiles import load_profile
from posdevkit.store import Journal, Sales, Shifts, Store
from posdevkit.till import Basket, Catalogue, Paid, sale_of
from posdevkit.till.journal import Entry, verify

SIZES: Final = os.environ.get("POSDEVKIT_BENCHMARK_SIZES", "")
FULL: Final = "10000,100000"
QUICK: Final = "200,2000"
A_SHIFT: Final = 200
"""Sales; the last one is open, and its reports add it up."""
A_MONTH: Final = 6_000
"""Print jobs that the queue keeps: a shift a day, for 30 days."""
BATCH: Final = 20
VERIFIED: Final = 20_000
FIRST: Final = "0198c1a2-b3c4-7000-9000-000000000001"
_RECEIPT: Final = "1-00000001"
_SEQUENCE: Final = '"sequence":1,'
_WRITTEN: Final = dict.fromkeys(("stock_movement", "stock_balance", "points_entry", "points_balance", "print_job"), 1)
QUEUE: Final = "register-1"
PAID: Final = [Paid("cash", Money.of(1000))]
DAY: Final = datetime(2026, 3, 14, 8, tzinfo=UTC)


class _Wall:
    def __init__(self) -> None:
        self.time = DAY

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@dataclass(frozen=True)
class _Till:
    """A register's file with so many sales."""

    size: int
    path: Path
    store: Store
    sell: Callable[[], None]


def _till(path: Path, size: int, *, new: bool = False) -> _Till:
    store = Store(path)
    book = Book(store, "1", signer=None, wall=_Wall())
    goods = Catalogue.demo().products
    basket = Basket("2026-03-14").add(goods["1005"])
    # What has to be drawn is as large after few sales as after many: the bytes are the same each time.
    receipt = Receipt().title("Café Nord").row("Flat white", "38,00").total("38,00").qr("https://r.example/8F2").cut()
    paper = compose(receipt, load_profile("epson-tm-t88v")).compiled
    customers = itertools.count()
    names = itertools.chain([UUID(FIRST)] if new else (), iter(uuid7, None))

    def make(number: int, _at: datetime) -> Sale:
        sale = sale_of(basket, PAID, receipt=f"1-{number:08}", register="1", sequence=number)
        return replace(sale, points=(Points(_customer(next(customers)), "loyalty", "earn", 38),))

    def printing(fact: Fact) -> Promise:
        assert isinstance(fact.body, Sale)
        return Promise(QUEUE, fact.body.receipt, paper, "escpos", Wishes())

    return _Till(size, path, store, lambda: _sold(book.sell(make, printing, id=next(names), actor="Bo")))


def _sold(result: tuple[Fact, bool]) -> None:
    assert result[1]


def filled(path: Path, size: int) -> _Till:
    """A till that has sold so often."""
    till = _till(path, size, new=True)
    till.sell()
    till.store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Nobody minds if the power fails here, and gigabytes are written once instead of twice.
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        _fill(connection, size)
        connection.execute("PRAGMA journal_mode=WAL")
    return _till(path, size)


def _fill(connection: sqlite3.Connection, size: int) -> None:
    """Sales 2 to `size` as copies of the first, in the order in which a till writes them."""
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    (fact,) = connection.execute("SELECT fact FROM sale").fetchone()
    first, own = Journal().last(connection), _copies(fact)
    assert first is not None
    seq, before = first.seq, first.hash
    movements = connection.execute("SELECT place, sku, quantity, reason FROM stock_movement").fetchall()
    connection.execute("BEGIN")
    connection.execute("UPDATE shift SET fact_id = 'z-1'")
    for start in range(2, size + 1, 10_000):
        numbers = range(start, min(start + 10_000, size + 1))
        names = [(number, _named(number)) for number in numbers]
        connection.executemany(
            "INSERT INTO sale VALUES (?, ?, '1', ?, '2026-03-14', ?, NULL, ?)",
            ((name, f"1-{number:08}", number, 1 + number // A_SHIFT, own(name, number)) for number, name in names),
        )
        rows = list(_chained(names, first, seq, before))
        connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, '')", rows)
        seq, before = rows[-1][0], rows[-1][-1]
        connection.executemany(
            "INSERT INTO stock_movement (fact_id, place, sku, quantity, reason) VALUES (?, ?, ?, ?, ?)",
            ((name, *movement) for _, name in names for movement in movements),
        )
        connection.executemany(
            "INSERT INTO points_entry (fact_id, customer, rule, kind, points) VALUES (?, ?, 'loyalty', 'earn', 38)",
            ((name, _customer(number)) for number, name in names),
        )
    _balance(connection, size)
    connection.execute("COMMIT")
    for _, text in triggers:
        connection.execute(text)


def _named(number: int) -> str:
    """An identifier that sorts as those of later sales do, by time."""
    moment = f"{0x0198C1A2B3C4 + number:012x}"
    return f"{moment[:8]}-{moment[8:]}-7000-9000-{number:012x}"


def _customer(number: int) -> str:
    """One of 5,000, in no order."""
    return f"0190c1a2-b3c4-7000-9000-{number * 7919 % 5000:012x}"


def _copies(text: str) -> Callable[[str, int], str]:
    """The first sale's fact as that of another: by its name and number."""
    assert text.count(FIRST) == text.count(_RECEIPT) == text.count(_SEQUENCE) == 1, text
    parts = re.split(f"({FIRST}|{_RECEIPT}|{_SEQUENCE})", text)
    places = {own: parts.index(own) for own in (FIRST, _RECEIPT, _SEQUENCE)}

    def own(name: str, number: int) -> str:
        parts[places[FIRST]] = name
        parts[places[_RECEIPT]] = f"1-{number:08}"
        parts[places[_SEQUENCE]] = f'"sequence":{number},'
        return "".join(parts)

    return own


def _chained(
    names: Sequence[tuple[int, str]], first: Entry, seq: int, before: str
) -> Iterator[tuple[int, str, str, str, str, str, str]]:
    """The journal's rows behind `seq`, as `till.journal` hashes them."""
    own, text = _copies(first.payload), json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    for number, name in names:
        seq += 1
        row = (seq, first.at, first.actor, first.kind, own(name, number), before)
        before = sha256(text(row).encode()).hexdigest()
        yield *row, before


def _balance(connection: sqlite3.Connection, size: int) -> None:
    """Balances, the register's number, shifts that were closed, an empty outbox, and a month of printed receipts."""
    connection.execute("DELETE FROM outbox")
    connection.execute(f"UPDATE stock_balance SET quantity = quantity * {size}")
    connection.execute("DELETE FROM points_balance")
    connection.execute("INSERT INTO points_balance SELECT customer, sum(points) FROM points_entry GROUP BY customer")
    connection.execute("UPDATE receipt_number SET last = ?", (size,))
    connection.executemany(
        "INSERT INTO shift VALUES ('1', ?, '2026-03-14T08:00:00+00:00', 'Bo', 0, ?)",
        ((n, f"z-{n}" if n <= size // A_SHIFT else None) for n in range(2, 2 + size // A_SHIFT)),
    )
    columns = [column[1] for column in connection.execute("PRAGMA table_info(print_job)")]
    own = {"number": "1 + i", "key": "printf('0-%08d', i)", "state": "'printed'"}
    connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        f" INSERT INTO print_job ({', '.join(columns)})"
        f" SELECT {', '.join(own.get(name, name) for name in columns)} FROM n, (SELECT * FROM print_job LIMIT 1)",
        (min(size, A_MONTH),),
    )


def measure(rounds: int) -> list[Row]:
    """Sales in batches, each till's and the bare one's in turns; then the rest, of each till."""
    sizes = [int(size) for size in (SIZES or (FULL if rounds > 1 else QUICK)).split(",")]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, ExitStack() as undo:
        tills = []
        for size in sizes:
            tills.append(filled(Path(folder) / f"{size}.db", size))
            undo.callback(tills[-1].store.close)
        floor = undo.enter_context(closing(bare_file(Path(folder) / "bare.db", tills[0].store)))
        bare = bare_sale(floor, tills[0].store, _WRITTEN)
        actions = {str(till.size): till.sell for till in tills} | {"bare": bare}
        times = _in_turns(actions, rounds if rounds == 1 else rounds * 10)
        rows = _sales(tills, times)
        for what, question in _QUESTIONS.items():
            rows += _asked(tills, what, question, 5 if rounds > 1 else 1)
        rows += [_verified(till) for till in tills]
    return rows


def _in_turns(actions: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """What each call took, in batches whose order turns."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    names = list(actions)
    for number in range(rounds + 1):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            for _ in range(BATCH):
                start = time.perf_counter()
                actions[name]()
                times[name] += [time.perf_counter() - start] * (number > 0)  # the first batch warms up
    return times


def _sales(tills: Sequence[_Till], times: dict[str, list[float]]) -> list[Row]:
    few = times[str(tills[0].size)]
    bare = statistics.median(times["bare"])
    rows = []
    for till in tills:
        own = times[str(till.size)]
        median, late = statistics.median(own) / statistics.median(few), _p99(own) / _p99(few)
        note = (
            f"{statistics.median(own) * 1000:.2f} ms, p99 {_p99(own) * 1000:.2f} ms ({late:.2f} x);"
            f" {statistics.median(own) / bare:.2f} x bare SQLite with the same rows; {len(own)} sales,"
            f" {till.path.stat().st_size / 1e6:,.0f} MB"
        )
        what = f"a sale after {till.size:,} others, against one after {tills[0].size:,}"
        rows.append(Row(what, median, "x", "at most 1.5", median <= 1.5, note))
    return rows


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def _open(till: _Till) -> None:
    store = Store(till.path)
    Book(store, "1", signer=None, wall=_Wall())
    store.close()


def _reading(question: Callable[[sqlite3.Connection], object]) -> Callable[[_Till], None]:
    def ask(till: _Till) -> None:
        with till.store.reading() as connection:
            question(connection)

    return ask


def _shift(connection: sqlite3.Connection) -> None:
    shift = Shifts().current(connection, "1")
    assert shift is not None
    assert list(Sales().of_shift(connection, "1", shift.number))


def _giving_back(connection: sqlite3.Connection) -> None:
    fact, _ = sold(connection, "1-00000100")
    assert refunds_of(connection, fact, None) == []


_QUESTIONS: Final[dict[str, Callable[[_Till], None]]] = {
    "opening and closing a register's file": _open,
    "the state of sending (`status()`)": _reading(lambda connection: read_status(connection, Memory(), 0.0)),
    "the state of the print queue": _reading(lambda connection: status_of(connection, QUEUE)),
    "reading the open shift, as the X and Z reports do": _reading(_shift),
    "finding a receipt and what was given back of it": _reading(_giving_back),
}


def _asked(tills: Sequence[_Till], what: str, question: Callable[[_Till], None], times: int) -> list[Row]:
    cost = {}
    for till in tills:
        taken = []
        for _ in range(times + 1):
            start = time.perf_counter()
            question(till)
            taken.append(time.perf_counter() - start)
        cost[till.size] = statistics.median(taken[1:])
    few = cost[tills[0].size]
    return [
        Row(f"{what}, after {till.size:,} sales", cost[till.size] / few, "x", note=f"{cost[till.size] * 1000:.2f} ms")
        for till in tills[1:]
    ]


def _verified(till: _Till) -> Row:
    """The latest rows: each costs what the first does, and the first of ten million are as many."""
    with till.store.reading() as connection:
        journal = Journal()
        last = journal.last(connection)
        assert last is not None
        (after,) = islice(journal.entries(connection, max(0, last.seq - VERIFIED)), 1)
        start = time.perf_counter()
        broken = verify(journal.entries(connection, after.seq), after=after)
        taken = time.perf_counter() - start
    assert broken is None, broken
    rows = last.seq - after.seq
    note = f"{taken:.1f} s for the latest {rows:,} rows"
    return Row(f"verifying a row of the journal of {till.size:,} sales", taken / rows * 1e6, "us", note=note)
