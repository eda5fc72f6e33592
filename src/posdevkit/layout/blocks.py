"""Lines that follow each other in one look: set together, since most of a receipt is made of them."""

from __future__ import annotations

from collections.abc import Sequence

from posdevkit.documents import Align, Style

from .encode import Charset
from .operations import PrintBlock, PrintLine, Run

__all__ = ["on_one_page", "printed"]


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


def printed(lines: Sequence[bytes], page: int, style: Style, align: Align) -> PrintLine | PrintBlock:
    """What prints lines of one look: one operation for all."""
    if len(lines) == 1:
        return PrintLine((Run(lines[0], page, style),), align)
    return PrintBlock(tuple(lines), page, style, align)
