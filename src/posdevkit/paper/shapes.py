"""Characters as dots: a glyph with its size, weight, underline and reversal, ready to be laid over a strip."""

from __future__ import annotations

from functools import lru_cache

from posdevkit.imaging.glyphs import glyph

from .bits import widened
from .display import CellStyle
from .fonts import Font, columns, load_font

__all__ = ["Look", "Shapes", "cell_rows", "styled_rows"]

_LEAST_WIDTH, _LEAST_HEIGHT = 11, 22
"""The smallest cell, in dots, that the shapes of the large bundled font (12 by 24) are trimmed to."""
_TRIMMED = 2
"""Rows, and dots across, that shapes may lose at the edges of their cell, where most have none; beyond, they shrink."""
_WORD_ROWS = 12_288
"""Rows of the words that a look keeps: 512 words of the usual height, about 1 MB."""


def cell_rows(char: str, style: CellStyle) -> tuple[list[int], int]:
    """Rows of a styled character from the top, spacing included, and their width in dots; the highest bit is left.

    Bold is the glyph struck again one dot to the right, before it is made larger. An underline stands at the bottom of
    the cell and keeps its thickness; a reversed cell is black where it was white, its spacing too.
    """
    width = style.cell_width * columns(char)
    # A needle printer's font A has the cell of others' font B: the shapes that fit are taken, whatever it is called.
    large = style.font == "A" and style.cell_width >= _LEAST_WIDTH and style.cell_height >= _LEAST_HEIGHT
    return styled_rows(_fitted(load_font("A" if large else "B"), char, width, style.cell_height), width, style)


def styled_rows(rows: list[int], width: int, style: CellStyle) -> tuple[list[int], int]:
    """Rows of a cell, made to look as the style says; the same as `cell_rows` gives."""
    if style.bold:
        rows = [row | row >> 1 for row in rows]
    if style.width > 1:
        rows = [widened(row, width, style.width) for row in rows]
    if style.height > 1:
        rows = [row for row in rows for _ in range(style.height)]
    width *= style.width
    if style.rotated:
        rows, width = _rotated(rows, width)[: style.tall], len(rows)
    width += style.spacing
    if style.spacing:
        rows = [row << style.spacing for row in rows]
    full = (1 << width) - 1
    for place in range(1, style.underline + 1):
        rows[-place] = full
    if style.reverse:
        rows = [row ^ full for row in rows]
    return rows, width


def _rotated(rows: list[int], width: int) -> list[int]:
    """Turned by 90 degrees clockwise: the left column, from its foot, is the top row."""
    dots = [format(row, f"0{width}b") for row in reversed(rows)]
    return [int("".join(column), 2) for column in zip(*dots, strict=True)]


def _fitted(font: Font, char: str, width: int, height: int) -> list[int]:
    """The bundled glyph in the cell of the printer's own font: centred across, trimmed or padded at top and bottom.

    What the bundled font has not is drawn from a font of this system, if there is one that has it.
    """
    if char not in font and (outlined := glyph(char, width, height)) is not None:
        return list(outlined)
    rows = list(font.glyph(char))
    across = font.cell_width * columns(char)
    if across - width > _TRIMMED or len(rows) - height > _TRIMMED:
        return _shrunk(rows, across, width, height)
    spare = width - across
    if spare > 0:
        rows = [row << spare - spare // 2 for row in rows]
    elif spare:
        rows = [row >> -spare // 2 & (1 << width) - 1 for row in rows]
    lack = height - len(rows)
    if lack > 0:
        return [0] * (lack // 2) + rows + [0] * (lack - lack // 2)
    return rows[-lack // 2 : -lack // 2 + height] if lack else rows


def _shrunk(rows: list[int], across: int, width: int, height: int) -> list[int]:
    """Rows of a smaller cell, in which a dot is black where one of those is that it stands for."""
    width, tall = min(width, across), min(height, len(rows))
    lines = [format(row, f"0{across}b") for row in rows]
    columns_of = [slice(at * across // width, (at + 1) * across // width) for at in range(width)]
    small = []
    for at in range(tall):
        those = lines[at * len(lines) // tall : (at + 1) * len(lines) // tall]
        small.append(int("".join("1" if any("1" in line[of] for line in those) else "0" for of in columns_of), 2))
    return [*small, *([0] * (height - tall))]


class Look:
    """The characters of one style, and words made of them, as numbers with `stride` bits from one row to the next."""

    __slots__ = ("_characters", "_most", "_stride", "_style", "_turned", "_words", "placed")

    def __init__(self, style: CellStyle, turned: bool, stride: int) -> None:
        """`turned`: by 180 degrees, each character for itself."""
        self._style = style
        self._turned = turned
        self._stride = stride
        self._characters: dict[str, tuple[int, int]] = {}
        self._words: dict[str, tuple[int, int]] = {}
        self.placed: dict[tuple[str, int], tuple[int, int]] = {}
        """What `place` made."""
        self._most = max(1, _WORD_ROWS // style.tall)

    def place(self, word: str, room: int) -> tuple[int, int]:
        """Dots of a word with `room` bits from its left edge to the end of the row, and the room left behind it.

        Less than none: it does not fit, and there are no dots.
        """
        found = self._words.get(word) or self._word(word)
        left = room - found[1]
        if len(self.placed) >= self._most:
            self.placed.clear()
        made = self.placed[word, room] = (found[0] << left if left >= 0 else 0, left)
        return made

    def _word(self, word: str) -> tuple[int, int]:
        characters = self._characters
        dots = width = 0
        for char in word:
            one = characters.get(char) or self.character(char)
            width += one[1]
            dots = dots << one[1] | one[0]
        if len(self._words) >= self._most:
            self._words.clear()
        made = self._words[word] = dots, width
        return made

    def character(self, char: str) -> tuple[int, int]:
        """Dots and width of one character."""
        found = self._characters.get(char)
        if found is not None:
            return found
        rows, width = cell_rows(char, self._style)
        if self._turned:
            rows = [_mirrored(row, width) for row in reversed(rows)]
        if width > self._stride:  # a giant on narrow paper: what does not fit is not printed
            rows = [row >> (width - self._stride) for row in rows]
            width = self._stride
        bits = 0
        for row in rows:
            bits = bits << self._stride | row
        made = self._characters[char] = (bits, width)
        return made


class Shapes:
    """The looks of one ticket, each with `stride` bits from one row to the next; each is made once."""

    def __init__(self, stride: int, width: int) -> None:
        self.stride = stride
        self.width = width
        """Bits of a row that are on the paper; the others stay 0."""
        self._looks: dict[tuple[CellStyle, bool], Look] = {}
        self._style: CellStyle | None = None
        self._turned = False
        self._look: Look | None = None

    def look(self, style: CellStyle, turned: bool) -> Look:
        """The characters of a style, upright or `turned` by 180 degrees."""
        # Lines of one style come in a row, and asking whether it is the same is cheaper than looking it up.
        if self._look is not None and style is self._style and turned == self._turned:
            return self._look
        look = self._looks.get((style, turned))
        if look is None:
            look = self._looks[style, turned] = Look(style, turned, self.stride)
        self._style, self._turned, self._look = style, turned, look
        return look


@lru_cache(maxsize=4096)
def _mirrored(row: int, width: int) -> int:
    return int(format(row, f"0{width}b")[::-1], 2)
