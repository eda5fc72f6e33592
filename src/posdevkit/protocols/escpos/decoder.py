"""Cuts a stream of bytes into ESC/POS commands: total and incremental."""

from __future__ import annotations

from typing import ClassVar

from posdevkit.protocols.vocabulary import Command, Language, Unknown
from posdevkit.protocols.vocabulary.stream import WAIT, StreamDecoder

from .language import ESCPOS

__all__ = ["Decoder"]

# ESC (, GS ( and FS ( take a letter, then the length in two bytes; GS 8 L takes four bytes.
_SHORT_ENVELOPES = (b"\x1b(", b"\x1d(", b"\x1c(")
_LONG_ENVELOPE = b"\x1d8L"


class Decoder(StreamDecoder):
    """Feed it bytes as they come; it gives the commands that are complete."""

    language: ClassVar[Language] = ESCPOS

    def _step(self, data: bytes, at: int, commands: list[Command]) -> int:
        if length := self._text(data, at, commands):
            return length
        head = data[at : at + 3]
        if head[:2] in _SHORT_ENVELOPES:
            if len(head) < 3:
                return WAIT
            if head[2:].isalpha():
                return self._envelope(data, at, 2, commands)
            commands.append(Unknown.from_values((head[:2],)))
            return 2
        if head == _LONG_ENVELOPE:
            return self._envelope(data, at, 4, commands)
        if head == _LONG_ENVELOPE[:2]:
            return WAIT
        return self._plain(data, at, commands)

    def _envelope(self, data: bytes, at: int, size: int, commands: list[Command]) -> int:
        head = 3 + size
        if len(data) < at + head:
            return WAIT
        length = head + int.from_bytes(data[at + 3 : at + head], "little")
        if length > self._limit:
            return self._drop(data, at, head, length, commands)
        if len(data) < at + length:
            self._due = length
            return WAIT
        frame = data[at : at + length]
        commands.append(ESCPOS.opened(frame[:3], frame[head:]) or Unknown.from_values((frame,)))
        return length
