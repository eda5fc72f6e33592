"""Packed dots: the one form in which pictures travel between rooms."""

from __future__ import annotations

from dataclasses import dataclass

from .style import Align

__all__ = ["Raster"]


@dataclass(frozen=True, slots=True)
class Raster:
    """`width` x `height` dots, one bit each, rows padded to whole bytes, most significant bit left, 1 is black."""

    width: int
    height: int
    data: bytes

    def __post_init__(self) -> None:
        if len(self.data) != self.stride * self.height:
            raise ValueError(
                f"{self.width} x {self.height} dots take {self.stride * self.height} bytes, got {len(self.data)}"
            )

    @property
    def stride(self) -> int:
        """Bytes per row."""
        return (self.width + 7) // 8

    def of_whole_bytes(self, align: Align, most: int) -> Raster:
        """For printers that count a row in bytes: the dots that fill the last one are white, and lie where they keep
        the picture at the edge or in the middle that it is aligned to. As it is where that takes more than `most` dots.
        """
        spare = 8 * self.stride - self.width
        if not spare or align == "left" or 8 * self.stride > most:
            return self
        before = spare if align == "right" else spare // 2
        # The filling of each row is white: moved as one number, a row hands white dots alone to the next one.
        moved = int.from_bytes(self.data, "big") >> before
        return Raster(8 * self.stride, self.height, moved.to_bytes(len(self.data), "big"))
