"""QR codes as dots, and whole-number scaling of packed dots."""

from __future__ import annotations

from typing import Literal

from posdevkit.documents import Raster
from posdevkit.errors import BadDocument

from .extras import need

__all__ = ["blank", "qr_matrix", "raster_from_rows", "scale"]


def blank(width: int, height: int) -> Raster:
    """White dots."""
    return Raster(width, height, bytes((width + 7) // 8 * height))


def raster_from_rows(rows: list[str], width: int) -> Raster:
    """A raster from rows of "0" and "1", each `width` long."""
    stride = (width + 7) // 8
    spare = stride * 8 - width
    return Raster(width, len(rows), b"".join((int(row, 2) << spare).to_bytes(stride, "big") for row in rows))


def qr_matrix(data: bytes, level: Literal["L", "M", "Q", "H"] = "M", *, version: int | None = None) -> Raster:
    """A QR code of model 2 in byte mode, one dot per module, no quiet zone; `version` 1 to 40, None for the smallest.

    Raises BadDocument if the data does not fit (at most 2,953 bytes at level L), MissingExtra without `qrcode`.
    """
    if not data:
        raise BadDocument("a QR code needs data")
    qrcode = need("qrcode.main", "a QR code")
    util = need("qrcode.util", "a QR code")
    constants = need("qrcode.constants", "a QR code")
    code = qrcode.QRCode(version=version, error_correction=getattr(constants, f"ERROR_CORRECT_{level}"), border=0)
    code.add_data(util.QRData(data, mode=util.MODE_8BIT_BYTE), optimize=0)
    try:
        code.make(fit=version is None)
    except (ValueError, need("qrcode.exceptions", "a QR code").DataOverflowError) as problem:
        where = "any QR code" if version is None else f"a QR code of version {version}"
        raise BadDocument(f"{len(data)} bytes do not fit {where} at level {level}") from problem
    rows = ["".join("1" if module else "0" for module in row) for row in code.modules]
    return raster_from_rows(rows, len(rows))


def scale(raster: Raster, sx: int, sy: int) -> Raster:
    """Every dot made `sx` dots wide and `sy` high, both at least 1."""
    if sx < 1 or sy < 1:
        raise ValueError(f"dots can be made 1 or more times as large, not {sx} x {sy}")
    width, height, stride = raster.width * sx, raster.height * sy, raster.stride
    if not width or not height:
        return blank(width, height)
    rows = [raster.data[start : start + stride] for start in range(0, len(raster.data), stride)]
    if sx > 1:
        rows = [_widened(row, raster.width, sx) for row in rows]
    return Raster(width, height, b"".join(row * sy for row in rows))


def _widened(row: bytes, width: int, times: int) -> bytes:
    bits = format(int.from_bytes(row, "big"), f"0{len(row) * 8}b")[:width]
    # "x" stands in for black while white is widened.
    bits = bits.replace("1", "x").replace("0", "0" * times).replace("x", "1" * times)
    stride = (len(bits) + 7) // 8
    return (int(bits, 2) << (stride * 8 - len(bits))).to_bytes(stride, "big")
