"""One register's file, blocking: what happens at the register is one transaction each, with its row in the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import Enum
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from posdevkit.contract import Body, CustomerEdited, Fact, HlcClock, Sale, ShiftClosed, StockMoved, to_json, uuid7
from posdevkit.contract.facts import fact_to_json
from posdevkit.errors import Closed, JobConflict, NotFound, OutputFailed
from posdevkit.printqueue.table import JobTable, Wishes
from posdevkit.protocols.job import Compiled
from posdevkit.runtime.clock import WallClock
from posdevkit.store import DeadLetters, Journal, Sales, Settings, Shift, Shifts, Store, record
from posdevkit.till.journal import Entry, appended, verify

from .sold import JournalReport

if TYPE_CHECKING:
    from posdevkit.till.journal import Signer, Verifier

__all__ = ["Book", "Point", "Promise", "Receipts", "verified", "verified_meanwhile"]

T = TypeVar("T")

Receipts = Callable[[int, datetime], Sale]
"""From the register's next number and the moment to the sale that gets them."""
PIECE = 500
"""Rows of a journal that are read at once: some milliseconds."""


class Promise:
    """What is to be printed when a fact is on the disk: bytes for one printer, under a key."""

    __slots__ = ("commands", "compiled", "key", "printer", "wishes")

    def __init__(self, printer: str, key: str, compiled: Compiled, commands: str, wishes: Wishes) -> None:
        self.printer = printer
        self.key = key
        self.compiled = compiled
        self.commands = commands
        self.wishes = wishes

    def keep(self, transaction: sqlite3.Connection) -> None:
        """Promise it, in the transaction of what it tells."""
        JobTable(self.printer).add(transaction, self.key, self.compiled, self.commands, self.wishes)


Printing = Callable[[Fact], Promise | None]
"""Works out what a fact prints; called before the transaction, since pictures take long."""


class Point(Enum):
    """Places where a register's process may die; the tests kill it at each."""

    MADE = "made"
    """The fact is made and nothing of it is in the file."""
    WRITTEN = "written"
    """Everything is written and nothing of it is committed."""
    COMMITTED = "committed"
    """It is on the disk, and nobody has been told."""


class Book:
    """Not safe for several threads at once: its register takes turns."""

    def __init__(
        self,
        store: Store,
        register: str,
        *,
        signer: Signer | None,
        wall: WallClock,
    ) -> None:
        """Raises UsageError where the file is another register's."""
        self.store = store
        self.register = register
        self._signer = signer
        self._wall = wall
        self.passed: Callable[[Point], None] = lambda point: None
        with store.transaction() as transaction:
            Settings().claim_register(transaction, register)
            # On from the file's latest moment: a wall clock that was set back changes nothing.
            self._clock = HlcClock(register, last=Settings().clock(transaction))
            self._tell_discarded(transaction)

    def sell(self, make: Receipts, printing: Printing, *, id: UUID | None, actor: str) -> tuple[Fact, bool]:
        """Make a sale and everything that it moves; the fact, and whether it is new.

        Raises JobConflict where `id` is known with another content.
        """
        at = self._wall.now()
        if id is not None and (known := self._known(id, make)) is not None:
            return known, False
        with self.store.reading() as connection:
            number = Sales().upcoming(connection, self.register)
        fact = self._fact(make(number, at), at, id)
        promise = printing(fact)
        self.passed(Point.MADE)
        with self.store.transaction() as transaction:
            taken = Sales().next_sequence(transaction, self.register)
            assert taken == number, "two programs sell at one register"
            record(transaction, fact, shift=self._shift(transaction, at, actor).number)
            self._journal(transaction, fact.at, actor, _kind(fact), fact_to_json(fact))
            if promise is not None:
                promise.keep(transaction)
            self.passed(Point.WRITTEN)
        self.passed(Point.COMMITTED)
        return fact, True

    def happened(self, body: StockMoved | CustomerEdited, *, actor: str) -> Fact:
        """Make any other fact that is no sale and closes nothing."""
        fact = self._fact(body, self._wall.now(), None)
        with self.store.transaction() as transaction:
            record(transaction, fact)
            told = fact_to_json(fact) if isinstance(body, StockMoved) else _without_words(fact)
            self._journal(transaction, fact.at, actor, fact.kind, told)
        return fact

    def open_shift(self, *, actor: str, opening_cash: int) -> Shift:
        """Begin one, with so much in the drawer. Raises UsageError while another is open."""
        at = self._wall.now()
        with self.store.transaction() as transaction:
            return self._open(transaction, at, actor, opening_cash)

    def close_shift(
        self, count: Callable[[Shift, list[Sale], datetime], ShiftClosed], printing: Printing, *, actor: str
    ) -> Fact:
        """End the open one with its figures. Raises UsageError if none is open."""
        at = self._wall.now()
        with self.store.reading() as connection:
            shift, sales = self.shift_so_far(connection)
        fact = self._fact(count(shift, sales, at), at, None)
        promise = printing(fact)
        self.passed(Point.MADE)
        with self.store.transaction() as transaction:
            record(transaction, fact)
            self._journal(transaction, fact.at, actor, "z-report", fact_to_json(fact))
            if promise is not None:
                promise.keep(transaction)
            self.passed(Point.WRITTEN)
        self.passed(Point.COMMITTED)
        return fact

    def noted(self, kind: str, payload: object, *, actor: str, promise: Promise | None = None) -> datetime:
        """Write a row about something that moves neither money nor stock."""
        at = self._wall.now()
        with self.store.transaction() as transaction:
            self._journal(transaction, at, actor, kind, payload)
            if promise is not None:
                promise.keep(transaction)
        return at

    def changed(
        self, change: Callable[[sqlite3.Connection], object], kind: str, payload: object, *, actor: str
    ) -> None:
        """Change a table of the register's own, with a row that tells of it."""
        with self.store.transaction() as transaction:
            change(transaction)
            self._journal(transaction, self._wall.now(), actor, kind, payload)

    def shift_so_far(self, connection: sqlite3.Connection) -> tuple[Shift, list[Sale]]:
        """The open shift and its sales. Raises NotFound if none is open."""
        shift = Shifts().current(connection, self.register)
        if shift is None:
            raise NotFound(f"no shift of register {self.register} is open", remedy="Open one, or sell something.")
        facts = Sales().of_shift(connection, self.register, shift.number)
        return shift, [fact.body for fact in facts if isinstance(fact.body, Sale)]

    def _known(self, identifier: UUID, make: Receipts) -> Fact | None:
        with self.store.reading() as connection:
            fact = Sales().sale(connection, identifier)
        if fact is None or not isinstance(fact.body, Sale):
            return None
        # The day is the first one's: a sale that is repeated after midnight is the same sale.
        same = replace(make(fact.body.sequence, fact.at), business_day=fact.body.business_day)
        if same != fact.body:
            raise JobConflict(
                f"{identifier} is receipt {fact.body.receipt}, and what it sells now is something else",
                remedy="Give every sale an identifier of its own.",
            )
        return fact

    def _fact(self, body: Body, at: datetime, identifier: UUID | None) -> Fact:
        return Fact(identifier or uuid7(), at, self._clock.now(), body)

    def _shift(self, transaction: sqlite3.Connection, at: datetime, actor: str) -> Shift:
        """The open one; a sale opens one where none is."""
        return Shifts().current(transaction, self.register) or self._open(transaction, at, actor, 0)

    def _open(self, transaction: sqlite3.Connection, at: datetime, actor: str, opening_cash: int) -> Shift:
        shift = Shifts().open(transaction, self.register, at=at.isoformat(), by=actor, opening_cash=opening_cash)
        facts = {"register": self.register, "shift": shift.number, "opening_cash": opening_cash}
        self._journal(transaction, at, actor, "shift-opened", facts)
        return shift

    def _tell_discarded(self, transaction: sqlite3.Connection) -> None:
        """Rows for what a person has discarded with another program, which may not hold the signing key."""
        for letter in DeadLetters().unjournaled(transaction):
            facts = {"fact": letter.id, "code": letter.code, "reason": letter.reason}
            seq = self._journal(transaction, self._wall.now(), letter.discarded_by or "?", "discarded", facts)
            DeadLetters().journaled(transaction, letter.id, seq)

    def _journal(self, transaction: sqlite3.Connection, at: datetime, actor: str, kind: str, payload: object) -> int:
        journal = Journal()
        last = journal.last(transaction)
        entry = appended(last, at=at, actor=actor, kind=kind, payload=payload, signer=self._signer)
        journal.append(transaction, entry)
        return entry.seq


def verified(
    connection: sqlite3.Connection, *, verifier: Verifier | None = None, head: Entry | str | None = None
) -> JournalReport:
    """Look through the journal of an open file."""
    journal = Journal()
    last = journal.last(connection)
    broken = verify(journal.entries(connection), verifier=verifier, head=head)
    return JournalReport(last.seq if last else 0, last, broken)


def verified_meanwhile(
    store: Store, *, verifier: Verifier | None, head: Entry | str | None, closed: Callable[[], bool]
) -> JournalReport:
    """The same of a file that is sold from meanwhile: read in pieces, and nobody who sells waits for more than one.

    Rows that are added while it looks are left to the next look. Raises Closed soon after `closed()`.
    """
    journal = Journal()

    def read(question: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if not closed():
                with store.reading() as connection:
                    return question(connection)
        except OutputFailed:
            if not closed():
                raise
        raise Closed("the register's file")

    def rows_behind(seq: int, most: int, connection: sqlite3.Connection) -> list[Entry]:
        return list(islice(journal.entries(connection, seq), most))

    last = read(journal.last)

    def rows() -> Iterator[Entry]:
        seq, end = 0, last.seq if last else 0
        while seq < end:
            piece = read(partial(rows_behind, seq, min(PIECE, end - seq)))
            if not piece:
                return
            yield from piece
            seq = piece[-1].seq

    broken = verify(rows(), verifier=verifier, head=head)
    return JournalReport(last.seq if last else 0, last, broken)


def _kind(fact: Fact) -> str:
    return "refund" if isinstance(fact.body, Sale) and fact.body.refund_of is not None else fact.kind


def _without_words(fact: Fact) -> dict[str, object]:
    """A customer's words can be asked to be forgotten, and the journal forgets nothing: it keeps which were set."""
    body = to_json(fact.body)
    assert isinstance(body, dict)
    return {"id": str(fact.id), "customer": body.pop("customer"), "fields": sorted(body)}
