"""Cuts a stream of bytes into the commands of a table: what every language that mixes text and prefixes has in common.

Any bytes, cut anywhere, give commands and never an exception. What no table knows becomes `Unknown`; a command that
says it is longer than `limit` is counted past and becomes `Oversize`, so that no sender can fill the memory.
"""

from __future__ import annotations

import re
from typing import ClassVar

from .command import Command, Oversize, Text, Unknown
from .fields import NEED_MORE
from .language import Language

__all__ = ["WAIT", "StreamDecoder"]

_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]+")
WAIT = 0
"""What `_step` gives while the command at its place is not complete."""


class StreamDecoder:
    """Feed it bytes as they come; it gives the commands that are complete.

    Text is given as it arrives, so one line may come as several `Text` when its bytes came in several pieces.
    """

    language: ClassVar[Language]

    def __init__(self, limit: int = 16 * 1024 * 1024) -> None:
        self._buffer = bytearray()
        self._limit = limit
        self._due = 0  # bytes the command at the start of the buffer needs, where they are known
        self._skip = 0  # bytes of an oversize command still to be dropped
        self._oversize: Oversize | None = None  # what is being dropped
        self.lengths: list[int] | None = None
        """Set to a list, it gets the length of every command but one that came after others were dropped: how many
        bytes each took, for those who keep them."""

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
            if (further := self._lines(whole, at, commands)) > at:
                at = further
                continue
            known = len(commands)
            length = self._step(whole, at, commands)
            if length == WAIT:
                break
            at += length
            if self.lengths is not None and len(commands) > known:
                self.lengths.append(length)
        del buffer[:at]
        return commands

    def _lines(self, data: bytes, at: int, commands: list[Command]) -> int:
        """Take text and line ends, most of what a printer gets, as far as they go; tells where they end.

        What `_step` would find at each place, found at less cost.
        """
        alone = self.language.alone
        lengths = self.lengths
        end = len(data)
        while at < end:
            if text := _TEXT.match(data, at):
                commands.append(Text.from_values((text[0],)))
                length = text.end() - at
            elif (command := alone.get(data[at])) is not None:
                commands.append(command)
                length = 1
            else:
                break
            at += length
            if lengths is not None:
                lengths.append(length)
        return at

    def _step(self, data: bytes, at: int, commands: list[Command]) -> int:
        """Append the command at `at` and tell its length; WAIT if it is not complete."""
        return self._text(data, at, commands) or self._plain(data, at, commands)

    def _text(self, data: bytes, at: int, commands: list[Command]) -> int:
        """Characters, up to the next byte that is none; 0 where there are none."""
        if text := _TEXT.match(data, at):
            commands.append(Text.from_values((text[0],)))
            return len(text[0])
        return 0

    def _plain(self, data: bytes, at: int, commands: list[Command]) -> int:
        found = None
        size = 1
        while True:
            key = data[at : at + size]
            if len(key) < size:
                return WAIT  # what came so far begins a key
            if (found := self.language.plain.get(key)) is not None or key not in self.language.starts:
                break
            size += 1
        if found is None:
            commands.append(Unknown.from_values((key,)))
            return len(key)
        command, prefix = found
        length = command.spec.measure(data, at + prefix, self._limit - prefix)
        if length == NEED_MORE:
            return WAIT
        if length < 0:
            # The printer gives such a command up and takes what follows as ordinary data.
            commands.append(Unknown.from_values((key,)))
            return len(key)
        length += prefix
        if length > self._limit:
            return self._drop(data, at, prefix + command.spec.head, length, commands)
        if len(data) < at + length:
            self._due = length
            return WAIT
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
