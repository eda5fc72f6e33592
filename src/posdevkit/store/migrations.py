"""The file's tables, one step per version. Steps are never changed once released: a new one is added behind them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from posdevkit.errors import InputFailed

from .schema import HUB, HUB_KICKS, PRINT_BEGINNINGS, PRINT_JOBS, PRINT_QUEUES, PRINT_WIDTHS, SHOP

__all__ = ["MIGRATIONS", "statements", "version_of"]

MIGRATIONS: Final[tuple[str, ...]] = (PRINT_JOBS, SHOP, HUB, PRINT_QUEUES, PRINT_WIDTHS, HUB_KICKS, PRINT_BEGINNINGS)
"""Step n takes a file from `user_version` n to n + 1."""


def statements(step: str) -> Iterator[str]:
    """The statements of a step one by one, so that they run inside a transaction; a trigger holds semicolons."""
    statement = ""
    for line in step.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError(f"a statement without its end: {statement}")


def version_of(connection: sqlite3.Connection, path: str | Path) -> int:
    """How many steps the file has been taken. Raises InputFailed for more than this version knows."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise InputFailed(
            f"{path}: written by a newer version (tables {version}, this one knows {len(MIGRATIONS)})",
            remedy="Install the version of posdevkit that wrote it, or a newer one.",
        )
    return version
