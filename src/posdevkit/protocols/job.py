"""What every language's compiler makes of a document."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

__all__ = ["Compiled"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A job's bytes. `ends` are the offsets just behind each operation: places where real-time commands may be sent."""

    data: bytes
    ends: Sequence[int]
    proof_at: int
    """Where to ask for the proof: behind the last thing printed. Asked behind a drawer pulse or a setting, a printer
    may answer when it has processed that, which is before the paper has come to rest (Epson gs_lparen_ch_fn48)."""

    @classmethod
    def of(cls, out: Sequence[bytes], parts: Sequence[int], proof: int) -> Self:
        """From the job's pieces, how many of them each operation brought it to, and how many operations print."""
        sizes = array("Q", accumulate(map(len, out)))
        ends = array("Q", [sizes[count - 1] for count in parts])
        return cls(b"".join(out), ends, ends[proof - 1] if proof else sizes[-1] if sizes else 0)

    def next_end(self, taken: int) -> int:
        """The first operation's end at or behind `taken` bytes."""
        return next((end for end in self.ends if end >= taken), len(self.data))

    @property
    def longest(self) -> int:
        """Bytes of the longest operation: as many NULs complete whatever the printer waits for, or print nothing."""
        starts = [0, *self.ends]
        return max((end - start for start, end in zip(starts, self.ends, strict=False)), default=0)
