"""One character in its cell, from a font of the system: what pictures of paper show of a printer's own characters."""

from __future__ import annotations

from functools import cache, lru_cache

from posdevkit.errors import InputFailed
from posdevkit.layout import char_cells

from .fonts import system_fonts
from .shaping import Typeface, shaper_is_there

__all__ = ["glyph"]


@cache
def _faces() -> list[Typeface]:
    return [Typeface(file) for file in system_fonts()] if shaper_is_there() else []


@lru_cache(maxsize=4096)
def glyph(char: str, width: int, height: int) -> tuple[int, ...] | None:
    """The rows of `char` in a cell, of which the highest bit of `width` is leftmost; None where no font here has it."""
    for face in list(_faces()):
        try:
            if not face.sets(char):
                continue
        except InputFailed:
            _faces().remove(face)
            continue
        wide = char_cells(char) == 2
        em = width if wide else height * 5 // 6
        shaped = face.shaped(char, right_to_left=False, across=em, tall=height if wide else em, bold=False)
        base = height * (21 if wide else 19) // 24
        left = (width - shaped.advance) // 2 + shaped.left
        rows = [0] * height
        for above, bits in shaped.rows:
            at = base - 1 - above
            if 0 <= at < height:
                shift = width - left - shaped.width
                rows[at] = (bits << shift if shift >= 0 else bits >> -shift) & (1 << width) - 1
        return tuple(rows)
    return None
