"""What must hold of every printer's driver: nothing printed twice, nothing lost in silence, the next attempt works."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol, TypeVar

from posdevkit.errors import Claimed, Closed, DeviceError, Disconnected, PosError
from posdevkit.events import Delivery, Outcome
from posdevkit_emulators.faults import CableFault, Garble, GarbleSent, Split, StallAt

from .suite import Disruption, Suite, attempt, expect, opened, until

__all__ = ["PrintDriver", "PrintJob", "PrinterRig", "printer_suite"]

D_contra = TypeVar("D_contra", contravariant=True)
D = TypeVar("D")

_GOES_WELL: Final = (Delivery.SENT, Delivery.CONFIRMED)
_LONG: Final = 40.0
_SHORT: Final = 2.5
"""Long enough for a printer that is asked once a second whether it is through."""
_PATIENT: Final = 6.0
"""Long enough that a driver asks the printer how it is."""
_SPREAD: Final = 6
_TAIL: Final = (60, 50, 40, 30, 20, 10, 4, 3)
"""Bytes before the end, where the commands stand that cut and prove."""


class PrintJob(Protocol):
    """A job that outlives errors and deadlines."""

    @property
    def done(self) -> bool:
        """Whether its outcome is settled."""
        ...

    @property
    def outcome(self) -> Outcome:
        """What is known so far."""
        ...

    async def wait(self, timeout: float | None = None) -> Outcome:
        """The settled outcome, or the error with `job` and `outcome`."""
        ...

    async def abandon(self, timeout: float | None = 15.0) -> Outcome:
        """Stop it and clear the printer."""
        ...


class PrintDriver(Protocol[D_contra]):
    """A driver, opened."""

    async def submit(self, document: D_contra, /) -> PrintJob:
        """Queue a document."""
        ...

    async def close(self) -> None:
        """Let go of the printer."""
        ...


class PrinterRig(Protocol[D]):
    """A printer on its cable. Faults are counted in bytes from the moment at which they are asked for."""

    @property
    def proves(self) -> bool:
        """Whether the printer can prove that it printed something."""
        ...

    async def open(self) -> PrintDriver[D]:
        """A driver on this printer, connected."""
        ...

    def document(self, mark: str) -> D:
        """Something to print, a few hundred bytes, that shows each of `lines(mark)` on a line of its own."""
        ...

    def lines(self, mark: str) -> tuple[str, ...]:
        """What has to stand on the paper for a mark, each once."""
        ...

    def printed(self) -> tuple[str, ...]:
        """The lines of text on all paper that came out, that which is not cut included."""
        ...

    async def unplug(self) -> None:
        """Pull the cable; the printer stays switched on."""
        ...

    async def plug(self) -> None:
        """Plug it in again."""
        ...

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable."""
        ...

    async def held_up(self) -> None:
        """Return when the printer has stopped taking data, as a `StallAt` says."""
        ...

    def resume(self) -> None:
        """Let it take data again."""
        ...

    def calm(self) -> None:
        """Nothing more goes wrong."""
        ...


async def _whole(rig: PrinterRig[D], mark: str) -> None:
    """All of it comes out, and no line twice."""
    lines = set(rig.lines(mark))
    await until(lambda: lines <= set(rig.printed()), f"{mark!r} is not on paper, or not all of it")
    _no_line_twice(rig, mark)


def _no_line_twice(rig: PrinterRig[D], mark: str) -> None:
    printed = rig.printed()
    doubled = [line for line in rig.lines(mark) if printed.count(line) > 1]
    expect(not doubled, f"printed twice: {doubled[:3]}")


async def _prints(rig: PrinterRig[D], printer: PrintDriver[D], mark: str) -> int:
    """The next attempt works; its bytes are given."""
    job = await printer.submit(rig.document(mark))
    outcome = await job.wait(_LONG)
    expect(outcome.delivery in _GOES_WELL, f"{mark!r} ended {outcome}")
    expect(outcome.confirmed or not rig.proves, f"{mark!r} ended {outcome}, but this printer proves what it prints")
    await _whole(rig, mark)
    return outcome.bytes_total


async def _settled(job: PrintJob, timeout: float = _LONG) -> Outcome:
    """How it ended, with an error or without one; the error must carry the outcome."""
    result = await attempt(job.wait(timeout))
    if isinstance(result, PosError):
        expect(job.done, f"not settled after {timeout:g} s: {result}")
        expect(result.outcome == job.outcome, f"the error {result!r} carries the outcome {result.outcome}")
    return job.outcome


def _agrees(rig: PrinterRig[D], mark: str, outcome: Outcome) -> None:
    """What the job says is true of the paper."""
    printed = rig.printed()
    there = [line for line in rig.lines(mark) if line in printed]
    _no_line_twice(rig, mark)
    if outcome.delivery is Delivery.NONE:
        expect(not there, f"safe to print again, says the job, and {there[:3]} are on paper")
    if outcome.confirmed:
        expect(len(there) == len(rig.lines(mark)), "confirmed, says the job, and not all of it is on paper")


async def _stopped_midway(rig: PrinterRig[D], printer: PrintDriver[D], mark: str) -> PrintJob:
    """A job of which the printer has taken a part and takes no more."""
    rig.disturb(StallAt(150))
    job = await printer.submit(rig.document(mark))
    await rig.held_up()
    await until(lambda: job.outcome.bytes_taken > 0 or job.done, "bytes are taken, and the job does not know")
    return job


def printer_suite(suite: Suite[PrinterRig[D]]) -> Suite[PrinterRig[D]]:
    """Add to `suite` what holds of every kind of printer."""

    @suite.check(Disruption.NOTHING)
    async def prints_once(rig: PrinterRig[D]) -> None:
        """It comes out once, and is confirmed where the printer can prove it."""
        async with opened(rig.open()) as printer:
            await _prints(rig, printer, "first")
            await _prints(rig, printer, "second")
        _no_line_twice(rig, "first")

    @suite.check(Disruption.SPLIT)
    async def prints_in_single_bytes(rig: PrinterRig[D]) -> None:
        """Data and answers in single bytes make no difference."""
        rig.disturb(Split(1))
        async with opened(rig.open()) as printer:
            await _prints(rig, printer, "first")

    @suite.check(Disruption.UNPLUG)
    async def unplugged_between_jobs(rig: PrinterRig[D]) -> None:
        """A job without a cable fails with a DeviceError and not a byte taken; the same handle prints the next one."""
        async with opened(rig.open()) as printer:
            await _prints(rig, printer, "first")
            await rig.unplug()
            job = await printer.submit(rig.document("nowhere"))
            result = await attempt(job.wait(_LONG))
            expect(isinstance(result, DeviceError), f"no cable, and the job says {result!r}")
            expect(job.outcome.delivery is Delivery.NONE, f"no cable, and the outcome is {job.outcome}")
            await rig.plug()
            await _prints(rig, printer, "second")
        expect(not set(rig.lines("nowhere")) & set(rig.printed()), "what failed before a byte left was printed later")
        _no_line_twice(rig, "first")

    @suite.check(Disruption.UNPLUG)
    async def unplugged_within_a_job(rig: PrinterRig[D]) -> None:
        """The outcome agrees with the paper and is never replayed; the same handle prints the next job, whole."""
        async with opened(rig.open()) as printer:
            job = await _stopped_midway(rig, printer, "first")
            await rig.unplug()
            await rig.plug()
            outcome = await _settled(job)
            expect(outcome.delivery is not Delivery.SENT, f"the cable was out, and the outcome is {outcome}")
            _agrees(rig, "first", outcome)
            await _prints(rig, printer, "second")
        _agrees(rig, "first", outcome)

    @suite.check(Disruption.STALL)
    async def takes_no_data_for_a_while(rig: PrinterRig[D]) -> None:
        """The deadline's error carries the job, which is not safe to repeat; later the very same job comes out once."""
        async with opened(rig.open()) as printer:
            job = await _stopped_midway(rig, printer, "first")
            late = await attempt(job.wait(_SHORT))
            expect(isinstance(late, DeviceError), f"the printer takes nothing, and the job says {late!r}")
            assert isinstance(late, DeviceError)
            carried: object = late.job
            expect(carried is job, f"the error carries the job {carried!r}")
            expect(late.outcome is not None and not late.outcome.safe_to_retry, f"the error carries {late.outcome}")
            rig.resume()
            outcome = await job.wait(_LONG)
            expect(outcome.delivery in _GOES_WELL, f"resumed, and the outcome is {outcome}")
            await _whole(rig, "first")
            await _prints(rig, printer, "second")
        _no_line_twice(rig, "first")

    @suite.check(Disruption.STALL)
    async def abandoned_while_it_takes_no_data(rig: PrinterRig[D]) -> None:
        """Giving up ends, and tells neither "nothing left" nor "printed"; the next job is whole."""
        async with opened(rig.open()) as printer:
            job = await _stopped_midway(rig, printer, "first")
            await attempt(job.wait(_PATIENT))
            outcome = await job.abandon(_LONG)
            expect(outcome.delivery in (Delivery.UNKNOWN, Delivery.PARTIAL), f"abandoned, and the outcome is {outcome}")
            rig.resume()
            await _prints(rig, printer, "second")
        _no_line_twice(rig, "first")

    @suite.check(Disruption.GARBLE)
    async def garbled_on_the_way_in(rig: PrinterRig[D]) -> None:
        """Wherever a byte is changed, the job ends or can be given up, PosErrors at most; the next one is whole."""
        async with opened(rig.open()) as printer:
            total = await _prints(rig, printer, "first")
            places = [*range(0, total, max(1, total // _SPREAD)), *(total - before for before in _TAIL)]
            for number, place in enumerate(places):
                rig.disturb(Garble(place, place))
                job = await printer.submit(rig.document(f"bad{number:02}"))  # as long as the first
                await attempt(job.wait(_SHORT))
                if not job.done:
                    await job.abandon(_LONG)
                rig.calm()
                await _prints(rig, printer, f"after {number}")

    @suite.check(Disruption.GARBLE)
    async def garbled_answers(rig: PrinterRig[D]) -> None:
        """Answers that are noise confirm nothing and are no crash; once they are clear the next job goes well."""
        async with opened(rig.open()) as printer:
            rig.disturb(GarbleSent(0, 1_000_000))
            job = await printer.submit(rig.document("first"))
            await attempt(job.wait(_SHORT))
            expect(not job.outcome.confirmed, "confirmed by noise")
            if not job.done:
                await job.abandon(_LONG)
            expect(not job.outcome.confirmed, "confirmed by noise")
            rig.calm()
            await _prints(rig, printer, "second")
        _no_line_twice(rig, "first")

    @suite.check(Disruption.GARBLE)
    async def garbled_greeting(rig: PrinterRig[D]) -> None:
        """Noise while connecting is no crash; the next attempt goes well."""
        rig.disturb(GarbleSent(0, 1_000_000))
        printer = await attempt(rig.open())
        if not isinstance(printer, PosError):
            await printer.close()
        rig.calm()
        async with opened(rig.open()) as good:
            await _prints(rig, good, "first")

    @suite.check(Disruption.CLAIM)
    async def claimed_by_another(rig: PrinterRig[D]) -> None:
        """The second program is refused (Claimed; Disconnected where a device hides that is taken) and the first does
        not notice; after it the second may."""
        async with opened(rig.open()) as printer:
            refused = await attempt(rig.open())
            if not isinstance(refused, PosError):
                await refused.close()
            expect(isinstance(refused, Claimed | Disconnected), f"the second program got {refused!r}")
            await _prints(rig, printer, "first")
        async with opened(rig.open()) as second:
            await _prints(rig, second, "second")

    @suite.check(Disruption.CLOSE)
    async def closed_within_a_job(rig: PrinterRig[D]) -> None:
        """Closing ends, the job is settled and not as safe to repeat, and a new handle prints the next one, whole."""
        async with opened(rig.open()) as printer:
            job = await _stopped_midway(rig, printer, "first")
            waiting = asyncio.ensure_future(attempt(job.wait(_LONG)))
        result = await waiting
        expect(job.done, "the handle is closed, and its job is not settled")
        expect(isinstance(result, PosError), f"it was closed within a job, and the job says {result!r}")
        expect(not job.outcome.safe_to_retry, f"it was closed within a job, and the outcome is {job.outcome}")
        expect(isinstance(await attempt(printer.submit(rig.document("late"))), Closed), "a closed handle takes jobs")
        rig.resume()
        async with opened(rig.open()) as second:
            await _prints(rig, second, "second")
        _agrees(rig, "first", job.outcome)

    return suite
