"""Pictures in columns, which printers of more than one language take: 24 rows at a time, three bytes a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from posdevkit.documents import Raster

__all__ = ["BAND_ROWS", "band_columns", "inked_bands"]

BAND_ROWS: Final = 24


def inked_bands(raster: Raster) -> Iterator[tuple[int, int]]:
    """The bands that hold ink: how many white rows lie before each, and its first row. Then the white rows at the end.

    A band is BAND_ROWS high, also where the picture ends sooner: the end is then (0, height of the picture).
    """
    stride, top, white = raster.stride, 0, 0
    while top < raster.height:
        if any(raster.data[top * stride : (top + 1) * stride]):
            yield white, top
            top, white = top + BAND_ROWS, 0
        else:
            top, white = top + 1, white + 1
    yield white, raster.height


def band_columns(raster: Raster, top: int) -> bytes:
    """24 rows from `top` on, column by column, top bit first: three bytes each. Below the picture all is white."""
    stride = raster.stride
    rows = [raster.data[at * stride : (at + 1) * stride] for at in range(top, min(top + BAND_ROWS, raster.height))]
    # As text of digits, since zip(*rows) then turns rows into columns at once.
    lines = [format(int.from_bytes(row, "big"), f"0{8 * stride}b")[: raster.width] for row in rows]
    lines += ["0" * raster.width] * (BAND_ROWS - len(lines))
    return b"".join(int("".join(column), 2).to_bytes(3, "big") for column in zip(*lines, strict=True))
