"""From the cloud to the mirror: pages of changes, and the stream of events that goes on where they end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from posdevkit.contract import Change
from posdevkit.contract.sync import CHANGES
from posdevkit.errors import CloudError, CloudMisdirected
from posdevkit.store import Mirror, Settings

from .answers import change_of, changes_of, check_stream
from .http import Http
from .keeper import Keeper, logger
from .sse import ServerEvent, SseParser
from .states import ChangeApplied, CloudPoint

__all__ = ["CHANGES_PATH", "EVENTS_PATH", "Puller"]

CHANGES_PATH: Final = "/v1/sync/changes"
EVENTS_PATH: Final = "/v1/events"
KINDS: Final = frozenset({"message", "change", *CHANGES})
"""Names of events that tell a change; another name is not for this client."""
PAGE: Final = 500
"""Changes asked for at once."""


class Puller:
    """Applies what the cloud is master of, each page with its cursor in one transaction."""

    def __init__(self, http: Http, keeper: Keeper) -> None:
        self._http = http
        self._keeper = keeper
        self._mirror = Mirror()
        self._settings = Settings()
        self.retry_seconds: float | None = None
        """The pause between two streams that the server asks for (its field `retry`)."""

    async def page(self) -> tuple[int, bool]:
        """Pull and apply one page: how many changes, and whether there are more. Raises a CloudError."""
        after = self._keeper.read(self._settings.cursor)
        reply = await self._http.get(f"{CHANGES_PATH}?after={after}&limit={PAGE}")
        try:
            page = changes_of(reply, after)
        except CloudError as problem:
            self._keeper.answered(reply, problem)
            raise
        self._keeper.answered(reply)
        if page.skipped:
            logger.warning("%d changes of kinds that this version does not know were passed over", page.skipped)
        await self._apply(page.changes, page.next)
        return len(page.changes), page.more

    async def listen(self, alive: Callable[[], None] = lambda: None) -> None:
        """Apply events until the stream ends. Raises a CloudError, also where the stream breaks.

        `alive` is called with everything that comes, a mere sign of life included.
        """
        cursor = self._keeper.read(self._settings.cursor)
        async with self._http.stream(f"{EVENTS_PATH}?after={cursor}", str(cursor)) as (reply, chunks):
            try:
                check_stream(reply)
            except CloudError as problem:
                self._keeper.answered(reply, problem)
                raise
            parser = SseParser()
            async for chunk in chunks:
                alive()
                self._keeper.succeeded()
                events = [event for event in parser.feed(chunk) if event.kind in KINDS]
                self.retry_seconds = parser.retry_seconds
                if events:
                    await self._apply_events(events)

    async def _apply_events(self, events: Sequence[ServerEvent]) -> None:
        changes: list[Change] = []
        cursor = 0
        for event in events:
            if not (event.id.isascii() and event.id.isdecimal() and len(event.id) < 19):
                raise CloudMisdirected(f"an event whose id is {event.id[:20]!r} and no number")
            cursor = max(cursor, int(event.id))
            if (change := change_of(event.data)) is not None:
                changes.append(change)
        await self._apply(changes, cursor)

    async def _apply(self, changes: Sequence[Change], cursor: int) -> None:
        self._keeper.succeeded()
        self._keeper.passed(CloudPoint.PULLED)
        memory = self._keeper.memory

        def apply(transaction: sqlite3.Connection) -> list[Change]:
            new = [change for change in changes if self._mirror.apply(transaction, change)]
            self._settings.set_cursor(transaction, cursor)
            memory.write(transaction)
            return new

        new = await self._keeper.commit(apply)
        self._keeper.passed(CloudPoint.APPLIED)
        for change in new:
            self._keeper.events.publish(ChangeApplied(change))
