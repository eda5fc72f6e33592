"""Cuts a stream of bytes into ESC/POS commands: total and incremental.

Any bytes, cut anywhere, give commands and never an exception. What no table knows becomes `Unknown`; a command that
says it is longer than `limit` is counted past and becomes `Oversize`, so that no sender can fill the memory.
"""

from __future__ import annotations

import re

from posdevkit.protocols.vocabulary import Command, Oversize, Text, Unknown
from posdevkit.protocols.vocabulary.fields import NEED_MORE

from .language import ESCPOS

__all__ = ["Decoder"]

_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]+")

# ESC (, GS ( and FS ( take a letter, then the length in two bytes; GS 8 L takes four bytes.
_SHORT_ENVELOPES = (b"\x1b(", b"\x1d(", b"\x1c(")
_LONG_ENVELOPE = b"\x1d8L"
_WAIT = 0


class Decoder:
    """Feed it bytes as they come; it gives the commands that are complete.

    Text is given as it arrives, so one line may come as several `Text` when its bytes came in several pieces.
    """

    def __init__(self, limit: int = 16 * 1024 * 1024) -> None:
        self._buffer = bytearray()
        self._limit = limit
        self._due = 0  # bytes the command at the start of the buffer needs, where they are known
        self._skip = 0  # bytes of an oversize command still to be dropped
        self._oversize: Oversize | None = None  # what is being dropped

    @property
    def pending(self) -> bytes:
        """The bytes of a command that is not complete."""
        return bytes(self._buffer)

    @property
    def missing(self) -> int:
        """Bytes that must come, at least, until the command that has begun is through; 0 between two commands."""
        if self._skip:
            return self._skip
        return max(1, self._due - len(self._buffer)) if self._buffer else 0

    def clear(self) -> None:
        """Forget what is not complete, as a printer does whose buffer is cleared."""
        self._buffer.clear()
        self._due = self._skip = 0
        self._oversize = None

    def feed(self, data: bytes) -> list[Command]:
        """The commands that `data` completes, in order."""
        commands: list[Command] = []
        if self._skip:
            dropped = min(self._skip, len(data))
            self._skip -= dropped
            if self._skip:
                return commands
            data = data[dropped:]
            if self._oversize is not None:
                commands.append(self._oversize)
                self._oversize = None
        buffer = self._buffer
        buffer += data
        if len(buffer) < self._due:
            return commands
        self._due = 0
        whole = bytes(buffer)
        at = 0
        while at < len(whole):
            length = self._step(whole, at, commands)
            if length == _WAIT:
                break
            at += length
        del buffer[:at]
        return commands

    def _step(self, data: bytes, at: int, commands: list[Command]) -> int:
        """Append the command at `at` and tell its length; _WAIT if it is not complete."""
        if text := _TEXT.match(data, at):
            commands.append(Text.from_values((text[0],)))
            return len(text[0])
        head = data[at : at + 3]
        if head[:2] in _SHORT_ENVELOPES:
            if len(head) < 3:
                return _WAIT
            if head[2:].isalpha():
                return self._envelope(data, at, 2, commands)
            commands.append(Unknown.from_values((head[:2],)))
            return 2
        if head == _LONG_ENVELOPE:
            return self._envelope(data, at, 4, commands)
        if head == _LONG_ENVELOPE[:2]:
            return _WAIT
        return self._plain(data, at, commands)

    def _envelope(self, data: bytes, at: int, size: int, commands: list[Command]) -> int:
        head = 3 + size
        if len(data) < at + head:
            return _WAIT
        length = head + int.from_bytes(data[at + 3 : at + head], "little")
        if length > self._limit:
            return self._drop(data, at, head, length, commands)
        if len(data) < at + length:
            self._due = length
            return _WAIT
        frame = data[at : at + length]
        commands.append(ESCPOS.opened(frame[:3], frame[head:]) or Unknown.from_values((frame,)))
        return length

    def _plain(self, data: bytes, at: int, commands: list[Command]) -> int:
        found = None
        size = 1
        while True:
            key = data[at : at + size]
            if len(key) < size:
                return _WAIT  # what came so far begins a key
            if (found := ESCPOS.plain.get(key)) is not None or key not in ESCPOS.starts:
                break
            size += 1
        if found is None:
            commands.append(Unknown.from_values((key,)))
            return len(key)
        command, prefix = found
        length = command.spec.measure(data, at + prefix, self._limit - prefix)
        if length == NEED_MORE:
            return _WAIT
        if length < 0:
            # The printer gives such a command up and takes what follows as ordinary data.
            commands.append(Unknown.from_values((key,)))
            return len(key)
        length += prefix
        if length > self._limit:
            return self._drop(data, at, prefix + command.spec.head, length, commands)
        if len(data) < at + length:
            self._due = length
            return _WAIT
        frame = data[at : at + length]
        commands.append(command.from_body(frame[prefix:]) or Unknown.from_values((frame,)))
        return length

    def _drop(self, data: bytes, at: int, head: int, length: int, commands: list[Command]) -> int:
        """Take out a command that is too long to keep: what is here of it now, the rest as it comes."""
        oversize = Oversize.from_values((length, data[at : at + head]))
        have = min(length, len(data) - at)
        self._skip = length - have
        if self._skip:
            self._oversize = oversize
        else:
            commands.append(oversize)
        return have
