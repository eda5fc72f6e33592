"""A ticket as plain text, for tests, logs and people without a picture viewer."""

from __future__ import annotations

from dataclasses import dataclass

from posdevkit.layout import cells

from .display import RasterBlock, Symbol, TextCells, Ticket

__all__ = ["plain_text"]

_LINE = 30
"""White paper of this many dots reads as a blank line: the default line spacing."""
_COLUMN = 12
"""Dots of a column where no characters tell: a cell of font A."""

_Inked = TextCells | RasterBlock | Symbol


@dataclass(slots=True)
class _Row:
    """Items that stand side by side."""

    top: int
    bottom: int
    items: list[_Inked]


def plain_text(ticket: Ticket) -> str:
    """See `Ticket.text`."""
    lines: list[str] = []
    bottom = 0
    for row in _rows(ticket):
        lines += [""] * ((row.top - bottom) // _LINE)
        lines.append(_line(row, ticket.width).rstrip())
        bottom = row.bottom
    while lines and not lines[-1]:
        lines.pop()
    return "".join([line + "\n" for line in lines])


def _rows(ticket: Ticket) -> list[_Row]:
    """Items from top to bottom; the bands of one picture are one item."""
    inked = [item for item in ticket.items if isinstance(item, (TextCells, RasterBlock, Symbol)) and item.height]
    inked.sort(key=lambda item: item.y)
    rows: list[_Row] = []
    for item in inked:
        end = item.y + item.height
        if not rows or (item.y >= rows[-1].bottom and not _goes_on(rows[-1], item)):
            rows.append(_Row(item.y, end, [item]))
            continue
        row = rows[-1]
        if not _goes_on(row, item):
            row.items.append(item)
        row.bottom = max(row.bottom, end)
    return rows


def _goes_on(row: _Row, item: _Inked) -> bool:
    """Whether `item` is the next band of the picture that is the row's only item."""
    last = row.items[0]
    return (
        isinstance(item, RasterBlock)
        and isinstance(last, RasterBlock)
        and len(row.items) == 1
        and (item.x, item.width, item.y) == (last.x, last.width, row.bottom)
    )


def _line(row: _Row, paper: int) -> str:
    texts = [item for item in row.items if isinstance(item, TextCells)]
    column = min((item.style.cell_width for item in texts), default=_COLUMN)
    upside_down = any(item.upside_down for item in texts)
    placed = sorted(
        ((paper - item.x - item.width if upside_down else item.x, item) for item in row.items), key=lambda pair: pair[0]
    )
    line = ""
    end = 0
    for x, item in placed:
        if x > end:
            # Large characters take one column each here; a gap on paper stays at least one blank wide.
            line += " " * max(x // column - cells(line), 1 if line else 0)
        line += _content(item, row)
        end = x + item.width
    return line


def _content(item: _Inked, row: _Row) -> str:
    if isinstance(item, TextCells):
        return item.text
    if isinstance(item, Symbol):
        return f"[{item.kind} {item.data}]"
    height = row.bottom - row.top if len(row.items) == 1 else item.height
    return f"[image {item.width}x{height}]"
