"""Server-sent events, read from bytes in any chunking (WHATWG HTML, section 9.2.6 "Interpreting an event stream").

Total: no bytes raise. A line or an event that is larger than `LARGEST` is dropped whole, so that nobody fills memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["LARGEST", "ServerEvent", "SseParser"]

LARGEST: Final = 1 << 20
"""Bytes of one line, and of the data of one event."""
_BOM: Final = b"\xef\xbb\xbf"
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """What one blank line ends."""

    kind: str
    """`message` where the stream names no other."""
    data: str
    """Lines are joined with a line feed."""
    id: str
    """The latest that the stream has given so far, also from an event before."""


class SseParser:
    """One stream. `last_id` and `retry_seconds` are as the stream set them last."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self._id = last_id
        self.retry_seconds: float | None = None
        self._bytes = bytearray()
        self._searched = 0
        self._begun = False
        self._dropping = False
        self._after_return = False
        self._clear()

    def _clear(self) -> None:
        self._kind = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, data: bytes) -> list[ServerEvent]:
        """The events that these bytes complete. What an ended stream left unfinished is never an event."""
        self._bytes += data
        if not self._begun:
            if len(self._bytes) < len(_BOM) and _BOM.startswith(self._bytes):
                return []
            self._begun = True
            if self._bytes.startswith(_BOM):
                del self._bytes[: len(_BOM)]
        found: list[ServerEvent] = []
        start = 0
        if self._after_return and self._bytes:
            # The line ended with the return that came last; a line feed now belongs to it.
            start = int(self._bytes[0] == 0x0A)
            self._after_return = False
        self._searched = max(self._searched, start)
        while (end := _LINE_END.search(self._bytes, self._searched)) is not None:
            line, start = bytes(self._bytes[start : end.start()]), end.end()
            self._searched = start
            if end.group() == b"\r" and start == len(self._bytes):
                self._after_return = True
            if self._dropping or len(line) > LARGEST:
                self._dropping = False
                self._size = LARGEST + 1
                continue
            self._line(line.decode("utf-8", "replace"), found)
        del self._bytes[:start]
        self._searched = len(self._bytes)
        if len(self._bytes) > LARGEST:
            self._dropping = True
            self._bytes.clear()
            self._searched = 0
        return found

    def _line(self, line: str, found: list[ServerEvent]) -> None:
        if not line:
            self.last_id = self._id
            if self._data and self._size <= LARGEST:
                found.append(ServerEvent(self._kind or "message", "\n".join(self._data), self.last_id))
            self._clear()
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._size += len(value) + 1
            if self._size <= LARGEST:
                self._data.append(value)
        elif name == "event":
            self._kind = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdecimal() and len(value) < 10:
            self.retry_seconds = int(value) / 1000
