"""PNG files of a ticket: dot for dot, or as a piece of paper to look at."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache

from posdevkit.documents import Raster
from posdevkit.imaging import png_bytes
from posdevkit.imaging.png import png_of_rows

from .display import RollChange, Ticket
from .painter import filtered_rows

__all__ = ["paper_png", "plain_png"]

_TOOTH = 8
"""Depth of the torn edge's teeth, in dots."""
_SIDE = 32
"""White paper to the left and right of the print area: the thermal head is narrower than the paper."""
_AROUND = 24
"""What surrounds the paper."""

_OUTSIDE, _PAPER, _INK, _EDGE, _SECOND = range(5)
_PALETTE = ((0, 0, 0), (253, 252, 248), (38, 36, 40), (214, 210, 202), (196, 40, 36))
_OPACITY = bytes((0, 255, 255, 255, 255))


def plain_png(ticket: Ticket, margin: int = 0) -> bytes:
    """Black on white, dot for dot, with `margin` white dots on all sides (a multiple of 8).

    Raises ValueError for another margin.
    """
    if margin < 0 or margin % 8:
        raise ValueError(f"a margin is a multiple of 8 dots, not {margin}")
    if not margin and ticket.width and ticket.height:
        return png_of_rows(ticket.width, ticket.height, filtered_rows(ticket), dpi=ticket.dpi)
    raster = ticket.raster()
    width = raster.width + 2 * margin
    size = (width + 7) // 8
    side = bytes(margin // 8)
    stride = raster.stride
    rows = [
        (side + raster.data[at : at + stride] + side).ljust(size, b"\0")
        for at in range(0, len(raster.data), stride or 1)
    ]
    blank = bytes(size * margin)
    return png_bytes(Raster(width, raster.height + 2 * margin, b"".join([blank, *rows, blank])), dpi=ticket.dpi)


def paper_png(ticket: Ticket) -> bytes:
    """The ticket as paper with sides and edges on a transparent ground: cut at the bottom, or torn where no cut was."""
    width = (ticket.width + 7) // 8 * 8
    full = width + 2 * (_SIDE + _AROUND)
    changes = {item.y for item in ticket.items if isinstance(item, RollChange)}
    around = _row(_OUTSIDE, _AROUND)
    side = _row(_PAPER, _SIDE - 1)
    border = _row(_EDGE, 1)
    left, right = around + border + side, side + border + around
    edge = _row(_OUTSIDE, _AROUND) + _row(_EDGE, full - 2 * _AROUND) + _row(_OUTSIDE, _AROUND)
    pixels = [*[_row(_OUTSIDE, full)] * _AROUND, edge]
    pixels += _blank_rows(left, right, width, 16)
    second = ticket.in_second_color()
    for y, row in enumerate(_inked_rows(ticket, second)):
        if y in changes:
            pixels += [left + _dashes(width) + right] * 2
        pixels.append(left + row + right)
    pixels += _blank_rows(left, right, width, 16)
    if ticket.cut is None:
        pixels += _torn(full)
    else:
        pixels.append(edge)
    pixels += [_row(_OUTSIDE, full)] * _AROUND
    return _palette_png(full, pixels, ticket.dpi, colors=4 if second is None else 5)


def _inked_rows(ticket: Ticket, second: Ticket | None) -> Iterator[bytes]:
    """The print area row by row, a byte for each dot; what `second` has of it is in the second colour."""
    table = _wide_table()
    if second is None:
        for row in _packed_rows(ticket):
            yield b"".join([table[byte] for byte in row])
        return
    for row, coloured in zip(_packed_rows(ticket), _packed_rows(second), strict=True):
        yield b"".join([_mixed(*pair) if pair[1] else table[pair[0]] for pair in zip(row, coloured, strict=True)])


def _packed_rows(ticket: Ticket) -> Iterator[bytes]:
    for strip in ticket.strips():
        for at in range(0, len(strip.data), strip.stride):
            yield strip.data[at : at + strip.stride]


@cache
def _mixed(inked: int, coloured: int) -> bytes:
    """Eight dots, some of them in the second colour."""
    return bytes(_SECOND if coloured >> bit & 1 else _INK if inked >> bit & 1 else _PAPER for bit in range(7, -1, -1))


def _row(color: int, count: int) -> bytes:
    """One byte per dot; packed to two bits at the end."""
    return bytes([color]) * count


def _blank_rows(left: bytes, right: bytes, width: int, count: int) -> list[bytes]:
    return [left + _row(_PAPER, width) + right] * count


def _dashes(width: int) -> bytes:
    return ((_row(_EDGE, 12) + _row(_PAPER, 12)) * (width // 24 + 1))[:width]


def _torn(full: int) -> list[bytes]:
    """Teeth: each row has a dot less of paper on both sides of every tooth."""
    inner = full - 2 * _AROUND
    rows = []
    for depth in range(_TOOTH):
        tooth = (
            _row(_OUTSIDE, depth)
            + _row(_EDGE, 1)
            + _row(_PAPER, 2 * (_TOOTH - depth - 1))
            + _row(_EDGE, 1)
            + _row(_OUTSIDE, depth)
        )
        rows.append(_row(_OUTSIDE, _AROUND) + (tooth * (inner // len(tooth) + 1))[:inner] + _row(_OUTSIDE, _AROUND))
    return rows


@cache
def _wide_table() -> list[bytes]:
    """Eight dots as eight palette numbers."""
    return [bytes(_INK if value >> bit & 1 else _PAPER for bit in range(7, -1, -1)) for value in range(256)]


def _palette_png(width: int, pixels: list[bytes], dpi: int, colors: int) -> bytes:
    """A PNG with the first of the colours (colour type 3; two bits a pixel for four, four for more; width a multiple
    of 4)."""
    depth = 2 if colors <= 4 else 4
    per_metre = round(dpi / 0.0254)
    squeeze = zlib.compressobj(6)
    packed = []
    last, packed_last = b"", b""
    for row in pixels:
        if row is not last:
            # Four pixels, or two, of which each is a small number in a byte, come together in one byte.
            together = 8 // depth
            value = 0
            for place in range(together):
                value = value << depth | int.from_bytes(row[place::together], "big")
            packed_last = b"\0" + value.to_bytes(width // together, "big")
            last = row
        packed.append(squeeze.compress(packed_last))
    packed.append(squeeze.flush())
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(pixels), depth, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(bytes(color) for color in _PALETTE[:colors])),
            _chunk(b"tRNS", _OPACITY[:colors]),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", b"".join(packed)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
