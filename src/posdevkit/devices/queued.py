"""What every printer does with its jobs, whatever they are made from: one queue, one job at a time, and their truth."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter, OrderedDict, deque
from collections.abc import Callable

from posdevkit.documents import Label, Receipt
from posdevkit.errors import Closed, DeadlineExceeded, Disconnected, JobConflict, PosError, Unconfirmed
from posdevkit.errors.inputs import expect
from posdevkit.events import (
    Delivery,
    DeviceEvent,
    JobEvent,
    JobState,
    LinkLost,
    LinkRestored,
    Outcome,
    PrinterStatus,
    StatusChanged,
)
from posdevkit.links.base import StreamLink
from posdevkit.links.pace import bytes_per_second
from posdevkit.links.url import DeviceUrl
from posdevkit.protocols.conversation import Conversation, Identity
from posdevkit.registry.links import open_link
from posdevkit.runtime.clock import Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing
from posdevkit.runtime.subscription import Broadcaster, Subscription

from .compose import Composed
from .connection import Connection
from .delivery import deliver
from .job import CarriedJob, Job
from .lifecycle import State
from .pace import Pace
from .stats import DeviceStats
from .talk import Talk
from .troubles import trouble_of

__all__ = ["QueuedPrinter"]

logger = logging.getLogger("posdevkit.devices")

_numbers = itertools.count(1)
_REMEMBERED_KEYS = 1024
_DOUBTFUL = (Delivery.UNKNOWN, Delivery.PARTIAL)
"""A key under which something may lie on paper is remembered: printing again could print twice."""


class QueuedPrinter(Closing):
    """The part of a printer's handle that does not know what its jobs are made from."""

    def __init__(
        self,
        url: str | DeviceUrl,
        profile: Talk,
        make_session: Callable[[int, bool], Conversation],
        *,
        name: str,
        make_link: Callable[[], StreamLink] | None,
        clock: Clock,
    ) -> None:
        expect(name, str, "a printer's name is text", "Give name='kitchen', or leave it out.")
        self.name = name or str(url)
        self.url = str(url)
        self._clock = clock
        self._broadcaster: Broadcaster[DeviceEvent] = Broadcaster()
        self._line = Connection(
            make_link or (lambda: open_link(url)),
            profile,
            make_session,
            clock,
            on_status=self._status_told,
            on_link=self._link_moved,
            on_identity=self._identity_told,
        )
        self._pace = Pace.of(bytes_per_second(self.url), profile)
        self._queue: deque[CarriedJob] = deque()
        self._current: CarriedJob | None = None
        self._by_key: OrderedDict[str, CarriedJob] = OrderedDict()
        self._worker: asyncio.Task[None] | None = None
        self._closing = False
        self._talking = asyncio.Lock()
        """Held by a job under way, and by questions that must not stand among its bytes."""
        self._counts: Counter[Delivery] = Counter()
        self._bytes = 0
        self._reconnects = 0
        self._idle_reopen: asyncio.Task[None] | None = None

    async def connect(self, timeout: float | None = 10.0) -> None:
        """Connect now instead of with the first job. Raises Disconnected; does nothing while connected."""
        self._refuse_if_closed()
        await self._line.open(Deadline.after(timeout, self._clock))

    async def close(self, timeout: float | None = 10.0) -> None:
        """Finish what has begun, take back what has not, and close without losing the tail of a job.

        A job under way is waited for up to `timeout` seconds; if it then still waits for a person, its outcome is
        settled as unknown.
        """
        if self._closing:
            return
        self._closing = True
        for job in tuple(self._queue):
            job.settle(job.outcome, Closed(f"{self.name} before job {job.key} began"))
        self._queue.clear()
        if self._idle_reopen is not None:
            self._idle_reopen.cancel()
            await asyncio.gather(self._idle_reopen, return_exceptions=True)
        if self._current is not None and self._current.problem is None:
            try:
                await self._current.wait(timeout)
            except PosError:
                pass  # told to those who wait for the job
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        if self._current is not None:
            self._settle_at_close(self._current)
        await self._line.close()
        self._broadcaster.close()

    def _settle_at_close(self, job: CarriedJob) -> None:
        if job.outcome.delivery is Delivery.NONE:
            job.settle(job.outcome, Closed(f"{self.name} before job {job.key} began"))
        else:
            job.settle(job.outcome, Unconfirmed(f"job {job.key}: {self.name} was closed"))

    # Printing

    async def _awaited(
        self, job: Job, deadline: Deadline | None, on_wait: Callable[[JobEvent], None] | None
    ) -> Outcome:
        """Without a deadline the job has what its size allows it."""
        deadline = deadline or Deadline(job.submitted_at + job.seconds_allowed, self._clock)
        if on_wait is None:
            return await job.wait(deadline.remaining())
        events = job.events()
        teller = asyncio.create_task(self._tell_waits(events, on_wait), name="posdevkit-on-wait")
        try:
            if job.problem is not None:
                on_wait(job.snapshot())
            return await job.wait(deadline.remaining())
        finally:
            events.close()
            await asyncio.gather(teller, return_exceptions=True)

    @staticmethod
    async def _tell_waits(events: Subscription[JobEvent], on_wait: Callable[[JobEvent], None]) -> None:
        async for event in events:
            if event.state is JobState.WAITING:
                on_wait(event)

    def _submitted(self, document: Receipt | Label, composed: Composed, key: str) -> Job:
        expect(key, str, "a job's key is text", "Give the number of the order or the sale, such as key='order-8812'.")
        job = CarriedJob(self.name, key or f"job-{next(_numbers)}", document, composed, self._clock)
        if key and (earlier := self._earlier(key, job)) is not None:
            return earlier
        for finding in job.findings:
            logger.warning("%s: job %s: %s", self.name, job.key, finding.message)
        self._remember(job)
        self._enqueue(job)
        return job

    def _enqueue(self, job: CarriedJob) -> None:
        job.seconds_allowed = self._pace.seconds(job.compiled)
        self._queue.append(job)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name=f"posdevkit-printer-{self.name}")

    def _earlier(self, key: str, job: Job) -> Job | None:
        earlier = self._by_key.get(key)
        if earlier is None:
            return None
        if not earlier.done:
            if earlier.digest == job.digest:
                return earlier
            raise JobConflict(f"{key} on {self.name}: another document is being printed under it", job=earlier)
        if earlier.outcome.delivery in _DOUBTFUL:
            raise JobConflict(
                f"{key} on {self.name}: the last job under it ended {earlier.outcome.delivery.value}",
                job=earlier,
                outcome=earlier.outcome,
            )
        return None

    def _remember(self, job: CarriedJob) -> None:
        self._by_key[job.key] = job
        self._by_key.move_to_end(job.key)
        while len(self._by_key) > _REMEMBERED_KEYS:
            self._by_key.popitem(last=False)

    async def _work(self) -> None:
        while self._queue:
            job = self._queue.popleft()
            if job.settled_at is not None:  # cancelled while it was queued
                self._account(job)
                continue
            self._current = job
            job.carried_by(self._line.changed.notify)
            try:
                async with self._talking:
                    await deliver(job, self._line)
            except Disconnected as problem:
                if not await self._reroute(job):
                    job.settle(job.outcome, problem)
            except PosError as problem:
                # What a link says before it connects: a recording that cannot be written, a library that is missing.
                job.settle(job.outcome, problem)
            self._current = None
            if job.done:
                self._account(job)
        if not self._line.up and self._line.state is State.SUSPECT and not self._closing:
            self._reopen_beside()

    async def _reroute(self, job: CarriedJob) -> bool:
        """Hand a job of which not a byte has left to another printer; False if there is none that can print it."""
        return False

    def _account(self, job: Job) -> None:
        outcome = job.outcome
        if outcome.delivery not in _DOUBTFUL and self._by_key.get(job.key) is job:
            del self._by_key[job.key]  # its key may be used again, and its document takes memory
        self._counts[outcome.delivery] += 1
        self._bytes += outcome.bytes_taken
        took = (job.settled_at or job.submitted_at) - job.submitted_at
        logger.info(
            "%s: job %s: %d of %d bytes, %.0f ms, %s, evidence %s",
            self.name,
            job.key,
            outcome.bytes_taken,
            outcome.bytes_total,
            took * 1000,
            outcome.delivery.value,
            outcome.evidence.value,
        )

    # Status and events

    @property
    def state(self) -> State:
        """Where the handle is in its life."""
        return self._line.state

    @property
    def identity(self) -> Identity:
        """What the printer says it is, as far as it has told."""
        return self._line.identity

    async def status(self, *, timeout: float | None = 3.0) -> PrinterStatus:
        """What the printer tells now, `timeout` seconds at most; unknown fields for a printer that never answers.

        While a job is on its way the last told status is given: a question could land inside the job's data.
        """
        self._refuse_if_closed()
        deadline = Deadline.after(timeout, self._clock)
        line = self._line
        if not line.up:
            await line.open(deadline)
        if line.mute or self._current is not None or not line.profile.realtime_status:
            await line.look()
            return line.status
        told = line.told
        await line.ask()
        while line.up and line.told == told:
            if not await line.changed.wait(deadline):
                raise DeadlineExceeded(f"{self.name} after {timeout:g} s" if timeout is not None else self.name)
        return line.status

    @property
    def last_status(self) -> PrinterStatus:
        """What the printer told last, without asking."""
        return self._line.status

    def events(self, limit: int = 1024) -> Subscription[DeviceEvent]:
        """What the printer tells from now on: StatusChanged, LinkLost, LinkRestored, ProfileChosen, OtherModelTold."""
        return self._broadcaster.subscribe(
            limit=limit, coalesce=lambda event: StatusChanged if isinstance(event, StatusChanged) else None
        )

    def stats(self) -> DeviceStats:
        """What this handle has done so far."""
        pending = len(self._queue) + (self._current is not None)
        return DeviceStats(
            jobs=self._counts.total(),
            outcomes=dict(self._counts),
            bytes_taken=self._bytes,
            reconnects=self._reconnects,
            pending=pending,
        )

    def _status_told(self, status: PrinterStatus, previous: PrinterStatus) -> None:
        if trouble := trouble_of(status):
            logger.warning("%s: %s", self.name, trouble.slug)
        self._broadcaster.publish(StatusChanged(self.name, self._clock.monotonic(), status, previous))

    def _identity_told(self, identity: Identity) -> None:
        """Overridden by who makes something of it."""

    def _link_moved(self, up: bool, reason: str) -> None:
        at = self._clock.monotonic()
        if up:
            self._reconnects += 1
            self._broadcaster.publish(LinkRestored(self.name, at))
            return
        logger.warning("%s: connection lost: %s", self.name, reason)
        self._broadcaster.publish(LinkLost(self.name, at, reason))
        if self._current is None and not self._closing:
            # Between jobs nobody else would notice that the printer is back, or gone.
            self._reopen_beside()

    def _reopen_beside(self) -> None:
        if self._idle_reopen is not None and not self._idle_reopen.done():
            return  # it is being tried already; a second task would be nobody's to end

        async def reopen() -> None:
            await self._line.reopen()

        self._idle_reopen = asyncio.create_task(reopen(), name="posdevkit-reopen")

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise Closed(self.name)
