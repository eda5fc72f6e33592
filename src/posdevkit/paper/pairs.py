"""Two-byte characters as a printer reads them: which bytes come in pairs now, and what a pair prints.

Where real printers differ, this one does what asks most of a driver. Models of China, Korea and Taiwan begin with the
mode on. A Japanese one pairs bytes in JIS while the mode is on, and in Shift JIS whether it is on or not. Bytes that
begin no pair are single characters in either (some Chinese printers pair ASCII too while the mode is on).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from posdevkit.profiles import MultibyteCode, multibyte_code

from .state import Modes, drawn_pair

__all__ = ["PairReader"]

_UNKNOWN: Final = "\ufffd"
_DIGITS: Final = range(0x30, 0x3A)


class PairReader:
    """Cuts text into single bytes and pairs; a pair may come in two pieces."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun = b""

    def lose(self) -> bool:
        """Forget a pair that has only begun. Whether there was one."""
        begun, self._begun = self._begun, b""
        return bool(begun)

    def read(self, data: bytes, modes: Modes) -> Iterator[tuple[bytes, str]]:
        """Single bytes together, and characters of two bytes together; one of both is empty."""
        code = _code_now(modes)
        if code is None:
            yield data, ""
            return
        data = self._begun + data
        self._begun = b""
        at = 0
        while at < len(data):
            start = at
            while at < len(data) and data[at] not in code.leads:
                at += 1
            if at > start:
                yield data[start:at], ""
            characters = []
            while at < len(data) and data[at] in code.leads:
                size = 4 if code.four_bytes and len(data) > at + 1 and data[at + 1] in _DIGITS else 2
                if len(data) < at + size:
                    self._begun = data[at:]
                    at = len(data)
                    break
                characters.append(_character(data[at : at + size], code, modes))
                at += size
            if characters:
                yield b"", "".join(characters)


def _code_now(modes: Modes) -> MultibyteCode | None:
    own = modes.geometry.multibyte
    if own is None:
        return None
    if own not in ("jis", "shift_jis"):
        return multibyte_code(own) if modes.pairs else None
    if modes.shift_jis:
        return multibyte_code("shift_jis")
    return multibyte_code("jis") if modes.pairs else None


def _character(code: bytes, system: MultibyteCode, modes: Modes) -> str:
    if len(code) == 2:
        if modes.drawn_pairs and (drawn := drawn_pair(code)) in modes.drawn_pairs:
            return drawn
        return system.decode.get(code, _UNKNOWN)
    try:
        char = codecs.decode(code, "gb18030")
    except UnicodeDecodeError:
        return _UNKNOWN
    return char if len(char) == 1 and char not in modes.drawn_pairs else _UNKNOWN
