"""Paints a ticket in packed strips: whole rows as big numbers, no loop over dots.

Items that share rows make one strip; between strips lie white ones. A strip of text is one number of `height` times
`stride` bits into which every word is laid with one shift and one OR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from posdevkit.documents import Raster

from .display import Pane, RasterBlock, Stroke, Symbol, TextCells, Ticket
from .shapes import Look, Shapes

__all__ = ["filtered_rows", "paint"]

_Dots = RasterBlock | Symbol | Stroke | Pane
_Inked = TextCells | _Dots
_INVERT = bytes(255 - value for value in range(256))
_WORDS = re.compile("[^ 0-9]+(?: [^ 0-9]+)* ?|[0-9]{1,2}[.,:]? ?| +")
"""What a receipt says again and again: a name of several words, up to two digits, blanks."""


def paint(ticket: Ticket) -> Iterator[Raster]:
    """The ticket's dots from top to bottom; all strips are as wide as the paper. Ink outside the paper is lost."""
    for height, rows in _strips(ticket, (ticket.width + 7) // 8, white=False):
        yield Raster(ticket.width, height, rows)


def filtered_rows(ticket: Ticket) -> Iterator[bytes]:
    """The same as PNG wants it: 1 is white, and behind each row the filter of the next, which is 0 for none."""
    for _, rows in _strips(ticket, (ticket.width + 7) // 8 + 1, white=True):
        yield rows


def _strips(ticket: Ticket, size: int, *, white: bool) -> Iterator[tuple[int, bytes]]:
    """Height and rows of each strip: `size` bytes a row, of which those beyond the paper are 0; `white` is 1 or 0."""
    shapes = Shapes(8 * size, ticket.width)
    y = 0
    for top, bottom, items in _levels(ticket):
        if top > y:
            yield top - y, _blank(top - y, size, ticket.width, white)
        yield bottom - top, _strip(items, top, bottom - top, shapes, white)
        y = bottom
    if ticket.height > y:
        yield ticket.height - y, _blank(ticket.height - y, size, ticket.width, white)


def _blank(height: int, size: int, width: int, white: bool) -> bytes:
    return _white_row(size, width) * height if white else bytes(size * height)


@lru_cache(maxsize=16)
def _white_row(size: int, width: int) -> bytes:
    return ((1 << width) - 1 << 8 * size - width).to_bytes(size, "big")


@lru_cache(maxsize=64)
def _on_paper(height: int, stride: int, width: int) -> int:
    """All the dots of so many rows."""
    return int.from_bytes(_white_row(stride // 8, width) * height, "big")


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


def _strip(items: list[_Inked], top: int, height: int, shapes: Shapes, white: bool) -> bytes:
    stride, width = shapes.stride, shapes.width
    first = items[0]
    if len(items) == 1 and first.height == height:
        if not isinstance(first, TextCells):
            rows = _picture(first, stride, width)
            return _inverted(rows, stride // 8) if white else rows
        dots, room = _text(first, shapes)
    else:
        dots, room = 0, stride
        for item in items:
            below = (height - (item.y - top) - item.height) * stride
            if isinstance(item, TextCells):
                inked, left = _text(item, shapes)
                room = min(room, left)
            else:
                inked = int.from_bytes(_picture(item, stride, width), "big")
            dots |= inked << below if below >= 0 else inked >> -below
    if room < stride - width:  # a character that hangs over the right edge must not leave dots in the padding
        dots &= _on_paper(height, stride, width)
    if white:
        dots ^= _on_paper(height, stride, width)
    return dots.to_bytes(stride // 8 * height, "big")


def _text(item: TextCells, shapes: Shapes) -> tuple[int, int]:
    """The run as a number of `item.height` rows of the strip's stride, and the room left to the right of it."""
    look = shapes.look(item.style, item.upside_down)
    placed = look.placed
    room = shapes.stride - item.x
    dots = 0
    for word in _WORDS.findall(item.text[::-1] if item.upside_down else item.text):
        inked, left = placed.get((word, room)) or look.place(word, room)
        if left < 0:
            # Only characters wider than the paper's rest come here; the left part is printed.
            return dots | _hanging(word, look, room, item.height, shapes.stride), 0
        room = left
        if inked:  # blanks, half of most receipts, have nothing to lay
            dots |= inked
    return dots, room


def _hanging(word: str, look: Look, room: int, height: int, stride: int) -> int:
    dots = 0
    for char in word:
        inked, width = look.character(char)
        room -= width
        if room < 0:
            return dots | _clipped(inked, -room, height, stride)
        dots |= inked << room
    return dots


def _clipped(bits: int, excess: int, height: int, stride: int) -> int:
    row_mask = (1 << stride) - 1
    clipped = 0
    for row in range(height - 1, -1, -1):
        clipped = clipped << stride | (bits >> row * stride & row_mask) >> excess
    return clipped


def _inverted(rows: bytes, size: int) -> bytes:
    """Rows of a picture, the last byte of each but for the filter of the next."""
    white = rows.translate(_INVERT)
    return b"\0".join([white[at : at + size - 1] for at in range(0, len(rows), size)]) + b"\0"


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
