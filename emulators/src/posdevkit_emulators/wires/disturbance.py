"""What the cable does to bytes on their way, counted and decided without a clock; the wires only carry it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from posdevkit_emulators.faults import CloseAt, Drop, Fault, PowerCutAt, Slow, Split, StallAt

__all__ = ["Disturbance"]

Sudden = StallAt | CloseAt | PowerCutAt

_SLOW_PIECES: Final = 20
"""A slow printer takes its bytes in about this many pieces a second."""


class Disturbance:
    """Counts the bytes of all connections of one emulator."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        faults = tuple(faults)
        self.taken = 0
        """Bytes that came over the cable so far, the dropped ones included."""
        self._sudden: list[Sudden] = sorted(
            (fault for fault in faults if isinstance(fault, StallAt | CloseAt | PowerCutAt)),
            key=lambda fault: fault.byte,
        )
        self._drops = tuple(fault for fault in faults if isinstance(fault, Drop))
        self._piece = min((fault.size for fault in faults if isinstance(fault, Split)), default=0)
        self._rate = min((fault.rate for fault in faults if isinstance(fault, Slow)), default=0)

    def due(self) -> Sudden | None:
        """What happens before another byte is taken; each only once."""
        if self._sudden and self._sudden[0].byte <= self.taken:
            return self._sudden.pop(0)
        return None

    def limit(self, room: int) -> int:
        """How many bytes to read at most, at least 1, so that the next fault comes at its byte."""
        limits = [room]
        if self._sudden:
            limits.append(self._sudden[0].byte - self.taken)
        if self._piece:
            limits.append(self._piece)
        if self._rate:
            limits.append(max(1, self._rate // _SLOW_PIECES))
        return max(1, min(limits))

    def pause(self, size: int) -> float:
        """Seconds that taking `size` bytes lasts."""
        return size / self._rate if self._rate else 0.0

    def arrived(self, data: bytes) -> tuple[bytes, int]:
        """What is left of `data`, and how many of its bytes were dropped."""
        start = self.taken
        self.taken += len(data)
        for drop in self._drops:
            if drop.first < self.taken and drop.last >= start:
                break
        else:
            return data, 0
        kept = bytes(
            byte
            for place, byte in enumerate(data, start)
            if not any(drop.first <= place <= drop.last for drop in self._drops)
        )
        return kept, len(data) - len(kept)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """`data` in the pieces in which it is sent."""
        if not self._piece:
            yield data
            return
        for at in range(0, len(data), self._piece):
            yield data[at : at + self._piece]
