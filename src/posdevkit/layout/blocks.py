"""Lines that follow each other: set together, since a receipt is made of them."""

from __future__ import annotations

from collections.abc import Sequence

from posdevkit.documents import Align, Columns, Rule, Style, Text

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


def printed(lines: Sequence[bytes], block: Sequence[Waiting], page: int) -> list[PrintLine | PrintBlock]:
    """What prints the lines of a block: one operation for those of one look."""
    found: list[PrintLine | PrintBlock] = []
    style: Style | None = None
    align: Align = "left"
    start = end = 0
    for _, element, other, _ in block:
        if element.style is not style or other != align or end - start == BLOCK_LINES:
            if style is not None:
                found.append(_together(lines[start:end], page, style, align))
            start, style, align = end, element.style, other
        end += 1
    if style is not None:
        found.append(_together(lines[start:end], page, style, align))
    return found


def _together(lines: Sequence[bytes], page: int, style: Style, align: Align) -> PrintLine | PrintBlock:
    if len(lines) == 1:
        return PrintLine((Run(lines[0], page, style),), align)
    return PrintBlock(tuple(lines), page, style, align)
