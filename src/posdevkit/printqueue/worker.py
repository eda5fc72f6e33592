"""Carries one printer's jobs from the file to the paper, one at a time, and settles what a dead process left."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar
from uuid import uuid4

from posdevkit.devices.job import Job
from posdevkit.devices.promised import (
    Printer,
    can_print,
    find_proof,
    make_known,
    patience_for,
    read_cuts,
    submit_promised,
    taken_back,
)
from posdevkit.errors import Closed, DeadlineExceeded, DeviceError, Disconnected, PosError, PrinterReplaced
from posdevkit.events import Delivery, Evidence, JobEvent, JobState, Outcome
from posdevkit.runtime.clock import Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.process_lock import ProcessLock
from posdevkit.runtime.pulse import Pulse
from posdevkit.store import Store
from posdevkit.store.commits import committed

from .rows import Keeping, Point, QueueState
from .turns import Found, Turns
from .upkeep import PRUNED_AT_ONCE, prune

__all__ = ["Worker"]

logger = logging.getLogger("posdevkit.printqueue")

T = TypeVar("T")

RETRY_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses between attempts to reach a printer of which not a byte was taken; the last one stays."""
PROOF_SECONDS: Final = 10.0
"""How long a printer that can print may take at least to tell the id of a job that a dead process sent."""
LOOK_SECONDS: Final = 1.0
"""How often the file is looked at for a person's word from another program, while a job waits for one."""
PRUNE_EVERY: Final = 100
"""Jobs between two looks for finished ones that may go."""


class Worker:
    """One printer's. While it lives no other process carries this printer's jobs. All methods run on one event loop."""

    def __init__(self, store: Store, printer: Printer, clock: Clock, keep: Keeping) -> None:
        """Raises Claimed while another process carries this printer's jobs."""
        self.name = name = printer.name
        self.printer = printer
        self.turns = Turns(name, f"{os.getpid()}-{uuid4().hex[:12]}")
        self.changed = Pulse()
        self.news = 0
        self.stuck: JobEvent | None = None
        """What the job that is being printed waits for."""
        self.troubled_since: float | None = None
        """Since when this printer prints nothing, on the clock; None while it does, or while nobody has tried."""
        self.broken: PosError | None = None
        self.asking: asyncio.Task[Evidence | None] | None = None
        self.passed: Callable[[Point], None] = lambda point: None
        self.told: Callable[[str, str], None] = lambda queue, key: None
        """Called with queue and key when a job stands differently."""
        self.on_trouble: Callable[[], None] = lambda: None
        """Called when `troubled_since` changes."""
        self.looks = False
        """Whether others put jobs for this printer into the file, and cannot wake it."""
        self._clock = clock
        self._keep = keep
        self._store = store
        self._lock = ProcessLock(
            store.path.with_name(f"{store.path.name}.{name.encode().hex()}.lock"),
            remedy="Stop the other program that serves this queue.",
        )
        self._task: asyncio.Task[None] | None = None
        self._current: Job | None = None
        self._fruitless = 0
        self._until_pruning = 0
        self._closing = False

    async def start(self) -> None:
        """Settle what a dead process left, and begin to print."""
        left = await committed(self._store, self.turns.recover)
        for found in left:
            logger.warning("%s: job %s was being sent when its process died", self.name, found.key)
        self._task = asyncio.create_task(self._work(left), name=f"posdevkit-queue-{self.name}")

    async def close(self, timeout: float | None = 10.0) -> None:
        """Let the job under way end (else, after `timeout` seconds, it is unconfirmed), and close the printer."""
        self._closing = True
        self.wake()
        if self.asking is not None:
            self.asking.cancel()
            await asyncio.wait({self.asking})
        try:
            await self.printer.close(timeout)
            if self._task is not None:
                await asyncio.gather(self._task, return_exceptions=True)
        finally:
            self._lock.release()

    def let_go(self) -> None:
        """Let go of a printer that was never started."""
        self._lock.release()

    def wake(self) -> None:
        """Something is new in the file."""
        self.news += 1
        self.changed.notify()

    async def give_back(self, key: str | None = None) -> None:
        """Take the job under way (or that of this key) from the printer if it has not begun; else leave it there."""
        if self._current is not None and key in (None, self._current.key):
            await self._current.cancel()

    # At work

    async def _work(self, left: list[Found]) -> None:
        try:
            for found in left:
                await self._ask(found)
            while not self._closing:
                news = self.news
                # A claim that a power cut takes back is a job that waits its turn, which is what it is.
                late, (chosen, waits) = await self._commit(
                    lambda transaction: (self.turns.lapse(transaction), self.turns.claim(transaction)), durable=False
                )
                for queue, key in late:
                    logger.warning("%s: job %s came too late", self.name, key)
                    self.told(queue, key)
                if late:
                    self.wake()
                if chosen is not None:
                    self.passed(Point.CLAIMED)
                    await self._print(chosen)
                    await self._prune(chosen.queue)
                elif news == self.news:
                    await self._rest(waits, news)
        except Closed:
            pass
        except PosError as problem:
            logger.error("%s: the queue stands still: %s", self.name, problem)
            self.broken = problem
            self.wake()

    async def _rest(self, waits: bool, news: int) -> None:
        """Nothing to print. Another program may bring a person's word, and cannot wake this one."""
        if self.troubled_since is not None and await can_print(self.printer):
            self._tell_trouble(False)
        if news != self.news:
            return  # a job came while the printer was asked: nothing would wake this for it again
        look = waits or self.looks or self.troubled_since is not None
        await self.changed.wait(Deadline.after(LOOK_SECONDS if look else None, self._clock))

    async def _ask(self, found: Found) -> None:
        """Ask the printer for the proof of a job that a dead process sent: the very printer, not one in its place."""
        patience = max(PROOF_SECONDS, patience_for(self.printer, found.compiled) or 0.0)
        for attempt in range(1 << 30):
            if self._closing:
                return
            try:
                await make_known(self.printer)
                if self._replaced(found):
                    return  # another printer would tell about its own jobs
                self.asking = asyncio.create_task(
                    find_proof(self.printer, found.process_id, found.compiled, patience, found.cuts_before),
                    name="posdevkit-ask",
                )
                proof = await self.asking
            except asyncio.CancelledError:
                if self.asking is None or not self.asking.cancelled():
                    raise
                return  # closing: it stays unconfirmed
            except Disconnected:
                await self._pause(attempt)
                continue
            logger.info("%s: job %s: %s", self.name, found.key, proof.value if proof else "nobody can tell")
            if proof is not None:
                await self._commit(partial(self.turns.proved, found=found, evidence=proof))
                self._tell(found)
            return

    async def _print(self, found: Found) -> None:
        async def before_first_byte(process_id: bytes) -> None:
            cuts = await read_cuts(self.printer)
            await self._commit(lambda transaction: self.turns.sending(transaction, found, process_id, cuts))
            self.passed(Point.SENDING)
            self.told(found.queue, found.key)

        problem: PosError | None = None
        outcome = Outcome(Delivery.NONE)
        try:
            await make_known(self.printer)
            if why := self._replaced(found):
                raise PrinterReplaced(f"job {found.key} {why}")
            self._current = await submit_promised(
                self.printer, found.compiled, key=found.key, before_first_byte=before_first_byte
            )
            outcome = await self._heard_out(self._current, patience_for(self.printer, found.compiled), found)
        except PosError as ended:
            problem, outcome = ended, ended.outcome or outcome
        finally:
            self._current = None
        self.passed(Point.KNOWN)
        state = _state_after(outcome, problem)
        if state is QueueState.PENDING and found.late:
            state = QueueState.CANCELLED
        slug = problem.slug if problem else ""
        mine = await self._commit(
            lambda transaction: self.turns.settle(transaction, found.number, state, outcome, slug)
        )
        self.passed(Point.SETTLED)
        self._tell(found)
        self._fruitless = self._fruitless + 1 if mine and state is QueueState.PENDING else 0
        if self._fruitless:
            self._tell_trouble(True)
            await self._pause(self._fruitless - 1)
        elif outcome.delivery is not Delivery.NONE:
            self._tell_trouble(False)

    def _replaced(self, found: Found) -> str:
        """Why the printer here now is none for the job that was promised for the one before it; empty: it is one.

        Paper that is wider takes the job as it is: it leaves room at the right.
        """
        profile = self.printer.profile
        if found.commands != profile.language:
            return f"is in {found.commands}, {self.name} speaks {profile.language}"
        if found.width > profile.width:
            return f"is {found.width} dots wide, {self.name} prints {profile.width}"
        return ""

    async def _heard_out(self, job: Job, limit: float | None, found: Found) -> Outcome:
        """The job's outcome; until then `stuck` holds what it waits for.

        A job that has begun, waits for nobody, and of which the printer tells nothing new for `limit` seconds is
        abandoned: the printer drops the rest if it can, and a person decides. So is one whose moment is over.
        """
        events, heard = job.events(), 0

        async def listen() -> None:
            nonlocal heard
            async for event in events:
                heard += 1
                waiting = event.state is JobState.WAITING
                self.stuck = event if waiting else None
                if waiting or event.bytes_taken:  # an attempt that begins, or ends without a byte, mends nothing
                    self._tell_trouble(waiting)
                self.wake()

        listening = asyncio.create_task(listen(), name="posdevkit-queue-waits")
        try:
            while True:
                before = heard
                try:
                    left = found.seconds_left()
                    return await job.wait(limit if left is None else left if limit is None else min(left, limit))
                except PosError:
                    if job.done:
                        raise
                if found.late:
                    outcome = await taken_back(job)
                    if outcome.confirmed:
                        return outcome
                    raise DeadlineExceeded(f"job {job.key} had to begin earlier", outcome=outcome, job=job)
                if job.problem is None and job.outcome.delivery is not Delivery.NONE and heard == before:
                    outcome = await job.abandon()
                    if outcome.confirmed:
                        return outcome
                    raise DeadlineExceeded(f"job {job.key} after {limit:.0f} s", outcome=outcome, job=job)
        finally:
            events.close()
            await asyncio.gather(listening, return_exceptions=True)
            self.stuck = None

    async def _prune(self, queue: str) -> None:
        """Once in a while. What a power cut brings back is taken out again."""
        self._until_pruning -= 1
        if self._until_pruning < 0:
            gone = await self._commit(lambda transaction: prune(transaction, queue, self._keep), durable=False)
            # As long as there is much to take out, each job takes its share of the work.
            self._until_pruning = 0 if gone == PRUNED_AT_ONCE else PRUNE_EVERY

    async def _pause(self, attempt: int) -> None:
        if not self._closing:
            await self.changed.wait(Deadline.after(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)], self._clock))

    async def _commit(self, change: Callable[[sqlite3.Connection], T], *, durable: bool = True) -> T:
        return await committed(self._store, change, durable=durable)

    def _tell(self, found: Found) -> None:
        self.wake()
        self.told(found.queue, found.key)

    def _tell_trouble(self, troubled: bool) -> None:
        if troubled == (self.troubled_since is not None):
            return
        self.troubled_since = self._clock.monotonic() if troubled else None
        self.on_trouble()


def _state_after(outcome: Outcome, problem: PosError | None) -> QueueState:
    if outcome.delivery in (Delivery.CONFIRMED, Delivery.SENT):
        return QueueState.PRINTED
    if outcome.delivery is not Delivery.NONE:
        return QueueState.UNCONFIRMED
    return QueueState.PENDING if isinstance(problem, DeviceError | Closed) else QueueState.FAILED
