"""Characters as dots: a glyph with its size, weight, underline and reversal, ready to be laid over a strip."""

from __future__ import annotations

from functools import lru_cache

from posdevkit.imaging.glyphs import glyph

from .bits import widened
from .display import CellStyle
from .fonts import Font, columns, load_font

__all__ = ["Shapes", "cell_rows", "styled_rows"]


def cell_rows(char: str, style: CellStyle) -> tuple[list[int], int]:
    """Rows of a styled character from the top, spacing included, and their width in dots; the highest bit is left.

    Bold is the glyph struck again one dot to the right, before it is made larger. An underline stands at the bottom of
    the cell and keeps its thickness; a reversed cell is black where it was white, its spacing too.
    """
    width = style.cell_width * columns(char)
    return styled_rows(
        _fitted(load_font("A" if style.font == "A" else "B"), char, width, style.cell_height), width, style
    )


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
    spare = width - font.cell_width * columns(char)
    if spare:
        right = spare - spare // 2 if spare > 0 else -(-spare // 2)
        rows = [row << right for row in rows] if spare > 0 else [row >> right & (1 << width) - 1 for row in rows]
    lack = height - len(rows)
    if lack > 0:
        return [0] * (lack // 2) + rows + [0] * (lack - lack // 2)
    return rows[-lack // 2 : -lack // 2 + height] if lack else rows


class Shapes:
    """Styled characters as numbers, with `stride` bits from one row to the next; each is made once."""

    def __init__(self, stride: int) -> None:
        self.stride = stride
        self._tables: dict[tuple[CellStyle, bool], dict[str, tuple[int, int]]] = {}

    def table(self, style: CellStyle, turned: bool) -> dict[str, tuple[int, int]]:
        """The characters of a style made so far: dots and width by character. Ask `make` for one that is missing."""
        return self._tables.setdefault((style, turned), {})

    def make(self, char: str, style: CellStyle, turned: bool) -> tuple[int, int]:
        """Dots and width of a character; turned by 180 degrees if asked for. Also puts it into the table."""
        rows, width = cell_rows(char, style)
        if turned:
            rows = [_mirrored(row, width) for row in reversed(rows)]
        if width > self.stride:  # a giant on narrow paper: what does not fit is not printed
            rows = [row >> (width - self.stride) for row in rows]
            width = self.stride
        bits = 0
        for row in rows:
            bits = bits << self.stride | row
        made = self.table(style, turned)[char] = (bits, width)
        return made


@lru_cache(maxsize=4096)
def _mirrored(row: int, width: int) -> int:
    return int(format(row, f"0{width}b")[::-1], 2)
