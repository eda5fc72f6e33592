"""A clock that runs fast while something is wrong, so that a driver's patience is soon at its end.

A check whose right outcome is that patience runs out would take most of a minute on the system's clock. An honest
exchange must never run on a fast one: where a second lasts a twentieth of one, a printer that answers as fast as a
busy machine lets it looks like one that says nothing.
"""

from __future__ import annotations

import asyncio
import time

from posdevkit_emulators.faults import CableFault, Slow, Split

__all__ = ["HastyClock"]


class HastyClock:
    """The system's clock until something goes wrong; from then on, and until that is over, a second on it is shorter.

    Belongs to one loop, as the rig does that it is made for.
    """

    def __init__(self, pace: float) -> None:
        self._hasty = pace
        self._pace = 1.0
        self._origin = self._since = time.monotonic()
        self._changed = asyncio.Event()

    def monotonic(self) -> float:
        """Its own seconds."""
        return self._origin + (time.monotonic() - self._since) * self._pace

    async def sleep(self, seconds: float) -> None:
        """Return after so many of them, whatever the pace becomes meanwhile."""
        end = self.monotonic() + seconds
        while True:
            changed, left = self._changed, (end - self.monotonic()) / self._pace
            try:
                async with asyncio.timeout(left):
                    await changed.wait()
            except TimeoutError:
                return

    def disturbed(self, fault: CableFault) -> None:
        """A fault begins: hurry, unless all that it asks of a driver is to wait a little longer."""
        if not isinstance(fault, Split | Slow):
            self.hurry()

    def hurry(self) -> None:
        """Something is wrong, and what comes next is that patience runs out."""
        self._go_on_at(self._hasty)

    def ease(self) -> None:
        """All is well again, and whoever answers gets the time that a driver gives."""
        self._go_on_at(1.0)

    def _go_on_at(self, pace: float) -> None:
        now = time.monotonic()
        self._origin, self._since, self._pace = self._origin + (now - self._since) * self._pace, now, pace
        self._changed.set()
        self._changed = asyncio.Event()
