"""Files of every released schema version are opened by this one, and nothing in them is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from posdevkit.printqueue.forms import forms_of
from posdevkit.printqueue.table import JobTable
from posdevkit.store import (
    DeadLetters,
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
)
from posdevkit.store.migrations import MIGRATIONS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "store"


def print_jobs(connection: sqlite3.Connection, keys: list[str]) -> None:
    jobs = JobTable("printer").jobs(connection)
    assert [job.key for job in jobs] == keys
    assert jobs[0].added_at == 1780000000.5


def version_1(connection: sqlite3.Connection) -> None:
    print_jobs(connection, ["order-1", "order-2"])
    assert JobTable("printer").job(connection, "order-1").state.value == "sending"
    # What came later: the printer that its queue was, and a receipt.
    assert {job.carrier for job in JobTable("printer").jobs(connection)} == {"printer"}
    assert connection.execute("SELECT DISTINCT commands FROM print_job").fetchall() == [("escpos",)]
    assert Outbox().backlog(connection).facts == 0


def version_2(connection: sqlite3.Connection) -> None:
    print_jobs(connection, ["order-1"])
    (first,) = Sales().by_receipt(connection, "1-000001")
    assert Sales().sale(connection, first.id) == first
    assert len(list(Sales().of_shift(connection, "1", 1))) == 2
    assert Sales().gaps(connection, "1") == []
    assert [row.hash for row in Journal().entries(connection)] == ["aa", "bb"]
    assert StockLedger().balance(connection, "coffee") == -2
    assert PointsLedger().balance(connection, "01980000-0000-7000-8000-000000000001") == 76
    assert Outbox().backlog(connection).facts == 1
    assert [letter.code for letter in DeadLetters().waiting(connection)] == ["bad-fact"]
    assert [product.sku for product in Mirror().products(connection)] == ["p1", "p2"]
    assert [basket.name for basket in ParkedBaskets().parked(connection)] == ["milk"]
    assert Settings().register(connection) == "1"
    assert Settings().cursor(connection) == 2
    assert str(Settings().clock(connection)) == "019ceba53a00-0002-till-1"
    shift = Shifts().current(connection, "1")
    assert shift is not None
    assert (shift.number, shift.opened_by) == (1, "Bo")


def version_3(connection: sqlite3.Connection) -> None:
    version_2(connection)
    tablets(connection)


def tablets(connection: sqlite3.Connection) -> None:
    assert connection.execute("SELECT name FROM hub_token").fetchall() == [("tablet",)]


def version_4(connection: sqlite3.Connection) -> None:
    tablets(connection)
    print_jobs(connection, ["order-1", "order-1/copy-1"])
    copy = JobTable("printer").job(connection, "order-1/copy-1")
    assert (copy.copy_of, copy.asked_by, copy.evidence.value) == ("order-1", "Bo", "process_id")
    claimed, sending = JobTable("station grill").jobs(connection)
    assert (claimed.state.value, claimed.carrier, claimed.priority) == ("claimed", "kitchen", 5)
    assert list(forms_of(connection, number_of(connection, claimed.key))) == ["bar"]
    assert sending.state.value == "sending"


def version_5(connection: sqlite3.Connection) -> None:
    version_4(connection)
    assert connection.execute("SELECT width FROM print_job WHERE key = 'order-1'").fetchone() == (512,)
    (form,) = forms_of(connection, number_of(connection, JobTable("station grill").jobs(connection)[0].key)).values()
    assert form.width == 384


def version_6(connection: sqlite3.Connection) -> None:
    version_5(connection)
    assert connection.execute("SELECT key, pin, delivery FROM hub_kick").fetchall() == [("kick-1", 2, "confirmed")]


def version_7(connection: sqlite3.Connection) -> None:
    version_6(connection)
    assert connection.execute("SELECT key, begin_by FROM print_job WHERE begin_by IS NOT NULL").fetchall() == [
        ("order-1", 1780000010.5)
    ]


def number_of(connection: sqlite3.Connection, key: str) -> int:
    (number,) = connection.execute("SELECT number FROM print_job WHERE key = ?", (key,)).fetchone()
    return int(number)


CHECKS: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: version_1,
    2: version_2,
    3: version_3,
    4: version_4,
    5: version_5,
    6: version_6,
    7: version_7,
}


def test_every_version_has_a_file_and_a_check() -> None:
    assert sorted(CHECKS) == list(range(1, len(MIGRATIONS) + 1))
    assert {path.name for path in FIXTURES.iterdir()} == {f"version-{number}.sql" for number in CHECKS}


@pytest.mark.parametrize("version", CHECKS)
def test_a_file_of_that_version_is_opened(version: int, tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    connection = sqlite3.connect(path)
    connection.executescript((FIXTURES / f"version-{version}.sql").read_text("utf-8"))
    assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    connection.close()
    for _ in range(2):
        store = Store(path)
        with store.reading() as reading:
            CHECKS[version](reading)
            assert reading.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        store.close()


def test_a_file_that_came_up_is_as_a_new_one(tmp_path: Path) -> None:
    """The same tables, indexes and triggers, whichever version it began at."""

    def schema(path: Path) -> set[tuple[str, str]]:
        store = Store(path)
        with store.reading() as reading:
            found = set(reading.execute("SELECT name, replace(sql, '\"', '') FROM sqlite_master WHERE sql IS NOT NULL"))
        store.close()
        return found

    new = schema(tmp_path / "new.db")
    for version in CHECKS:
        path = tmp_path / f"{version}.db"
        connection = sqlite3.connect(path)
        connection.executescript((FIXTURES / f"version-{version}.sql").read_text("utf-8"))
        connection.close()
        assert schema(path) == new
