"""How many cuts a job makes, to be held against the printer's own counter."""

from __future__ import annotations

from typing import Final

from .commands.mechanism import Cut, FeedAndCut, OldFullCut, OldPartialCut
from .decoder import Decoder

__all__ = ["cuts_in"]

_CUTS: Final = (Cut, FeedAndCut, OldFullCut, OldPartialCut)


def cuts_in(data: bytes) -> int:
    """The cuts in a job's bytes."""
    return sum(isinstance(command, _CUTS) for command in Decoder().feed(data))
