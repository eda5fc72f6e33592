"""The till's tables: numbers without gaps, a journal that keeps, ledgers that add up, and a disk that fills."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from posdevkit.contract import (
    Change,
    Customer,
    Hlc,
    Movement,
    OrderMessage,
    Points,
    Product,
    ShiftClosed,
    StockMoved,
)
from posdevkit.errors import OutputFailed, UsageError
from posdevkit.store import (
    Journal,
    Mirror,
    Outbox,
    ParkedBaskets,
    PointsLedger,
    Sales,
    Settings,
    Shifts,
    StockLedger,
    Store,
    record,
)
from posdevkit.till.journal import Entry
from tests.unit.cloud.facts import a_sale, sell

CUSTOMER = "01980000-0000-7000-8000-000000000001"
ROW = Entry(1, "2026-03-14T08:00:00+01:00", "Bo", "opened", "{}", "0", "h1", "s1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "till.db")
    yield opened
    opened.close()


# Sales and their numbers


def test_numbers_have_no_gap_whatever_is_broken_off(store: Store) -> None:
    for fails in (False, True, True, False):
        try:
            with store.transaction() as transaction:
                record(transaction, a_sale(Sales().next_sequence(transaction, "1")))
                if fails:
                    raise KeyError
        except KeyError:
            pass
    with store.transaction() as transaction:
        record(transaction, a_sale(Sales().next_sequence(transaction, "2"), "2"))
    with store.reading() as connection:
        rows = connection.execute("SELECT register, sequence FROM sale ORDER BY 1, 2").fetchall()
        assert rows == [("1", 1), ("1", 2), ("2", 1)]
        assert Sales().gaps(connection, "1") == []


def test_a_number_that_was_not_taken_is_refused(store: Store) -> None:
    sell(store, 1)
    for sequence in (1, 2, 7):
        with pytest.raises(UsageError, match="not the number that was taken"), store.transaction() as transaction:
            Sales().add(transaction, a_sale(sequence))
    with store.transaction() as transaction:
        number = Sales().next_sequence(transaction, "1")
        Sales().add(transaction, a_sale(number))
        with pytest.raises(UsageError, match="not the number that was taken"):
            Sales().add(transaction, a_sale(number))


def test_gaps_are_found(store: Store) -> None:
    sell(store, 4)
    with store.transaction() as transaction:
        transaction.execute("DELETE FROM sale WHERE sequence IN (1, 3)")
        Sales().next_sequence(transaction, "1")
        assert Sales().gaps(transaction, "1") == [1, 3, 5]


def test_what_was_given_back_is_found_by_its_sale(store: Store) -> None:
    (identifier,) = sell(store, 1)
    with store.transaction() as transaction:
        number = Sales().next_sequence(transaction, "1")
        refund = a_sale(number, refund_of=identifier)
        record(transaction, refund)
        assert Sales().refunds_of(transaction, identifier) == [refund]
        assert Sales().refunds_of(transaction, refund.id) == []


# The journal


def test_the_journal_only_grows(store: Store) -> None:
    with store.transaction() as transaction:
        Journal().append(transaction, ROW)
        Journal().append(transaction, replace(ROW, seq=2, previous="h1", hash="h2"))
        assert Journal().last(transaction) == replace(ROW, seq=2, previous="h1", hash="h2")
    for statement in (
        "UPDATE journal SET payload = '{\"total\": 0}' WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 2",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal VALUES (2, 'a', 'b', 'c', 'd', 'h1', 'f', 'g')",
    ):
        with pytest.raises(OutputFailed, match="journal"), store.transaction() as transaction:
            transaction.execute(statement)
    for wrong in (
        replace(ROW, seq=4, previous="h2"),
        replace(ROW, seq=2, previous="h2"),
        replace(ROW, seq=3, previous="h1"),
    ):
        with pytest.raises(OutputFailed, match="goes on from its last row"), store.transaction() as transaction:
            Journal().append(transaction, wrong)
    with store.reading() as connection:
        assert [row.hash for row in Journal().entries(connection)] == ["h1", "h2"]
        assert [row.hash for row in Journal().entries(connection, 1)] == ["h2"]


def test_a_first_row_is_number_one(store: Store) -> None:
    with pytest.raises(OutputFailed, match="goes on"), store.transaction() as transaction:
        Journal().append(transaction, replace(ROW, seq=2))


# Ledgers


def test_balances_are_the_sums_to_the_millionth(store: Store) -> None:
    with store.transaction() as transaction:
        for quantity in ("0.1", "0.2", "-0.000001", "12345678.5"):
            body = StockMoved((Movement("cheese", Decimal(quantity), "delivery"),))
            record(transaction, replace(a_sale(1), body=body))
        assert StockLedger().balance(transaction, "cheese") == Decimal("12345678.799999")
        assert StockLedger().balance(transaction, "nothing") == 0
        assert StockLedger().recount(transaction) == []
        transaction.execute("UPDATE stock_balance SET quantity = quantity + 1")
        (wrong,) = StockLedger().recount(transaction)
        assert (wrong.key, wrong.balance - wrong.entries) == ("cheese", Decimal("0.000001"))
        transaction.execute("DELETE FROM stock_balance")
        assert [found.key for found in StockLedger().recount(transaction)] == ["cheese"]


def test_points_are_entered_once(store: Store) -> None:
    with store.transaction() as transaction:
        fact = a_sale(Sales().next_sequence(transaction, "1"), points=(Points(CUSTOMER, "club", "earn", 38),))
        record(transaction, fact)
    with pytest.raises(OutputFailed), store.transaction() as transaction:
        PointsLedger().add(transaction, fact.id, [Points(CUSTOMER, "club", "earn", 1)])
    with store.transaction() as transaction:
        assert PointsLedger().balance(transaction, CUSTOMER) == 38
        assert PointsLedger().balance(transaction, "nobody") == 0
        assert PointsLedger().recount(transaction) == []
        transaction.execute("UPDATE points_entry SET points = 7")
        (wrong,) = PointsLedger().recount(transaction)
        assert (wrong.key, int(wrong.balance), int(wrong.entries)) == (CUSTOMER, 38, 7)


# The outbox


def test_batches_have_limits(store: Store) -> None:
    sell(store, 10)
    with store.reading() as connection:
        outbox = Outbox()
        every = outbox.batch(connection, facts=100, bytes_=256_000)
        assert [one.number for one in every] == list(range(1, 11))
        assert all(one.size == len(one.text.encode()) for one in every)
        assert outbox.backlog(connection).bytes == sum(one.size for one in every)
        assert outbox.batch(connection, facts=3, bytes_=256_000) == every[:3]
        assert outbox.batch(connection, facts=100, bytes_=every[0].size + every[1].size) == every[:2]
        assert outbox.batch(connection, facts=100, bytes_=1) == every[:1]
        assert outbox.batch(connection, facts=2, bytes_=256_000, without={1, 3}) == [every[1], every[3]]


# The mirror


def change(seq: int, body: Product | Customer | OrderMessage) -> Change:
    return Change(seq, body)


def test_the_higher_version_stays(store: Store) -> None:
    coffee = Product("coffee", "Flat white", 3800, 2500, version=3, codes=("5712345678900",))
    with store.transaction() as transaction:
        mirror = Mirror()
        assert mirror.apply(transaction, change(10, coffee))
        assert not mirror.apply(transaction, change(10, coffee))
        assert not mirror.apply(transaction, change(11, replace(coffee, version=2, price=1)))
        assert mirror.product(transaction, "coffee") == coffee
        assert mirror.products_by_code(transaction, "5712345678900") == [coffee]
        newer = replace(coffee, version=4, codes=("5712345678917",))
        assert mirror.apply(transaction, change(12, newer))
        assert mirror.products_by_code(transaction, "5712345678900") == []
        assert mirror.products_by_code(transaction, "5712345678917") == [newer]
        assert mirror.apply(transaction, change(13, replace(newer, version=5, active=False)))
        assert mirror.products_by_code(transaction, "5712345678917") == []
        assert mirror.apply(transaction, change(20, Customer(CUSTOMER, "Ida", points=5)))
        assert not mirror.apply(transaction, change(19, Customer(CUSTOMER, "Ida", points=4)))
        assert mirror.customer(transaction, CUSTOMER) == Customer(CUSTOMER, "Ida", points=5)
        news = OrderMessage(CUSTOMER, "1-000001", "ready", 3800, "DKK")
        assert mirror.apply(transaction, change(21, news))
        assert mirror.order(transaction, CUSTOMER) == news
        assert [list(found) for found in (mirror.campaigns(transaction), mirror.customers(transaction))] == [
            [],
            [Customer(CUSTOMER, "Ida", points=5)],
        ]


# Shifts, parked baskets, settings


def test_one_shift_is_open_at_a_time_and_a_fact_closes_it(store: Store) -> None:
    with store.transaction() as transaction:
        shifts = Shifts()
        assert shifts.current(transaction, "1") is None
        first = shifts.open(transaction, "1", at="2026-03-14T08:00:00+01:00", by="Bo")
        with pytest.raises(UsageError, match="shift 1 of register 1 is open"):
            shifts.open(transaction, "1", at="2026-03-14T09:00:00+01:00", by="Ida")
        assert shifts.current(transaction, "1") == first
        closing = ShiftClosed("1", 1, first.opened_at, "2026-03-14T18:00:00+01:00", 0, 0, 0, 0, "DKK", 0, 0, (), ())
        record(transaction, replace(a_sale(1), body=closing))
        assert shifts.current(transaction, "1") is None
        with pytest.raises(UsageError, match="no shift of register 1 is open"):
            record(transaction, replace(a_sale(1), body=closing))
        assert shifts.open(transaction, "1", at="2026-03-15T08:00:00+01:00", by="Bo").number == 2


def test_a_parked_basket_is_taken_once(store: Store) -> None:
    with store.transaction() as transaction:
        baskets = ParkedBaskets()
        baskets.park(transaction, "milk", '{"a": 1}')
        with pytest.raises(UsageError, match="'milk' is parked already"):
            baskets.park(transaction, "milk", "{}")
        assert [basket.name for basket in baskets.parked(transaction)] == ["milk"]
        assert baskets.take(transaction, "milk") == '{"a": 1}'
        with pytest.raises(UsageError, match="no basket 'milk'"):
            baskets.take(transaction, "milk")


def test_settings_only_go_forward_where_they_must(store: Store) -> None:
    with store.transaction() as transaction:
        settings = Settings()
        settings.claim_register(transaction, "1")
        settings.claim_register(transaction, "1")
        with pytest.raises(UsageError, match="belongs to register '1'"):
            settings.claim_register(transaction, "2")
        settings.set_cursor(transaction, 7)
        settings.set_cursor(transaction, 3)
        assert settings.cursor(transaction) == 7
        for moment in (Hlc(5, 1, "b"), Hlc(5, 0, "b")):
            settings.set_clock(transaction, moment)
        assert settings.clock(transaction) == Hlc(5, 1, "b")
        settings.set(transaction, "printer", "tcp://192.0.2.7")
        assert settings.get(transaction, "printer") == "tcp://192.0.2.7"


# A full disk


def whole(connection: sqlite3.Connection) -> tuple[int, int]:
    """Sales in the file, after a look that everything which belongs to each is there."""
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("sale", "outbox", "stock_movement")
    ]
    assert len(set(counts)) == 1, counts
    assert StockLedger().recount(connection) == []
    assert StockLedger().balance(connection, "coffee") == -counts[0]
    assert Sales().gaps(connection, "1") == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return counts[0], connection.execute("PRAGMA page_count").fetchone()[0]


def test_a_full_file_takes_whole_sales_or_none(store: Store) -> None:
    sell(store, 2)
    with store.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 6}")
    with pytest.raises(OutputFailed, match="full"):
        sell(store, 500)
    with store.reading() as connection:
        before, _ = whole(connection)
        assert before > 2
        connection.execute("PRAGMA max_page_count=1000000")
    sell(store, 1)
    with store.reading() as connection:
        assert whole(connection)[0] == before + 1


PROGRAM = """
import resource, signal, sys
from posdevkit.errors import OutputFailed
from posdevkit.store import Store
from tests.unit.cloud.facts import sell
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(sys.argv[1])
sell(store, 2)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    sell(store, 2000)
except OutputFailed as problem:
    print(problem.slug)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
sell(store, 1)
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is POSIX")
@pytest.mark.parametrize("limit", [500_000, 501_111, 700_000])
def test_a_disk_that_takes_no_more_bytes_leaves_whole_sales(limit: int, tmp_path: Path) -> None:
    """The system refuses to let any file of the process grow over a limit, also in the middle of a page."""
    path = tmp_path / "till.db"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(limit)], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "output-failed\n", "")
    store = Store(path)
    with store.reading() as connection:
        assert whole(connection)[0] > 3
    store.close()
