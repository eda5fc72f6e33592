"""Identifiers made at the till: UUIDs that sort by time (RFC 9562, version 7), and a hybrid logical clock.

The clock is Kulkarni et al., "Logical Physical Clocks" (2014): it never goes back, though the wall clock may, and what
has been heard from others counts as past.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

__all__ = ["Hlc", "HlcClock", "uuid7"]

_COUNTER_LIMIT = 1 << 16
_MILLISECONDS_LIMIT = 1 << 48


def _wall() -> int:
    return time.time_ns() // 1_000_000


def uuid7(milliseconds: int | None = None) -> UUID:
    """A new UUID of version 7: 48 bits of milliseconds since 1970 (now, if not given), the rest random."""
    stamp = (_wall() if milliseconds is None else milliseconds) % _MILLISECONDS_LIMIT
    value = stamp << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76  # version
    return UUID(int=value & ~(3 << 62) | 2 << 62)  # variant of RFC 9562


@dataclass(frozen=True, slots=True, order=True)
class Hlc:
    """A moment in an order that all tills agree on: milliseconds since 1970, a counter, and who made it."""

    milliseconds: int
    counter: int
    node: str

    def __str__(self) -> str:
        """Sorts as text as it does as a value: `0198c1a2b3c4-0001-till-1`."""
        return f"{self.milliseconds:012x}-{self.counter:04x}-{self.node}"

    @classmethod
    def parse(cls, text: str) -> Hlc:
        """From what `str` gives. ValueError for anything else."""
        milliseconds, _, rest = text.partition("-")
        counter, _, node = rest.partition("-")
        hexadecimal = frozenset("0123456789abcdef")
        if (
            len(milliseconds) != 12
            or len(counter) != 4
            or not hexadecimal.issuperset(milliseconds + counter)
            or not node
        ):
            raise ValueError(f"{text!r} is no time such as 0198c1a2b3c4-0001-till-1")
        return cls(int(milliseconds, 16), int(counter, 16), node)


class HlcClock:
    """One till's clock. Thread-safe."""

    def __init__(self, node: str, *, last: Hlc | None = None, wall: Callable[[], int] = _wall) -> None:
        """`last`: the latest moment that is on the disk, so that a restart goes on from there; `wall`: milliseconds."""
        self.node = node
        self._wall = wall
        self._lock = threading.Lock()
        self._at = (last.milliseconds, last.counter) if last else (0, -1)

    def now(self) -> Hlc:
        """A moment after every one before it."""
        return self._next((0, -1))

    def heard(self, other: Hlc) -> Hlc:
        """A moment after `other` as well."""
        return self._next((other.milliseconds, other.counter))

    def _next(self, other: tuple[int, int]) -> Hlc:
        with self._lock:
            latest = max(self._at, other)
            at = max((self._wall(), 0), (latest[0], latest[1] + 1))
            if at[1] >= _COUNTER_LIMIT:
                at = (at[0] + 1, 0)
            self._at = at
            return Hlc(*at, self.node)
