"""The glass of a customer display as a picture: its characters in the fonts that tickets are painted with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posdevkit.documents import Raster
from posdevkit.imaging.png import png_bytes

from .fonts import load_font

__all__ = ["glass_png"]

_EDGE: Final = 4
"""Dots around each line."""


def glass_png(lines: Sequence[str]) -> bytes:
    """A picture of lines of the same length, lit on dark."""
    font = load_font("A")
    width = max((len(line) for line in lines), default=0) * font.cell_width
    stride = (width + 7) // 8
    dark = b"\xff" * stride
    rows: list[bytes] = []
    for line in lines:
        glyphs = [font.glyph(char if char in font else "?") for char in line]
        rows += [dark] * _EDGE
        for y in range(font.cell_height):
            bits = 0
            for glyph in glyphs:
                bits = bits << font.cell_width | glyph[y]
            lit = (bits << (stride * 8 - width)).to_bytes(stride, "big")
            rows.append(bytes(0xFF ^ byte for byte in lit))
        rows += [dark] * _EDGE
    return png_bytes(Raster(width, len(rows), b"".join(rows)))
