"""The receive buffer: bytes wait here while the printer is offline, and become commands while it works."""

from __future__ import annotations

from collections import deque
from typing import Final

from posdevkit.protocols.escpos import Decoder
from posdevkit.protocols.vocabulary import Command, Oversize

__all__ = ["Intake"]

_CHUNK: Final = 4096


class _MeasuringDecoder(Decoder):
    """Tells beside each command how many bytes it took."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []

    @property
    def open_size(self) -> int:
        """Bytes of a command that is not complete."""
        return len(self._buffer)

    def _step(self, data: bytes, at: int, commands: list[Command]) -> int:
        before = len(commands)
        length = super()._step(data, at, commands)
        if len(commands) > before:
            self.lengths.append(length)
        return length


class Intake:
    """A queue of bytes at one end and of commands with their own bytes at the other."""

    def __init__(self) -> None:
        self._decoder = _MeasuringDecoder()
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
        command, raw = self._ready.popleft()
        self._ready_bytes -= len(raw)
        return command, raw

    def clear(self) -> None:
        """Forget everything, also half a command."""
        self._decoder.clear()
        self._decoder.lengths.clear()
        self._waiting.clear()
        self._open.clear()
        self._ready.clear()
        self._ready_bytes = 0

    def _decode(self, chunk: bytes) -> None:
        commands = self._decoder.feed(chunk)
        self._open += chunk
        if not commands:
            # Of a command longer than the decoder keeps, nothing is kept here either.
            if not self._decoder.open_size:
                self._open.clear()
            return
        source = bytes(self._open)
        lengths = self._decoder.lengths
        left = self._decoder.open_size
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
