"""How long a job may take: from its bytes, the speed of the wire and the speed of the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posdevkit.profiles import Profile
from posdevkit.protocols.job import Compiled

__all__ = ["AT_LEAST_SECONDS", "Pace"]

AT_LEAST_SECONDS: Final = 60.0
"""No job is given less: a cutter, a cold head and a busy network take their time with the shortest."""
_SPARE: Final = 2.0
"""An estimate, so twice as long."""
_LINE_MM: Final = 8.5
"""A line of double height at the usual spacing of 1/6 inch."""
_OPERATION_MM: Final = 10.0
"""What a symbol, a feed or a cut moves the paper, on the average of a receipt."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One printer behind one wire."""

    wire: float | None = None
    """Bytes a second, None where the wire is never what is waited for."""
    paper: float | None = None
    """Millimetres a second, None where nobody knows: then nothing is told of the time on paper."""
    row: float = 576 / 8
    """Bytes of one row of dots."""
    dots: float = 8.0
    """Rows of dots to the millimetre."""

    @classmethod
    def of(cls, wire: float | None, profile: object) -> Pace:
        """Of a wire that carries so many bytes a second, and a printer with that profile."""
        if not isinstance(profile, Profile):
            return cls(wire)
        return cls(wire, profile.print_speed, profile.width / 8, profile.dpi / 25.4)

    def seconds(self, compiled: Compiled) -> float:
        """How long these bytes may take until their proof has come, `AT_LEAST_SECONDS` at least.

        The paper is reckoned from above: every line as one of double height, and every byte as a picture's besides.
        """
        size = len(compiled.data)
        wire = 0.0 if self.wire is None else size / self.wire
        paper = 0.0
        if self.paper is not None:
            millimetres = _LINE_MM * compiled.data.count(b"\n") + _OPERATION_MM * len(compiled.ends)
            paper = (millimetres + size / self.row / self.dots) / self.paper
        return max(AT_LEAST_SECONDS, _SPARE * (wire + paper))
