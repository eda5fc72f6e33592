"""The journal's rows: every action in order, each with the hash of the one before. The file itself refuses changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import astuple

from posdevkit.till.journal import Entry

__all__ = ["Journal"]

_COLUMNS = "seq, at, actor, kind, payload, previous, hash, signature"


class Journal:
    """Append-only, enforced by the file: no row is changed, taken out, or put anywhere but after the last."""

    def append(self, transaction: sqlite3.Connection, entry: Entry) -> None:
        """Put `entry` after the last. Raises sqlite3.IntegrityError (OutputFailed outside) where it does not fit."""
        transaction.execute(
            f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # a constant
            astuple(entry),
        )

    def last(self, connection: sqlite3.Connection) -> Entry | None:
        """The latest row, None in a new file."""
        row = connection.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq DESC LIMIT 1").fetchone()  # noqa: S608
        return None if row is None else Entry(*row)

    def entries(self, connection: sqlite3.Connection, after: int = 0) -> Iterator[Entry]:
        """The rows behind number `after` one by one, oldest first."""
        found = connection.execute(f"SELECT {_COLUMNS} FROM journal WHERE seq > ? ORDER BY seq", (after,))  # noqa: S608
        return (Entry(*row) for row in found)
