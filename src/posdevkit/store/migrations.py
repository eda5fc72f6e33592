"""The file's tables, one step per version. Steps are never changed once released: a new one is added behind them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from .schema import HUB, HUB_KICKS, PRINT_BEGINNINGS, PRINT_JOBS, PRINT_QUEUES, PRINT_WIDTHS, SHOP

__all__ = ["MIGRATIONS", "statements"]

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
