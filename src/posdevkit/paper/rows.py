"""The image buffer of raster mode: rows of dots until something prints them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from posdevkit.documents import Raster

from .display import Item, RasterBlock

__all__ = ["Block", "RowBuffer"]

_BLOCK: Final = 32
_MOST: Final = 64_000
"""Rows of the longest page (Graphic Mode specifications, `ESC * r P`)."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that are printed in one step; no picture where they are white."""

    height: int
    raster: Raster | None

    def items(self, y: int) -> list[Item]:
        """What stands on the paper from `y` on."""
        return [] if self.raster is None else [RasterBlock(0, y, self.raster)]


class RowBuffer:
    """Rows as wide as the paper; the one that is being set comes after those that are closed."""

    def __init__(self, width: int) -> None:
        self.left = 0
        """Where rows begin, in dots, a multiple of 8."""
        self._width = width
        self._size = (width + 7) // 8
        self._rows: list[bytes] = []  # empty: white
        self._open: bytes | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to print."""
        return not self._rows and self._open is None

    @property
    def full(self) -> bool:
        """Whether a page is full, so that it is printed without being told."""
        return len(self._rows) >= _MOST

    def clear(self) -> None:
        """Forget all rows."""
        self._rows.clear()
        self._open = None

    def lay(self, data: bytes) -> None:
        """Lay dots over the row of the moment; what lies outside the paper is lost."""
        whole = (bytes(self.left // 8) + data)[: self._size].ljust(self._size, b"\0")
        spare = 8 * self._size - self._width
        dots = int.from_bytes(whole, "big") >> spare << spare | int.from_bytes(self._open or b"", "big")
        self._open = dots.to_bytes(self._size, "big")

    def down(self, rows: int) -> None:
        """Close the row of the moment and go down; at most a page at once."""
        rows = min(rows, _MOST)
        if rows:
            self._rows += [self._open or b"", *[b""] * (rows - 1)]
            self._open = None

    def take(self) -> Iterator[Block]:
        """All rows in steps; the buffer is empty at once."""
        rows = self._rows if self._open is None else [*self._rows, self._open]
        self._rows, self._open = [], None
        for white, group in groupby(rows, lambda row: not row.strip(b"\0")):
            run = list(group)
            for at in range(0, len(run), _BLOCK):
                part = run[at : at + _BLOCK]
                yield Block(len(part), None if white else Raster(self._width, len(part), b"".join(part)))
