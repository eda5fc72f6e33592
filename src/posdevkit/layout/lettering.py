"""Lines that the printer cannot set, laid out to be drawn: broken where they are full, their columns where they stand.

A line is a picture as a whole as soon as one character of it has to be drawn: so all of it has one look, and nothing
depends on how a model sets pictures beside characters. Widths are dots, measured by whoever draws; columns begin at the
same dots as those of the lines that the printer sets. Each cell and each piece of a line has a direction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from posdevkit.documents import Align, Column, Style
from posdevkit.errors import DocumentTooWide, Unsupported
from posdevkit.profiles import FontMetrics, Profile

from .bidi import starts_at_the_right
from .encode import Charset
from .graphemes import clusters, unbroken
from .operations import DrawText, Lettering
from .wrap import (
    LEAST_LABEL,
    ZERO_WIDTH_SPACE,
    breakable,
    check_amounts,
    column_widths,
    goes_below,
    is_label_and_amount,
)

__all__ = ["Letters", "Missing", "Scribe", "framed"]

_READABLE = 16
"""Dots of a cell from which on letters of any script can be told apart; a needle printer's have 9 or less."""


class Missing(Protocol):
    """A character that cannot be drawn."""

    @property
    def char(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def remedy(self) -> str: ...


class Letters(Protocol):
    """Who draws text, and says beforehand how wide it will be."""

    @property
    def strict(self) -> bool:
        """Whether what cannot be drawn is refused instead of becoming a '?'."""

    def missing(self, text: str, style: Style) -> Sequence[Missing]:
        """What cannot be drawn, each once."""

    def prepared(self, text: str, style: Style) -> str:
        """`text` as it will be drawn: in NFC, with a '?' for what cannot be drawn."""

    def width(self, text: str, style: Style, font: FontMetrics, *, right_to_left: bool) -> int:
        """Dots that one line of `text` takes."""


Piece = tuple[str, Style]


class Scribe:
    """Sets lines of a paper `columns` cells of font A wide, to be drawn by `letters`."""

    def __init__(self, letters: Letters, missing: Sequence[Missing], profile: Profile, margin: int) -> None:
        """`margin`: cells of font A that a line leaves free, for a frame."""
        self.missing = missing
        self._letters = letters
        self._fonts = profile.fonts
        self._cell = profile.fonts["A"].width
        self._width = (profile.fonts["A"].columns - margin) * self._cell

    def _measure(self, text: str, style: Style, right: bool) -> int:
        return self._letters.width(text, style, self._fonts[style.font], right_to_left=right) if text else 0

    def text(self, text: str, style: Style, align: Align) -> list[DrawText]:
        """One paragraph."""
        text = self._letters.prepared(text, style)
        right = starts_at_the_right(text)
        lines = self._wrapped(text, style, self._width, right)
        return [
            DrawText((Lettering(line, style, 0, right),), self._measure(line, style, right), align) for line in lines
        ]

    def line(self, pieces: Iterable[Piece], align: Align) -> list[DrawText]:
        """One line of several styles, on as many as it takes."""
        rows = self._wrapped_pieces(self._prepared(pieces), self._width)
        return [self._at(0, row, align) for row in rows]

    def rule(self, char: str, style: Style) -> list[DrawText]:
        """A line across the paper of one character."""
        char = self._letters.prepared(char, style)
        width = self._measure(char, style, right=False)
        return self.text(char * (self._width // max(1, width)), style, "left")[:1]

    def _prepared(self, pieces: Iterable[Piece]) -> list[Piece]:
        return [(self._letters.prepared(text, style), style) for text, style in pieces]

    def _at(self, left: int, row: Sequence[Piece], align: Align) -> DrawText:
        placed, end = self._placed(row, left)
        return DrawText(tuple(placed), end, align)

    def _placed(self, row: Sequence[Piece], left: int) -> tuple[list[Lettering], int]:
        placed: list[Lettering] = []
        for text, style in row:
            right = starts_at_the_right(text)
            placed.append(Lettering(text, style, left, right))
            left += self._measure(text, style, right)
        return placed, left

    def row(
        self, cells: Sequence[Sequence[Piece]], columns: tuple[Column, ...], gap: int, spans: tuple[int, ...] = ()
    ) -> list[DrawText]:
        """A row of a table; its columns begin where those of other rows do. Raises DocumentTooWide, naming the row."""
        cells = [self._prepared(cell) for cell in cells]
        if not spans and is_label_and_amount(columns) and self._goes_below(cells[0], cells[1], gap):
            label, amount = cells
            left = self._width - self._extent(amount)
            lines = [self._at(0, pieces, "left") for pieces in self._wrapped_pieces(label, self._width)]
            return [*lines, DrawText(tuple(self._placed(amount, left)[0]), self._width, "left")]
        total = self._width // self._cell
        shown = ["x" * -(-self._extent(cell) // self._cell) for cell in cells]
        if spans:
            shown = ["x"] * len(columns)  # a label and an amount span nothing
        widths = column_widths(columns, gap, total, shown)
        starts = [sum(widths[:at]) + gap * at for at in range(len(widths))]
        if spans:
            firsts = [sum(spans[:at]) for at in range(len(spans))]
            widths = [sum(widths[at : at + n]) + gap * (n - 1) for at, n in zip(firsts, spans, strict=True)]
            starts, columns = [starts[at] for at in firsts], tuple(columns[at] for at in firsts)
        check_amounts(["".join(text for text, _ in cell) for cell in cells], columns, widths)
        stacks = [
            self._wrapped_pieces(cell, width * self._cell) if column.wrap else [self._clipped(cell, width * self._cell)]
            for cell, column, width in zip(cells, columns, widths, strict=True)
        ]
        lines = []
        for at in range(max(map(len, stacks))):
            placed: list[Lettering] = []
            for stack, column, width, start in zip(stacks, columns, widths, starts, strict=True):
                pieces = stack[at] if at < len(stack) else []
                free = max(0, width * self._cell - self._extent(pieces))
                before = {"left": 0, "center": free // self._cell // 2 * self._cell}.get(column.align, free)
                placed += self._placed(pieces, start * self._cell + before)[0]
            lines.append(DrawText(tuple(placed), self._width, "left"))
        return lines

    def _goes_below(self, label: Sequence[Piece], amount: Sequence[Piece], gap: int) -> bool:
        """As for lines that the printer sets, in dots."""
        if any("\n" in text for text, _ in amount):
            return False
        words = [self._extent([(part.rstrip(" "), style)]) for text, style in label for part in breakable(text)]
        taken = self._extent(amount)
        room = self._width - gap * self._cell - taken
        return goes_below(room, max(words, default=0), LEAST_LABEL * self._cell, taken <= self._width)

    def _extent(self, pieces: Sequence[Piece]) -> int:
        return sum(self._measure(text, style, starts_at_the_right(text)) for text, style in pieces)

    def _clipped(self, cell: Sequence[Piece], room: int) -> list[Piece]:
        cell = [(text.replace(ZERO_WIDTH_SPACE, ""), style) for text, style in cell]
        if self._extent(cell) <= room:
            return cell
        kept: list[Piece] = []
        for text, style in cell:
            for cluster in clusters(text):
                if self._extent([*_joined(kept), (cluster, style), ("...", style)]) > room:
                    return [*_joined(kept), ("...", style)]
                kept.append((cluster, style))
        return _joined(kept)

    def _wrapped(self, text: str, style: Style, room: int, right: bool) -> list[str]:
        lines, line = [], ""
        for part in breakable(text):
            if self._measure((line + part).rstrip(" "), style, right) <= room:
                line += part
                continue
            if line.strip(" "):
                lines.append(line.rstrip(" "))
                line = ""
            line = part.lstrip(" ")
            if self._measure(line.rstrip(" "), style, right) > room:
                *full, line = self._broken(line, style, room, right)
                lines += full
        return [*lines, line.rstrip(" ")] if line.strip(" ") or not lines else lines

    def _broken(self, word: str, style: Style, room: int, right: bool) -> list[str]:
        """A word too long for any line, cut between characters as a reader sees them."""
        pieces, piece = [], ""
        for cluster in unbroken(word):
            if piece and self._measure(piece + cluster, style, right) > room:
                pieces.append(piece)
                piece = ""
            if not piece and (wide := self._measure(cluster, style, right)) > room:
                raise DocumentTooWide(f"{cluster!r} takes {wide} dots, there are {room}")
            piece += cluster
        return [*pieces, piece]

    def _wrapped_pieces(self, pieces: Iterable[Piece], room: int) -> list[list[Piece]]:
        lines: list[list[Piece]] = []
        for paragraph in _paragraphs(pieces):
            if len(paragraph) == 1:
                text, style = paragraph[0]
                found = self._wrapped(text, style, room, starts_at_the_right(text))
                lines += [[(line, style)] if line else [] for line in found]
                continue
            line: list[Piece] = []
            for text, style in paragraph:
                for part in breakable(text):
                    grown = _joined([*line, (part, style)])
                    if self._extent(_stripped(grown)) <= room:
                        line = grown
                        continue
                    if _stripped(line):
                        lines.append(_stripped(line))
                    *full, rest = self._broken(part.lstrip(" "), style, room, starts_at_the_right(text))
                    lines += [[(one, style)] for one in full]
                    line = [(rest, style)] if rest else []
            lines.append(_stripped(line))
        return lines


def scribe_for(
    pieces: Sequence[Piece],
    letters: Letters | None,
    charset: Callable[[Style], Charset],
    profile: Profile,
    margin: int,
) -> Scribe | None:
    """Who draws these pieces; None where the printer can set them all, or where drawing would show no more of them.

    Raises Unsupported where `letters` are strict and a character has no letter, or a style cannot be drawn.
    """
    if letters is None:
        return None
    lost = [(char, style) for text, style in pieces if not text.isascii() for char in charset(style).fit(text)[1]]
    if not lost:
        return None
    for char, style in lost:
        if problem := _cannot_draw(style, profile.fonts[style.font]):
            if letters.strict:
                raise Unsupported(f"{char} has to be drawn, and {problem[0]}", remedy=problem[1])
            return None
    missing = [one for text, style in pieces for one in letters.missing(text, style)]
    if missing and letters.strict:
        raise Unsupported(
            f"{profile.name} cannot set {missing[0].char}, and {missing[0].why}", remedy=missing[0].remedy
        )
    if {char for char, _ in lost} <= {one.char for one in missing}:
        return None
    return Scribe(letters, missing, profile, margin)


def _cannot_draw(style: Style, font: FontMetrics) -> tuple[str, str] | None:
    """Why letters of this look cannot be drawn, and what to do."""
    if style.rotate or style.spacing:
        return "characters that are drawn are neither turned nor spaced out", "Leave out rotate and spacing."
    dots = font.height * style.height
    if dots < _READABLE:
        return f"letters of {dots} dots cannot be read", f"Use characters of {_READABLE} dots and more, as of height=2."
    return None


def framed(line: DrawText, columns: int, cell: int, sides: int) -> DrawText:
    """`line`, which leaves `sides` columns free, between the sides of a frame."""
    free = (columns - sides) * cell - line.width
    before = {"left": 0, "center": free // 2, "right": free}[line.align] + sides // 2 * cell
    pieces = tuple(piece._replace(left=piece.left + before) for piece in line.pieces)
    return replace(line, pieces=pieces, width=columns * cell, align="left", framed=True)


def _paragraphs(pieces: Iterable[Piece]) -> list[list[Piece]]:
    found: list[list[Piece]] = [[]]
    for text, style in pieces:
        first, *others = text.split("\n")
        if first:
            found[-1].append((first, style))
        found += [[(other, style)] if other else [] for other in others]
    return found


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for text, style in pieces:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined


def _stripped(pieces: Sequence[Piece]) -> list[Piece]:
    kept = list(pieces)
    while kept and not kept[-1][0].strip(" "):
        kept.pop()
    if kept:
        kept[-1] = (kept[-1][0].rstrip(" "), kept[-1][1])
    return kept
