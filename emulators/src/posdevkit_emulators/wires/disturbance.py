"""What the cable does to bytes on their way, counted and decided without a clock; the wires only carry it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from posdevkit_emulators.faults import (
    CableFault,
    CloseAt,
    Drop,
    Fault,
    Garble,
    GarbleSent,
    PowerCutAt,
    Slow,
    Split,
    StallAt,
)

__all__ = ["Disturbance"]

Sudden = StallAt | CloseAt | PowerCutAt

_SLOW_PIECES: Final = 20
"""A slow printer takes its bytes in about this many pieces a second."""
_FLIPPED: Final = bytes(range(255, -1, -1))


class Disturbance:
    """Counts the bytes of all connections of one emulator."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.taken = 0
        """Bytes that came over the cable so far, the dropped ones included."""
        self.sent = 0
        """Bytes that went the other way."""
        self._sudden: list[Sudden] = []
        self._changes: list[Drop | Garble | GarbleSent] = []
        self._piece = self._rate = 0
        for fault in faults:
            self._take_up(fault)

    def _take_up(self, fault: Fault) -> None:
        match fault:
            case StallAt() | CloseAt() | PowerCutAt():
                self._sudden = sorted((*self._sudden, fault), key=lambda one: one.byte)
            case Drop() | Garble() | GarbleSent():
                self._changes.append(fault)
            case Split(size):
                self._piece = min(size, self._piece or size)
            case Slow(rate):
                self._rate = min(rate, self._rate or rate)
            case _:
                pass  # the printer's own

    def add(self, fault: CableFault) -> None:
        """Let it happen from now on: its bytes are counted from here."""
        match fault:
            case StallAt() | CloseAt() | PowerCutAt():
                self._take_up(replace(fault, byte=fault.byte + self.taken))
            case Drop() | Garble():
                self._take_up(replace(fault, first=fault.first + self.taken, last=fault.last + self.taken))
            case GarbleSent():
                self._take_up(replace(fault, first=fault.first + self.sent, last=fault.last + self.sent))
            case _:
                self._take_up(fault)

    def calm(self) -> None:
        """Nothing more goes wrong."""
        self._sudden.clear()
        self._changes.clear()
        self._piece = self._rate = 0

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
        data = self._flipped(data, start, Garble)
        drops = [one for one in self._changes if isinstance(one, Drop) and one.first < self.taken and one.last >= start]
        if not drops:
            return data, 0
        kept = bytes(
            byte
            for place, byte in enumerate(data, start)
            if not any(drop.first <= place <= drop.last for drop in drops)
        )
        return kept, len(data) - len(kept)

    def leaving(self, data: bytes) -> bytes:
        """What arrives of `data` that the device sends."""
        start = self.sent
        self.sent += len(data)
        return self._flipped(data, start, GarbleSent)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """`data` as it arrives, in the pieces in which it is sent."""
        size = self._piece or len(data)
        for at in range(0, len(data), size or 1):
            yield self.leaving(data[at : at + size])

    def _flipped(self, data: bytes, start: int, kind: type[Garble | GarbleSent]) -> bytes:
        for one in self._changes:
            if isinstance(one, kind):
                low, high = max(one.first - start, 0), max(one.last + 1 - start, 0)
                data = data[:low] + data[low:high].translate(_FLIPPED) + data[high:]
        return data
