"""What a push costs the server's database after few and after many sales.

POSDEVKIT_BENCHMARK_LINES says after how many order lines (200,000); the wish is for ten million, which takes some
minutes and gigabytes to fill.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from cloud_server import fact
from harness import Row, alternate
from sqlalchemy import Table, insert

from posdevkit.contract import HlcClock
from posdevkit.server import Database, tables
from posdevkit.server.taking import Device, read, take
from posdevkit.server.tokens import Access

LINES = int(os.environ.get("POSDEVKIT_BENCHMARK_LINES", "200000"))
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
OLDER = "printf('0190c1a2-b3c4-7000-9000-%012d', :start + i)"
"""Identifiers sort by time: those of the sales before lie before those that are pushed."""
COPIED = {
    tables.fact: {"id": OLDER},
    tables.order: {"id": OLDER, "receipt": "printf('1-%06d', :start + i)"},
    tables.line: {"sale": OLDER},
    tables.tender: {"sale": OLDER},
    tables.vat: {"sale": OLDER},
    tables.movement: {"fact": OLDER},
    tables.change: {"seq": ":start + i", "key": OLDER},
}


def measure(rounds: int) -> list[Row]:
    """Pushes by 100 into a small file and a large one in turns, each a commit on the disk: what HTTP costs stays."""
    lines = LINES if rounds > 1 else min(LINES, 3_000)
    access = Access("token", "t", "terminal", "nord", "1", None)
    clock = HlcClock("server")

    def push(database: Database, size: int) -> None:
        values: list[object] = [json.loads(json.dumps(fact())) for _ in range(size)]
        reads = read(access, values)
        with database.writing() as connection:
            results = take(connection, access, reads, Device("bench", 0), clock)
        assert {one.verdict for one in results} == {"created"}

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        databases = []
        for name, sales in (("small", 1_000), ("large", lines)):
            path = Path(folder) / f"{name}.db"
            database = Database(f"sqlite:///{path}")
            with database.writing() as connection:
                connection.execute(insert(tables.tenant), [{"id": "t", "name": "Shop", "seq": 0}])
            push(database, 1)
            database.close()
            _grow(path, sales)
            databases.append(Database(f"sqlite:///{path}"))
        small, large = databases
        turns = alternate(lambda: push(large, 100), lambda: push(small, 100), rounds, 0.5)
        for database in databases:
            database.close()
    what = f"a push of 100 sales into a file of {lines:,} order lines, against one into a file of a thousand"
    growth = turns.first / turns.second
    note = f"{turns.first * 1000:.1f} against {turns.second * 1000:.1f} ms"
    return [Row(what, growth, "x", "at most 1.5", growth <= 1.5, note)]


def _grow(path: Path, lines: int) -> None:
    """Copy the first sale, which has one line, so many times under identifiers of their own."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Nobody minds if the power fails here, and gigabytes are written once instead of twice.
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        (start,) = connection.execute("SELECT max(seq) FROM change").fetchone()
        for table, changed in COPIED.items():
            columns = [column.name for column in table.columns]
            values = ", ".join(changed.get(name, f'first."{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            first = f'(SELECT * FROM "{table.name}" {_first(table)} LIMIT 1) AS first'
            copy = f'{NUMBERS} INSERT INTO "{table.name}" ({names}) SELECT {values} FROM n, {first}'
            connection.execute(copy, {"count": lines, "start": start})
        connection.execute("UPDATE tenant SET seq = (SELECT max(seq) FROM change)")


def _first(table: Table) -> str:
    # The one that was pushed: it sorts behind every copy.
    return "ORDER BY seq" if table is tables.change else f"ORDER BY {table.primary_key.columns.keys()[1]} DESC"
