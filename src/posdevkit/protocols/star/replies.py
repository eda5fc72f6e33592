"""Takes apart what a Star printer sends: status frames and texts, mixed on one stream.

A frame's first byte is 0xx0xxx1 and its others 0xx0xxx0 (Line Mode specifications, 5-11). Over a network a frame is
followed by a length and so much data: `type:B` length value `;` (5-15), in which the same texts stand. Texts begin with
ESC and end with LF NUL. The length is written low byte first, as pystarprnt reads it from printers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .status import HAS_LENGTH, five_bits

__all__ = ["Asb", "Reply", "ReplyDecoder", "Stray", "Told", "told_in"]

_SHORTEST: Final = 6
"""Bytes of a frame that tells about paper."""
_MOST_DATA: Final = 0x200
_MOST_TEXT: Final = 512
_ESC: Final = 0x1B
_TEXT_END: Final = b"\n\0"
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


Reply = Asb | Told | Stray


def told_in(data: bytes) -> Told | None:
    """The text in what followed a frame, if there is one."""
    value = data[_HEADER:-1]
    return Told(value[:-2]) if value[:1] == bytes([_ESC]) and value.endswith(_TEXT_END) else None


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
