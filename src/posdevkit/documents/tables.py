"""Rows of a table before they are elements: which cell takes which columns, and decimal separators below each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import cast

from .elements import Cell, Column

__all__ = ["roomy", "table_rows"]

_CURRENCY = 4
"""Letters that an amount has at the most, as in `DKK 12,00` or `12,00 kr.`."""
_LONG_WORD = 12
"""Cells for which a word, as of a heading, asks: a text may be broken, and takes no room from the others."""
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


def roomy(rows: Sequence[tuple[tuple[str, ...], tuple[int, ...]]], plan: tuple[Column, ...]) -> tuple[Column, ...]:
    """`plan` with as much room for its amounts as the longest of each column takes: a figure that is broken is wrong.

    Amounts are what stands at the right or by its decimals, in a column without a width. `rows` as of `table_rows`.
    """
    found = list(plan)
    for number, column in enumerate(plan):
        if column.width is None and column.align in ("right", "decimal"):
            longest = _longest([*_in_column(rows, number)])
            if longest > column.least:
                found[number] = _at_least(column, longest)
    return tuple(found)


def _longest(cells: list[str]) -> int:
    text = "".join(cells)
    if text.isascii() and not any(map(str.isalpha, text)) and "\n" not in text:  # amounts, in most tables
        return max(map(len, cells), default=0)
    return max([_unbroken(cell) for cell in cells])


def _in_column(rows: Iterable[tuple[tuple[str, ...], tuple[int, ...]]], column: int) -> Iterator[str]:
    """The cells that stand in this column alone."""
    for cells, spans in rows:
        if not spans:
            if column < len(cells):  # too few cells are refused where the row is made
                yield cells[column]
            continue
        at = 0
        for cell, over in zip(cells, spans, strict=False):
            if at == column and over == 1:
                yield cell
            at += over


@lru_cache(maxsize=256)
def _at_least(column: Column, least: int) -> Column:
    """Made once for tables that are alike, so that their plans are told to be the same at a glance."""
    return replace(column, least=least)


def _unbroken(cell: str) -> int:
    """Cells of an amount as a whole, or of the longest word of a text, as far as it asks for it."""
    if any(map(str.isdigit, cell)) and sum(map(str.isalpha, cell)) <= _CURRENCY:
        return max(map(_cells, cell.split("\n")))
    return min(_LONG_WORD, max(map(_cells, cell.split()), default=0))


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
