"""What every framing of scanners gives: codes, and what was none. Neither shows its data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from posdevkit.codes.aim import split_aim, symbology_of

__all__ = ["Code", "Garbled", "ScanSession", "code_of"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code's data."""

    data: bytes = field(repr=False)
    aim: str = ""
    symbology: str = ""


@dataclass(frozen=True, slots=True)
class Garbled:
    """Bytes, reports or keys that are no code."""

    reason: str
    length: int


class ScanSession(Protocol):
    """The conversation with one scanner, without the scanner: bytes in, codes out. Total over all bytes."""

    @property
    def patience(self) -> float | None:
        """Seconds of silence after which `quiet` should be called; None while nothing is under way."""
        ...

    def receive(self, data: bytes) -> list[Code | Garbled]:
        """Take what came, cut anywhere (a report is taken whole), and give what is complete."""
        ...

    def quiet(self) -> list[Code | Garbled]:
        """Nothing came for a while: what is under way ends here."""
        ...


def code_of(data: bytes, *, aim: str = "", symbology: str = "") -> Code:
    """A code from data that may begin with an AIM identifier of their own."""
    if not aim:
        aim, data = split_aim(data)
    return Code(data, aim, symbology_of(aim) or symbology)
