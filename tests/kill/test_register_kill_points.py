"""A register's process killed at each named point of a sale, then started again: every sale once, all of it or nothing.

    killed when      of that sale there is          after the next start
    made             nothing                        five sales, five receipts, no gap
    written          nothing (not committed)        five sales, five receipts, no gap
    committed        all of it, nobody told         five sales, five receipts, no gap

The control asks again under new identifiers, and sells more than five.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from posdevkit.contract import Sale
from posdevkit.counter import Point
from posdevkit.counter.book import verified
from posdevkit.store import Outbox, Sales, StockLedger, Store
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from tests.systems import KILLED

PROGRAM = Path(__file__).with_name("register_process.py")
SOLD = 5


def run(path: Path, url: str, point: str, *words: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(path), url, point, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == (0 if point == "never" else KILLED), done.stderr
    return done.stdout.split()


def stands(path: Path) -> int:
    """That all of the file agrees with itself; how many sales it has."""
    store = Store(path)
    try:
        with store.reading() as connection:
            (count,) = connection.execute("SELECT count(*) FROM sale").fetchone()
            assert Sales().gaps(connection, "1") == []
            assert StockLedger().recount(connection) == []
            assert StockLedger().balance(connection, "1005") == -count
            pending = Outbox().batch(connection, facts=99, bytes_=10**6)
            assert len(pending) == count
            (jobs,) = connection.execute("SELECT count(*) FROM print_job").fetchone()
            assert jobs == count
            report = verified(connection)
            assert report.broken is None
            assert report.rows == count + (count > 0)  # and the one that opened the shift
            for fact in Sales().of_shift(connection, "1", 1):
                assert isinstance(fact.body, Sale)
            return int(count)
    finally:
        store.close()


@pytest.mark.parametrize("point", list(Point))
def test_killed_at_a_point_of_a_sale(point: Point, tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer()
    path = tmp_path / "till.db"
    told = run(path, printer.url, point.value)
    # What was answered is there; what was not may be, but whole.
    assert stands(path) == len(told) + (point is Point.COMMITTED)
    assert run(path, printer.url, "never") == [f"1-{number:06}" for number in range(1, SOLD + 1)]
    assert stands(path) == SOLD
    text = "\n".join(ticket.text for ticket in printer.tickets)
    for number in range(1, SOLD + 1):
        assert text.count(f"1-{number:06}") <= 1, "a receipt was printed twice"


def test_the_control_sells_twice(tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer()
    path = tmp_path / "till.db"
    run(path, printer.url, Point.COMMITTED.value, "naive")
    run(path, printer.url, "never", "naive")
    with pytest.raises(AssertionError):
        assert stands(path) == SOLD
