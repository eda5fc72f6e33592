"""Takes apart what a Star printer sends: status frames and texts, mixed on one stream.

A frame's first byte is 0xx0xxx1 and its others 0xx0xxx0 (Line Mode specifications, 5-11). Over a network a frame is
followed by a length and so much data: `type:B` length value `;` (5-15), in which the same texts stand. Texts begin with
ESC and end with LF NUL, but for the answer to `ESC GS ETX`: the six bytes of the command, the counter and NUL (StarPRNT
specifications, 2-85). The length is written low byte first, as pystarprnt reads it from printers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .status import HAS_LENGTH, five_bits

__all__ = ["Asb", "PrintEnded", "Reply", "ReplyDecoder", "Stray", "Told", "print_ended_in", "told_in"]

_SHORTEST: Final = 6
"""Bytes of a frame that tells about paper."""
_MOST_DATA: Final = 0x200
_MOST_TEXT: Final = 512
_ESC: Final = 0x1B
_TEXT_END: Final = b"\n\0"
_PRINT_END: Final = b"\x1b\x1d\x03"
_PRINT_END_SIZE: Final = 8
_HEADER: Final = 6
"""Type, colon, kind and length before the value in what follows a frame."""


@dataclass(frozen=True, slots=True)
class Asb:
    """A frame of status, and what followed it over a network."""

    frame: bytes
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Told:
    """A text: from ESC on, without the LF NUL at its end."""

    text: bytes

    def encode(self) -> bytes:
        """As a printer sends it."""
        return self.text + _TEXT_END


@dataclass(frozen=True, slots=True)
class Stray:
    """A byte that is none of the above: noise, flow control, an answer that nobody asked for."""

    byte: int


@dataclass(frozen=True, slots=True)
class PrintEnded:
    """The answer to `ESC GS ETX` 0 or 1: what was asked comes back, with the counter."""

    function: int
    number: bytes
    """The two bytes that the host gave."""
    counter: int
    """0 to 255."""

    def encode(self) -> bytes:
        """As a printer sends it."""
        return _PRINT_END + bytes([self.function]) + self.number + bytes([self.counter, 0])


Reply = Asb | Told | PrintEnded | Stray


def told_in(data: bytes) -> Told | None:
    """The text in what followed a frame, if there is one."""
    value = data[_HEADER:-1]
    return Told(value[:-2]) if value[:1] == bytes([_ESC]) and value.endswith(_TEXT_END) else None


def print_ended_in(data: bytes) -> PrintEnded | None:
    """The answer to `ESC GS ETX` in what followed a frame (kind "20"; Line Mode specifications, 5-15)."""
    return _print_ended(data[_HEADER:-1])


def _print_ended(value: bytes) -> PrintEnded | None:
    if len(value) != _PRINT_END_SIZE or not value.startswith(_PRINT_END) or value[-1]:
        return None
    return PrintEnded(value[3], value[4:6], value[6])


class ReplyDecoder:
    """Total and incremental: any bytes, cut anywhere, give replies and never an exception."""

    def __init__(self) -> None:
        self._unit = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that `data` completes."""
        replies: list[Reply] = []
        for byte in data:
            self._take(byte, replies)
        return replies

    def _take(self, byte: int, replies: list[Reply]) -> None:
        unit = self._unit
        unit.append(byte)
        if unit[0] == _ESC:
            done = self._text(replies)
        elif unit[0] & 0x91 == 0x01:
            done = self._frame(replies)
        else:
            done = None
        if done:
            unit.clear()
        elif done is None:
            # The first byte was noise; those behind it may be the beginning of something real.
            rest = bytes(unit[1:])
            replies.append(Stray(unit[0]))
            unit.clear()
            for later in rest:
                self._take(later, replies)

    def _text(self, replies: list[Reply]) -> bool | None:
        """True: complete, False: more must come, None: it cannot be one."""
        unit = self._unit
        if unit.startswith(_PRINT_END):
            if len(unit) < _PRINT_END_SIZE:
                return False
            ended = _print_ended(bytes(unit))
            if ended is not None:
                replies.append(ended)
            return None if ended is None else True
        if unit.endswith(_TEXT_END):
            replies.append(Told(bytes(unit[:-2])))
            return True
        return False if len(unit) < _MOST_TEXT else None

    def _frame(self, replies: list[Reply]) -> bool | None:
        unit = self._unit
        size = five_bits(unit[0])
        have = len(unit)
        if size < _SHORTEST:
            return None
        if 1 < have <= size and (unit[-1] & ~HAS_LENGTH if have == 2 else unit[-1]) & 0x91:
            return None
        if have < size:
            return False
        if not unit[1] & HAS_LENGTH:
            replies.append(Asb(bytes(unit)))
            return True
        if have < size + 2:
            return False
        length = int.from_bytes(unit[size : size + 2], "little")
        if length > _MOST_DATA:
            return None
        if have < size + 2 + length:
            return False
        replies.append(Asb(bytes(unit[:size]), bytes(unit[size + 2 :])))
        return True
