"""One queue's jobs in the file: every change is one statement, inside whatever transaction the caller has open."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, get_args

from posdevkit.errors import JobConflict, NotFound, UsageError
from posdevkit.errors.inputs import expect, shown
from posdevkit.events import Delivery, Evidence
from posdevkit.protocols.job import Compiled
from posdevkit.till.order import Language

from .copies import marked
from .forms import Form, bytes_of, compiled_of, forms_of, keep_form, to_other
from .rows import QueuedJob, QueueState

__all__ = ["JobTable", "Wishes"]

_SHOWN = (
    "key, fingerprint, state, delivery, evidence, problem, attempts, added_at, changed_at, printer, carrier, priority,"
    " copy_of, asked_by"
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What can be said of a job besides what is to be printed."""

    priority: int = 0
    language: Language = "da"
    """Of the words on it: a copy is marked in the same."""
    carrier: str = ""
    """The printer that is to print it; the queue's own where nothing is said."""
    others: Mapping[str, Form] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What other printers would get, by their names: only to these the job may go instead."""
    width: int = 0
    """Dots across of the printer that the bytes were made for: a narrower one gets none of them. 0: not told."""
    within: float | None = None
    """Seconds from now in which it must begin, or else it is cancelled; None for whenever the printer can."""


PLAIN = Wishes()


_NUMBER = "Give key= the number of the order or the sale."
_LONGEST_KEY = 1000
_LARGEST = 1_000_000


def check_key(key: object) -> None:
    """Refuse what is no key. Raises UsageError."""
    expect(key, str, "a job's key is text", _NUMBER)
    if len(str(key)) > _LONGEST_KEY:
        raise UsageError(f"a key of {len(str(key))} characters, at most {_LONGEST_KEY}", remedy=_NUMBER)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _check_wishes(wishes: Wishes) -> None:
    if not _whole(wishes.priority):
        raise UsageError(
            f"a priority is a whole number, not {shown(wishes.priority)}", remedy="Give 0, or 5 for what is urgent."
        )
    _check_language(wishes.language)


def _check_language(language: object) -> None:
    if language not in get_args(Language):
        known = " or ".join(map(repr, get_args(Language)))
        raise UsageError(f"no copy is marked in {language!r:.40}", remedy=f"Use {known}.")


class JobTable:
    """One queue. Methods take the open transaction, so that a sale can commit its job with it."""

    def __init__(self, queue: str) -> None:
        self.queue = queue

    # What a caller does

    def add(
        self,
        transaction: sqlite3.Connection,
        key: str,
        compiled: Compiled,
        commands: str = "escpos",
        wishes: Wishes = PLAIN,
    ) -> QueuedJob:
        """Put a job in; the same key with the same bytes gives the one there is. Raises JobConflict, UsageError."""
        if not key:
            raise UsageError("a queued job needs a key", remedy=_NUMBER)
        check_key(key)
        _check_wishes(wishes)
        fingerprint = hashlib.sha256(compiled.data).hexdigest()
        now = time.time()
        carrier = wishes.carrier or self.queue
        put = transaction.execute(
            "INSERT INTO print_job (printer, key, fingerprint, data, ends, proof_at, state, added_at, changed_at,"
            " carrier, priority, commands, language, width, begin_by)"
            " VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (printer, key) DO NOTHING",
            (
                self.queue,
                key,
                fingerprint,
                *bytes_of(compiled),
                now,
                now,
                carrier,
                wishes.priority,
                commands,
                wishes.language,
                wishes.width,
                None if wishes.within is None else now + wishes.within,
            ),
        )
        if put.rowcount:
            for name, form in wishes.others.items():
                keep_form(transaction, put.lastrowid or 0, name, form)
            return QueuedJob(
                key,
                fingerprint,
                QueueState.PENDING,
                Delivery.NONE,
                Evidence.NONE,
                "",
                0,
                added_at=now,
                changed_at=now,
                queue=self.queue,
                carrier=carrier,
                priority=wishes.priority,
            )
        job = self.job(transaction, key)
        if job.fingerprint != fingerprint:
            raise JobConflict(
                f"{key} is promised to another document ({job.state.value})",
                remedy="Use a new key for a new document.",
            )
        return job

    def job(self, connection: sqlite3.Connection, key: str) -> QueuedJob:
        """The job of that key. Raises NotFound if there is none."""
        row = connection.execute(
            f"SELECT {_SHOWN} FROM print_job WHERE printer = ? AND key = ?",  # noqa: S608  # a constant
            (self.queue, key),
        ).fetchone()
        if row is None:
            raise NotFound(f"no job is called {key!r}", remedy="Look at the queue's jobs for its keys.")
        return _shown(row)

    def data(self, connection: sqlite3.Connection, key: str) -> bytes:
        """The bytes of the job of that key. Raises NotFound if there is none."""
        self.job(connection, key)
        (data,) = connection.execute(
            "SELECT data FROM print_job WHERE printer = ? AND key = ?", (self.queue, key)
        ).fetchone()
        return bytes(data)

    def jobs(
        self, connection: sqlite3.Connection, state: QueueState | None = None, latest: int | None = None
    ) -> list[QueuedJob]:
        """All jobs, oldest first, or those in one state; of these the `latest` so many."""
        if state is not None:
            expect(state, QueueState, "a state is a QueueState", "Give one, such as QueueState.PENDING.")
        if latest is not None and (not _whole(latest) or latest < 0):
            raise UsageError(
                f"latest is a number of jobs, not {shown(latest)}", remedy="Give a number, or None for all."
            )
        states = [each.value for each in (QueueState if state is None else (state,))]
        # The index tells the latest of each state. Of all states at once it would not: every job kept would be read.
        one = (
            "SELECT * FROM (SELECT number FROM print_job WHERE printer = ? AND state = ? ORDER BY number DESC LIMIT ?)"
        )
        most = -1 if latest is None else latest
        rows = connection.execute(
            f"SELECT {_SHOWN} FROM print_job WHERE number IN ({' UNION ALL '.join([one] * len(states))})"  # noqa: S608
            " ORDER BY number DESC LIMIT ?",
            (*(value for each in states for value in (self.queue, each, most)), most),
        )
        return [_shown(row) for row in rows][::-1]

    # What a person says

    def release(self, transaction: sqlite3.Connection, key: str, *, printed: bool, by: str = "") -> QueuedJob:
        """A person's word about an unconfirmed or failed job. Raises UsageError for a job in another state."""
        job = self.job(transaction, key)
        if not job.state.for_a_person:
            raise UsageError(
                f"{key} is {job.state.value}", remedy="Only unconfirmed and failed jobs wait for a person."
            )
        return self._say(transaction, key, QueueState.PRINTED if printed else QueueState.PENDING, by)

    def cancel(self, transaction: sqlite3.Connection, key: str, *, by: str = "") -> QueuedJob:
        """Take back a job of which not a byte has left: one that was claimed loses its lease, and cannot begin.

        A cancelled job is given as it is. Raises UsageError for one that has begun: its bytes may be on paper.
        """
        job = self.job(transaction, key)
        if job.state is QueueState.CANCELLED:
            return job
        if job.state not in (QueueState.PENDING, QueueState.CLAIMED, QueueState.FAILED):
            raise UsageError(
                f"{key} is {job.state.value}", remedy="Only a job of which not a byte has left can be cancelled."
            )
        return self._say(transaction, key, QueueState.CANCELLED, by)

    def reprint(
        self,
        transaction: sqlite3.Connection,
        key: str,
        *,
        by: str,
        language: Language | None = None,
        copy_key: str = "",
    ) -> QueuedJob:
        """Add a copy of a job, marked as one, under a key of its own. Nothing becomes of the job itself.

        A copy of a copy is one of the same original. With `copy_key` the copy is made once: asked for again under that
        key, it is given as it stands. Without one each call makes another. Raises UsageError without a name, or for a
        job that was never sent (it can still be printed itself), JobConflict where `copy_key` is that of another job,
        and Unsupported for a label, or a job that only opened the drawer.
        """
        expect(by, str, "a copy needs the name of who asks for it", "Give by= a name.")
        if not by.strip():
            raise UsageError("a copy needs the name of who asks for it", remedy="Give by= a name.")
        if language is not None:
            _check_language(language)
        check_key(copy_key or key)
        job = self.job(transaction, key)
        if copy_key and (there := self._copy(transaction, copy_key, job.copy_of or key, language)) is not None:
            return there
        if job.state not in (QueueState.PRINTED, QueueState.UNCONFIRMED):
            raise UsageError(f"{key} is {job.state.value}", remedy="Only what was sent to a printer can be copied.")
        original = job.copy_of or key
        number, data, ends, proof_at, commands, words, width = transaction.execute(
            "SELECT number, data, ends, proof_at, commands, language, width FROM print_job"
            " WHERE printer = ? AND key = ?",
            (self.queue, key),
        ).fetchone()
        tongue = language or words

        def again(form: Form) -> Form:
            # A copy carries its mark already.
            return form if job.copy_of else replace(form, compiled=marked(form.compiled, form.commands, tongue))

        here = again(Form(compiled_of(data, ends, proof_at), commands))
        others = {name: again(form) for name, form in forms_of(transaction, number).items()}
        name = copy_key or self._free_key(transaction, original)
        wishes = Wishes(job.priority, tongue, job.carrier, others, width)
        self.add(transaction, name, here.compiled, commands, wishes)
        transaction.execute(
            "UPDATE print_job SET copy_of = ?, asked_by = ? WHERE printer = ? AND key = ?",
            (original, by.strip(), self.queue, name),
        )
        return self.job(transaction, name)

    def move(self, transaction: sqlite3.Connection, key: str, carrier: str, *, by: str = "") -> QueuedJob:
        """Have another printer print a job of which not a byte has left, as a person says.

        Raises UsageError for a job that has begun, or that was not made ready for that printer.
        """
        job = self.job(transaction, key)
        if job.carrier == carrier:
            return job
        if job.state not in (QueueState.PENDING, QueueState.CLAIMED):
            raise UsageError(f"{key} is {job.state.value}", remedy="Only a job that has not begun can go elsewhere.")
        (number,) = transaction.execute(
            "SELECT number FROM print_job WHERE printer = ? AND key = ?", (self.queue, key)
        ).fetchone()
        if not to_other(transaction, number, carrier):
            known = ", ".join(forms_of(transaction, number)) or "none"
            raise UsageError(f"{key} was not made ready for {carrier!r}", remedy=f"It can go to: {known}.")
        return self._say(transaction, key, QueueState.PENDING, by)

    # Inside

    def _say(self, transaction: sqlite3.Connection, key: str, state: QueueState, by: str) -> QueuedJob:
        transaction.execute(
            "UPDATE print_job SET state = ?, lease = '', lease_until = 0, asked_by = ?, changed_at = ?"
            " WHERE printer = ? AND key = ?",
            (state.value, by.strip(), time.time(), self.queue, key),
        )
        return self.job(transaction, key)

    def _copy(
        self, connection: sqlite3.Connection, key: str, original: str, language: Language | None
    ) -> QueuedJob | None:
        """The copy of that key, None where there is none yet. Raises JobConflict for a job that is another thing."""
        row = connection.execute(
            "SELECT copy_of, language FROM print_job WHERE printer = ? AND key = ?", (self.queue, key)
        ).fetchone()
        if row is None:
            return None
        if row[0] != original or language not in (None, row[1]):
            what = f"a copy of {row[0]} ({row[1]})" if row[0] else "a job that is no copy"
            raise JobConflict(f"{key} is {what}", remedy="Use a new key for a new copy.")
        return self.job(connection, key)

    def _free_key(self, connection: sqlite3.Connection, original: str) -> str:
        """The next copy's key. Copies may have been taken out since, so the count alone does not tell."""
        taken = {
            key
            for (key,) in connection.execute(
                "SELECT key FROM print_job WHERE printer = ? AND key > ? AND key < ?",
                (self.queue, f"{original}/copy-", f"{original}/copy-:"),  # ":" follows the digits
            )
        }
        return next(key for n in itertools.count(1) if (key := f"{original}/copy-{n}") not in taken)


def _shown(row: Sequence[Any]) -> QueuedJob:
    """The value of the columns `_SHOWN`."""
    key, fingerprint, state, delivery, evidence, problem, *rest = row
    return QueuedJob(key, fingerprint, QueueState(state), Delivery(delivery), Evidence(evidence), problem, *rest)
