"""Pictures in columns, which printers of more than one language take: 24 rows at a time, three bytes a column."""

from __future__ import annotations

from typing import Final

from posdevkit.documents import Raster

__all__ = ["BAND_ROWS", "band_columns"]

BAND_ROWS: Final = 24


def band_columns(raster: Raster, top: int) -> bytes:
    """24 rows from `top` on, column by column, top bit first: three bytes each. Below the picture all is white."""
    stride = raster.stride
    rows = [raster.data[at * stride : (at + 1) * stride] for at in range(top, min(top + BAND_ROWS, raster.height))]
    # As text of digits, since zip(*rows) then turns rows into columns at once.
    lines = [format(int.from_bytes(row, "big"), f"0{8 * stride}b")[: raster.width] for row in rows]
    lines += ["0" * raster.width] * (BAND_ROWS - len(lines))
    return b"".join(int("".join(column), 2).to_bytes(3, "big") for column in zip(*lines, strict=True))
