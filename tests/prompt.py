"""What a busy machine withholds, told apart from what the code under test waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

__all__ = ["Took", "measured", "promptly"]

_TICK_SECONDS: Final = 0.005


class _Witness:
    """A thread that does nothing but wake up again and again, and adds up how late it was."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._late = 0.0
        self._due = time.monotonic() + _TICK_SECONDS
        self._thread = threading.Thread(target=self._work, name="witness")
        self._thread.start()

    def _work(self) -> None:
        while not self._over.wait(max(0.0, self._due - time.monotonic())):
            now = time.monotonic()
            self._late += max(0.0, now - self._due)
            self._due = now + _TICK_SECONDS

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def late(self) -> float:
        """Seconds by which the machine has held it up, the waking that it is late for just now included."""
        return self._late + max(0.0, time.monotonic() - self._due)


@dataclass
class Took:
    """How long a block took, once it has ended."""

    whole: float = 0.0
    late: float = 0.0
    """Of it, by how much this machine held up a thread that only wanted to wake."""

    @property
    def seconds(self) -> float:
        """What the code under test took."""
        return self.whole - self.late


@contextmanager
def measured() -> Iterator[Took]:
    """Tell how long the block takes, and how much of it this machine ran nobody.

    A thread beside it wakes every 5 ms: by what it is late, the code under test may be late too, and no more. Code that
    waits for too long, or holds up its event loop, holds up no other thread, so that this is seen at its full length
    also on a busy machine.
    """
    took = Took()
    witness = _Witness()
    began = time.monotonic()
    try:
        yield took
        took.whole = time.monotonic() - began
        took.late = witness.late()
    finally:
        witness.end()


@contextmanager
def promptly(limit: float) -> Iterator[None]:
    """Fail unless the block takes less than `limit` seconds, not counting those in which this machine ran nobody."""
    with measured() as took:
        yield
    said = f"it took {took.whole:.3f} s, of which the machine withheld {took.late:.3f} s; limit {limit:g} s"
    assert took.seconds < limit, said
