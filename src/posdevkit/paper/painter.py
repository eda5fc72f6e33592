"""Paints a ticket in packed strips: whole rows as big numbers, no loop over dots.

Items that share rows make one strip; between strips lie white ones. A strip of text is one number of `height` times
`stride` bits into which every character is laid with one shift and one OR.
"""

from __future__ import annotations

from collections.abc import Iterator

from posdevkit.documents import Raster

from .display import Pane, RasterBlock, Stroke, Symbol, TextCells, Ticket
from .shapes import Shapes

__all__ = ["paint"]

_Dots = RasterBlock | Symbol | Stroke | Pane
_Inked = TextCells | _Dots


def paint(ticket: Ticket) -> Iterator[Raster]:
    """The ticket's dots from top to bottom; all strips are as wide as the paper. Ink outside the paper is lost."""
    width = ticket.width
    stride = (width + 7) // 8 * 8
    shapes = Shapes(stride)
    y = 0
    for top, bottom, items in _levels(ticket):
        if top > y:
            yield Raster(width, top - y, bytes(stride // 8 * (top - y)))
        yield Raster(width, bottom - top, _strip(items, top, bottom - top, shapes, width))
        y = bottom
    if ticket.height > y:
        yield Raster(width, ticket.height - y, bytes(stride // 8 * (ticket.height - y)))


def _levels(ticket: Ticket) -> Iterator[tuple[int, int, list[_Inked]]]:
    """Items grouped so that no two groups share a row, clipped to the paper."""
    inked = [item for item in ticket.items if isinstance(item, _Inked) and item.height]
    inked.sort(key=lambda item: item.y)
    group: list[_Inked] = []
    top = bottom = 0
    for item in inked:
        if group and item.y >= bottom:
            yield top, min(bottom, ticket.height), group
            group = []
        if item.y >= ticket.height:
            break
        if not group:
            top = bottom = item.y
        group.append(item)
        bottom = max(bottom, item.y + item.height)
    if group:
        yield top, min(bottom, ticket.height), group


def _strip(items: list[_Inked], top: int, height: int, shapes: Shapes, width: int) -> bytes:
    stride = shapes.stride
    if len(items) == 1 and not isinstance(items[0], TextCells) and items[0].height == height:
        return _picture(items[0], stride, width)
    dots = 0
    for item in items:
        below = (height - (item.y - top) - item.height) * stride
        if isinstance(item, TextCells):
            inked = _text(item, shapes)
        else:
            inked = int.from_bytes(_picture(item, stride, width), "big")
        dots |= inked << below if below >= 0 else inked >> -below
    spare = stride - width
    if spare and any(isinstance(item, TextCells) for item in items):
        # A character that hangs over the right edge must not leave dots in the padding.
        row = ((1 << width) - 1) << spare
        mask = row
        for _ in range(height - 1):
            mask = mask << stride | row
        dots &= mask
    return dots.to_bytes(stride // 8 * height, "big")


def _text(item: TextCells, shapes: Shapes) -> int:
    """The run as a number of `item.height` rows of the strip's stride."""
    table = shapes.table(item.style, item.upside_down)
    room = shapes.stride - item.x
    dots = 0
    for char in reversed(item.text) if item.upside_down else item.text:
        found = table.get(char) or shapes.make(char, item.style, item.upside_down)
        room -= found[1]
        if room < 0:
            # Only a character wider than the paper's rest comes here; its left part is printed.
            return dots | _clipped(found, -room, item.height, shapes.stride)
        if found[0]:  # blanks, half of most receipts, have nothing to lay
            dots |= found[0] << room
    return dots


def _clipped(shape: tuple[int, int], excess: int, height: int, stride: int) -> int:
    bits, _ = shape
    row_mask = (1 << stride) - 1
    clipped = 0
    for row in range(height - 1, -1, -1):
        clipped = clipped << stride | (bits >> row * stride & row_mask) >> excess
    return clipped


def _picture(item: _Dots, stride: int, width: int) -> bytes:
    """A raster's rows moved to their place; the renderer has cut it to the paper."""
    raster, size = item.raster, stride // 8
    old = raster.stride
    data = raster.data
    if item.x == 0 and old == size:
        return data
    if not item.x % 8 and not raster.width % 8:
        left = bytes(item.x // 8)
        keep = min(old, size - len(left))
        right = bytes(size - len(left) - keep)
        return b"".join([left + data[at : at + keep] + right for at in range(0, len(data), old)])
    shift = stride - item.x - 8 * old
    mask = (1 << stride) - (1 << stride - width)
    rows = (int.from_bytes(data[at : at + old], "big") for at in range(0, len(data), old))
    moved = (row << shift if shift >= 0 else row >> -shift for row in rows)
    return b"".join([(row & mask).to_bytes(size, "big") for row in moved])
