"""The bundled bitmap fonts: font A in a 12 x 24 cell, font B in a 9 x 17 cell, as most receipt printers have them.

Made by `tools/generate_fonts.py`. Font A stands under the SIL Open Font License 1.1, font B is in the public domain;
both texts lie beside the data. They are no vendor's letterforms: a preview shows what is printed where, not a design.
"""

from __future__ import annotations

import struct
import unicodedata
from array import array
from functools import lru_cache
from importlib import resources
from typing import Literal

from .missing import hex_box

__all__ = ["Font", "columns", "load_font"]


class Font:
    """A bitmap font. `cell_width` and `cell_height` are dots; `bold` or bigger shapes are the painter's business."""

    __slots__ = ("_bitmaps", "_codes", "_glyphs", "_size", "cell_height", "cell_width")

    def __init__(self, cell_width: int, cell_height: int, codes: array[int], bitmaps: bytes) -> None:
        self.cell_width = cell_width
        self.cell_height = cell_height
        self._codes = {code: index for index, code in enumerate(codes)}
        self._bitmaps = bitmaps
        self._size = (cell_width * cell_height + 7) // 8
        self._glyphs: dict[str, tuple[int, ...]] = {}

    def __contains__(self, char: str) -> bool:
        """Whether the font has a shape of its own for `char`."""
        return ord(char) in self._codes

    def __len__(self) -> int:
        """Number of characters the font has shapes for."""
        return len(self._codes)

    def glyph(self, char: str) -> tuple[int, ...]:
        """The rows of one character from the top; bit `cell_width * columns(char) - 1` of each is the leftmost dot.

        A character the font has no shape for shows its code point in hexadecimal digits in a box.
        """
        found = self._glyphs.get(char)
        if found is None:
            found = self._glyphs[char] = self._load(char)
        return found

    def _load(self, char: str) -> tuple[int, ...]:
        index = self._codes.get(ord(char))
        if index is None:
            return hex_box(ord(char), self.cell_width * columns(char), self.cell_height)
        start = index * self._size
        bits = int.from_bytes(self._bitmaps[start : start + self._size], "big")
        mask = (1 << self.cell_width) - 1
        first = 8 * self._size - self.cell_width
        rows = tuple(bits >> (first - row * self.cell_width) & mask for row in range(self.cell_height))
        if columns(char) == 1:
            return rows
        half = self.cell_width // 2
        return tuple(row << (self.cell_width - half) for row in rows)


@lru_cache(maxsize=4096)
def columns(char: str) -> int:
    """Cells a character takes: two for East Asian wide and fullwidth characters, else one."""
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@lru_cache(maxsize=2)
def load_font(name: Literal["A", "B"]) -> Font:
    """The bundled font of that name, read on first use and kept."""
    data = resources.files(__name__).joinpath(f"font_{name.lower()}.bin").read_bytes()
    magic, width, height, count = struct.unpack_from("<4sBBH", data)
    if magic != b"PKF1":
        raise ValueError(f"the bundled font {name} is damaged")
    codes = array("H", struct.unpack_from(f"<{count}H", data, 8))
    return Font(width, height, codes, data[8 + 2 * count :])
