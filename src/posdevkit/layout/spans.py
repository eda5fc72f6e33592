"""Lines of several styles: broken at blanks like others, but measured in dots, since their cells differ in width."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from posdevkit.documents import Column, Style
from posdevkit.errors import DocumentTooWide
from posdevkit.profiles import FontMetrics

from .widths import cells, char_cells

__all__ = ["Piece", "cell_dots", "set_pieces", "wrap_pieces"]

Piece = tuple[str, Style]
_WORDS_AND_BLANKS = re.compile(" +|[^ ]+")


def cell_dots(style: Style, font: FontMetrics) -> int:
    """Dots across that a character takes."""
    across = font.height * style.height if style.rotate else font.width * style.width
    return across + style.spacing * style.width


def wrap_pieces(pieces: Iterable[Piece], cell: Callable[[Style], int], width: int) -> list[list[Piece]]:
    """`pieces` on lines of at most `width` dots; `cell` tells the dots of one character cell of a style.

    A word may go on from one piece to the next. Blanks at a break are dropped; a word longer than a line is broken
    where the line is full. Raises DocumentTooWide for a character wider than a line.
    """
    lines: list[list[Piece]] = [[]]
    used = 0
    for word in _words(pieces):
        dots = sum(cells(text) * cell(style) for text, style in word)
        blank = word[0][0][0] == " "
        if used + dots > width:
            if blank and lines[-1]:
                lines.append([])
                used = 0
                continue
            if lines[-1]:
                _drop_blanks(lines[-1])
                lines.append([])
                used = 0
            for char, style in ((char, style) for text, style in word for char in text):
                wide = char_cells(char) * cell(style)
                if wide > width:
                    raise DocumentTooWide(f"{char!r} takes {wide} dots, a line has {width}")
                if used + wide > width:
                    lines.append([])
                    used = 0
                lines[-1].append((char, style))
                used += wide
        elif not (blank and not lines[-1] and len(lines) > 1):
            lines[-1] += word
            used += dots
    return [_joined(line) for line in lines]


def _words(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Words and stretches of blanks, each with the styles of its parts."""
    words: list[list[Piece]] = []
    for text, style in pieces:
        for token in _WORDS_AND_BLANKS.findall(text):
            if words and (words[-1][-1][0][-1] == " ") == (token[0] == " "):
                words[-1].append((token, style))
            else:
                words.append([(token, style)])
    return words


def _drop_blanks(line: list[Piece]) -> None:
    while line and not line[-1][0].strip(" "):
        line.pop()


def _joined(line: list[Piece]) -> list[Piece]:
    """Neighbours of one style as one piece."""
    found: list[Piece] = []
    for text, style in line:
        if found and found[-1][1] == style:
            found[-1] = (found[-1][0] + text, style)
        else:
            found.append((text, style))
    return found


def set_pieces(
    cells_of_row: Sequence[Sequence[Piece]],
    columns: Sequence[tuple[Column, int]],
    cell: Callable[[Style], int],
    gap: int,
    side: str = "",
) -> list[list[Piece]]:
    """The lines of a row whose columns are so many plain cells wide, with plain blanks around what does not fill them.

    A `side` stands between the columns and at both ends, as high as the line. What is not wrapped ends with its first
    line. Raises DocumentTooWide, as `wrap_pieces`.
    """
    plain = Style()
    unit = cell(plain)
    stacks = [
        wrap_pieces(pieces, cell, width * unit)[: None if column.wrap else 1]
        for pieces, (column, width) in zip(cells_of_row, columns, strict=True)
    ]
    lines: list[list[Piece]] = []
    for at in range(max(map(len, stacks))):
        tall = max((style.height for stack in stacks if at < len(stack) for _, style in stack[at]), default=1)
        edge = (side, plain if tall == 1 else Style(height=tall))
        line: list[Piece] = []
        for number, (stack, (column, width)) in enumerate(zip(stacks, columns, strict=True)):
            pieces = stack[at] if at < len(stack) else []
            free = width - -(-sum(cells(text) * cell(style) for text, style in pieces) // unit)
            # What cannot be halved goes before, as the markup that such rows come from has it.
            before = {"left": 0, "center": -(-free // 2)}.get(column.align, free)
            between = edge if side else (" " * (gap if number else 0), plain)
            line += [between, (" " * before, plain), *pieces, (" " * (free - before), plain)]
        line.append(edge)
        lines.append(_joined([piece for piece in line if piece[0]]))
    return lines
