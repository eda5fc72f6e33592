"""What every language's compiler makes of a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Compiled"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A job's bytes. `ends` are the offsets just behind each operation: places where real-time commands may be sent."""

    data: bytes
    ends: Sequence[int]
    proof_at: int
    """Where to ask for the proof: behind the last thing printed. Asked behind a drawer pulse or a setting, a printer
    may answer when it has processed that, which is before the paper has come to rest (Epson gs_lparen_ch_fn48)."""

    def next_end(self, taken: int) -> int:
        """The first operation's end at or behind `taken` bytes."""
        return next((end for end in self.ends if end >= taken), len(self.data))

    @property
    def longest(self) -> int:
        """Bytes of the longest operation: as many NULs complete whatever the printer waits for, or print nothing."""
        starts = [0, *self.ends]
        return max((end - start for start, end in zip(starts, self.ends, strict=False)), default=0)
