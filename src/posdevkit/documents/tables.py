"""Rows of a table before they are elements: which cell takes which columns, and decimal separators below each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import cast

from .elements import Cell, Column

__all__ = ["table_rows"]

# What follows the decimal separator of an amount: digits, then what is no digit (a currency, a sign, a unit).
_FRACTION = re.compile("[.,][0-9]+[^0-9]*$|[^0-9]*$")


def table_rows(
    rows: Iterable[Sequence[str | Cell]], plan: Sequence[Column]
) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """The text of each row's cells, and over how many columns each goes (empty: one each).

    In a decimal column, texts get blanks behind them until all have as many characters from the separator on.
    """
    rows = [tuple(row) for row in rows]
    if not any(column.align == "decimal" for column in plan) and not any(map(_has_cells, rows)):
        return [(cast(tuple[str, ...], row), ()) for row in rows]  # most tables
    found = [[Cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    for number, column in enumerate(plan):
        if column.align == "decimal":
            _line_up(found, number)
    return [
        (
            tuple(cell.text for cell in row),
            tuple(cell.columns for cell in row) if any(cell.columns > 1 for cell in row) else (),
        )
        for row in found
    ]


def _has_cells(row: Sequence[str | Cell]) -> bool:
    return Cell in map(type, row)


def _line_up(rows: list[list[Cell]], column: int) -> None:
    places: list[tuple[list[Cell], int]] = []
    for row in rows:
        start = 0
        for at, cell in enumerate(row):
            if start == column and cell.columns == 1 and any(map(str.isdigit, cell.text)):
                places.append((row, at))
            start += cell.columns
    tails = [_tail(row[at].text) for row, at in places]
    longest = max(tails, default=0)
    for (row, at), tail in zip(places, tails, strict=True):
        row[at] = Cell(row[at].text + " " * (longest - tail))


def _tail(text: str) -> int:
    found = _FRACTION.search(text)
    return len(found[0]) if found else 0
