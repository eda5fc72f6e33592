"""The file's tables, one step per version. Steps are never changed once released: a new one is added behind them."""

from __future__ import annotations

from typing import Final

__all__ = ["MIGRATIONS"]

_PRINT_JOBS: Final = """
CREATE TABLE print_job (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    printer     TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    data        BLOB NOT NULL,
    ends        BLOB NOT NULL,
    proof_at    INTEGER NOT NULL,
    state       TEXT NOT NULL,
    process_id  BLOB NOT NULL DEFAULT x'',
    delivery    TEXT NOT NULL DEFAULT 'none',
    evidence    TEXT NOT NULL DEFAULT 'none',
    problem     TEXT NOT NULL DEFAULT '',
    attempts    INTEGER NOT NULL DEFAULT 0,
    added_at    REAL NOT NULL,
    changed_at  REAL NOT NULL,
    UNIQUE (printer, key)
);
CREATE INDEX print_job_by_state ON print_job (printer, state, number);
"""

_HUB: Final = """
CREATE TABLE hub_token (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE hub_pairing (
    number     INTEGER PRIMARY KEY CHECK (number = 1),
    hash       TEXT NOT NULL,
    expires_at REAL NOT NULL,
    tries_left INTEGER NOT NULL
);
"""

MIGRATIONS: Final[tuple[str, ...]] = (_PRINT_JOBS, _HUB)
"""Step n takes a file from `user_version` n to n + 1."""
