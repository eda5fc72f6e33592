"""Commits beside the event loop."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from posdevkit.runtime.threads import in_thread

from .store import Store

__all__ = ["committed"]

T = TypeVar("T")


async def committed(store: Store, change: Callable[[sqlite3.Connection], T], *, durable: bool = True) -> T:
    """What `change` gives, once it is on the disk. The disk takes its time, and the loop has devices to listen to."""

    def work() -> T:
        with store.transaction(durable=durable) as transaction:
            return change(transaction)

    return await in_thread(work, name="posdevkit-store")
