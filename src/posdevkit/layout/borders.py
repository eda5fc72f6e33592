"""Lines between the cells of a table and around it, drawn with characters of font A."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from posdevkit.documents import Align, Column, Style

from .encode import Charset
from .spans import Piece, set_pieces
from .wrap import column_widths

__all__ = ["Bordered", "edge_line"]

# By what meets there: a line from above, from below, from the left, from the right.
_JOINTS: Final[Mapping[tuple[bool, bool, bool, bool], str]] = {
    (False, True, False, True): "┌",
    (False, True, True, True): "┬",
    (False, True, True, False): "┐",
    (True, True, False, True): "├",
    (True, True, True, True): "┼",
    (True, True, True, False): "┤",
    (True, False, False, True): "└",
    (True, False, True, True): "┴",
    (True, False, True, False): "┘",
    (False, False, True, True): "─",
}
_ASCII: Final = {ord(char): "-" if char == "─" else "+" for char in _JOINTS.values()}


def _drawn(charset: Charset) -> bool:
    """Whether the model has such characters on some code page; else signs of ASCII stand for them."""
    return charset.settable.issuperset((*_JOINTS.values(), "│"))


def _widths(columns: tuple[Column, ...], room: int) -> list[int]:
    """Cells of each column between lines of one cell each; what is left over goes to the last ones.

    Raises DocumentTooWide where there is no room.
    """
    # No column takes more room for what stands in it: edges are drawn without knowing.
    plan = tuple(replace(column, align="left") for column in reversed(columns))
    return column_widths(plan, 1, room - 2, [""] * len(plan))[::-1]


def _left_of(widths: list[int], room: int, align: Align) -> int:
    """Cells to the left of a table that has its place on the paper."""
    spare = max(0, room - sum(widths) - len(widths) - 1)
    return {"left": 0, "center": spare // 2, "right": spare}[align]


def _sides(columns: tuple[Column, ...], room: int, align: Align) -> list[int]:
    """The places of the lines between the cells."""
    if not columns:
        return []
    widths = _widths(columns, room)
    return list(accumulate((width + 1 for width in widths), initial=_left_of(widths, room, align)))


def edge_line(above: tuple[Column, ...], below: tuple[Column, ...], align: Align, room: int, charset: Charset) -> str:
    """A line that joins the columns above it and below it."""
    over, under = _sides(above, room, align), _sides(below, room, align)
    first, last = min((*over[:1], *under[:1])), max((*over[-1:], *under[-1:]))
    line = "".join(_JOINTS[at in over, at in under, at > first, at < last] for at in range(first, last + 1))
    return " " * first + (line if _drawn(charset) else line.translate(_ASCII))


@dataclass(frozen=True, slots=True)
class Bordered:
    """A table with lines between its columns, on a paper of `room` cells."""

    columns: tuple[Column, ...]
    align: Align
    room: int
    charset: Charset

    def lines(self, rows: Sequence[Sequence[Piece]], cell: Callable[[Style], int]) -> Iterator[list[Piece]]:
        """The lines of one row of cells; `cell` tells the dots of a character. Raises DocumentTooWide."""
        widths = _widths(self.columns, self.room)
        side = "│" if _drawn(self.charset) else "|"
        before = " " * _left_of(widths, self.room, self.align)
        for line in set_pieces(rows, list(zip(self.columns, widths, strict=True)), cell, 1, side):
            yield [(before, Style()), *line] if before else line
