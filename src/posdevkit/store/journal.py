"""The journal's rows: every action in order, each with the hash of the one before. The file itself refuses changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Journal", "JournalRow"]

_COLUMNS = "seq, at, actor, kind, payload, previous, hash, signature"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One action. What is hashed and how it is signed is the till's business; here the texts are only kept."""

    seq: int
    """1, 2, 3 ..."""
    at: str
    """ISO 8601, with its distance from UTC."""
    actor: str
    kind: str
    payload: str
    """JSON."""
    previous: str
    """Hash of the row before."""
    hash: str
    signature: str = ""


class Journal:
    """Append-only, enforced by the file: no row is changed, taken out, or put anywhere but after the last."""

    def append(self, transaction: sqlite3.Connection, row: JournalRow) -> None:
        """Put `row` after the last one. Raises sqlite3.IntegrityError (OutputFailed outside) where it does not fit."""
        transaction.execute(
            f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # a constant
            (row.seq, row.at, row.actor, row.kind, row.payload, row.previous, row.hash, row.signature),
        )

    def last(self, connection: sqlite3.Connection) -> JournalRow | None:
        """The latest row, None in a new file."""
        row = connection.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq DESC LIMIT 1").fetchone()  # noqa: S608
        return None if row is None else JournalRow(*row)

    def rows(self, connection: sqlite3.Connection, after: int = 0) -> Iterator[JournalRow]:
        """The rows behind number `after` one by one, oldest first."""
        found = connection.execute(f"SELECT {_COLUMNS} FROM journal WHERE seq > ? ORDER BY seq", (after,))  # noqa: S608
        return (JournalRow(*row) for row in found)
