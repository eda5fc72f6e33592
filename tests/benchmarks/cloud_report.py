"""A report of a year, against the raw read of its rollup rows; the sales themselves lie in the same file."""

from __future__ import annotations

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

from harness import Row, alternate
from sqlalchemy import insert

from posdevkit.server import Database, tables
from posdevkit.server.reports import Period, sales_report
from posdevkit.server.tokens import Access

LINES = int(os.environ.get("POSDEVKIT_BENCHMARK_LINES", "200000"))
"""Order lines in the file; the wish is for ten million, which takes some minutes and gigabytes to fill."""
DAYS, PRODUCTS = 365, 200
FIRST = date(2025, 1, 1)


def measure(rounds: int) -> list[Row]:
    """All in one process: what the report's HTTP costs is measured by `cloud_server`."""
    lines = LINES if rounds > 1 else min(LINES, 20_000)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        database = Database(f"sqlite:///{folder}/report.db")
        _fill(database, lines)
        access = Access("t", "bench", "owner", None, None, None)
        period = Period(FIRST.isoformat(), (FIRST + timedelta(days=DAYS)).isoformat())
        raw = (
            "SELECT key, label, sales, quantity, amount, vat FROM rollup WHERE tenant = 'bench' AND by = 'product'"
            f" AND day BETWEEN '{period.first}' AND '{period.last}'"
        )

        def report() -> None:
            with database.reading() as connection:
                assert len(sales_report(connection, access, "product", period)) == PRODUCTS

        def read() -> None:
            with database.reading() as connection:
                assert len(connection.exec_driver_sql(raw).fetchall()) == DAYS * PRODUCTS

        turns = alternate(report, read, rounds)
        database.close()
    what = (
        f"the report of {PRODUCTS} products over {DAYS} days with {lines} order lines in the file, against reading its"
        " rollup rows without adding them up"
    )
    note = f"{turns.first * 1000:.1f} against {turns.second * 1000:.1f} ms"
    return [Row(what, turns.ratio, "x", "at least 0.5", turns.ratio >= 0.5, note)]


def _fill(database: Database, lines: int) -> None:
    with database.writing() as connection:
        for start in range(0, lines, 10_000):
            rows = [
                {
                    "tenant": "bench", "sale": str(number // 2), "number": number % 2, "sku": f"p{number % PRODUCTS}",
                    "name": "x", "campaign": "", "quantity": 1, "price": 1, "total": 1, "vat_rate": 2500, "discount": 0,
                }
                for number in range(start, min(start + 10_000, lines))
            ]  # fmt: skip
            connection.execute(insert(tables.line), rows)
        for back in range(DAYS):
            day = (FIRST + timedelta(days=back)).isoformat()
            sums = [
                {
                    "tenant": "bench", "store": "s", "day": day, "by": "product", "key": f"p{one}", "currency": "DKK",
                    "label": f"Product {one}", "sales": 5, "quantity": 5_000_000, "amount": 100, "vat": 0,
                }
                for one in range(PRODUCTS)
            ]  # fmt: skip
            connection.execute(insert(tables.rollup), sums)
