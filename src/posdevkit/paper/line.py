"""The print buffer: one line that is being set, until something prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from posdevkit.documents import Align, Raster
from posdevkit.layout.pages import below_base_line

from .display import CellStyle, Item, RasterBlock, TextCells
from .fonts import columns

__all__ = ["Line", "aligned"]

# No character before the Hangul Jamo is wide (Unicode East Asian Width), so most text needs no look at each character.
_MAYBE_WIDE = re.compile("[\u1100-\U0010ffff]")


def aligned(align: Align, area: tuple[int, int], width: int) -> int:
    """Where something of `width` dots begins in the print area; what is too wide begins at its left edge."""
    left, room = area
    if align == "left":
        return left
    spare = max(0, room - width)
    return left + (spare // 2 if align == "center" else spare)


@dataclass(slots=True)
class _Run:
    x: int
    width: int
    height: int
    content: str | Raster
    style: CellStyle | None


class Line:
    """Runs of characters and column pictures with their places from the left of the print area, in dots."""

    __slots__ = ("_extent", "_runs", "cursor", "height", "room")

    def __init__(self, room: int) -> None:
        self.room = room
        self.cursor = 0
        self.height = 0
        """Dots of the tallest thing in it."""
        self._extent = 0
        self._runs: list[_Run] = []

    @property
    def empty(self) -> bool:
        """Whether the line still stands at its start: only then some commands take effect."""
        return self.cursor == 0 and not self._runs

    @property
    def blank(self) -> bool:
        """Whether nothing would be printed."""
        return not self._runs

    def put_text(self, text: str, style: CellStyle, before: int = 0) -> str:
        """Set as much of `text` as fits; returns the rest, which belongs onto the next line.

        A character that is too wide even for an empty line is set all the same, so that there is always progress.
        `before` are dots of the spacing that stand to the left of each character.
        """
        if before and style.across <= self.room:
            # Moved by that much as a whole, the line and what is set in it come to the same.
            self.room += before
            self.cursor += before
            rest = self.put_text(text, style)
            self.room -= before
            self.cursor -= before
            return rest
        cell = style.across
        if not _MAYBE_WIDE.search(text) or all(columns(char) == 1 for char in set(_MAYBE_WIDE.findall(text))):
            fits = (self.room - self.cursor) // cell
            if len(text) <= fits:
                width = cell * len(text)
                if self._runs:
                    self._append(text, width, style)
                else:  # most lines
                    self._add(_Run(self.cursor, width, style.tall, text, style))
                return ""
            if fits <= 0 and self.empty:
                fits = 1
            if fits > 0:
                self._append(text[:fits], cell * min(fits, len(text)), style)
            return text[max(fits, 0) :]
        for place, char in enumerate(text):
            width = cell if style.rotated else (cell - style.spacing) * columns(char) + style.spacing
            if width > self.room - self.cursor and not self.empty:
                return text[place:]
            self._append(char, width, style)
        return ""

    def put_columns(self, raster: Raster) -> None:
        """Set a column picture; what does not fit the line is lost."""
        self._add(_Run(self.cursor, raster.width, raster.height, raster, None))

    def move(self, to: int) -> None:
        """Set the next character at `to` dots; places outside the print area are ignored."""
        if 0 <= to <= self.room:
            self.cursor = to

    def _append(self, text: str, width: int, style: CellStyle) -> None:
        last = self._runs[-1] if self._runs else None
        if last is not None and (last.style is style or last.style == style) and last.x + last.width == self.cursor:
            assert isinstance(last.content, str)
            last.content += text
            last.width += width
            self.cursor = end = self.cursor + width
            self._extent = max(self._extent, end)
        else:
            self._add(_Run(self.cursor, width, style.tall, text, style))

    def _add(self, run: _Run) -> None:
        self._runs.append(run)
        self.cursor = end = self.cursor + run.width
        self._extent = max(self._extent, end)
        self.height = max(self.height, run.height)

    def items(self, y: int, area: tuple[int, int], align: Align, upside_down: bool) -> list[Item]:
        """The line as it stands on paper when its top is at `y`: bottoms on one level, or turned by 180 degrees."""
        start = aligned(align, area, self._extent)
        if upside_down:
            right = 2 * area[0] + area[1] - start
            return [_placed(run, right - run.x - run.width, y, True) for run in self._runs]
        base = y + self.height
        return [_placed(run, start + run.x, base - run.height, False) for run in self._runs]

    def standing(self, level: int) -> Iterator[TextCells | RasterBlock]:
        """The line on a base line, for a page."""
        for run in self._runs:
            below = run.height // 8 if run.style is None else below_base_line(run.style.font, run.style.height)
            yield _placed(run, run.x, level + below - run.height, False)


def _placed(run: _Run, x: int, y: int, upside_down: bool) -> TextCells | RasterBlock:
    if isinstance(run.content, Raster):
        return RasterBlock(x, y, run.content)
    assert run.style is not None
    return TextCells(x, y, run.width, run.height, run.content, run.style, upside_down)
