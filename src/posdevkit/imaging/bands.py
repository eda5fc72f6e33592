"""A tall picture in slices that a printer's firmware takes."""

from __future__ import annotations

from collections.abc import Iterator

from posdevkit.documents import Raster

__all__ = ["bands"]


def bands(raster: Raster, rows: int, *, full: bool = False) -> Iterator[Raster]:
    """`raster` from top to bottom in slices of at most `rows` rows.

    The last is as short as what is left, or, with `full`, filled up with white.
    """
    if rows < 1:
        raise ValueError(f"a band is at least 1 row high, not {rows}")
    if not raster.height:
        return
    stride, data = raster.stride, memoryview(raster.data)
    for top in range(0, raster.height, rows):
        height = min(rows, raster.height - top)
        band = bytes(data[top * stride : (top + height) * stride])
        if full and height < rows:
            band += bytes((rows - height) * stride)
            height = rows
        yield Raster(raster.width, height, band)
