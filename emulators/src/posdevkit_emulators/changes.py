"""Waiting, with an end, for something to have happened to an emulated device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from posdevkit.errors import DeadlineExceeded

__all__ = ["Changes", "loop_runs"]


class Changes:
    """Tells those who wait that something has changed; they look for themselves at what."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def tell(self) -> None:
        """Something has changed."""
        self._changed.set()

    async def until(self, ready: Callable[[], bool], timeout: float, what: str) -> None:
        """Return when `ready()`. Raises DeadlineExceeded, naming `what`, after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not ready():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise DeadlineExceeded(f"waited {timeout:g} s for {what}") from None


def loop_runs() -> bool:
    """Whether there is anything that could do something later: an in-process device may have been put away."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
