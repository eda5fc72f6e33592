"""`spooler://PRINTER NAME`: a printer of Windows' print spooler, which is given raw jobs.

Every call to the spooler blocks for a moment and has a short-lived thread. Unproven: it was written against Microsoft's
documentation and runs against a stand-in for the spooler in the tests; no Windows has been under it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from posdevkit.errors import Disconnected, PosError, Unsupported
from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.runtime.clock import SYSTEM_CLOCK
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .queue import QueueLink
from .url import DeviceUrl
from .winspool import JobFlags, PrinterFlags, SpoolJob, WinSpool, system_spooler

__all__ = ["SpoolerLink", "spooler_status"]

T = TypeVar("T")

_THREAD: Final = "posdevkit-spooler"
_CHUNK: Final = 65_536
_FIRST_LOOK_SECONDS: Final = 0.05
_LAST_LOOK_SECONDS: Final = 0.5
_DROPPED: Final = JobFlags.DELETING | JobFlags.DELETED
_DONE: Final = JobFlags.PRINTED | JobFlags.COMPLETE


class SpoolerLink(QueueLink):
    """A StreamLink and JobLink to one printer of the spooler; PortStatus tells what the spooler knows of it.

    The spooler forgets a job once it is through, so one that it no longer knows has been given to the printer, unless
    it was seen to be deleted.
    """

    def __init__(self, url: DeviceUrl, *, spooler: WinSpool | None = None) -> None:
        """Raises BadUrl for any option, Unsupported elsewhere than on Windows."""
        url.only()
        super().__init__(url)
        found = spooler or system_spooler()
        if found is None:
            raise Unsupported(f"{url}: the print queues of Windows are not here", remedy="Use cups://HOST/QUEUE here.")
        self._spooler = found
        self._name = url.address
        self._job: int | None = None

    async def send_job(self, data: bytes) -> None:
        turn = self._opened()
        async with turn:
            await self._leave(data)
            assert self._job is not None
            pause, number = _FIRST_LOOK_SECONDS, self._job
            while (flags := await self._call(lambda: self._spooler.job(self._name, number))) is not None:
                if flags & _DONE:
                    break
                if flags & _DROPPED:
                    raise Disconnected(f"{self._url}: the job was deleted in the queue")
                await SYSTEM_CLOCK.sleep(pause)
                pause = min(pause * 1.5, _LAST_LOOK_SECONDS)
            self._job = None

    async def call_back(self) -> bool:
        number, self._job = self._job, None
        if number is None:
            return False

        def take() -> bool:
            # Paused first, so that it cannot begin between the look and the deletion.
            self._spooler.pause(self._name, number)
            flags = self._spooler.job(self._name, number)
            if flags is not None:
                self._spooler.delete(self._name, number)
            return flags is not None and not flags & (JobFlags.PRINTING | _DONE | JobFlags.SPOOLING)

        try:
            return await self._call(take)
        except Disconnected:
            return False

    async def port_status(self) -> PrinterStatus:
        self._opened()
        return spooler_status(await self._call(lambda: self._spooler.printer(self._name)))

    async def _reach(self, deadline: Deadline) -> None:
        try:
            flags = await within(deadline, self._call(lambda: self._spooler.printer(self._name)))
        except TimeoutError:
            raise Disconnected(f"{self._url}: the spooler did not answer in time") from None
        if flags & PrinterFlags.PENDING_DELETION:
            raise Disconnected(f"{self._url}: the printer is being deleted")
        self._job = None

    async def _leave(self, data: bytes) -> None:
        """The spooler may begin to print before it has all, so every byte it took counts at once."""
        self._job = None
        job = await self._begun()
        try:
            for at in range(0, len(data), _CHUNK):
                await self._written(job, data[at : at + _CHUNK])
        except BaseException:
            await asyncio.shield(in_thread(lambda: self._spooler.drop(job), name=_THREAD))
            raise
        self._job = job.number
        await self._call(lambda: self._spooler.end(job))

    async def _begun(self) -> SpoolJob:
        starting = asyncio.ensure_future(self._call(lambda: self._spooler.start(self._name, "posdevkit")))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # It will have begun all the same, and nobody would end it.
            starting.add_done_callback(self._drop_late)
            raise

    def _drop_late(self, started: asyncio.Future[SpoolJob]) -> None:
        if not started.cancelled() and started.exception() is None:
            self._spooler.drop(started.result())

    async def _written(self, job: SpoolJob, piece: bytes) -> None:
        while piece:
            count = await self._call(lambda: self._spooler.write(job, piece))  # noqa: B023  # it is awaited at once
            if not count:
                raise Disconnected(f"{self._url}: the spooler takes nothing more")
            self._taken += count
            piece = piece[count:]

    async def _call(self, call: Callable[[], T]) -> T:
        try:
            return await in_thread(call, name=_THREAD)
        except OSError as problem:
            raise self._failure(problem) from problem

    def _failure(self, problem: OSError) -> PosError:
        match problem.errno:
            case 1801:  # ERROR_INVALID_PRINTER_NAME
                return Disconnected(
                    f"{self._url}: there is no such printer", remedy="Write its name as Windows shows it."
                )
            case 5:  # ERROR_ACCESS_DENIED
                return Disconnected(f"{self._url}: not permitted", remedy="Let this user print on it.")
        return Disconnected(f"{self._url}: {problem.strerror or problem}", remedy="Check that the spooler runs.")


def spooler_status(flags: PrinterFlags) -> PrinterStatus:
    """What the spooler tells of its printer; 0 is what it says of one about which it knows nothing."""
    paper = Paper.OUT if flags & (PrinterFlags.PAPER_OUT | PrinterFlags.PAPER_PROBLEM) else Paper.UNKNOWN
    trouble = flags & (PrinterFlags.ERROR | PrinterFlags.PAPER_JAM | PrinterFlags.USER_INTERVENTION)
    return PrinterStatus(
        online=False if flags & (PrinterFlags.OFFLINE | PrinterFlags.NOT_AVAILABLE | PrinterFlags.PAUSED) else None,
        cover_open=True if flags & PrinterFlags.DOOR_OPEN else None,
        paper=paper,
        fault=Fault.RECOVERABLE if trouble else Fault.UNKNOWN,
        paused=True if flags & PrinterFlags.PAUSED else None,
    )
