"""The receive buffer: bytes wait here while the printer is offline, and become commands while it works."""

from __future__ import annotations

from collections import deque
from typing import Final

from posdevkit.protocols.vocabulary import Command, Oversize
from posdevkit.protocols.vocabulary.stream import StreamDecoder

__all__ = ["Intake"]

_CHUNK: Final = 4096


class Intake:
    """A queue of bytes at one end and of commands with their own bytes at the other."""

    def __init__(self, decoder: StreamDecoder) -> None:
        """`decoder`: a new one of the printer's language."""
        self._decoder = decoder
        self._lengths = decoder.lengths = []
        self._waiting = bytearray()
        self._open = bytearray()  # what the decoder holds of a command that is not complete
        self._ready: deque[tuple[Command, bytes]] = deque()
        self._ready_bytes = 0

    @property
    def held(self) -> int:
        """Bytes that wait to be executed. A command that is still coming in is taken apart as it comes: not counted."""
        return len(self._waiting) + self._ready_bytes

    def put(self, data: bytes) -> None:
        """Bytes from the cable."""
        self._waiting += data

    def take(self) -> tuple[Command, bytes] | None:
        """The next command and its bytes, or None until more bytes come."""
        while not self._ready:
            if not self._waiting:
                return None
            self._decode(bytes(self._waiting[:_CHUNK]))
            del self._waiting[:_CHUNK]
        found = self._ready.popleft()
        self._ready_bytes -= len(found[1])
        return found

    def clear(self) -> None:
        """Forget everything, also half a command."""
        self._decoder.clear()
        self._lengths.clear()
        self._waiting.clear()
        self._open.clear()
        self._ready.clear()
        self._ready_bytes = 0

    def give_up_the_open(self) -> None:
        """Forget half a command, wherever it lies; what is complete waits as before."""
        for at in range(0, len(self._waiting), _CHUNK):
            self._decode(bytes(self._waiting[at : at + _CHUNK]))
        self._waiting.clear()
        self._decoder.clear()
        self._open.clear()

    def _decode(self, chunk: bytes) -> None:
        commands = self._decoder.feed(chunk)
        self._open += chunk
        if not commands:
            # Of a command longer than the decoder keeps, nothing is kept here either.
            if not self._decoder.pending:
                self._open.clear()
            return
        source = bytes(self._open)
        lengths = self._lengths
        left = len(self._decoder.pending)
        # An oversize command comes first in its batch, and what is left of its bytes stands before the measured ones.
        at = len(source) - left - sum(lengths)
        measured = iter(lengths)
        for command in commands:
            if isinstance(command, Oversize):
                raw = command.head
            else:
                length = next(measured)
                raw = source[at : at + length]
                at += length
            self._ready.append((command, raw))
            self._ready_bytes += len(raw)
        lengths.clear()
        self._open = bytearray(source[len(source) - left :])
