"""One engine for SQLite or PostgreSQL, and the two ways to use it: `reading()` and `writing()`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Dialect, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from posdevkit.errors import BadUrl, InputFailed, MissingExtra

from .tables import metadata

__all__ = ["CONNECTIONS", "Database", "Row", "add_all", "upsert"]

CONNECTIONS: Final = 16
"""At most so many requests use the database at once; the others wait for their turn."""
BUSY_SECONDS: Final = 30.0
_LIKE: Final = "Write it as sqlite:///file.db or postgresql://user@host/name."

Row = Mapping[str, object]


class Database:
    """All tables, made when they are missing."""

    def __init__(self, url: str) -> None:
        """`url`: `sqlite:///FILE` or `postgresql://...`. Raises BadUrl, MissingExtra, InputFailed."""
        self.engine = _engine(url)
        try:
            metadata.create_all(self.engine)
        except SQLAlchemyError as problem:
            self.engine.dispose()
            # The driver's own words name host and file; the URL itself could hold a password.
            detail = str(getattr(problem, "orig", problem)).splitlines()[0]
            raise InputFailed(f"the database: {detail}", remedy="Check the URL and that the database runs.") from None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on the disk when this ends, or never was."""
        with self.engine.connect().execution_options(posdevkit_writing=True) as connection, connection.begin():
            yield connection


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise BadUrl("a database that is neither SQLite nor PostgreSQL", remedy=_LIKE)
        if parsed.get_backend_name() == "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise BadUrl("a SQLite database without a file", remedy=_LIKE)
            if not Path(parsed.database).absolute().parent.is_dir():
                raise InputFailed(f"{parsed.database}: no such folder")
        options: dict[str, object] = {"timeout": BUSY_SECONDS} if parsed.get_backend_name() == "sqlite" else {}
        engine = create_engine(parsed, pool_size=CONNECTIONS, max_overflow=4, connect_args=options)
    except (ArgumentError, NoSuchModuleError):
        raise BadUrl("not a database URL", remedy=_LIKE) from None
    except ImportError:
        raise MissingExtra("PostgreSQL needs psycopg", remedy="pip install 'posdevkit[postgresql]'") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # Python's own BEGINs come too late; ours are in `_begin_sqlite`.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that first reads and then writes could be refused in the middle; one that says so at once waits.
    writes = connection.get_execution_options().get("posdevkit_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@cache
def _upsert(table: Table, added: tuple[str, ...], replaced: tuple[str, ...], dialect: str) -> object:
    keys = [column.name for column in table.primary_key]
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    if not added and not replaced:
        return statement.on_conflict_do_nothing(index_elements=keys)
    new = statement.excluded
    values = {name: table.c[name] + new[name] for name in added} | {name: new[name] for name in replaced}
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    add: Sequence[str] = (),
    replace: Sequence[str] = (),
) -> None:
    """Insert; where the key is known, add to the columns `add` and replace `replace`, or leave the row as it is."""
    if rows:
        statement = _upsert(table, tuple(add), tuple(replace), _name(connection.dialect))
        connection.execute(statement, [dict(row) for row in rows])  # type: ignore[call-overload]  # either dialect's


def add_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that must be new."""
    if rows:
        connection.execute(table.insert(), [dict(row) for row in rows])


def _name(dialect: Dialect) -> str:
    return dialect.name
