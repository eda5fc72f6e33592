"""Packed dots, handled a row or a picture at a time."""

from __future__ import annotations

from functools import lru_cache

from posdevkit.documents import Raster

__all__ = ["columns_to_rows", "cropped", "quarter_turned", "turned", "widened"]


def cropped(raster: Raster, width: int) -> Raster:
    """The left `width` dots; dots beyond a raster's own width in its last byte are cleared too."""
    width = min(width, raster.width)
    stride, old = (width + 7) // 8, raster.stride
    if width == raster.width and not width % 8:
        return raster
    last = 0xFF << (stride * 8 - width) & 0xFF
    rows = bytearray()
    for start in range(0, len(raster.data), old or 1):
        rows += raster.data[start : start + stride]
        if stride:
            rows[-1] &= last
    return Raster(width, raster.height, bytes(rows))


def columns_to_rows(data: bytes, count: int, deep: int) -> Raster:
    """`count` columns of `deep` bytes each, top bit first, as rows (`ESC *`)."""
    height = 8 * deep
    bits = format(int.from_bytes(data, "big"), f"0{len(data) * 8}b") if data else ""
    stride = (count + 7) // 8
    spare = stride * 8 - count
    rows = (int(bits[row::height], 2) << spare for row in range(height)) if count else ()
    return Raster(count, height, b"".join([row.to_bytes(stride, "big") for row in rows]))


def turned(raster: Raster) -> Raster:
    """Turned by 180 degrees."""
    spare = raster.stride * 8 - raster.width
    backwards = raster.data[::-1].translate(_MIRRORED)
    if not spare:
        return Raster(raster.width, raster.height, backwards)
    stride = raster.stride
    rows = (
        int.from_bytes(backwards[start : start + stride], "big") << spare & (1 << stride * 8) - 1
        for start in range(0, len(backwards), stride)
    )
    return Raster(raster.width, raster.height, b"".join([row.to_bytes(stride, "big") for row in rows]))


def quarter_turned(raster: Raster) -> Raster:
    """Turned by 90 degrees against the clock: the right column, from its top, is the first row."""
    stride, height = raster.stride, raster.height
    size = (height + 7) // 8
    spare = 8 * size - height
    rows = [
        format(int.from_bytes(raster.data[at : at + stride], "big"), f"0{8 * stride}b")
        for at in range(0, len(raster.data), stride or 1)
    ]
    columns = list(zip(*rows, strict=True))[: raster.width]
    data = b"".join([(int("".join(column), 2) << spare).to_bytes(size, "big") for column in reversed(columns)])
    return Raster(height, raster.width, data or bytes(size * raster.width))


@lru_cache(maxsize=4096)
def widened(row: int, width: int, times: int) -> int:
    """A row of `width` dots with every dot made `times` as wide."""
    if times == 1:
        return row
    bits = format(row, f"0{width}b")
    return int("".join([bit * times for bit in bits]), 2)


_MIRRORED = bytes(int(format(value, "08b")[::-1], 2) for value in range(256))
