"""Facts on their way to the cloud, and those that it refused: every fact is in one of the two until it has arrived."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from posdevkit.contract import Fact, fact_to_json
from posdevkit.errors import UsageError

__all__ = ["Backlog", "DeadLetter", "DeadLetters", "Outbox", "Pending"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A fact that waits, as the text that goes over the wire."""

    number: int
    id: str
    text: str
    size: int
    """Bytes of the text in UTF-8."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits."""

    facts: int
    bytes: int
    oldest_at: float | None
    """When the oldest was put in, seconds since 1970; None where nothing waits."""


class Outbox:
    """The one way to the cloud. Oldest first; a fact leaves when the server said that it has it, and not before."""

    def add(self, transaction: sqlite3.Connection, fact: Fact) -> None:
        """Put a fact in, in the transaction that makes it. Raises sqlite3.IntegrityError if it is in already."""
        text = json.dumps(fact_to_json(fact), ensure_ascii=False, separators=(",", ":"))
        self._put(transaction, str(fact.id), text)

    def backlog(self, connection: sqlite3.Connection) -> Backlog:
        """Count what waits; it reads an index and not the facts."""
        facts, size = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM outbox").fetchone()
        oldest = connection.execute("SELECT added_at FROM outbox ORDER BY number LIMIT 1").fetchone()
        return Backlog(facts, size, oldest and oldest[0])

    def any(self, connection: sqlite3.Connection) -> bool:
        """Whether anything waits."""
        return connection.execute("SELECT 1 FROM outbox LIMIT 1").fetchone() is not None

    def batch(
        self, connection: sqlite3.Connection, *, facts: int, bytes_: int, without: Collection[int] = ()
    ) -> list[Pending]:
        """The oldest facts, at most so many and so large together; one that is larger alone is a batch alone.

        `without`: numbers to leave where they are.
        """
        chosen: list[Pending] = []
        room = bytes_
        for row in connection.execute("SELECT number, fact_id, fact, size FROM outbox ORDER BY number"):
            if row[0] in without:
                continue
            room -= row[3]
            if chosen and room < 0:
                break
            chosen.append(Pending(*row))
            if len(chosen) == facts:
                break
        return chosen

    def numbered(self, connection: sqlite3.Connection, number: int) -> Pending | None:
        """One fact by its number, None once it has left."""
        row = connection.execute(
            "SELECT number, fact_id, fact, size FROM outbox WHERE number = ?", (number,)
        ).fetchone()
        return None if row is None else Pending(*row)

    def attempted(self, transaction: sqlite3.Connection, batch: Iterable[Pending]) -> None:
        """Count an attempt to send them."""
        transaction.executemany(
            "UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", [(one.number,) for one in batch]
        )

    def remove(self, transaction: sqlite3.Connection, batch: Iterable[Pending]) -> None:
        """They have arrived."""
        transaction.executemany("DELETE FROM outbox WHERE number = ?", [(one.number,) for one in batch])

    @staticmethod
    def _put(transaction: sqlite3.Connection, identifier: str, text: str) -> None:
        transaction.execute(
            "INSERT INTO outbox (fact_id, fact, size, added_at) VALUES (?, ?, ?, ?)",
            (identifier, text, len(text.encode()), time.time()),
        )


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A fact that the server will not take as it is."""

    id: str
    code: str
    """The server's own, such as `bad-fact`; or `server-error`, where it failed on this fact each time."""
    detail: str
    buried_at: float
    fact: str
    """JSON, as it was sent."""
    discarded_at: float | None = None
    discarded_by: str = ""
    reason: str = ""
    journal_seq: int | None = None
    """Row of the journal that tells of the discarding, None until the till has written it."""


_LETTER = "fact_id, code, detail, buried_at, fact, discarded_at, discarded_by, reason, journal_seq"


class DeadLetters:
    """They block nothing and wait for a person, who has them sent again or discards them. None is ever deleted."""

    def bury(self, transaction: sqlite3.Connection, pending: Pending, code: str, detail: str) -> None:
        """Take a fact out of the outbox and keep it here with the server's reason."""
        transaction.execute(
            "INSERT INTO dead_letter (fact_id, fact, code, detail, buried_at) VALUES (?, ?, ?, ?, ?)",
            (pending.id, pending.text, code, detail, time.time()),
        )
        transaction.execute("DELETE FROM outbox WHERE number = ?", (pending.number,))

    def waiting(self, connection: sqlite3.Connection) -> list[DeadLetter]:
        """Those that wait for a person, oldest first."""
        return self._read(connection, "discarded_at IS NULL")

    def count(self, connection: sqlite3.Connection) -> int:
        """How many wait for a person."""
        return int(connection.execute("SELECT count(*) FROM dead_letter WHERE discarded_at IS NULL").fetchone()[0])

    def retry(self, transaction: sqlite3.Connection, identifier: UUID | str) -> None:
        """Something was mended: put the fact at the end of the outbox. Raises UsageError for one that does not wait."""
        letter = self._waiting(transaction, identifier)
        transaction.execute("DELETE FROM dead_letter WHERE fact_id = ?", (letter.id,))
        Outbox._put(transaction, letter.id, letter.fact)

    def discard(self, transaction: sqlite3.Connection, identifier: UUID | str, *, by: str, reason: str) -> DeadLetter:
        """A person's word that it shall not be sent. It stays on record, and the till writes it into its journal.

        Raises UsageError for one that does not wait, or without a reason.
        """
        letter = self._waiting(transaction, identifier)
        if not reason.strip():
            raise UsageError("a dead letter is discarded for a reason", remedy="Say why in a few words.")
        transaction.execute(
            "UPDATE dead_letter SET discarded_at = ?, discarded_by = ?, reason = ? WHERE fact_id = ?",
            (time.time(), by, reason.strip(), letter.id),
        )
        return self._read(transaction, "fact_id = ?", letter.id)[0]

    def unjournaled(self, connection: sqlite3.Connection) -> list[DeadLetter]:
        """Discarded ones that the journal does not tell of yet: who discards may not hold the till's signing key."""
        return self._read(connection, "discarded_at IS NOT NULL AND journal_seq IS NULL")

    def journaled(self, transaction: sqlite3.Connection, identifier: UUID | str, seq: int) -> None:
        """The journal's row `seq`, written in this transaction, tells of it."""
        transaction.execute("UPDATE dead_letter SET journal_seq = ? WHERE fact_id = ?", (seq, str(identifier)))

    def _waiting(self, connection: sqlite3.Connection, identifier: UUID | str) -> DeadLetter:
        found = self._read(connection, "fact_id = ? AND discarded_at IS NULL", str(identifier))
        if not found:
            raise UsageError(
                f"no dead letter {str(identifier)!r} waits", remedy="List the dead letters for their identifiers."
            )
        return found[0]

    @staticmethod
    def _read(connection: sqlite3.Connection, where: str, *values: str) -> list[DeadLetter]:
        rows = connection.execute(f"SELECT {_LETTER} FROM dead_letter WHERE {where} ORDER BY number", values)  # noqa: S608  # a constant
        return [DeadLetter(*row) for row in rows]
