"""A job once more, marked as a copy: the mark above it, and no pulse for the drawer in it."""

from __future__ import annotations

from array import array

from posdevkit.errors import Unsupported
from posdevkit.protocols.job import Compiled

from .commands.mechanism import DrawerPulse
from .commands.position import LineFeed
from .commands.status import RealtimePulse
from .commands.text import Initialize, SelectCharacterSize, SetBold, SetJustification
from .decoder import Decoder

__all__ = ["copy_of"]

_PULSES = (DrawerPulse, RealtimePulse)
_MAY_PULSE = (b"\x1bp", b"\x10\x14")


def copy_of(compiled: Compiled, mark: str) -> Compiled:
    """The job below `mark` (ASCII, which stands at the same place in every code page), for any ESC/POS printer.

    A copy opens no drawer. Raises Unsupported where the job's own bytes hide a pulse in what no table knows.
    """
    heading = b"".join(
        (
            Initialize().encode(),
            SetJustification(1).encode(),
            SelectCharacterSize.of(2, 2).encode(),
            SetBold(True).encode(),
            mark.encode("ascii"),
            LineFeed().encode(),
            Initialize().encode(),
        )
    )
    parts, ends, proof_at, start = [heading], array("Q", [len(heading)]), len(heading), 0
    for end in (*compiled.ends, len(compiled.data)):
        part = _without_pulses(compiled.data[start:end])
        parts.append(part)
        ends.append(ends[-1] + len(part))
        if end <= compiled.proof_at:
            proof_at = ends[-1]
        start = end
    return Compiled(b"".join(parts), ends, proof_at)


def _without_pulses(part: bytes) -> bytes:
    """One operation's bytes. Most hold nothing that looks like a pulse, and are left as they are."""
    if not any(bytes_ in part for bytes_ in _MAY_PULSE):
        return part
    decoder = Decoder()
    commands = decoder.feed(part)
    if not any(isinstance(command, _PULSES) for command in commands):
        return part
    written = [command.encode() for command in commands]
    if b"".join(written) + decoder.pending != part:
        raise Unsupported("a copy of raw bytes that open a drawer", remedy="Print the receipt anew, marked as a copy.")
    kept = (raw for command, raw in zip(commands, written, strict=True) if not isinstance(command, _PULSES))
    return b"".join(kept) + decoder.pending
