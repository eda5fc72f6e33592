"""Hearing that nothing comes any more: where silence is what ends a message, on a loop that may have stood still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from .deadline import Deadline, within

__all__ = ["heard"]

T = TypeVar("T")

_LAST_LOOK_SECONDS: Final = 0.01
"""How long is looked once more for what already waits. What the system holds is there at once; what a thread reads has
to be handed over."""


async def heard(receive: Callable[[], Awaitable[T]], deadline: Deadline) -> T:
    """What `receive` gives before the deadline, or what already waited when it passed. Raises TimeoutError for silence.

    A loop that stood still finds the deadline passed and data waiting at one and the same moment: that is a late
    listener and no silence. `receive` has to lose nothing when it is cancelled, as those of links do.
    """
    try:
        return await within(deadline, receive())
    except TimeoutError:
        return await within(Deadline.after(_LAST_LOOK_SECONDS), receive())
