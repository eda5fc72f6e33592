"""PNG of packed dots with the standard library alone, so that plain tickets can be saved without Pillow.

Format: W3C "Portable Network Graphics", chunks IHDR, pHYs, IDAT, IEND; colour type 0 (greyscale), bit depth 1.
"""

from __future__ import annotations

import struct
import zlib

from posdevkit.documents import Raster

__all__ = ["png_bytes"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INVERT = bytes(255 - value for value in range(256))
# Rows are compressed in strips, so that a long ticket needs no second copy of all its dots.
_STRIP_ROWS = 1024
_EFFORT = 4
"""Of zlib, with its strategy for filtered data: for tickets half the time of the usual 6, and a tenth more bytes."""


def png_bytes(raster: Raster, *, dpi: int = 203) -> bytes:
    """A black-and-white PNG of `raster`; `dpi` tells viewers its size on paper. Same dots, same bytes.

    PNG knows no picture without dots: nothing printed becomes one white dot.
    """
    if not raster.width or not raster.height:
        raster = Raster(
            max(raster.width, 1), max(raster.height, 1), bytes(max(raster.stride, 1) * max(raster.height, 1))
        )
    header = struct.pack(">IIBBBBB", raster.width, raster.height, 1, 0, 0, 0, 0)
    per_metre = round(dpi / 0.0254)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", _compressed(raster)),
            _chunk(b"IEND", b""),
        )
    )


def _compressed(raster: Raster) -> bytes:
    stride = raster.stride
    squeeze = zlib.compressobj(_EFFORT, strategy=zlib.Z_FILTERED)
    packed = []
    for top in range(0, raster.height, _STRIP_ROWS):
        # In PNG a 1 is white; every row begins with its filter, 0 for none.
        strip = raster.data[top * stride : (top + _STRIP_ROWS) * stride].translate(_INVERT)
        rows = [strip[start : start + stride] for start in range(0, len(strip), stride)]
        packed.append(squeeze.compress(b"\0" + b"\0".join(rows)))
    packed.append(squeeze.flush())
    return b"".join(packed)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
