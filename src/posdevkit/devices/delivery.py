"""Carries one job to the printer and finds out what became of it. Sends every byte at most once.

hold      the printer says it cannot print: not a byte leaves
send      bytes go out while the printer is listened to; without paper it stops taking them, and that is told
confirm   all bytes are taken: wait for the printer's own proof, across a lost connection too
clear     the caller gave the job up: stop at a command boundary and have the printer drop the rest
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from posdevkit.errors import Cancelled, Disconnected, Unconfirmed
from posdevkit.events import Delivery, Evidence, JobState, Outcome
from posdevkit.runtime.deadline import Deadline, within

from .connection import Connection
from .job import CarriedJob
from .pace import AT_LEAST_SECONDS
from .troubles import trouble_of

__all__ = ["deliver"]

ASK_SECONDS = 5.0
"""Silence after which a printer is asked whether it is still there."""
POLL_SECONDS = 1.0
"""How often a printer without automatic status is asked while a person has to act."""
ID_GRACE_SECONDS = 10.0
"""A printer that processed the request for a process id and does not send it within this does not know ids."""
AFTERMATH_SECONDS = 30.0
"""After a reconnect: how long a printer that can print may take at least until it tells the id of a job it has whole.
A job that may take longer than `pace.AT_LEAST_SECONDS` by its size gets as much more."""
CLEAR_SECONDS = 3.0


class _Gone(Exception):
    """The connection was lost during a step."""


async def deliver(job: CarriedJob, line: Connection) -> None:
    """Settle `job`; or raise Disconnected, with not a byte taken and the job not settled: another way may be tried.

    Cancelling this leaves the job as it was last known.
    """
    if not line.up and not await line.reopen():
        raise Disconnected(line.reason)
    if await _hold(job, line):
        await _Passage(job, line).run()


async def _hold(job: CarriedJob, line: Connection) -> bool:
    """Wait, before the first byte, until the printer can print and prove it. False if the job is settled."""
    while (trouble := trouble_of(line.status)) is not None or not line.up or _catching_up(line):
        if job.done:
            return False
        if job.abandoned:
            job.settle(job.outcome, Cancelled(f"job {job.key}"))
            return False
        if not line.up:
            if not await line.reopen():
                raise Disconnected(line.reason)
            continue
        if trouble is None:
            line.catch_up = line.catch_up or Deadline.after(AFTERMATH_SECONDS, line.clock)
            job.moved(JobState.QUEUED)
            patience = line.catch_up.at_most(ASK_SECONDS)
        else:
            line.catch_up = None  # it prints nothing meanwhile
            job.moved(JobState.WAITING, problem=trouble)
            patience = _patience(line, waiting=True)
        if not await line.changed.wait(patience) and not _waited_for(line):
            await line.ask()
    return not job.done


def _catching_up(line: Connection) -> bool:
    """Whether it is worth the wait that the printer becomes able to prove a job; once for each connection."""
    return line.session.catching_up and not _waited_for(line)


def _waited_for(line: Connection) -> bool:
    return line.catch_up is not None and line.catch_up.expired


def _patience(line: Connection, *, waiting: bool) -> Deadline:
    poll = (waiting or line.session.busy) and (line.looks or not line.profile.asb)
    return Deadline.after(POLL_SECONDS if poll else ASK_SECONDS, line.clock)


class _Passage:
    """One job's way over one connection, from its first byte on."""

    def __init__(self, job: CarriedJob, line: Connection) -> None:
        self.job = job
        self.line = line
        self.life = line.lives
        self.total = len(job.compiled.data)
        self.processed_before = line.processed
        self.request, self.id = (b"", b"") if line.mute else line.session.completion_request()
        compiled = job.compiled
        self.asked_at = compiled.proof_at + len(self.request)
        self.data = compiled.data[: compiled.proof_at] + self.request + compiled.data[compiled.proof_at :]
        self.started_from = line.taken_in(self.life)
        self.taken = 0

    async def run(self) -> None:
        job = self.job
        job.begin()
        if job.before_first_byte is not None:
            await self._announce(job.before_first_byte)
            self.started_from = self.line.taken_in(
                self.life
            )  # whoever keeps account may have asked the printer something
        job.moved(JobState.SENDING, self._outcome(Delivery.NONE))
        try:
            if not await self._send():
                await self._clear()
                return
            if not self.request:
                job.settle(self._outcome(Delivery.SENT))
                return
            if not await self._confirm():
                await self._clear()
        except _Gone:
            await self._lost()

    async def _announce(self, before_first_byte: Callable[[bytes], Awaitable[None]]) -> None:
        """Let whoever keeps account write down what will prove the job, before anything needs proof."""
        try:
            await before_first_byte(self.id)
        except BaseException:
            # The question that would have asked for the proof was counted and is never sent: count anew.
            self.line.drop("the job could not be put on record")
            raise

    # Sending

    async def _send(self) -> bool:
        """True when all is taken, False when the job was abandoned on the way."""
        job, line = self.job, self.line
        sending = asyncio.create_task(line.send_job(self.data, longest=job.compiled.longest), name="posdevkit-send")
        sending.add_done_callback(lambda _: line.changed.notify())
        try:
            while not sending.done():
                if job.abandoned:
                    await self._stop_at_boundary(sending)
                    return False
                self._tell(JobState.SENDING)
                patience = Deadline.after(POLL_SECONDS if line.looks else ASK_SECONDS, line.clock)
                if not await line.changed.wait(patience):
                    await line.look()
            try:
                sending.result()
            except Disconnected as problem:
                raise _Gone from problem
            self._note_first_byte()
            return True
        finally:
            sending.cancel()

    async def _stop_at_boundary(self, sending: asyncio.Task[None]) -> None:
        """Cancel, then complete the operation that was cut in two: what follows must not be read as its data."""
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        if not self.line.up or self.line.lives != self.life:
            raise _Gone
        if self.line.takes_jobs:
            return  # the rest was never to follow on this line
        taken = self._taken()
        rest = self.data[taken : self._boundary(taken)]
        if not rest:
            return
        try:
            await within(Deadline.after(CLEAR_SECONDS, self.line.clock), self.line.send(rest))
        except TimeoutError:
            # The printer takes nothing more. Dropping the connection drops what waits in the cable as well.
            self.line.drop("the job was abandoned")
        except Disconnected as problem:
            raise _Gone from problem

    def _boundary(self, taken: int) -> int:
        """The first place at or behind `taken` where no command is under way."""
        compiled = self.job.compiled
        if taken <= compiled.proof_at:
            return compiled.next_end(taken)
        if taken <= self.asked_at:
            return self.asked_at
        return compiled.next_end(taken - len(self.request)) + len(self.request)

    # Confirming

    async def _confirm(self) -> bool:
        """True when settled, False when the job was abandoned."""
        job, line = self.job, self.line
        deadline: Deadline | None = None
        while True:
            if self._settle_by_proof():
                return True
            if job.abandoned:
                return False
            if line.lives != self.life:
                raise _Gone
            self._tell(JobState.CONFIRMING)
            waiting = trouble_of(line.status) is not None
            if self.id and self._processed() and not waiting:
                deadline = deadline or Deadline.after(ID_GRACE_SECONDS, line.clock)
                if deadline.expired:
                    job.settle(self._outcome(Delivery.SENT, Evidence.IN_ORDER_STATUS))
                    return True
                patience = deadline
            else:
                deadline, patience = None, _patience(line, waiting=waiting)
            if not await line.changed.wait(patience) and patience is not deadline:
                await line.ask()

    def _settle_by_proof(self) -> bool:
        if self.id and self.id in self.line.completed:
            self.job.settle(self._outcome(Delivery.CONFIRMED, self.line.session.evidence))
            return True
        if not self.id and self._processed():
            self.job.settle(self._outcome(Delivery.SENT, Evidence.IN_ORDER_STATUS))
            return True
        return False

    def _processed(self) -> bool:
        return self.line.lives == self.life and self.line.processed > self.processed_before

    # Losing the connection

    async def _lost(self) -> None:
        """Nothing is sent again. If all was taken, the printer may still tell the id once the connection stands."""
        job, line = self.job, self.line
        taken = self._taken()
        if taken == 0:
            if not job.abandoned:
                raise Disconnected(line.reason)
            job.settle(self._outcome(Delivery.NONE), Cancelled(f"job {job.key}"))
            return
        all_taken = taken >= len(self.data)
        if self._settle_by_proof():
            return
        if self.id and all_taken and not job.abandoned:
            job.moved(JobState.CONFIRMING, self._outcome(Delivery.UNKNOWN))
            for _ in range(3):
                if not await line.reopen() or line.mute:
                    break
                if await self._ask_after_reconnect():
                    return
        self._settle_unknown()

    def _settle_unknown(self) -> None:
        """Nobody can tell. The printer may hold half a command, which would swallow what comes next: see to that."""
        line, job = self.line, self.job
        line.unfinished.command = job.compiled.longest
        line.drop(line.reason)
        job.settle(self._outcome(Delivery.UNKNOWN), Unconfirmed(f"job {job.key}: {line.reason}"))

    @property
    def _aftermath(self) -> float:
        return AFTERMATH_SECONDS + self.job.seconds_allowed - AT_LEAST_SECONDS

    async def _ask_after_reconnect(self) -> bool:
        """Ask for a second id behind whatever the printer still holds. The first one coming back confirms the job; the
        second alone tells that the first never will. True when settled, False when the connection was lost again."""
        job, line = self.job, self.line
        life, processed = line.lives, line.processed
        request, marker = line.session.completion_request()
        deadline: Deadline | None = None
        try:
            await within(Deadline.after(self._aftermath, line.clock), line.send(request))
        except TimeoutError:
            line.drop("the device takes no data")
        except Disconnected:
            return False
        while line.lives == life:
            if self.id in line.completed:
                job.settle(self._outcome(Delivery.CONFIRMED, line.session.evidence))
                return True
            trouble = trouble_of(line.status)
            if trouble or deadline is None:
                deadline = Deadline.after(self._aftermath, line.clock)
            past = marker in line.completed or (line.processed > processed and not trouble)
            if past or job.abandoned or deadline.expired:
                self._settle_unknown()
                return True
            job.moved(JobState.WAITING if trouble else JobState.CONFIRMING, problem=trouble)
            patience = _patience(line, waiting=trouble is not None)
            if not await line.changed.wait(patience if trouble else deadline.at_most(ASK_SECONDS)):
                await line.ask()
        return False

    # Clearing

    async def _clear(self) -> None:
        """Have the printer drop what it has not printed, over a new connection if the old one takes nothing more."""
        job, line = self.job, self.line
        proof = Delivery.UNKNOWN, Evidence.NONE
        if self._taken() == 0:
            job.settle(self._outcome(Delivery.NONE), Cancelled(f"job {job.key}"))
            return
        if line.takes_jobs:
            await self._call_back()
            return
        if line.profile.realtime_clear and (line.up or await line.reopen()):
            before = line.cleared
            deadline = Deadline.after(CLEAR_SECONDS, line.clock)
            try:
                await within(deadline, line.send(line.session.clear_request()))
            except TimeoutError:
                line.drop("the job was abandoned")  # not even that is taken: over USB nothing stands between
            except Disconnected:
                pass
            while line.up and line.cleared == before and await line.changed.wait(deadline):
                pass
            if self.id and self.id in line.completed:
                proof = Delivery.CONFIRMED, line.session.evidence
            elif line.cleared > before:
                proof = Delivery.PARTIAL, Evidence.CLEARED
        else:
            line.drop("the job was abandoned")
        error = None if proof[0] is Delivery.CONFIRMED else Cancelled(f"job {job.key}")
        job.settle(self._outcome(*proof), error)

    async def _call_back(self) -> None:
        """Have the queue drop it. That it had not begun is proof that nothing of it reaches the printer."""
        job, line = self.job, self.line
        if await line.call_back():
            job.settle(Outcome(Delivery.NONE, bytes_total=self.total), Cancelled(f"job {job.key}"))
            return
        line.unfinished.command = job.compiled.longest
        job.settle(self._outcome(Delivery.UNKNOWN), Cancelled(f"job {job.key}"))

    # Telling

    def _taken(self) -> int:
        # A later life knows nothing of this one's bytes: the last figure stays.
        self.taken = max(self.taken, self.line.taken_in(self.life) - self.started_from)
        return self.taken

    def _outcome(self, delivery: Delivery, evidence: Evidence = Evidence.NONE) -> Outcome:
        return Outcome(delivery, evidence, min(self._taken(), self.total), self.total)

    def _note_first_byte(self) -> None:
        if self.job.first_byte_at is None and self._taken():
            self.job.first_byte_at = self.line.clock.monotonic()

    def _tell(self, state: JobState) -> None:
        self._note_first_byte()
        trouble = trouble_of(self.line.status)
        delivery = Delivery.UNKNOWN if self._taken() else Delivery.NONE
        self.job.moved(JobState.WAITING if trouble else state, self._outcome(delivery), trouble)
