"""The client's store: commits beside the event loop, what is known of the cloud, and who is told."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from posdevkit.errors import CloudError
from posdevkit.runtime.subscription import Broadcaster
from posdevkit.store import Store
from posdevkit.store.commits import committed

from .answers import asked_pause, server_time
from .backoff import Timing
from .http import Reply
from .states import (
    CloudEvent,
    CloudPoint,
    CloudReached,
    CloudState,
    CloudStatus,
    CloudTrouble,
    Memory,
    read_status,
    state_after,
    told,
)

__all__ = ["Keeper"]

logger = logging.getLogger("posdevkit.cloud")

T = TypeVar("T")


class Keeper:
    """Shared by what sends and what pulls."""

    def __init__(self, store: Store, timing: Timing) -> None:
        self._store = store
        self._timing = timing
        self.events: Broadcaster[CloudEvent] = Broadcaster(timing.clock)
        with store.reading() as connection:
            self.memory = Memory.read(connection)
        self._told: str | None = None
        """Slug of the trouble that was told last, empty once the cloud has answered; None before either."""
        self.passed: Callable[[CloudPoint], None] = lambda point: None

    def status(self) -> CloudStatus:
        """As it is now."""
        with self._store.reading() as connection:
            return read_status(connection, self.memory, self._timing.wall())

    def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """A short look into the file."""
        with self._store.reading() as connection:
            return question(connection)

    async def commit(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """What `change` gives, once it is on the disk."""
        return await committed(self._store, change)

    def answered(self, reply: Reply, problem: CloudError | None = None) -> None:
        """Note the server's clock, and the pause that it asks for with an error."""
        now = self._timing.wall()
        if problem is not None:
            problem.pause = asked_pause(reply, now)
        elif (theirs := server_time(reply)) is not None:
            # Its clock is told to the second: half a second is the middle of what it may have been.
            self.memory = replace(self.memory, clock_skew=round(theirs + 0.5 - now, 1))

    def succeeded(self) -> None:
        """An exchange went as it should. Whoever calls commits the memory with what the exchange brought."""
        news, self._told = self._told != "", ""
        self.memory = replace(self.memory, state=CloudState.ONLINE, last_success=self._timing.wall(), trouble=None)
        if news:
            logger.info("the cloud answers")
            self.events.publish(CloudReached())

    async def troubled(self, problem: CloudError) -> None:
        """An exchange failed. A trouble of another kind than the one before is told and written down."""
        trouble = told(problem, self._timing.wall())
        self.memory = replace(self.memory, state=state_after(problem), trouble=trouble)
        if self._told == trouble.slug:
            return
        self._told = trouble.slug
        logger.warning("%s", problem)
        self.events.publish(CloudTrouble(self.memory.state, trouble))
        await self.commit(self.memory.write)
