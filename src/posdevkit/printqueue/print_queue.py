"""The durable queue: what was added is printed once, or stands where a person can see it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from posdevkit.devices.promised import Printer, composed_for
from posdevkit.devices.receipt_printer import DEFAULT_PROFILE, ReceiptPrinter
from posdevkit.documents import Label, Receipt
from posdevkit.errors import Closed, DeadlineExceeded
from posdevkit.errors.inputs import expect, path_of
from posdevkit.events import JobEvent
from posdevkit.profiles import Profile, load_profile
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening
from posdevkit.runtime.subscription import Broadcaster, Subscription
from posdevkit.store import Store
from posdevkit.store.commits import committed
from posdevkit.till.order import Language

from .rows import DEFAULT_KEEPING, Keeping, Point, QueuedJob, QueueState, QueueStatus
from .table import JobTable, Wishes
from .upkeep import prune, status_of
from .worker import Worker

__all__ = ["PrintQueue", "serve_queue"]

T = TypeVar("T")


class PrintQueue(Closing):
    """Print jobs in one SQLite file, carried to one printer. All methods run on one event loop.

    A job that was added survives the process. None is printed a second time without a person's word: what a dead
    process was sending is unconfirmed until the printer itself, or `release`, tells. Make one with `open`; `async with`
    closes it.
    """

    def __init__(
        self, path: str | Path, printer: Printer, *, keep: Keeping = DEFAULT_KEEPING, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self.path = path_of(path, "a queue's file")
        self.name = printer.name
        self._clock = clock
        self._keep = keep
        self._table = JobTable(self.name)
        self._printer = printer
        self._store = Store(self.path)
        try:
            self._worker = Worker(self._store, printer, clock, keep)
        except BaseException:
            self._store.close()
            raise
        self._worker.told = self._publish
        self._told: Broadcaster[QueuedJob] = Broadcaster()
        self._closing = False

    @classmethod
    def open(
        cls,
        path: str | Path,
        url: str,
        *,
        profile: str | Path | Profile = DEFAULT_PROFILE,
        fonts: Sequence[str | Path] | None = None,
        name: str = "printer",
        keep: Keeping = DEFAULT_KEEPING,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[PrintQueue]:
        """Open or make the file at `path`, settle what a dead process left, and begin to print.

        The printer may be off: jobs wait. `fonts` as for `ReceiptPrinter.open`. `name` tells several printers in one
        file apart; `keep` says how long finished jobs stay. Raises BadUrl, BadProfile, OutputFailed, and Claimed while
        another process serves this queue.
        """
        chosen = profile if isinstance(profile, Profile) else load_profile(profile)

        async def start() -> PrintQueue:
            printer = ReceiptPrinter(url, chosen, name=name, fonts=fonts, clock=clock)
            return await serve_queue(path, printer, keep=keep, clock=clock)

        return Opening(start)

    def __repr__(self) -> str:
        return f"<PrintQueue {self.path.name} to {self._printer.url}>"

    async def close(self, timeout: float | None = 10.0) -> None:
        """Let the job under way end (else, after `timeout` seconds, it is unconfirmed); the rest waits in the file."""
        if self._closing:
            return
        self._closing = True
        try:
            await self._worker.close(timeout)
        finally:
            self._told.close()
            self._store.close()

    # What a caller does

    async def add(
        self,
        document: Receipt | Label,
        *,
        key: str,
        copies: int = 1,
        priority: int = 0,
        language: Language = "da",
    ) -> QueuedJob:
        """Promise to print a receipt, or `copies` of a label; when this returns the promise is on the disk.

        The same key with the same content gives the job that is there already, printed or not, however often it is
        called. Jobs of a higher `priority` are printed first; `language` is that of the document, for the word on a
        copy of it. Raises JobConflict for other content under a known key, and a UsageError for what cannot be printed.
        """
        self._refuse_if_closed()
        composed = await composed_for(self._printer, document, copies)
        self._refuse_if_closed()
        profile = self._printer.profile
        commands, wishes = profile.language, Wishes(priority, language, width=profile.width)
        job = await self._commit(
            lambda transaction: self._table.add(transaction, key, composed.compiled, commands, wishes)
        )
        self._worker.passed(Point.ADDED)
        self._tell(key)
        return job

    def look(self) -> None:
        """Another connection has put jobs into the file: print them now. Without a word a queue at rest sees none."""
        self._refuse_if_closed()
        self._tell()

    async def job(self, key: str) -> QueuedJob:
        """The job of that key as it stands. Raises NotFound if there is none."""
        self._refuse_if_closed()
        with self._store.reading() as connection:
            return self._table.job(connection, key)

    async def data(self, key: str) -> bytes:
        """The bytes of the job of that key, as the printer gets them. Raises NotFound if there is none."""
        self._refuse_if_closed()
        with self._store.reading() as connection:
            return self._table.data(connection, key)

    async def jobs(self, state: QueueState | None = None, *, latest: int | None = None) -> list[QueuedJob]:
        """All jobs, oldest first, or those in one state; of these the `latest` so many."""
        self._refuse_if_closed()
        with self._store.reading() as connection:
            return self._table.jobs(connection, state, latest)

    async def wait(
        self, key: str, timeout: float | None = None, *, on_wait: Callable[[JobEvent], None] | None = None
    ) -> QueuedJob:
        """The job once it is printed, failed or unconfirmed. Raises DeadlineExceeded after `timeout` seconds.

        `on_wait` is called each time the printer waits for a person in the middle of it, with the remedy to show.
        """
        deadline = Deadline.after(timeout, self._clock)
        told: JobEvent | None = None
        while True:
            worker = self._worker
            news = worker.news
            job = await self.job(key)
            if job.state.settled:
                return job
            stuck = worker.stuck
            if on_wait is not None and stuck is not None and stuck is not told and stuck.key == key:
                told = stuck
                on_wait(stuck)
            if news == worker.news and not await worker.changed.wait(deadline):
                raise DeadlineExceeded(f"job {key} is {job.state.value}")

    async def release(self, key: str, *, printed: bool, by: str = "") -> QueuedJob:
        """A person's word about an unconfirmed (or failed) job: `printed` as seen on paper, else it is printed again.

        `by` is the person's name. Raises UsageError for a job that waits for nobody.
        """
        return await self._said(key, lambda transaction: self._table.release(transaction, key, printed=printed, by=by))

    async def cancel(self, key: str, *, by: str = "") -> QueuedJob:
        """Take back a job of which not a byte has left; its key stays taken.

        Raises UsageError for one that has begun, or is through: its bytes may be on paper.
        """
        job = await self._said(key, lambda transaction: self._table.cancel(transaction, key, by=by))
        await self._worker.give_back(key)
        return job

    async def reprint(self, key: str, *, by: str, language: Language | None = None, copy_key: str = "") -> QueuedJob:
        """Print a copy of a job that was sent once, as the person called `by` asks; gives the copy, a job of its own.

        It has the word for a copy above it, in the language of the job or in `language`, opens no drawer, and names
        the original in `copy_of`. With `copy_key`, the copy's own key, it is printed once however often it is asked
        for; without one each call is another copy. Raises UsageError for what was never sent, JobConflict for a
        `copy_key` that is another job's, Unsupported for a label.
        """
        self._refuse_if_closed()
        job = await self._commit(
            lambda transaction: self._table.reprint(transaction, key, by=by, language=language, copy_key=copy_key)
        )
        self._tell(job.key)
        return job

    async def status(self) -> QueueStatus:
        """How many jobs are in which state, and since when the oldest waits."""
        self._refuse_if_closed()
        with self._store.reading() as connection:
            return status_of(connection, self.name)

    async def prune(self, keep: Keeping | None = None) -> int:
        """Take out finished jobs now, as `keep` says or as the queue was opened with; how many.

        The queue does so by itself now and then. What is unsettled, or waits for a person, is never taken out.
        """
        self._refuse_if_closed()
        wanted, total = self._keep if keep is None else keep, 0
        expect(wanted, Keeping, "what stays is a Keeping", "Give Keeping(seconds=7 * 86400).")
        while gone := await self._commit(lambda transaction: prune(transaction, self.name, wanted)):
            total += gone
        return total

    def events(self, limit: int = 1024) -> Subscription[QueuedJob]:
        """Jobs as they stand after each change from now on; for one key only the latest is kept unread."""
        return self._told.subscribe(limit=limit, coalesce=lambda job: job.key)

    # Inside

    async def _start(self) -> None:
        await self._worker.start()

    async def _said(self, key: str, change: Callable[[sqlite3.Connection], QueuedJob]) -> QueuedJob:
        self._refuse_if_closed()
        job = await self._commit(change)
        self._tell(key)
        return job

    async def _commit(self, change: Callable[[sqlite3.Connection], T]) -> T:
        return await committed(self._store, change)

    def _tell(self, key: str | None = None) -> None:
        self._worker.wake()
        if key is not None:
            self._publish(self.name, key)

    def _publish(self, queue: str, key: str) -> None:
        if self._told.subscribers and queue == self.name:
            with self._store.reading() as connection:
                self._told.publish(self._table.job(connection, key))

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise Closed(str(self.path))
        if self._worker.broken is not None:
            raise self._worker.broken.again(outcome=None, job=None)


def serve_queue(
    path: str | Path, printer: Printer, *, keep: Keeping = DEFAULT_KEEPING, clock: Clock = SYSTEM_CLOCK
) -> Opening[PrintQueue]:
    """As `PrintQueue.open`, for a printer's handle that you have. It is the queue's from now on, which closes it.

    A job goes to this printer alone, also where the handle has a fallback: the promise names the printer.
    """

    async def start() -> PrintQueue:
        queue = PrintQueue(path, printer, keep=keep, clock=clock)
        try:
            await queue._start()
        except BaseException:
            await queue.close()
            raise
        return queue

    return Opening(start)
