"""A frame around lines that have been set: its corners and sides are characters of font A."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from posdevkit.documents import Align, Style

from .encode import Charset
from .lettering import framed
from .operations import DrawText, FeedLines, Operation, PrintBlock, PrintLine, Run

__all__ = ["SIDES", "Frame"]

SIDES: Final = 4
"""Columns that a frame takes: a side and a blank, left and right."""
_CHARACTERS: Final = (tuple("┌─┐│└┘├┤"), tuple("+-+|++++"))
"""Corners and sides as code page 437 and its kin have them, and for pages that have none."""
_PLAIN: Final = Style()


class Frame:
    """One frame, `columns` characters wide; `runs` sets text in a style."""

    def __init__(
        self, columns: int, cell: int, charset: Charset, runs: Callable[[str, Style], tuple[Run, ...]]
    ) -> None:
        """`cell`: dots of a column."""
        self._columns = columns
        self._cell = cell
        self._runs = runs
        self._characters = next(some for some in _CHARACTERS if charset.settable.issuperset(some))

    def _across(self, left: int, right: int) -> PrintLine:
        level = self._characters[1] * (self._columns - 2)
        return PrintLine(self._runs(f"{self._characters[left]}{level}{self._characters[right]}", _PLAIN))

    def top(self) -> PrintLine:
        """The upper edge."""
        return self._across(0, 2)

    def rule(self) -> PrintLine:
        """A line that joins both sides."""
        return self._across(6, 7)

    def bottom(self) -> PrintLine:
        """The lower edge."""
        return self._across(4, 5)

    def around(self, operation: Operation) -> Iterator[PrintLine | DrawText]:
        """The lines of what has been set in the room between the sides."""
        match operation:
            case PrintLine(runs, align):
                yield self._between(runs, align)
            case PrintBlock(lines, page, style, align):
                for data in lines:
                    yield self._between((Run(data, page, style),), align)
            case FeedLines(count):
                for _ in range(count):
                    yield self._between((), "left")
            case DrawText():
                yield framed(operation, self._columns, self._cell, SIDES)
            case _:
                pass  # a box takes nothing else

    def _between(self, runs: tuple[Run, ...], align: Align) -> PrintLine:
        # The sides are as high as the line, or there would be gaps in them.
        height = max((run.style.height for run in runs), default=1)
        border = _PLAIN if height == 1 else Style(height=height)
        free = self._columns - SIDES - sum(len(run.data) * run.style.width for run in runs)
        before = {"left": 0, "center": free // 2, "right": free}[align]
        side = self._characters[3]
        left, right = f"{side} {' ' * before}", f"{' ' * (free - before)} {side}"
        return PrintLine((*self._runs(left, border), *runs, *self._runs(right, border)))
