"""A look into a file that changes nothing: no table is brought up to date, no row locked, nothing left beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from posdevkit.errors import InputFailed

from .migrations import version_of

__all__ = ["looked_into"]


@contextmanager
def looked_into(path: str | Path, table: str) -> Iterator[sqlite3.Connection]:
    """The file at `path` as it stands, which has to hold `table`; it may be on a disk that cannot be written to.

    Raises InputFailed where there is no such file or table, for what is no store's file, and for a newer version's.
    """
    file = Path(path)
    if not file.is_file():
        raise InputFailed(f"{path}: no such file", remedy="Give the path of a register's file.")
    log = file.with_name(f"{file.name}-wal")
    # A file without a log is whole in itself, and nobody has it open: SQLite need not make a log to read it
    # (https://sqlite.org/wal.html, "Read-Only Databases").
    alone = not log.exists()
    uri = f"{file.resolve().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            version_of(connection, path)
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is None:
                raise InputFailed(f"{path}: holds no {table}", remedy="Give the path of a register's file.")
            yield connection
    except sqlite3.OperationalError as problem:
        # A log without an index beside it, and no room or no right to make one.
        remedy = f"Copy it, with {log.name} where there is one, to a disk with room, and look at the copy."
        raise InputFailed(f"{path}: {problem}", remedy=remedy) from problem
    except sqlite3.DatabaseError as problem:
        raise InputFailed(f"{path}: {problem}", remedy="Give the path of a register's file.") from problem
    if alone and log.exists():
        raise InputFailed(f"{path}: another program began to write to it meanwhile", remedy="Look again.")
