"""A clock that runs fast, so that a driver's patience is soon at its end."""

from __future__ import annotations

import asyncio
import time

__all__ = ["HastyClock"]


class HastyClock:
    """A second on it lasts a fraction of one."""

    def __init__(self, pace: float) -> None:
        self._pace = pace

    def monotonic(self) -> float:
        """Its own seconds."""
        return time.monotonic() * self._pace

    async def sleep(self, seconds: float) -> None:
        """Return after so many of them."""
        await asyncio.sleep(seconds / self._pace)
