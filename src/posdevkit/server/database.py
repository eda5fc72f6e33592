"""One engine for SQLite or PostgreSQL, and the two ways to use it: `reading()` and `writing()`."""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
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
        match parsed.drivername:
            case "sqlite":
                parsed, options = _sqlite(parsed)
            case "postgresql" | "postgres":
                parsed, options = _postgresql(parsed)
            case _:
                raise BadUrl("a database that is neither SQLite nor PostgreSQL", remedy=_LIKE)
        engine = create_engine(parsed, pool_size=CONNECTIONS, max_overflow=4, connect_args=options)
    except ArgumentError:
        raise BadUrl("not a database URL", remedy=_LIKE) from None
    except ImportError:
        raise MissingExtra("PostgreSQL needs pg8000", remedy="pip install 'posdevkit[postgresql]'") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        # Many rows are one statement: pg8000 itself would ask once a row.
        engine.dialect.use_insertmanyvalues_wo_returning = True
    return engine


def _sqlite(url: URL) -> tuple[URL, dict[str, object]]:
    if not url.database or url.database == ":memory:":
        raise BadUrl("a SQLite database without a file", remedy=_LIKE)
    if not Path(url.database).absolute().parent.is_dir():
        raise InputFailed(f"{url.database}: no such folder")
    return url, {"timeout": BUSY_SECONDS}


def _postgresql(url: URL) -> tuple[URL, dict[str, object]]:
    """What PostgreSQL's own URLs say (its manual, 34.1), as pg8000 takes it: a folder as `host`, and `sslmode`."""
    said = dict(url.query)
    options: dict[str, object] = {}
    if folder := said.pop("host", ""):
        options["unix_sock"] = f"{folder}/.s.PGSQL.{url.port or 5432}"
    mode = said.pop("sslmode", "disable")
    if mode not in ("disable", "require", "verify-full") or said:
        raise BadUrl(
            f"{', '.join(said) or f'sslmode={mode}'} in the database's URL",
            remedy="Besides host=FOLDER only sslmode=disable, require or verify-full is known.",
        )
    if mode != "disable":
        context = ssl.create_default_context()
        if mode == "require":
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        options["ssl_context"] = context
    return url.set(drivername="postgresql+pg8000", query={}), options


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
        statement = _upsert(table, tuple(add), tuple(replace), connection.dialect.name)
        connection.execute(statement, [dict(row) for row in rows])  # type: ignore[call-overload]  # either dialect's


def add_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that must be new."""
    if rows:
        connection.execute(table.insert(), [dict(row) for row in rows])
