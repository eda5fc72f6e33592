"""Watches which rooms of the library a call passes, on whichever thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Passage", "watched"]


class Passage:
    """The rooms that were entered, in order; staying in one counts once."""

    def __init__(self, rooms: list[str] | None = None) -> None:
        self.rooms: list[str] = rooms or []
        self._watching = True

    def first(self, among: list[str]) -> list[str]:
        """Each room when it was entered first: the way there."""
        return list(dict.fromkeys(room for room in self.rooms if room in among))

    def last(self, among: list[str]) -> list[str]:
        """Each room when it was entered last: the way back."""
        return list(dict.fromkeys(room for room in reversed(self.rooms) if room in among))[::-1]

    def stop(self) -> None:
        """Note no more."""
        self._watching = False

    def entered(self, frame: FrameType, event: str, argument: object) -> None:
        """For `sys.setprofile`."""
        if not self._watching or event != "call":
            return
        module = frame.f_globals.get("__name__", "")
        if module.startswith("posdevkit."):
            room = module.split(".")[1]
            if not self.rooms or self.rooms[-1] != room:
                self.rooms.append(room)


@contextmanager
def watched() -> Iterator[Passage]:
    """Watch this thread and all that start meanwhile."""
    passage = Passage()
    threading.setprofile(passage.entered)
    sys.setprofile(passage.entered)
    try:
        yield passage
    finally:
        passage.stop()
        sys.setprofile(None)
        threading.setprofile(None)
