"""A ticket as plain text, for tests, logs and people without a picture viewer."""

from __future__ import annotations

from dataclasses import dataclass

from posdevkit.layout import cells

from .display import Pane, RasterBlock, Symbol, TextCells, Ticket

__all__ = ["COLUMN_DOTS", "LINE_DOTS", "Inked", "Row", "plain_text", "rows_of"]

LINE_DOTS = 30
"""White paper of this many dots reads as a blank line: the default line spacing."""
COLUMN_DOTS = 12
"""Dots of a column where no characters tell: a cell of font A."""

_SIDES = ("\u2502", "|")
"""Of a frame: they stay below each other, also beside large characters."""

Inked = TextCells | RasterBlock | Symbol | Pane


@dataclass(slots=True)
class Row:
    """Items that stand side by side."""

    top: int
    bottom: int
    items: list[Inked]


def plain_text(ticket: Ticket) -> str:
    """See `Ticket.text`."""
    lines: list[str] = []
    bottom = 0
    for row in rows_of(ticket):
        if row.top - bottom >= LINE_DOTS:
            lines += [""] * ((row.top - bottom) // LINE_DOTS)
        only = row.items[0]
        if len(row.items) == 1 and isinstance(only, TextCells):  # most lines
            lines.append(_alone(only, ticket.width).rstrip())
            bottom = row.bottom
            continue
        panes = [item for item in row.items if isinstance(item, Pane)]
        for pane in panes:  # areas of a page one after the other, each as it is read
            lines += plain_text(pane.ticket).splitlines()
        if len(panes) < len(row.items):
            lines.append(_line(row, ticket.width).rstrip())
        bottom = row.bottom
    while lines and not lines[-1]:
        lines.pop()
    return "".join([line + "\n" for line in lines])


def rows_of(ticket: Ticket) -> list[Row]:
    """Items from top to bottom; the bands of one picture are one item."""
    inked = [item for item in ticket.items if isinstance(item, Inked) and item.height]
    inked.sort(key=lambda item: item.y)
    rows: list[Row] = []
    for item in inked:
        end = item.y + item.height
        if not rows or (item.y >= rows[-1].bottom and not _goes_on(rows[-1], item)):
            rows.append(Row(item.y, end, [item]))
            continue
        row = rows[-1]
        if not _goes_on(row, item):
            row.items.append(item)
        row.bottom = max(row.bottom, end)
    return rows


def _goes_on(row: Row, item: Inked) -> bool:
    """Whether `item` is the next band of the picture that is the row's only item."""
    last = row.items[0]
    return (
        isinstance(item, RasterBlock)
        and isinstance(last, RasterBlock)
        and len(row.items) == 1
        and (item.x, item.width, item.y) == (last.x, last.width, row.bottom)
    )


def _alone(item: TextCells, paper: int) -> str:
    """What `_line` makes of a row that is one run of characters."""
    left = paper - item.x - item.width if item.upside_down else item.x
    return " " * (left // item.style.cell_width) + item.text if left > 0 else item.text


def _line(row: Row, paper: int) -> str:
    texts = [item for item in row.items if isinstance(item, TextCells)]
    column = min((item.style.cell_width for item in texts), default=COLUMN_DOTS)
    upside_down = any(item.upside_down for item in texts)
    flat = [item for item in row.items if not isinstance(item, Pane)]
    placed = sorted(
        ((paper - item.x - item.width if upside_down else item.x, item) for item in flat), key=lambda pair: pair[0]
    )
    line = ""
    end = 0
    for x, item in placed:
        if x > end:
            # Large characters take one column each here; a gap on paper stays at least one blank wide.
            line += " " * max(x // column - cells(line), 1 if line else 0)
        elif isinstance(item, TextCells) and item.text.strip(" ") in _SIDES:
            line += " " * (x // column - cells(line))
        line += _content(item, row)
        end = x + item.width
    return line


def _content(item: TextCells | RasterBlock | Symbol, row: Row) -> str:
    if isinstance(item, TextCells):
        return item.text
    if isinstance(item, Symbol):
        return f"[{item.kind} {item.data}]"
    height = row.bottom - row.top if len(row.items) == 1 else item.height
    return f"[image {item.width}x{height}]"
