"""Dots of one label: text in a bundled font, frames and symbols laid over each other."""

from __future__ import annotations

from posdevkit.imaging import Raster
from posdevkit.paper.fonts import columns, load_font

__all__ = ["Canvas", "text_width"]


def text_width(text: str, size: int) -> int:
    """Dots that `text` takes in letters `size` dots wide cells of half that height."""
    return sum(columns(char) for char in text) * max(1, size)


class Canvas:
    """Rows as numbers, the highest bit is the leftmost dot. What stands outside is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._stride = (width + 7) // 8
        self._rows = [0] * height

    def _lay(self, row: int, width: int, x: int, y: int, *, white: bool = False) -> None:
        if not 0 <= y < self.height:
            return
        shift = self._stride * 8 - x - width
        dots = row << shift if shift >= 0 else row >> -shift
        if white:
            self._rows[y] &= ~dots
        else:
            self._rows[y] |= dots

    def raster(self, raster: Raster, x: int, y: int) -> None:
        """Lay packed dots over what is there."""
        stride = raster.stride
        for place in range(raster.height):
            row = int.from_bytes(raster.data[place * stride : (place + 1) * stride], "big")
            self._lay(row, stride * 8, x, y + place)

    def box(self, x: int, y: int, size: tuple[int, int], thickness: int, *, white: bool = False) -> None:
        """A frame, inwards."""
        width, height = size
        thick = min(thickness, width, height)
        full = (1 << width) - 1
        hollow = full
        if width > 2 * thick:
            hollow = full ^ (((1 << (width - 2 * thick)) - 1) << thick)
        for place in range(min(height, max(self.height - y, 0))):
            edge = place < thick or place >= height - thick
            self._lay(full if edge else hollow, width, x, y + place, white=white)

    def text(self, text: str, x: int, y: int, height: int, advance: int) -> None:
        """Characters `height` dots high in cells `advance` dots wide: where they stand, not how they look."""
        font = load_font("A")
        for char in text:
            if x >= self.width:
                return
            cells = columns(char)
            width = advance * cells
            source = font.cell_width * cells
            rows = font.glyph(char)
            last = -1
            row = 0
            for place in range(height):
                at = place * font.cell_height // height
                if at != last:
                    bits = format(rows[at], f"0{source}b")
                    row, last = int("".join([bits[dot * source // width] for dot in range(width)]), 2), at
                if row:
                    self._lay(row, width, x, y + place)
            x += width

    def done(self) -> Raster:
        """The packed dots."""
        spare = self._stride * 8 - self.width
        mask = ((1 << self.width) - 1) << spare
        return Raster(
            self.width, self.height, b"".join([(row & mask).to_bytes(self._stride, "big") for row in self._rows])
        )
