"""One line that is drawn over while a person waits; nothing at all where nobody looks."""

from __future__ import annotations

import threading
from typing import Final, TextIO

from .console import terminal

__all__ = ["Progress"]


class Progress:
    """May be used from several threads."""

    EVERY_SECONDS: Final = 0.2

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._width = 0
        self.shown = terminal(stream)
        """Whether anybody sees it."""

    def update(self, text: str) -> None:
        """Draw `text` over what stands there."""
        if not self.shown:
            return
        with self._lock:
            self._stream.write("\r" + text.ljust(self._width))
            self._stream.flush()
            self._width = len(text)

    def line(self, text: str) -> None:
        """A line that stays, above the progress."""
        with self._lock:
            self._erase()
            self._stream.write(text + "\n")
            self._stream.flush()

    def clear(self) -> None:
        """Take the progress away."""
        with self._lock:
            self._erase()
            self._stream.flush()

    def _erase(self) -> None:
        if self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._width = 0
