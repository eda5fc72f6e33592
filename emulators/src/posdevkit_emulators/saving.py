"""Tickets are written as they come out, beside the printer, which should not stand still for it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from posdevkit.runtime.threads import in_thread

from .changes import loop_runs
from .printers.effects import Happened, What
from .tickets import PrintedTicket

__all__ = ["TicketSaver"]

_MOST_WEIGHT: Final = 64 * 1024 * 1024
"""Bytes of tickets that may wait; beyond that the printer takes nothing more until some are written."""
_THREAD: Final = "posdevkit-emulator-save"


class TicketSaver:
    """Writes tickets into a directory, one after the other."""

    def __init__(self, folder: Path, tell: Callable[[Happened], None], hold_up: Callable[[bool], None]) -> None:
        """`tell` hears of each ticket that was saved, or could not be; `hold_up` stops the printer or lets it go on."""
        self._folder = folder
        self._tell = tell
        self._hold_up = hold_up
        self._held_up = False
        self._waiting: deque[PrintedTicket] = deque()
        self._weight = 0
        self._task: asyncio.Task[None] | None = None

    def put(self, ticket: PrintedTicket) -> None:
        """One more, to be written soon; where no loop runs, by `finished`."""
        self._waiting.append(ticket)
        self._weight += ticket.weight
        self._hold()
        if self._task is None and loop_runs():
            self._task = asyncio.create_task(self._save_all(), name="emulator: save")

    async def finished(self) -> None:
        """Return when all are written."""
        if self._waiting and self._task is None:
            await self._save_all()
        while self._task is not None:
            await asyncio.wait({self._task})

    async def _save_all(self) -> None:
        try:
            while self._waiting:
                ticket = self._waiting.popleft()
                await self._save(ticket)
                self._weight -= ticket.weight
                self._hold()
        finally:
            self._task = None

    def _hold(self) -> None:
        if (too_many := self._weight > _MOST_WEIGHT) is not self._held_up:
            self._held_up = too_many
            self._hold_up(too_many)

    async def _save(self, ticket: PrintedTicket) -> None:
        try:
            path = await in_thread(lambda: ticket.save(self._folder), name=_THREAD)  # painting takes a while
        except Exception as error:  # noqa: BLE001  # a full disk must not stop the printer; it is told
            self._tell(Happened(What.NOT_SAVED, str(error)))
        else:
            self._tell(Happened(What.SAVED, str(path)))
