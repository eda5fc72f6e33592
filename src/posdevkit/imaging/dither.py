"""Grey to black and white, three ways, each in Pillow's C code."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from posdevkit.documents import Dither
from posdevkit.errors import BadDocument

from .extras import need

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

__all__ = ["bayer", "dithered"]

_HALF = [255 if value >= 128 else 0 for value in range(256)]
_ABOVE_ZERO = [0] + [255] * 255


def dithered(grey: Pixels, how: Dither) -> Pixels:
    """`grey` (mode L, or RGB seen as grey) as mode 1. Raises BadDocument for a way that is not known."""
    if how == "floyd-steinberg":
        return grey.convert("1")
    grey = grey.convert("L")
    if how == "threshold":
        return grey.point(_HALF, "1")
    if how == "ordered":
        chops = need("PIL.ImageChops", "a picture")
        above: Pixels = chops.subtract(grey, _thresholds(grey.size))
        return above.point(_ABOVE_ZERO, "1")
    raise BadDocument(f"a picture's dither is threshold, floyd-steinberg or ordered, not {how!r}")


@cache
def bayer() -> tuple[tuple[int, ...], ...]:
    """The 8 x 8 matrix of ranks 0 to 63 (B. E. Bayer, 1973), grown from 0 2 / 3 1."""
    matrix: tuple[tuple[int, ...], ...] = ((0,),)
    for _ in range(3):
        upper = tuple(tuple(4 * v for v in row) + tuple(4 * v + 2 for v in row) for row in matrix)
        lower = tuple(tuple(4 * v + 3 for v in row) + tuple(4 * v + 1 for v in row) for row in matrix)
        matrix = upper + lower
    return matrix


def _thresholds(size: tuple[int, int]) -> Pixels:
    """A picture of thresholds 2, 6 ... 254, the matrix laid side by side: what is brighter becomes white."""
    width, height = size
    rows = b"".join((bytes(4 * rank + 2 for rank in row) * (width // 8 + 1))[:width] for row in bayer())
    tile: Pixels = need("PIL.Image", "a picture").frombytes("L", size, (rows * (height // 8 + 1))[: width * height])
    return tile
