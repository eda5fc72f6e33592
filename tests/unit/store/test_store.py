"""One file: what was committed is there, what was not is not, and a file of the future is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from posdevkit.errors import InputFailed, OutputFailed
from posdevkit.store import Store
from posdevkit.store.migrations import MIGRATIONS

ROW = "INSERT INTO print_job (printer, key, fingerprint, data, ends, proof_at, state, added_at, changed_at)"
VALUES = " VALUES ('p', ?, 'f', x'', x'', 0, 'pending', 0, 0)"


def count(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM print_job").fetchone()[0])
    finally:
        connection.close()


def test_a_new_file_gets_all_tables_and_tells_its_version(tmp_path: Path) -> None:
    store = Store(tmp_path / "shop.db")
    with store.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()
    Store(tmp_path / "shop.db").close()


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    store = Store(path)
    with store.transaction() as transaction:
        transaction.execute(ROW + VALUES, ("one",))
        transaction.execute(ROW + VALUES, ("two",))
    with pytest.raises(KeyError), store.transaction() as transaction:
        transaction.execute(ROW + VALUES, ("three",))
        raise KeyError
    assert count(path) == 2
    with pytest.raises(OutputFailed), store.transaction() as transaction:
        transaction.execute(ROW + VALUES, ("four",))
        transaction.execute(ROW + VALUES, ("one",))
    assert count(path) == 2
    store.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(InputFailed, match="newer version"):
        Store(path)


@pytest.mark.parametrize("name", ["missing/shop.db", "noise.db"])
def test_what_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "noise.db").write_bytes(b"no database at all" * 99)
    with pytest.raises(OutputFailed):
        Store(tmp_path / name)


def test_a_commit_that_need_not_outlive_a_power_cut_is_seen_and_the_next_waits_for_the_disk_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shop.db"
    store = Store(path)
    with store.transaction(durable=False) as transaction:
        assert transaction.execute("PRAGMA synchronous").fetchone() == (1,)
        transaction.execute(ROW + VALUES, ("one",))
    assert count(path) == 1
    with pytest.raises(RuntimeError), store.transaction(durable=False):
        raise RuntimeError
    with store.transaction() as transaction:
        assert transaction.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()
