"""One lent device: its handle, what it can do for a tablet, and everything it tells, in one place.

What differs between kinds stands in the table at the end; the rest of the hub knows devices only from here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from posdevkit.codes import Misread, PaymentCode, Scan
from posdevkit.codes.telling import Json, scan_json
from posdevkit.devices.display import Display
from posdevkit.devices.label_printer import LabelPrinter
from posdevkit.devices.lifecycle import State
from posdevkit.devices.receipt_printer import ReceiptPrinter
from posdevkit.devices.scale import Scale
from posdevkit.devices.scanner import Scanner
from posdevkit.devices.telling import status_json
from posdevkit.devices.troubles import trouble_of
from posdevkit.errors import Disconnected, EventsLost, PosError, Unsupported
from posdevkit.events import DeviceEvent, LinkLost, LinkRestored, PrinterStatus, StatusChanged
from posdevkit.printqueue import PrintQueue, QueueState
from posdevkit.printqueue.print_queue import serve_queue
from posdevkit.runtime.clock import Clock
from posdevkit.runtime.subscription import Broadcaster, Reader

from .claims import Claim
from .telling import Told, job_json, moment

__all__ = ["KINDS", "Handle", "Kind", "Lent"]

logger = logging.getLogger("posdevkit.hub")

T = TypeVar("T")
Handle = ReceiptPrinter | LabelPrinter | Scanner | Display | Scale

_AGAIN_SECONDS: Final = 3.0
"""Between two looks for a printer that is not there."""
_UNREAD: Final = 256
"""Events that a stream keeps for a reader who is slow."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of device that is lent."""

    name: str
    can: tuple[str, ...]
    """What a tablet can have it do, besides claiming it."""


class Lent:
    """One device of the hub."""

    def __init__(self, handle: Handle, kind: Kind, clock: Clock) -> None:
        self.handle = handle
        self.kind = kind
        self.name = handle.name
        self.events: Broadcaster[Told] = Broadcaster(clock)
        self.queue: PrintQueue | None = None
        self._clock = clock
        self._holder: Claim | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._last: type[PosError] | None = None
        self._used = False

    def __repr__(self) -> str:
        return f"<Lent {self.kind.name} {self.name}>"

    async def start(self, file: Path) -> None:
        """Listen to it, and keep it connected. Raises Claimed where another process serves its queue."""
        if isinstance(self.handle, ReceiptPrinter | LabelPrinter):
            self.queue = await serve_queue(file, self.handle, clock=self._clock)
            self._watch(self.queue.events(), lambda job: self.tell("job", job_json(job)))
            self._watch(self.handle.events(), self._heard)
            self._tasks.append(asyncio.create_task(self._keep(self.handle), name=f"posdevkit-hub-{self.name}"))
        if isinstance(self.handle, Scanner):
            self._watch(self.handle.events(), self._heard)
            await self.handle.keep_looking()

    async def close(self) -> None:
        """Let go of it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.queue is not None:
            await self.queue.close()
        await self.handle.close()
        self.events.close()

    # What it tells

    def listen(self) -> Reader[Told]:
        """What it tells from now on; of its status only the latest is kept unread."""
        return self.events.subscribe(limit=_UNREAD, coalesce=lambda told: "status" if told.event == "status" else None)

    def tell(self, event: str, data: dict[str, Json], *, only: str | None = None) -> None:
        """Tell those who listen, or only the holder of one token."""
        self.events.publish(Told(self.name, event, data, only))

    def claimed(self, claim: Claim | None, data: dict[str, Json]) -> None:
        """Its claim began or ended."""
        self._holder = claim
        self.tell("claim", data)

    def _heard(self, event: DeviceEvent) -> None:
        match event:
            case Scan():
                self._scanned(event)
            case Misread():
                self.tell("misread", {"reason": event.reason, "length": event.length}, only=self._only())
            case StatusChanged():
                self._tell_status(event.status)
            case LinkLost():
                self.tell("link-lost", {"reason": event.reason, "state": self.state})
            case LinkRestored():
                self.tell("link-restored", {"state": self.state})
            case _:
                pass

    def _tell_status(self, status: PrinterStatus) -> None:
        self.tell("status", {"state": self.state, **status_json(status)})

    def _scanned(self, scan: Scan) -> None:
        secret = None
        if isinstance(scan.meaning, PaymentCode) and self._holder is not None and self._holder.collecting:
            # The one way by which a payment code leaves the hub: to the tablet that collects the payment here, now.
            secret = scan.meaning.secret
        self.events.publish(Told(self.name, "scan", dict(scan_json(scan)), self._only(), secret))

    def _only(self) -> str | None:
        return None if self._holder is None else self._holder.holder

    # How it is

    @property
    def state(self) -> str:
        """Where its handle is in its life; for a device that only answers, how the last use of it went."""
        if isinstance(self.handle, Display | Scale):
            return "unused" if not self._used else "ready" if self._last is None else "failed"
        return self.handle.state.value

    def facts(self, language: str = "en") -> dict[str, Json]:
        """What a list of devices tells of it."""
        facts: dict[str, Json] = {"name": self.name, "kind": self.kind.name, "state": self.state}
        facts["can"] = list(self.kind.can)
        problem: type[PosError] | None = self._last
        facts["status"] = None
        if isinstance(self.handle, ReceiptPrinter | LabelPrinter):
            facts["status"] = dict(status_json(self.handle.last_status, language))
            problem = trouble_of(self.handle.last_status) or problem
        if isinstance(self.handle, Scanner) and self.handle.state in (State.CLOSED, State.SUSPECT, State.FAILED):
            problem = Disconnected
        facts["problem"] = problem.slug if problem else None
        facts["message"] = problem().message(language) if problem else None
        facts["remedy"] = problem().remedy(language) if problem else None
        return facts

    async def backlog(self) -> dict[str, Json] | None:
        """How many jobs wait for the printer and for a person, and since when; None for what prints nothing."""
        if self.queue is None:
            return None
        waiting = [
            job
            for state in (QueueState.PENDING, QueueState.CLAIMED, QueueState.SENDING)
            for job in await self.queue.jobs(state)
        ]
        doubtful = len(await self.queue.jobs(QueueState.UNCONFIRMED)) + len(await self.queue.jobs(QueueState.FAILED))
        oldest = min((job.added_at for job in waiting), default=None)
        return {
            "waiting": len(waiting),
            "for_a_person": doubtful,
            "oldest": None if oldest is None else moment(oldest),
        }

    @property
    def trouble(self) -> str | None:
        """The slug of what keeps a printer from printing just now."""
        if not isinstance(self.handle, ReceiptPrinter | LabelPrinter):
            return None
        trouble = trouble_of(self.handle.last_status) or self._last
        return trouble.slug if trouble else None

    async def used(self, call: Awaitable[T]) -> T:
        """The result of a use of the device; how it went is noted."""
        self._used = True
        try:
            result = await call
        except PosError as problem:
            self._last = type(problem)
            raise
        self._last = None
        return result

    # Its connection

    def _watch(self, reader: Reader[T], heard: Callable[[T], None]) -> None:
        async def listen() -> None:
            while not reader.ended:
                try:
                    async for one in reader:
                        heard(one)
                except EventsLost as problem:
                    logger.warning("%s: %s", self.name, problem)
                    self.tell("lost", {"detail": problem.detail})
                except Exception:
                    logger.exception("%s: an event that could not be told", self.name)

        self._tasks.append(asyncio.create_task(listen(), name=f"posdevkit-hub-{self.name}"))

    async def _keep(self, handle: ReceiptPrinter | LabelPrinter) -> None:
        """Reach the printer as soon as it can be reached; once it was, it looks after its connection for a while."""
        while True:
            with contextlib.suppress(PosError):
                before = self.state
                try:
                    await self.used(handle.connect(_AGAIN_SECONDS))
                finally:
                    if before != self.state:
                        self._tell_status(handle.last_status)
            await self._clock.sleep(_AGAIN_SECONDS)

    def need(self, what: type[T]) -> T:
        """The handle, as that kind. Raises Unsupported for another."""
        if isinstance(self.handle, what):
            return self.handle
        raise Unsupported(f"{self.name} is a {self.kind.name}", remedy="See what it can do in the list of devices.")


KINDS: Final[dict[type[Handle], Kind]] = {
    ReceiptPrinter: Kind("printer", ("print", "picture", "drawer", "status")),
    LabelPrinter: Kind("label-printer", ("print", "status")),
    Scanner: Kind("scanner", ("scans", "collect-payment")),
    Display: Kind("display", ("show",)),
    Scale: Kind("scale", ("weigh",)),
}
"""What is lent. Card readers and payment terminals are not: card data must not travel over a shop's network."""
