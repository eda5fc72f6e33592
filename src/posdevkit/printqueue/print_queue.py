"""The durable queue: what was added is printed once, or stands where a person can see it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from posdevkit.devices.job import Job
from posdevkit.devices.promised import Printer, composed_for, find_proof, submit_promised
from posdevkit.devices.receipt_printer import DEFAULT_PROFILE, ReceiptPrinter
from posdevkit.documents import Label, Receipt
from posdevkit.errors import Closed, DeadlineExceeded, DeviceError, Disconnected, PosError
from posdevkit.events import Delivery, JobEvent, JobState, Outcome
from posdevkit.profiles import Profile, load_profile
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening
from posdevkit.runtime.pulse import Pulse
from posdevkit.runtime.subscription import Broadcaster, Subscription
from posdevkit.runtime.threads import in_thread
from posdevkit.store import Store
from posdevkit.store.lock import ProcessLock

from .rows import Point, QueuedJob, QueueState
from .table import Found, JobTable

__all__ = ["PrintQueue", "serve_queue"]

logger = logging.getLogger("posdevkit.printqueue")

T = TypeVar("T")

RETRY_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses between attempts to reach a printer of which not a byte was taken; the last one stays."""
PROOF_SECONDS: Final = 10.0
"""How long a printer that can print may take to tell the id of a job that a dead process sent."""
LOOK_SECONDS: Final = 1.0
"""How often the file is looked at for a person's word from another program, while a job waits for one."""


class PrintQueue(Closing):
    """Print jobs in one SQLite file, carried to one printer. All methods run on one event loop.

    A job that was added survives the process. None is printed a second time without a person's word: what a dead
    process was sending is unconfirmed until the printer itself, or `release`, tells. Make one with `open`; `async with`
    closes it.
    """

    def __init__(self, path: str | Path, printer: Printer, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.path = Path(path)
        self.name = name = printer.name
        self._clock = clock
        self._table = JobTable(name)
        self._lock = ProcessLock(self.path.with_name(f"{self.path.name}.{name.encode().hex()}.lock"))
        try:
            self._store = Store(self.path)
        except BaseException:
            self._lock.release()
            raise
        self._printer = printer
        self._told: Broadcaster[QueuedJob] = Broadcaster()
        self._changed = Pulse()
        self._news = 0
        self._worker: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[bool] | None = None
        self._fruitless = 0
        self._stuck: JobEvent | None = None
        """What the job that is being printed waits for."""
        self._broken: PosError | None = None
        self._closing = False
        self._passed: Callable[[Point], None] = lambda point: None

    @classmethod
    def open(
        cls,
        path: str | Path,
        url: str,
        *,
        profile: str | Path | Profile = DEFAULT_PROFILE,
        name: str = "printer",
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[PrintQueue]:
        """Open or make the file at `path`, settle what a dead process left, and begin to print.

        The printer may be off: jobs wait. `name` tells several printers in one file apart. Raises BadUrl, BadProfile,
        OutputFailed, and Claimed while another process serves this queue.
        """
        chosen = profile if isinstance(profile, Profile) else load_profile(profile)

        async def start() -> PrintQueue:
            return await serve_queue(path, ReceiptPrinter(url, chosen, name=name, clock=clock), clock=clock)

        return Opening(start)

    def __repr__(self) -> str:
        return f"<PrintQueue {self.path.name} to {self._printer.url}>"

    async def close(self, timeout: float | None = 10.0) -> None:
        """Let the job under way end (else, after `timeout` seconds, it is unconfirmed); the rest waits in the file."""
        if self._closing:
            return
        self._closing = True
        self._tell()
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})
        try:
            await self._printer.close(timeout)
            if self._worker is not None:
                await asyncio.gather(self._worker, return_exceptions=True)
        finally:
            self._told.close()
            self._store.close()
            self._lock.release()

    # What a caller does

    async def add(self, document: Receipt | Label, *, key: str, copies: int = 1) -> QueuedJob:
        """Promise to print a receipt, or `copies` of a label; when this returns the promise is on the disk.

        The same key with the same content gives the job that is there already, printed or not, however often it is
        called. Raises JobConflict for other content under a known key, and a UsageError for what cannot be printed.
        """
        self._refuse_if_closed()
        composed = await composed_for(self._printer, document, copies)
        self._refuse_if_closed()
        job = await self._commit(lambda transaction: self._table.add(transaction, key, composed.compiled))
        self._passed(Point.ADDED)
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
            news = self._news
            job = await self.job(key)
            if job.state.settled:
                return job
            stuck = self._stuck
            if on_wait is not None and stuck is not None and stuck is not told and stuck.key == key:
                told = stuck
                on_wait(stuck)
            if news == self._news and not await self._changed.wait(deadline):
                raise DeadlineExceeded(f"job {key} is {job.state.value}")

    async def release(self, key: str, *, printed: bool) -> QueuedJob:
        """A person's word about an unconfirmed (or failed) job: `printed` as seen on paper, else it is printed again.

        Raises UsageError for a job that waits for nobody.
        """
        self._refuse_if_closed()
        job = await self._commit(lambda transaction: self._table.release(transaction, key, printed=printed))
        self._tell(key)
        return job

    def events(self, limit: int = 1024) -> Subscription[QueuedJob]:
        """Jobs as they stand after each change from now on; for one key only the latest is kept unread."""
        return self._told.subscribe(limit=limit, coalesce=lambda job: job.key)

    # What the worker does

    async def _start(self) -> None:
        left = await self._commit(self._table.recover)
        for found in left:
            logger.warning("%s: job %s was being sent when its process died", self.name, found.key)
        self._worker = asyncio.create_task(self._work(left), name=f"posdevkit-queue-{self.name}")

    async def _work(self, left: list[Found]) -> None:
        try:
            for found in left:
                await self._ask(found)
            while not self._closing:
                news = self._news
                # A claim that a power cut takes back is a job that waits its turn, which is what it is.
                chosen, waits = await self._commit(self._table.claim, durable=False)
                if chosen is not None:
                    self._passed(Point.CLAIMED)
                    await self._print(chosen)
                elif news == self._news:
                    # Another program may bring a person's word, and cannot wake this one.
                    await self._changed.wait(Deadline.after(LOOK_SECONDS if waits else None, self._clock))
        except Closed:
            pass
        except PosError as problem:
            logger.error("%s: the queue stands still: %s", self.name, problem)
            self._broken = problem
            self._tell()

    async def _ask(self, found: Found) -> None:
        """Ask the printer for the proof of a job that a dead process sent."""
        for attempt in range(1 << 30):
            if self._closing:
                return
            try:
                self._asking = asyncio.create_task(
                    find_proof(self._printer, found.process_id, found.compiled, PROOF_SECONDS), name="posdevkit-ask"
                )
                proved = await self._asking
            except asyncio.CancelledError:
                if self._asking is None or not self._asking.cancelled():
                    raise
                return  # closing: it stays unconfirmed
            except Disconnected:
                await self._pause(attempt)
                continue
            logger.info("%s: job %s: %s", self.name, found.key, "proved after all" if proved else "nobody can tell")
            if proved:
                await self._commit(lambda transaction: self._table.proved(transaction, found))
                self._tell(found.key)
            return

    async def _print(self, found: Found) -> None:
        async def before_first_byte(process_id: bytes) -> None:
            await self._commit(lambda transaction: self._table.sending(transaction, found.number, process_id))
            self._passed(Point.SENDING)
            self._publish(found.key)

        problem: PosError | None = None
        outcome = Outcome(Delivery.NONE)
        try:
            job = await submit_promised(
                self._printer, found.compiled, key=found.key, before_first_byte=before_first_byte
            )
            outcome = await self._heard_out(job)
        except PosError as ended:
            problem, outcome = ended, ended.outcome or outcome
        self._passed(Point.KNOWN)
        state = _state_after(outcome, problem)
        slug = problem.slug if problem else ""
        await self._commit(lambda transaction: self._table.settle(transaction, found.number, state, outcome, slug))
        self._passed(Point.SETTLED)
        self._tell(found.key)
        self._fruitless = self._fruitless + 1 if state is QueueState.PENDING else 0
        if self._fruitless:
            await self._pause(self._fruitless - 1)

    async def _heard_out(self, job: Job) -> Outcome:
        """The job's outcome; until then `_stuck` holds what it waits for."""
        events = job.events()

        async def listen() -> None:
            async for event in events:
                self._stuck = event if event.state is JobState.WAITING else None
                self._tell()

        listening = asyncio.create_task(listen(), name="posdevkit-queue-waits")
        try:
            return await job.wait()
        finally:
            events.close()
            await asyncio.gather(listening, return_exceptions=True)
            self._stuck = None

    async def _pause(self, attempt: int) -> None:
        if not self._closing:
            await self._changed.wait(Deadline.after(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)], self._clock))

    async def _commit(self, change: Callable[..., T], *, durable: bool = True) -> T:
        def work() -> T:
            with self._store.transaction(durable=durable) as transaction:
                return change(transaction)

        # The disk takes its time, and the loop has devices to listen to.
        return await in_thread(work, name="posdevkit-store")

    def _tell(self, key: str | None = None) -> None:
        self._news += 1
        self._changed.notify()
        if key is not None:
            self._publish(key)

    def _publish(self, key: str) -> None:
        if self._told.subscribers:
            with self._store.reading() as connection:
                self._told.publish(self._table.job(connection, key))

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise Closed(str(self.path))
        if self._broken is not None:
            raise self._broken.again(outcome=None, job=None)


def _state_after(outcome: Outcome, problem: PosError | None) -> QueueState:
    if outcome.delivery in (Delivery.CONFIRMED, Delivery.SENT):
        return QueueState.PRINTED
    if outcome.delivery is not Delivery.NONE:
        return QueueState.UNCONFIRMED
    return QueueState.PENDING if isinstance(problem, DeviceError | Closed) else QueueState.FAILED


def serve_queue(path: str | Path, printer: Printer, *, clock: Clock = SYSTEM_CLOCK) -> Opening[PrintQueue]:
    """As `PrintQueue.open`, for a printer's handle that you have. It is the queue's from now on, which closes it.

    A job goes to this printer alone, also where the handle has a fallback: the promise names the printer.
    """

    async def start() -> PrintQueue:
        queue = PrintQueue(path, printer, clock=clock)
        try:
            await queue._start()
        except BaseException:
            await queue.close()
            raise
        return queue

    return Opening(start)
