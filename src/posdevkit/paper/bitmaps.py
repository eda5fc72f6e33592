"""A Windows bitmap as dots: what `GS D` brings. Two colours without compression; others are not printed by it."""

from __future__ import annotations

from typing import Final

from posdevkit.documents import Raster

from .bits import cropped

__all__ = ["bitmap"]

_FILE_HEADER: Final = 14
_INFO_HEADER: Final = 40
_ENTRY: Final = 4
_INVERTED: Final = bytes(value ^ 0xFF for value in range(256))
_LARGEST: Final = 65_535


def bitmap(data: bytes) -> Raster | None:
    """The picture in a file from `BM` to its end, darker colour black; None for what is no file of two colours."""
    if len(data) < _FILE_HEADER + _INFO_HEADER + 2 * _ENTRY or data[:2] != b"BM":
        return None
    first, header = _number(data, 10), _number(data, 14)
    width, height = _number(data, 18), int.from_bytes(data[22:26], "little", signed=True)
    bits, compression = int.from_bytes(data[28:30], "little"), _number(data, 30)
    palette = _FILE_HEADER + header
    if header < _INFO_HEADER or bits != 1 or compression or len(data) < palette + 2 * _ENTRY:
        return None
    if not 1 <= width <= _LARGEST or not 1 <= abs(height) <= _LARGEST:
        return None
    stride, padded = (width + 7) // 8, (width + 31) // 32 * 4
    if len(data) < first + padded * abs(height):
        return None
    rows = [data[at : at + stride] for at in range(first, first + padded * abs(height), padded)]
    if height > 0:
        rows.reverse()  # from the foot to the top
    dots = b"".join(rows)
    if _brightness(data, palette) < _brightness(data, palette + _ENTRY):
        dots = dots.translate(_INVERTED)
    return cropped(Raster(width, abs(height), dots), width)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _brightness(data: bytes, at: int) -> int:
    """Of a palette's entry: blue, green, red and a byte that is not used."""
    return data[at] + 5 * data[at + 1] + 2 * data[at + 2]
