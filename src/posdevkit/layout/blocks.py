"""Lines that follow each other: set together, since a receipt is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posdevkit.documents import Align, Columns, Rule, Text

from .encode import Charset
from .operations import BLOCK_LINES, PrintBlock, PrintLine, Run

__all__ = ["Waiting", "on_one_page", "printed"]

Waiting = tuple[str, Text | Columns | Rule, Align, int]
"""A line as it is to stand on paper, what it was made from, its alignment, and the place of that in the receipt."""


def on_one_page(lines: Sequence[str], charset: Charset, page: int) -> tuple[list[bytes], int] | None:
    """The lines as bytes and the page that sets them all as they stand: the present one, or the first that can.

    No line holds a line break. None where no page sets them all, one character a cell.
    """
    text = "\n".join(lines)
    data = charset.quick(text, page)
    if data is None:
        if (elsewhere := charset.quick_elsewhere(text)) is None:
            return None
        data, page = elsewhere
    return data.split(b"\n"), page


def printed(lines: Sequence[bytes], block: Sequence[Waiting], page: int) -> Iterator[PrintLine | PrintBlock]:
    """What prints the lines of a block: one operation for those of one look."""
    start, end = 0, len(block)
    while start < end:
        _, element, align, _ = block[start]
        style = element.style
        most = min(end, start + BLOCK_LINES)
        after = start + 1
        while after < most:
            _, element, other, _ = block[after]
            if element.style is not style or other != align:
                break
            after += 1
        if after == start + 1:
            yield PrintLine((Run(lines[start], page, style),), align)
        else:
            yield PrintBlock(tuple(lines[start:after]), page, style, align)
        start = after
