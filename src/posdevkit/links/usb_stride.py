"""How many bytes a printer is offered at a time: few while it hesitates, many while it takes them."""

from __future__ import annotations

from typing import Final

__all__ = ["Stride"]

_FIRST_PACKETS: Final = 32
_MOST_PACKETS: Final = 512
_LONGEST_SECONDS: Final = 0.02
"""What one write may take. A program that wants to stop waits for it, and so does what the printer says meanwhile."""


class Stride:
    """The size of the next write, from what became of those before.

    Between two writes the wire lies idle until the thread has its turn: on a busy machine about as long as 2 KiB take
    at full speed (USB 2.0, 19 packets of 64 bytes a millisecond). So writes grow to what takes 20 ms. A printer that
    refused is offered one packet at a time, until it takes one.
    """

    def __init__(self, packet: int) -> None:
        """`packet`: bytes of the endpoint's largest packet."""
        self._packet = packet
        self._packets = _FIRST_PACKETS
        self.refused = False
        """Whether it did not take all of the last write."""

    @property
    def size(self) -> int:
        """Bytes to offer next, a whole number of packets."""
        return self._packet * (1 if self.refused else self._packets)

    def wrote(self, offered: int, taken: int, seconds: float) -> None:
        """What became of a write."""
        stepping, self.refused = self.refused, taken < offered
        if self.refused:
            self._packets = _FIRST_PACKETS
        elif not stepping and offered >= self._packet * self._packets:
            if seconds > _LONGEST_SECONDS:
                self._packets = max(_FIRST_PACKETS, self._packets // 2)
            elif seconds * 2 <= _LONGEST_SECONDS:
                self._packets = min(_MOST_PACKETS, self._packets * 2)
