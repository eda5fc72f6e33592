"""Wakes whoever waits for "something changed": state is looked at, never handed over."""

from __future__ import annotations

import asyncio

from .deadline import Deadline, within

__all__ = ["Pulse"]


class Pulse:
    """One loop's notification. Between looking at the state and `wait` there must be no other await."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wake all who wait now; nobody later."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, deadline: Deadline) -> bool:
        """True when notified, False when the deadline passed first."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await within(deadline, waiter)
        except TimeoutError:
            return False
        else:
            return True
        finally:
            self._waiters.discard(waiter)
