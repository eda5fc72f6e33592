"""A job is a thing: it outlives errors, deadlines and reconnects, and it alone knows what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from posdevkit.documents import Label, Receipt
from posdevkit.errors import Cancelled, DeadlineExceeded, DeviceError, JobLike, PosError
from posdevkit.events import Delivery, Evidence, JobEvent, JobState, Outcome
from posdevkit.layout import Finding
from posdevkit.runtime.clock import Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.pulse import Pulse
from posdevkit.runtime.subscription import Broadcaster, Subscription

from .compose import Composed
from .pace import AT_LEAST_SECONDS

__all__ = ["CarriedJob", "Job"]


class Job(JobLike):
    """One print job, as its caller sees it. Made by `submit`; never sent twice, whatever is called on it."""

    __slots__ = (
        "_abandoned",
        "_begun",
        "_broadcaster",
        "_changed",
        "_clock",
        "_device",
        "_done",
        "_error",
        "_findings",
        "_key",
        "_outcome",
        "_problem",
        "_state",
        "before_first_byte",
        "compiled",
        "digest",
        "document",
        "first_byte_at",
        "seconds_allowed",
        "settled_at",
        "submitted_at",
    )

    def __init__(self, device: str, key: str, document: Receipt | Label, composed: Composed, clock: Clock) -> None:
        self._key = key
        self.document = document
        self.compiled = composed.compiled
        self._findings = composed.findings
        self.digest = hashlib.sha256(composed.compiled.data).hexdigest()
        self.submitted_at = clock.monotonic()
        self.first_byte_at: float | None = None
        self.settled_at: float | None = None
        self.seconds_allowed = AT_LEAST_SECONDS
        """How long it may take by its size, the wire and the speed of the paper; known once it is queued."""
        self._device = device
        self._clock = clock
        self._state = JobState.QUEUED
        self._outcome = Outcome(Delivery.NONE, bytes_total=len(composed.compiled.data))
        self._problem: type[DeviceError] | None = None
        self._error: PosError | None = None
        self._abandoned = False
        self._begun = False
        self.before_first_byte: Callable[[bytes], Awaitable[None]] | None = None
        self._broadcaster: Broadcaster[JobEvent] = Broadcaster()
        self._changed: Callable[[], None] = lambda: None
        self._done = Pulse()

    def __repr__(self) -> str:
        return f"<Job {self.key}: {self._state.value}, {self._outcome}>"

    @property
    def key(self) -> str:
        """The caller's own name for it, or one made up."""
        return self._key

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What will look other than asked."""
        return self._findings

    @property
    def seconds_to_first_byte(self) -> float | None:
        """From `submit` until the first byte was known to be taken; None before that."""
        return None if self.first_byte_at is None else self.first_byte_at - self.submitted_at

    @property
    def seconds(self) -> float | None:
        """From `submit` to the settled outcome; None before that."""
        return None if self.settled_at is None else self.settled_at - self.submitted_at

    @property
    def state(self) -> JobState:
        """Where it is on its way."""
        return self._state

    @property
    def done(self) -> bool:
        """Whether its outcome is settled."""
        return self._state is JobState.DONE

    @property
    def outcome(self) -> Outcome:
        """What is known so far; settled once `done`."""
        return self._outcome

    @property
    def problem(self) -> type[DeviceError] | None:
        """What a person has to see to before it goes on, None while nothing stands in the way."""
        return self._problem

    async def wait(self, timeout: float | None = None) -> Outcome:
        """The settled outcome. Safe to call again and again: waiting never sends anything.

        `timeout` in seconds, None for no limit. Raises the job's own error where it failed, and at the deadline the
        error that stands in the way (PaperOut, CoverOpen, ...) or DeadlineExceeded, with this job in `error.job`.
        """
        deadline = Deadline.after(timeout, self._clock)
        while not self.done:
            if not await self._done.wait(deadline):
                raise self._late(timeout)
        if self._error is not None:
            raise self._error.again(outcome=self._outcome, job=self)
        return self._outcome

    def _late(self, timeout: float | None) -> PosError:
        problem = self._problem or DeadlineExceeded
        detail = f"job {self.key} on {self._device} after {timeout:g} s" if timeout is not None else self.key
        outcome = self._outcome
        if self._problem is not None and outcome.delivery is Delivery.UNKNOWN:
            # The printer itself tells that it stopped. It may still go on: the job lives.
            outcome = Outcome(Delivery.PARTIAL, Evidence.NONE, outcome.bytes_taken, outcome.bytes_total)
        return problem(detail, outcome=outcome, job=self)

    def events(self, limit: int = 256) -> Subscription[JobEvent]:
        """Changes of this job from now on; the subscription ends with the job."""
        subscription = self._broadcaster.subscribe(limit=limit)
        if self.done:
            subscription.close()
        return subscription

    async def cancel(self) -> bool:
        """Take it back if no byte has left; True if that succeeded. A job that has begun goes on: see `abandon`."""
        if not self._begun and not self.done:
            self._settle(Outcome(Delivery.NONE, bytes_total=len(self.compiled.data)), Cancelled(f"job {self.key}"))
            self._changed()
            return True
        return False

    async def abandon(self, timeout: float | None = 15.0) -> Outcome:
        """Stop it and clear the printer, so that nothing of it can print later. Never sends it again.

        The outcome tells what is known: `none` if it had not begun, `partial` if the printer acknowledged that it
        dropped the rest, `confirmed` if it was through already, else `unknown`.
        """
        if not self.done:
            self._abandoned = True
            self._changed()
            deadline = Deadline.after(timeout, self._clock)
            while not self.done:
                if not await self._done.wait(deadline):
                    raise DeadlineExceeded(f"job {self.key} could not be abandoned", outcome=self._outcome, job=self)
        return self._outcome

    def snapshot(self) -> JobEvent:
        """The state of now as an event, for one who comes late."""
        problem = self._problem
        return JobEvent(
            device=self._device,
            at=self._clock.monotonic(),
            key=self.key,
            state=self._state,
            bytes_taken=self._outcome.bytes_taken,
            bytes_total=self._outcome.bytes_total,
            problem=problem.slug if problem else None,
            remedy=problem().remedy() if problem else None,
            outcome=self._outcome if self.done else None,
        )

    def _publish(self) -> None:
        self._broadcaster.publish(self.snapshot())

    def _settle(self, outcome: Outcome, error: PosError | None = None) -> None:
        """Note and tell how it ended. Only the first time counts."""
        if self.done:
            return
        self._outcome, self._error = outcome, error
        self._state, self._problem = JobState.DONE, None
        self.settled_at = self._clock.monotonic()
        self._publish()
        self._broadcaster.close()
        self._done.notify()


class CarriedJob(Job):
    """A job as the device that carries it sees it: it alone moves and settles it."""

    __slots__ = ()

    @property
    def abandoned(self) -> bool:
        """Whether its caller gave it up."""
        return self._abandoned

    def begin(self) -> None:
        """From here on bytes may leave: it can no longer be taken back."""
        self._begun = True

    def carried_by(self, changed: Callable[[], None]) -> None:
        """`changed` wakes the device when the caller gives the job up."""
        self._changed = changed

    def moved(self, state: JobState, outcome: Outcome | None = None, problem: type[DeviceError] | None = None) -> None:
        """Note and tell a new state; the same state with the same problem tells nothing."""
        if outcome is not None:
            self._outcome = outcome
        if self.done or (state is self._state and problem is self._problem):
            return
        self._state, self._problem = state, problem
        self._publish()

    def settle(self, outcome: Outcome, error: PosError | None = None) -> None:
        """Note and tell how it ended. Only the first time counts."""
        self._settle(outcome, error)

    def rerouted(self, device: str, composed: Composed) -> None:
        """Another device takes it over, before any byte has left."""
        self._device, self.compiled, self._findings = device, composed.compiled, composed.findings
        self._outcome = Outcome(Delivery.NONE, bytes_total=len(composed.compiled.data))
        self.moved(JobState.QUEUED)
