"""Rows of a table before they are elements: which cell takes which columns, and decimal separators below each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from .elements import Cell, Column

__all__ = ["roomy", "table_rows"]

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


def roomy(rows: Iterable[tuple[tuple[str, ...], tuple[int, ...]]], plan: tuple[Column, ...]) -> tuple[Column, ...]:
    """`plan` with as much room for its amounts as the longest of each column takes: a figure that is broken is wrong.

    Amounts are what stands at the right or by its decimals, in a column without a width. `rows` as of `table_rows`.
    """
    longest = [0] * len(plan)
    for cells, spans in rows:
        at = 0
        for cell, over in zip(cells, spans or (1,) * len(cells), strict=False):
            if at >= len(plan):  # more cells than columns: refused where the row is made
                break
            if over == 1 and plan[at].width is None and plan[at].align in ("right", "decimal"):
                longest[at] = max(longest[at], _unbroken(cell, plan[at]))
            at += over
    return tuple(
        [
            replace(column, least=most) if most > column.least else column
            for column, most in zip(plan, longest, strict=True)
        ]
    )


def _unbroken(cell: str, column: Column) -> int:
    """Characters of the cell, or of its longest word where it holds no figures."""
    parts = cell.split("\n") if column.align == "decimal" or any(map(str.isdigit, cell)) else cell.split()
    return max((_cells(part) for part in parts), default=0)


def _cells(text: str) -> int:
    return len(text) if text.isascii() else sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


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
