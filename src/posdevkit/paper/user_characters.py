"""Characters that the host has drawn: kept by font and code until the printer is initialized, and set like others."""

from __future__ import annotations

from collections.abc import Iterator

from posdevkit.documents import Font, Raster

from .bits import columns_to_rows
from .display import CellStyle
from .shapes import styled_rows

__all__ = ["UserCharacters", "by_columns", "styled"]


def by_columns(data: bytes, first: int, last: int, deep: int) -> Iterator[tuple[int, Raster]]:
    """The characters of `ESC &`: each a byte for its columns, then `deep` bytes a column."""
    place = 0
    for code in range(first, last + 1):
        columns = data[place]
        dots = data[place + 1 : place + 1 + columns * deep]
        yield code, columns_to_rows(dots, columns, deep)
        place += 1 + columns * deep


class UserCharacters:
    """Which are defined, and whether they are printed instead of the resident ones."""

    def __init__(self) -> None:
        self.on = False
        self._drawn: dict[tuple[Font, int], Raster] = {}

    def define(self, font: Font, code: int, raster: Raster) -> None:
        """Another look for a character of a font; one of no columns is a blank."""
        self._drawn[font, code] = raster

    def cancel(self, font: Font, code: int) -> None:
        """The resident character again."""
        self._drawn.pop((font, code), None)

    def clear(self) -> None:
        """All resident characters again."""
        self._drawn.clear()

    def pieces(self, data: bytes, font: Font) -> Iterator[bytes | Raster]:
        """`data` as stretches of resident characters and the drawn ones between them."""
        start = 0
        if self.on and self._drawn:
            for place, byte in enumerate(data):
                raster = self._drawn.get((font, byte))
                if raster is not None:
                    if place > start:
                        yield data[start:place]
                    yield raster
                    start = place + 1
        if start < len(data):
            yield data[start:]


def styled(raster: Raster, style: CellStyle) -> Raster:
    """A drawn character in its cell: cut or filled up at its right and its foot, and looking as the others do."""
    width, stride = style.cell_width, raster.stride
    rows = [
        int.from_bytes(raster.data[at : at + stride], "big") >> 8 * stride - raster.width
        for at in range(0, len(raster.data), stride or 1)
    ][: style.cell_height]
    spare = width - raster.width
    rows = [row << spare if spare >= 0 else row >> -spare for row in rows]
    rows += [0] * (style.cell_height - len(rows))
    rows, width = styled_rows(rows, width, style)
    spare = -width % 8
    data = b"".join([(row << spare).to_bytes((width + spare) // 8, "big") for row in rows])
    return Raster(width, len(rows), data)
