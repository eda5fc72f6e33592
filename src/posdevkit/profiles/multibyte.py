"""Which two bytes set which character, for the code systems of printers with Chinese, Japanese or Korean characters.

Python's codecs know them all. Only what every published table of a system agrees on is set, and only characters that
are two cells wide by Unicode too, since a printer gives all of them two: Greek or Cyrillic letters of these sets would
stand otherwise than they were counted. Both bytes are 0x21 to 0x7E or 0x80 to 0xFE, so none can be a command.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

__all__ = ["CELL_DOTS", "Multibyte", "MultibyteCode", "multibyte_code"]

Multibyte = Literal["jis", "shift_jis", "gb18030", "big5", "euc_kr"]
"""How a model with two-byte characters codes them. A Japanese one knows both of the first; `jis` is what it starts
with."""

CELL_DOTS: Final = 24
"""Width and height of a two-byte character: two cells of a font A of 12 x 24 dots."""


@dataclass(frozen=True, slots=True)
class MultibyteCode:
    """One code system. The tables are read-only; `leads` are the bytes that begin a character."""

    leads: frozenset[int]
    encode: Mapping[str, bytes]
    """Characters that may be set and their two bytes."""
    decode: Mapping[bytes, str]
    """Every pair that prints something, of any width."""
    four_bytes: bool = False
    """A second byte 30 to 39 makes it one of four bytes (GB 18030)."""


# The codec that says what a pair is; one more that has to agree; spellings of the same characters that others use.
_CODECS: Final[Mapping[Multibyte, tuple[str, str, str]]] = {
    "jis": ("shift_jis", "shift_jis", "cp932"),
    "shift_jis": ("shift_jis", "shift_jis", "cp932"),
    "gb18030": ("gbk", "gb18030", "gbk"),
    "big5": ("big5", "cp950", "big5"),
    "euc_kr": ("euc_kr", "cp949", "euc_kr"),
}
_RANGES: Final[Mapping[Multibyte, tuple[tuple[int, int], ...]]] = {
    # Toshiba B-EP series, ESC/POS mode, FS C: 21 to 7E each; 81 to 9F and E0 to EF, then 40 to 7E and 80 to FC.
    "jis": ((0x21, 0x7E),),
    "shift_jis": ((0x81, 0x9F), (0xE0, 0xFC)),
    "gb18030": ((0x81, 0xFE),),
    "big5": ((0x81, 0xFE),),
    "euc_kr": ((0xA1, 0xFE),),
}


@cache
def multibyte_code(name: Multibyte) -> MultibyteCode:
    """The tables of a code system, built once."""
    main, second, other = _CODECS[name]
    encode: dict[str, bytes] = {}
    decode: dict[bytes, str] = {}
    for pair in _pairs():
        char = _decoded(pair, main)
        if char is None or _decoded(pair, second) != char:
            continue
        code = _as_jis(pair) if name == "jis" else pair
        decode[code] = char
        for spelling in (char, _decoded(pair, other)):
            if spelling is not None and _is_wide(spelling):
                encode.setdefault(spelling, code)
    leads = frozenset(byte for low, high in _RANGES[name] for byte in range(low, high + 1))
    return MultibyteCode(leads, MappingProxyType(encode), MappingProxyType(decode), name == "gb18030")


def _pairs() -> Iterator[bytes]:
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            yield bytes((lead, trail))


def _decoded(pair: bytes, codec: str) -> str | None:
    try:
        char = codecs.decode(pair, codec)
    except UnicodeDecodeError:
        return None
    return char if len(char) == 1 and unicodedata.category(char) not in ("Co", "Cn", "Cc") else None


def _as_jis(pair: bytes) -> bytes:
    """Shift-JIS to JIS X 0208 by arithmetic: two rows of 94 to a lead byte."""
    lead, trail = pair
    row = 2 * (lead - (0x81 if lead < 0xA0 else 0xC1)) + (trail >= 0x9F)
    cell = trail - 0x9F if trail >= 0x9F else trail - 0x40 - (trail > 0x7F)
    return bytes((0x21 + row, 0x21 + cell))


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F") and char != "\u3000"
