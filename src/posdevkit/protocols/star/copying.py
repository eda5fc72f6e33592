"""A job once more, marked as a copy: the mark above it, and nothing in it that opens a drawer."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate

from posdevkit.errors import Unsupported
from posdevkit.protocols.job import Compiled
from posdevkit.protocols.vocabulary import Unknown

from .commands.mechanism import OpenFirst, OpenFirstAtOnce, OpenSecond, OpenSecondAtOnce, SetPulse
from .commands.position import LineFeed, SetAlignment
from .commands.text import BoldOn, Initialize, SetSize
from .decoder import Decoder

__all__ = ["copy_below", "copy_of"]

_PULSES = (SetPulse, OpenFirst, OpenFirstAtOnce, OpenSecond, OpenSecondAtOnce)


def copy_of(compiled: Compiled, mark: str) -> Compiled:
    """The job below `mark` (ASCII, which stands at the same place in every code page), in StarPRNT and Line Mode.

    A copy opens no drawer. Raises Unsupported where the job has bytes of the caller's own that no table knows, and
    among them what may be a pulse.
    """
    heading = b"".join(
        (
            Initialize().encode(),
            SetAlignment(1).encode(),
            SetSize(1, 1).encode(),
            BoldOn().encode(),
            mark.encode("ascii"),
            LineFeed().encode(),
            Initialize().encode(),
        )
    )
    return copy_below(compiled, heading)


def copy_below(compiled: Compiled, heading: bytes) -> Compiled:
    """As `copy_of`, below what `heading` prints: for printers that know nothing but dots."""
    pulses = _pulses(compiled)
    starts = [start for start, _ in pulses]
    dropped = [0, *accumulate(end - start for start, end in pulses)]

    def moved(at: int) -> int:
        """Where the end of an operation comes to stand: no operation ends inside a command."""
        return len(heading) + at - dropped[bisect_right(starts, at - 1)]

    parts, at = [heading], 0
    for start, end in pulses:
        parts.append(compiled.data[at:start])
        at = end
    parts.append(compiled.data[at:])
    ends = array("Q", [len(heading), *(moved(end) for end in compiled.ends)])
    return Compiled(b"".join(parts), ends, moved(compiled.proof_at))


def _pulses(compiled: Compiled) -> list[tuple[int, int]]:
    """Where the job opens a drawer. The whole job is read at once: in raster mode letters are not text."""
    decoder = Decoder(limit=len(compiled.data) + 1)  # so that no command is dropped for its length
    lengths: list[int] = []
    decoder.lengths = lengths
    commands = decoder.feed(compiled.data)
    found, at, strange = [], 0, -1
    for command, length in zip(commands, lengths, strict=True):
        if isinstance(command, Unknown):
            strange = at
        elif isinstance(command, _PULSES):
            # Behind what no table knows, in the same operation, a control byte may be that command's argument.
            if strange >= 0 and compiled.next_end(strange + 1) >= at + length:
                raise Unsupported(
                    "a copy of raw bytes that may open a drawer", remedy="Print the receipt anew, marked as a copy."
                )
            found.append((at, at + length))
        at += length
    return found
