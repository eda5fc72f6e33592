"""Orders to stations: a ticket for each, on the station's printer or on one that stands in for it, each exactly once.

A station is a queue of its own, whichever printer carries its jobs. Each ticket is made ready for every printer of its
station when it is added. A printer that prints nothing for a while loses the tickets that have not begun to the next
one that prints; what has begun stays where it is, and is seen among the unsettled.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar

from posdevkit.config import ShopConfig, load_config
from posdevkit.devices.promised import composed_for, is_unknown
from posdevkit.devices.shop import Shop
from posdevkit.errors import BadConfiguration, Closed, DeadlineExceeded, NotFound
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening
from posdevkit.runtime.pulse import Pulse
from posdevkit.runtime.subscription import Broadcaster, Subscription
from posdevkit.store import Store
from posdevkit.store.commits import committed
from posdevkit.till.kitchen import KitchenOrder, KitchenRouting, Station, station_ticket
from posdevkit.till.order import Language

from .forms import Form, to_other
from .rows import DEFAULT_KEEPING, Keeping, Point, QueuedJob, QueueState, QueueStatus
from .table import JobTable, Wishes
from .turns import LEASE_SECONDS, Movable, movable
from .upkeep import queues, status_of
from .worker import Worker

__all__ = ["Kitchen", "MovePoint", "queue_of"]

logger = logging.getLogger("posdevkit.printqueue")

T = TypeVar("T")

LOOK_SECONDS: Final = 0.5
"""How often tickets are looked after while a printer prints nothing, or while other processes carry some of them."""


class MovePoint(Enum):
    """Places where a process may die while it moves a ticket; the tests kill it at each."""

    TAKEN_BACK = "taken-back"
    """The printer's handle has given it back; the file does not know yet."""
    MOVED = "moved"
    """It is on the disk that another printer has it."""


_STATION: Final = "station "


def queue_of(station: str) -> str:
    """The name of a station's queue in the file."""
    return f"{_STATION}{station}"


def is_station(queue: str) -> bool:
    """Whether a queue in the file is a station's."""
    return queue.startswith(_STATION)


class Kitchen(Closing):
    """The stations of a shop and their printers. All methods run on one event loop.

    Every ticket is on paper exactly once, or stands among the `unsettled`. None is printed again without a person's
    word. Make one with `open`; `async with` closes it.
    """

    def __init__(
        self, path: str | Path, config: ShopConfig, carried: Iterable[str] | None, keep: Keeping, clock: Clock
    ) -> None:
        self.routing = KitchenRouting(config.stations)
        named = dict.fromkeys(printer for station in config.stations for printer in station.printers)
        if not named:
            raise BadConfiguration("the shop has no station", remedy="Add a [station.NAME] to the shop's file.")
        self._tables = {station.name: JobTable(queue_of(station.name)) for station in config.stations}
        self._stations = {queue_of(station.name): station for station in config.stations}
        self._clock = clock
        self._shop = Shop(config, clock=clock)
        self._printers = {name: self._shop.printer(name) for name in named}
        for name, printer in self._printers.items():
            if is_unknown(printer):
                # Every ticket is made ready for all its printers, also those that are off and cannot be asked.
                raise BadConfiguration(
                    f"a station prints on {name!r}, whose profile is 'auto'",
                    remedy=f"Name its profile; 'posdevkit status' with the shop's file tells what {name} says it is.",
                )
        mine = tuple(named) if carried is None else tuple(carried)
        for name in mine:
            if name not in named:
                raise BadConfiguration(f"no station prints on {name!r}", remedy=f"Known are {', '.join(named)}.")
        self._shared = len(mine) < len(named)
        self._told: Broadcaster[QueuedJob] = Broadcaster()
        self._changed = Pulse()
        self._news = 0
        self._closing = False
        self._mover: asyncio.Task[None] | None = None
        self._passed: Callable[[Point | MovePoint], None] = lambda point: None
        self._store = Store(path)
        self._workers: dict[str, Worker] = {}
        try:
            for name in mine:
                worker = self._workers[name] = Worker(self._store, self._printers[name], clock, keep)
                worker.told = self._publish
                worker.on_trouble = self._changed.notify
                worker.looks = self._shared
        except BaseException:
            for worker in self._workers.values():
                worker.let_go()
            self._store.close()
            raise

    @classmethod
    def open(
        cls,
        path: str | Path,
        shop: str | Path | ShopConfig = "shop.toml",
        *,
        printers: Iterable[str] | None = None,
        keep: Keeping = DEFAULT_KEEPING,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[Kitchen]:
        """Open or make the file at `path`, settle what a dead process left, and begin to print.

        `shop` says what stations there are. This process carries all their printers, or those of `printers` where
        other processes carry the rest. Raises BadConfiguration, OutputFailed, and Claimed for a printer that another
        process carries.
        """
        config = shop if isinstance(shop, ShopConfig) else load_config(shop)

        async def start() -> Kitchen:
            kitchen = cls(path, config, printers, keep, clock)
            try:
                for worker in kitchen._workers.values():
                    await worker.start()
            except BaseException:
                await kitchen.close()
                raise
            kitchen._mover = asyncio.create_task(kitchen._move_on(), name="posdevkit-kitchen")
            return kitchen

        return Opening(start)

    def __repr__(self) -> str:
        return f"<Kitchen of {', '.join(self._tables)}>"

    async def close(self, timeout: float | None = 10.0) -> None:
        """Let the tickets under way end (else, after `timeout` seconds, they are unconfirmed); the rest waits."""
        if self._closing:
            return
        self._closing = True
        self._changed.notify()
        if self._mover is not None:
            await asyncio.gather(self._mover, return_exceptions=True)
        try:
            await asyncio.gather(*(worker.close(timeout) for worker in self._workers.values()), return_exceptions=True)
            await self._shop.close()
        finally:
            self._told.close()
            self._store.close()

    # What a caller does

    async def send(self, order: KitchenOrder, *, key: str = "", priority: int = 0) -> tuple[QueuedJob, ...]:
        """Promise a ticket to every station that makes something of the order: all in one commit, or none.

        `key` is the order's number where nothing is said. The same order under the same key gives the tickets there
        are. Raises BadOrder for a line that no station takes, and JobConflict for another order under a known key.
        """
        self._refuse_if_closed()
        key = key or order.number
        adding: list[Callable[[sqlite3.Connection], QueuedJob]] = []
        for station, lines in self.routing.split(order).items():
            document = station_ticket(order, station, lines)
            forms = {}
            for name in station.printers:
                printer = self._printers[name]
                compiled, profile = (await composed_for(printer, document)).compiled, printer.profile
                forms[name] = Form(compiled, profile.language, profile.width)
            adding.append(self._adding(station, key, forms, Wishes(priority, order.language)))
        jobs = await self._commit(lambda transaction: tuple(add(transaction) for add in adding))
        self._passed(Point.ADDED)
        for worker in self._workers.values():
            worker.wake()
        for job in jobs:
            self._publish(job.queue, job.key)
        return jobs

    async def tickets(self, key: str) -> tuple[QueuedJob, ...]:
        """The tickets of an order, one for each of its stations. Raises NotFound if there is none."""
        found = await self._each(lambda connection, table: _maybe(table, connection, key))
        jobs = tuple(job for job in found if job is not None)
        if not jobs:
            raise NotFound(f"no order is called {key!r}", remedy="Look at the kitchen's tickets for their keys.")
        return jobs

    async def wait(self, key: str, timeout: float | None = None) -> tuple[QueuedJob, ...]:
        """The tickets of an order once nothing more happens to any. Raises DeadlineExceeded after `timeout` seconds."""
        deadline = Deadline.after(timeout, self._clock)
        while True:
            news = self._news
            jobs = await self.tickets(key)
            if all(job.state.settled for job in jobs):
                return jobs
            look = deadline.at_most(LOOK_SECONDS) if self._shared else deadline
            if news == self._news and not await self._changed.wait(look) and deadline.expired:
                states = ", ".join(f"{job.queue} {job.state.value}" for job in jobs)
                raise DeadlineExceeded(f"order {key}: {states}")

    async def unsettled(self) -> tuple[QueuedJob, ...]:
        """Every ticket that is not on paper as far as is known, and not cancelled: what a person has to see.

        Those of stations that the shop's file no longer has come last.
        """
        self._refuse_if_closed()
        with self._store.reading() as connection:
            gone = [name for name in queues(connection) if is_station(name) and name not in self._stations]
            tables = [*self._tables.values(), *map(JobTable, gone)]
            states = [state for state in QueueState if not state.finished]
            return tuple(job for table in tables for state in states for job in table.jobs(connection, state))

    async def status(self) -> tuple[QueueStatus, ...]:
        """Each station at a glance, in the order of the shop's file."""
        return tuple(await self._each(lambda connection, table: status_of(connection, table.queue)))

    async def release(self, key: str, station: str, *, printed: bool, by: str = "") -> QueuedJob:
        """A person's word about an unconfirmed (or failed) ticket: seen on paper, else it is printed again."""
        table = self._table(station)
        return await self._said(lambda transaction: table.release(transaction, key, printed=printed, by=by))

    async def cancel(self, key: str, station: str, *, by: str = "") -> QueuedJob:
        """Take back a ticket of which not a byte has left. Raises UsageError for one that has begun."""
        table = self._table(station)
        job = await self._said(lambda transaction: table.cancel(transaction, key, by=by))
        await self._take_back(job.carrier, key)
        return job

    async def reprint(
        self, key: str, station: str, *, by: str, language: Language | None = None, copy_key: str = ""
    ) -> QueuedJob:
        """Print a copy of a ticket, marked as one, as the person called `by` asks; gives the copy.

        `copy_key` as for `PrintQueue.reprint`: with it a call that is made again prints nothing more.
        """
        table = self._table(station)
        return await self._said(
            lambda transaction: table.reprint(transaction, key, by=by, language=language, copy_key=copy_key)
        )

    async def move(self, key: str, station: str, printer: str, *, by: str = "") -> QueuedJob:
        """Have another printer of the station print a ticket that has not begun. Raises UsageError."""
        table = self._table(station)
        before = await self._each(lambda connection, one: _maybe(one, connection, key) if one is table else None)
        job = await self._said(lambda transaction: table.move(transaction, key, printer, by=by))
        for held in before:
            if held is not None:
                await self._take_back(held.carrier, key)
        return job

    def events(self, limit: int = 1024) -> Subscription[QueuedJob]:
        """Tickets as they stand after each change from now on; of each only the latest is kept unread."""
        return self._told.subscribe(limit=limit, coalesce=lambda job: (job.queue, job.key))

    # Moving on

    async def _move_on(self) -> None:
        while not self._closing:
            for name, worker in self._workers.items():
                if worker.troubled_since is not None:
                    await self._relieve(name, self._clock.monotonic() - worker.troubled_since)
            if self._shared:
                for name in self._printers.keys() - self._workers.keys():
                    await self._take_over(name)
            watch = self._shared or any(worker.troubled_since is not None for worker in self._workers.values())
            await self._changed.wait(Deadline.after(LOOK_SECONDS if watch else None, self._clock))

    async def _relieve(self, name: str, waited: float) -> None:
        """Have others print what one of this process's printers has not begun, where it has waited long enough."""
        for job in self._movable(name):
            station = self._stations.get(job.queue)
            if station is None or waited < station.patience or (other := self._healthy(station, name)) is None:
                continue
            await self._take_back(name, job.key)
            self._passed(MovePoint.TAKEN_BACK)
            # Whatever the handle has done meanwhile: a job that has begun is not claimed any more, and stays.
            await self._hand_over(job, other, None)

    async def _take_over(self, name: str) -> None:
        """Print here what another process has neither begun in time nor leased any more."""
        now = time.time()
        for job in self._movable(name, now):
            station = self._stations.get(job.queue)
            if station is None or now < job.added_at + LEASE_SECONDS + station.patience:
                continue
            if (other := self._healthy(station, name)) is not None:
                await self._hand_over(job, other, now)

    async def _hand_over(self, job: Movable, other: str, lease_over: float | None) -> None:
        if await self._commit(lambda transaction: to_other(transaction, job.number, other, lease_over=lease_over)):
            self._passed(MovePoint.MOVED)
            logger.warning("%s: ticket %s goes from %s to %s", job.queue, job.key, job.carrier, other)
            self._workers[other].wake()
            self._publish(job.queue, job.key)

    def _healthy(self, station: Station, without: str) -> str | None:
        """The first of the station's printers that is carried here and has no trouble."""
        for name in station.printers:
            worker = self._workers.get(name)
            if name != without and worker is not None and worker.troubled_since is None and worker.broken is None:
                return name
        return None

    def _movable(self, carrier: str, lease_over: float | None = None) -> list[Movable]:
        with self._store.reading() as connection:
            return movable(connection, carrier, lease_over)

    async def _take_back(self, name: str, key: str) -> None:
        if name in self._workers:
            await self._workers[name].give_back(key)

    # Inside

    def _adding(
        self, station: Station, key: str, forms: dict[str, Form], wishes: Wishes
    ) -> Callable[[sqlite3.Connection], QueuedJob]:
        first, *others = station.printers
        rest = {name: forms[name] for name in others}
        whole = Wishes(wishes.priority, wishes.language, first, rest, forms[first].width)
        table = self._tables[station.name]
        return lambda transaction: table.add(transaction, key, forms[first].compiled, forms[first].commands, whole)

    def _table(self, station: str) -> JobTable:
        return self._tables[self.routing.station(station).name]

    async def _each(self, ask: Callable[[sqlite3.Connection, JobTable], T]) -> list[T]:
        self._refuse_if_closed()
        with self._store.reading() as connection:
            return [ask(connection, table) for table in self._tables.values()]

    async def _said(self, change: Callable[[sqlite3.Connection], QueuedJob]) -> QueuedJob:
        self._refuse_if_closed()
        job = await self._commit(change)
        for worker in self._workers.values():
            worker.wake()
        self._publish(job.queue, job.key)
        return job

    async def _commit(self, change: Callable[[sqlite3.Connection], T]) -> T:
        return await committed(self._store, change)

    def _publish(self, queue: str, key: str) -> None:
        self._news += 1
        self._changed.notify()
        station = self._stations.get(queue)
        if self._told.subscribers and station is not None:
            with self._store.reading() as connection:
                self._told.publish(self._tables[station.name].job(connection, key))

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise Closed("the kitchen")
        for worker in self._workers.values():
            if worker.broken is not None:
                raise worker.broken.again(outcome=None, job=None)


def _maybe(table: JobTable, connection: sqlite3.Connection, key: str) -> QueuedJob | None:
    try:
        return table.job(connection, key)
    except NotFound:
        return None
