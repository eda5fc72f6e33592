"""Who may use the hub: tokens that were got by a pairing code, kept as hashes in the file beside the shop's.

The file is looked at with every request, so what another process revokes or allows counts at once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posdevkit.errors import NotAuthorized, NotFound, TooManyRequests
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.store import Store

__all__ = ["CODE_SECONDS", "TOKEN_DAYS", "TRIES", "Token", "Tokens"]

CODE_SECONDS: Final = 600
"""How long a pairing code is good for."""
TRIES: Final = 5
"""Wrong codes after which the code in force is void."""
TOKEN_DAYS: Final = 365
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What nobody mistakes for another: no 0 and O, no 1, I and L, no U and V side by side."""
_CODE_LENGTH: Final = 8
_TRY_SECONDS: Final = 60.0
_TRIES_A_MINUTE: Final = 10
_ASK_AGAIN: Final = "Make a new code with 'posdevkit hub pair' where the hub runs."


@dataclass(frozen=True, slots=True)
class Token:
    """One paired tablet. Its secret is nowhere but with the tablet."""

    id: str
    name: str
    created_at: float
    """Seconds since 1970, as all times here."""
    expires_at: float


class Tokens:
    """The tokens and the pairing code in one file. `now` is the time of day, `clock` what tries are counted by."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time, clock: Clock = SYSTEM_CLOCK) -> None:
        """Open or make the file. Raises OutputFailed, InputFailed."""
        self._store = Store(path)
        self._now = now
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=_TRIES_A_MINUTE)

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def new_code(self) -> str:
        """A pairing code, eight letters and digits, for one tablet within ten minutes. Voids the one before."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        with self._store.transaction() as transaction:
            transaction.execute(
                "INSERT OR REPLACE INTO hub_pairing (number, hash, expires_at, tries_left) VALUES (1, ?, ?, ?)",
                (_hash(code), self._now() + CODE_SECONDS, TRIES),
            )
        return code

    def pair(self, code: str, name: str) -> tuple[Token, str]:
        """The token of a tablet that shows the right code, and its secret, which is told this once.

        Raises NotAuthorized for a wrong or spent code, TooManyRequests after ten wrong ones within a minute.
        """
        if len(self._wrong) == _TRIES_A_MINUTE and self._clock.monotonic() - self._wrong[0] < _TRY_SECONDS:
            raise TooManyRequests("pairing codes")
        given = _hash("".join(code.upper().split()).replace("-", ""))
        with self._store.transaction() as transaction:
            row = transaction.execute("SELECT hash, expires_at, tries_left FROM hub_pairing").fetchone()
            hashed, expires_at, tries_left = row or ("", 0.0, 0)
            # Compared in any case, so that the time taken tells nothing.
            right = hmac.compare_digest(given, hashed or _hash(""))
            good = bool(hashed) and tries_left > 0 and self._now() < expires_at
            if right and good:
                transaction.execute("DELETE FROM hub_pairing")
                return self._add(transaction, name)
            transaction.execute("UPDATE hub_pairing SET tries_left = tries_left - 1")
        self._wrong.append(self._clock.monotonic())
        if good and tries_left > 1:
            raise NotAuthorized("wrong pairing code", remedy="Compare it with the code that the hub shows.")
        raise NotAuthorized("no pairing code is good any more", remedy=_ASK_AGAIN)

    def of(self, secret: str) -> Token:
        """The token with that secret. Raises NotAuthorized for one that is unknown, revoked or too old."""
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT id, name, created_at, expires_at FROM hub_token WHERE hash = ?", (_hash(secret),)
            ).fetchone()
        if row is None or row[3] <= self._now():
            raise NotAuthorized("" if row is None else "the token is too old")
        return Token(*row)

    def all(self) -> list[Token]:
        """Every token, oldest first; those too old included."""
        with self._store.reading() as connection:
            rows = connection.execute("SELECT id, name, created_at, expires_at FROM hub_token ORDER BY created_at, id")
            return [Token(*row) for row in rows]

    def revoke(self, wanted: str) -> Token:
        """Take the token of that id back. Raises NotFound."""
        with self._store.transaction() as transaction:
            row = transaction.execute(
                "DELETE FROM hub_token WHERE id = ? RETURNING id, name, created_at, expires_at", (wanted,)
            ).fetchone()
        if row is None:
            raise NotFound(f"token {wanted!r}", remedy="See 'posdevkit hub tokens' for the ids.")
        return Token(*row)

    def _add(self, transaction: sqlite3.Connection, name: str) -> tuple[Token, str]:
        secret = secrets.token_urlsafe(32)
        now = self._now()
        token = Token(secrets.token_hex(4), name, now, now + TOKEN_DAYS * 86_400)
        transaction.execute(
            "INSERT INTO hub_token (id, hash, name, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            (token.id, _hash(secret), token.name, token.created_at, token.expires_at),
        )
        return token, secret


def _hash(secret: str) -> str:
    # A token is 256 random bits, a code is void within minutes: neither needs a slow hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
