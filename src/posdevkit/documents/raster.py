"""Packed dots: the one form in which pictures travel between rooms."""

from __future__ import annotations

from dataclasses import dataclass

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
