"""One SQLite file: write-ahead log, every commit on the disk before it is told, tables by `user_version`."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from posdevkit.errors import OutputFailed
from posdevkit.errors.inputs import path_of

from .migrations import MIGRATIONS, statements, version_of

__all__ = ["Store"]

_BUSY_SECONDS: Final = 5.0
"""How long a transaction waits for another process to finish its own."""


class Store:
    """The file. Safe to use from several threads; a transaction is one thread's alone and must not wait for a device.

    A commit has reached the disk when it returns (`synchronous=FULL`), so what was told survives a power cut.
    """

    def __init__(self, path: str | Path) -> None:
        """Open or make the file and bring its tables up to date.

        Raises OutputFailed (a folder that is not there, no rights, not a database) and InputFailed for a file that a
        newer version has written.
        """
        self.path = path_of(path, "a store's file")
        self._lock = threading.RLock()
        with self._told():
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        try:
            with self._told():
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=FULL")
                self._connection.execute("PRAGMA foreign_keys=ON")
            self._migrate()
        except BaseException:
            self._connection.close()
            raise

    def _migrate(self) -> None:
        with self.transaction() as transaction:
            version = version_of(transaction, self.path)
            for step in MIGRATIONS[version:]:
                for statement in statements(step):
                    transaction.execute(statement)
            if version < len(MIGRATIONS):
                transaction.execute(f"PRAGMA user_version={len(MIGRATIONS)}")

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """All that is done inside is committed together when the block ends, or not at all if it raises.

        A commit that is not `durable` survives the process and not a power cut, and does not wait for the disk; the
        next durable one brings it there. Raises OutputFailed when the disk is full, the file is locked for too long, or
        damaged.
        """
        with self._lock, self._told(), self._synced(durable):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have rolled it back already
                    self._connection.execute("ROLLBACK")
                raise
            else:
                try:
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise

    @contextmanager
    def _synced(self, durable: bool) -> Iterator[None]:
        if durable:
            yield
            return
        # In a write-ahead log, NORMAL commits without waiting and keeps their order (SQLite, "PRAGMA synchronous").
        self._connection.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            self._connection.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """What is committed, without holding up anybody who writes from another process."""
        with self._lock, self._told():
            yield self._connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise OutputFailed(f"{self.path}: {problem}") from problem

    def close(self) -> None:
        """Close the file. Nothing is lost: what was committed is on the disk."""
        with self._lock:
            self._connection.close()
