"""Tickets as a page that needs nothing else: for receipts by mail, and for browsers.

Characters stay characters, so that they can be searched, read aloud and copied; pictures and symbols are drawn as on
the paper, with what they say beside them for programs that show no pictures. All looks stand at the elements
themselves, since mail programs drop style sheets; there is no script and nothing is fetched.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from posdevkit.documents import Raster
from posdevkit.imaging import png_bytes

from .display import Pane, RasterBlock, Symbol, TextCells, Ticket
from .plain import COLUMN_DOTS, LINE_DOTS, Inked, Row, rows_of

__all__ = ["html_page"]

_BODY: Final = "margin:0;padding:16px;background:#eee"
_PAPER: Final = (
    "margin:0 auto 16px;padding:16px;background:#fff;color:#000;"
    "font-family:'DejaVu Sans Mono',Consolas,Menlo,monospace;font-size:14px;line-height:1.25"
)
_ROW: Final = "margin:0;white-space:pre"
_LEVEL: Final = 2
"""Cells that a line may stand off the middle and still be one that was centred."""


def html_page(tickets: Iterable[Ticket], title: str = "") -> str:
    """One page of HTML with the tickets below each other; `title` is that of the window. All text is escaped.

    A line keeps its columns in a font of one width; characters are as large as they are wide on the paper. What was
    turned stands upright.
    """
    papers = "\n".join(_paper(ticket) for ticket in tickets)
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<title>{escape(title)}</title>\n</head>\n<body style="{_BODY}">\n{papers}\n</body>\n</html>\n'
    )


def _paper(ticket: Ticket) -> str:
    column = _column(_all_cells(ticket))
    return f'<div style="{_PAPER};width:{ticket.width // column}ch">\n' + "\n".join(_lines(ticket, column)) + "\n</div>"


def _lines(ticket: Ticket, column: int) -> list[str]:
    """Rows from top to bottom; the areas of a page one after the other, each as it is read."""
    lines: list[str] = []
    bottom = 0
    for row in rows_of(ticket):
        lines += [f'<p style="{_ROW}">&nbsp;</p>'] * ((row.top - bottom) // LINE_DOTS)
        flat: list[Inked] = []
        for item in row.items:
            if isinstance(item, Pane):
                lines += _lines(item.ticket, column)
            else:
                flat.append(item)
        if flat:
            lines.append(_row(Row(row.top, row.bottom, flat), ticket, column))
        bottom = row.bottom
    return lines


def _all_cells(ticket: Ticket) -> Iterator[TextCells]:
    for item in ticket.items:
        if isinstance(item, TextCells):
            yield item
        elif isinstance(item, Pane):
            yield from _all_cells(item.ticket)


def _column(cells: Iterable[TextCells]) -> int:
    """Dots of a column: a cell of the font that most of the ticket is set in."""
    counted = Counter[int]()
    for item in cells:
        counted[item.style.cell_width] += len(item.text)
    return counted.most_common(1)[0][0] if counted else COLUMN_DOTS


def _texts(row: Row) -> Iterator[TextCells]:
    return (item for item in row.items if isinstance(item, TextCells))


def _row(row: Row, ticket: Ticket, column: int) -> str:
    upside_down = any(item.upside_down for item in _texts(row))
    placed = sorted(
        ((ticket.width - item.x - item.width if upside_down else item.x, item) for item in row.items),
        key=lambda pair: pair[0],
    )
    first, last = placed[0][0], placed[-1][0] + placed[-1][1].width
    pictures = not any(True for _ in _texts(row))
    if (len(placed) == 1 or pictures) and first and abs(first - (ticket.width - last)) <= _LEVEL * column:
        content = "".join(_item(item, row, ticket, column) for _, item in placed)
        return f'<p style="{_ROW};text-align:center">{content}</p>'
    parts: list[str] = []
    at = end = 0  # in columns, and in dots
    for x, item in placed:
        # A gap on paper stays at least one blank wide.
        gap = max(x // column - at, 1 if parts and x > end else 0)
        parts.append(" " * gap + _item(item, row, ticket, column))
        end = x + item.width
        at = max(at + gap, -(-end // column))
    return f'<p style="{_ROW}">{"".join(parts)}</p>'


def _item(item: Inked, row: Row, ticket: Ticket, column: int) -> str:
    if isinstance(item, TextCells):
        return _cells(item, column)
    if isinstance(item, Symbol):
        return _picture(item.raster, f"{item.kind} {item.data}", ticket)
    if isinstance(item, Pane):
        return ""  # its lines stand by themselves
    return _picture(_whole(item, row, ticket), "", ticket)


def _cells(item: TextCells, column: int) -> str:
    style = item.style
    looks = []
    size = style.width * style.cell_width / column
    if size != 1:
        looks.append(f"font-size:{size:.3g}em;line-height:1.1")
    if style.bold:
        looks.append("font-weight:bold")
    if style.underline:
        looks.append("text-decoration:underline")
    if style.reverse:
        looks.append("background:#000;color:#fff")
    elif style.second_color:
        looks.append("color:#c42824")
    text = escape(item.text)
    return f'<span style="{";".join(looks)}">{text}</span>' if looks else text


def _whole(item: RasterBlock, row: Row, ticket: Ticket) -> Raster:
    """A picture that stands alone with all its bands."""
    if len(row.items) > 1:
        return item.raster
    bands = sorted(
        (
            block
            for block in ticket.items
            if isinstance(block, RasterBlock)
            and (block.x, block.width) == (item.x, item.width)
            and row.top <= block.y < row.bottom
        ),
        key=lambda block: block.y,
    )
    data = b"".join(band.raster.data for band in bands)
    return Raster(item.width, sum(band.height for band in bands), data)


def _picture(raster: Raster, said: str, ticket: Ticket) -> str:
    share = 100 * raster.width / ticket.width
    data = b64encode(png_bytes(raster, dpi=ticket.dpi)).decode("ascii")
    return (
        f'<img alt="{escape(said)}" src="data:image/png;base64,{data}" style="width:{share:.3g}%;vertical-align:top">'
    )
