"""Cuts a stream of bytes into Star commands: total and incremental.

In raster mode `b` and `k` begin a row of dots instead of being letters, so the decoder follows the mode (Graphic Mode
specifications, `ESC * r A` and `ESC * r B`).
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

from posdevkit.protocols.vocabulary import Command, Language, Text
from posdevkit.protocols.vocabulary.stream import StreamDecoder

from .commands.raster import EnterRaster, QuitRaster
from .commands.text import Initialize
from .language import STAR

__all__ = ["Decoder"]

_ROWS: Final = b"bk"
_BETWEEN_ROWS: Final = re.compile(rb"[\x20-\x61\x63-\x6a\x6c-\x7e\x80-\xff]+")
_LEAVES: Final = (QuitRaster, Initialize)


class Decoder(StreamDecoder):
    """Feed it bytes as they come; it gives the commands that are complete."""

    language: ClassVar[Language] = STAR

    def __init__(self, limit: int = 16 * 1024 * 1024) -> None:
        super().__init__(limit)
        self._raster = False

    def _lines(self, data: bytes, at: int, commands: list[Command]) -> int:
        return at if self._raster else super()._lines(data, at, commands)

    def _step(self, data: bytes, at: int, commands: list[Command]) -> int:
        if self._raster and data[at] in _ROWS:
            return self._plain(data, at, commands)
        known = len(commands)
        length = super()._step(data, at, commands)
        if len(commands) > known:
            kind = type(commands[-1])
            self._raster = kind is EnterRaster or (self._raster and kind not in _LEAVES)
        return length

    def _text(self, data: bytes, at: int, commands: list[Command]) -> int:
        if not self._raster:
            return super()._text(data, at, commands)
        if text := _BETWEEN_ROWS.match(data, at):
            commands.append(Text.from_values((text[0],)))
            return len(text[0])
        return 0
