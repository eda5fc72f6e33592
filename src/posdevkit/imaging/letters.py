"""Lines of text as dots: characters of the built-in bitmap font in their cells, everything else shaped from fonts.

A cell of 24 rows has its baseline below row 18, as the bitmap font has. Letters of a font stand on it in 24 dots to
the em, of Latin, Greek and Cyrillic in 20; wide characters fill two cells. What reaches above or below the cell makes
the line higher.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from posdevkit.documents import Raster, Style
from posdevkit.errors import InputFailed
from posdevkit.layout import char_cells
from posdevkit.layout.bidi import levels, mirrored, visual_order
from posdevkit.layout.graphemes import clusters
from posdevkit.layout.lookalikes import BLANKS
from posdevkit.layout.operations import DrawText, Lettering
from posdevkit.profiles import FontMetrics

from .fonts import named_fonts, system_fonts
from .shaping import Shaped, Typeface, is_invisible, script_of, shaper_is_there

__all__ = ["FontLetters", "MissingLetter", "Resident"]

_CELL: Final = 24
_BASELINE: Final = 19
"""Rows of a cell above the baseline."""
_EM: Final = 24
_EUROPEAN_EM: Final = 20
"""Beside the bitmap font's letters: capitals as high as its own."""
_EUROPEAN: Final = frozenset(("Latn", "Grek", "Cyrl"))
_WIDE_BASELINE: Final = 21
_FRAME_DOTS: Final = 2
_REPLACEMENT: Final = "?"


class Resident(Protocol):
    """The built-in bitmap font."""

    def has(self, char: str, style: Style) -> bool:
        """Whether it has a shape for a character of one cell that needs no shaping."""

    def rows(self, char: str, style: Style, font: FontMetrics) -> tuple[list[int], int]:
        """Rows from the top and their width; neither underlined nor reversed."""


@dataclass(frozen=True, slots=True)
class MissingLetter:
    """A character that no font at hand has."""

    char: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    face: Typeface | None
    """None: the built-in font."""
    level: int
    script: str
    wide: bool

    @property
    def em(self) -> int:
        return _EUROPEAN_EM if self.script in _EUROPEAN else _EM


class FontLetters:
    """Draws with the fonts named, or, for None, with the system's. With fonts named, what none of them has is refused.

    Raises InputFailed for a named font that is not there or is none.
    """

    def __init__(self, fonts: Sequence[str | Path] | None, resident: Resident) -> None:
        self.strict = fonts is not None
        self._resident = resident
        self._there = shaper_is_there()
        self._faces = [Typeface(file) for file in (named_fonts(fonts) if fonts is not None else system_fonts())]
        if self.strict and self._there:
            for face in self._faces:
                face.sets("a")  # a file that is no font is told at once
        self._chosen: dict[str, Typeface | None] = {}
        self._working = threading.RLock()

    def missing(self, text: str, style: Style) -> tuple[MissingLetter, ...]:
        """What cannot be drawn, each once."""
        with self._working:
            lost = dict.fromkeys(one for one in clusters(_composed(text)) if not self._can(one, style))
            return tuple(self._told(one) for one in lost)

    def prepared(self, text: str, style: Style) -> str:
        """`text` in NFC, with a '?' for what cannot be drawn."""
        with self._working:
            found = (one if self._can(one, style) else _REPLACEMENT for one in clusters(_composed(text)))
            return "".join(found)

    def width(self, text: str, style: Style, font: FontMetrics, *, right_to_left: bool) -> int:
        """Dots that one line of `text` takes."""
        with self._working:
            return sum(self._across(run, style, font) for run in self._runs(text, style, right_to_left))

    def draw(self, line: DrawText, font_of: Callable[[Style], FontMetrics]) -> Raster:
        """The dots of one line, at least as high as its tallest cell."""
        with self._working:
            pieces = [(piece, font_of(piece.style)) for piece in line.pieces]
            foot = max((font.height * piece.style.height for piece, font in pieces), default=_CELL)
            canvas = _Canvas(line.width, foot)
            canvas.stretch(line.least)
            for piece, font in pieces:
                self._piece(canvas, piece, font)
            if line.framed:
                canvas.frame(font_of(Style()).width)
            turned = any(piece.style.upside_down for piece in line.pieces)
            return canvas.raster(turned=turned)

    def _piece(self, canvas: _Canvas, piece: Lettering, font: FontMetrics) -> None:
        style, pen = piece.style, piece.left
        tall = font.height * style.height
        for run in self._runs(piece.text, style, piece.right_to_left):
            across = self._across(run, style, font)
            if run.face is None:
                at = pen
                for char in run.text[::-1] if run.level % 2 else run.text:
                    rows, width = self._resident.rows(mirrored(char) if run.level % 2 else char, style, font)
                    for number, bits in enumerate(rows):
                        canvas.put(canvas.foot - len(rows) + number, at, width, bits)
                    at += width
            else:
                shaped = self._shaped(run, style, font)
                base = canvas.foot - tall + (_WIDE_BASELINE if run.wide else _BASELINE) * tall // _CELL
                for above, bits in shaped.rows:
                    canvas.put(base - 1 - above, pen + shaped.left, shaped.width, bits)
            pen += across
        if style.underline:
            canvas.put(canvas.foot - 1, piece.left, pen - piece.left, (1 << (pen - piece.left)) - 1)
        if style.invert:
            canvas.invert(piece.left, pen - piece.left)

    def _across(self, run: _Run, style: Style, font: FontMetrics) -> int:
        if run.face is None:
            return font.width * style.width * len(run.text)
        return self._shaped(run, style, font).advance

    def _shaped(self, run: _Run, style: Style, font: FontMetrics) -> Shaped:
        assert run.face is not None
        em = run.em * font.height // _CELL
        return run.face.shaped(
            run.text,
            right_to_left=bool(run.level % 2),
            across=em * style.width,
            tall=em * style.height,
            bold=style.bold,
        )

    def _runs(self, text: str, style: Style, right_to_left: bool) -> list[_Run]:
        """Stretches of one font, script and direction, from left to right."""
        of = levels(text, right_to_left=right_to_left)
        runs: list[_Run] = []
        at = 0
        for cluster in clusters(text):
            level = of[at]
            at += len(cluster)
            if is_invisible(cluster):  # a mark of direction: it has had its effect on the levels
                continue
            last = runs[-1] if runs else None
            face = self._face(cluster, style, last)
            script = "" if face is None else script_of(cluster[0])
            wide = face is not None and char_cells(cluster[0]) == 2
            if last is not None and (last.face, last.level, last.wide) == (face, level, wide):
                script = script or last.script
                if last.script in ("", script):
                    runs[-1] = _Run(last.text + cluster, face, level, script, wide)
                    continue
            runs.append(_Run(cluster, face, level, script, wide))
        return [runs[place] for place in visual_order([run.level for run in runs])]

    def _can(self, cluster: str, style: Style) -> bool:
        return (
            cluster == "\n"
            or self._own(cluster, style)
            or is_invisible(cluster)
            or self._first_with(cluster) is not None
        )

    def _own(self, cluster: str, style: Style) -> bool:
        return len(cluster) == 1 and self._resident.has(cluster, style)

    def _face(self, cluster: str, style: Style, before: _Run | None) -> Typeface | None:
        """The font for one character: blanks and signs go with the text before them, if its font has them."""
        own = self._own(cluster, style)
        goes_on = before is not None and before.face is not None and not before.wide and not cluster.isalnum()
        if before is not None and goes_on and before.face is not None and before.face.sets(cluster):
            return before.face
        if own and unicodedata.bidirectional(cluster) != "R":
            return None
        return self._first_with(cluster)

    def _first_with(self, cluster: str) -> Typeface | None:
        if cluster not in self._chosen:
            self._chosen[cluster] = next(self._with(cluster), None)
        return self._chosen[cluster]

    def _with(self, cluster: str) -> Iterator[Typeface]:
        if not self._there:
            return
        for face in list(self._faces):
            try:
                found = face.sets(cluster)
            except InputFailed:
                if self.strict:
                    raise
                self._faces.remove(face)  # something of the system that only looks like a font
                continue
            if found:
                yield face

    def _told(self, cluster: str) -> MissingLetter:
        code = " ".join(f"U+{ord(char):04X}" for char in cluster)
        if not self._there:
            remedy = 'Install it with: pip install "posdevkit[text]"'
            return MissingLetter(cluster, f"uharfbuzz is not installed, which shapes {script_name(cluster)}", remedy)
        script = script_name(cluster)
        where = "none of the fonts given" if self.strict else "no font of this system"
        remedy = f"Install {_package(script)}, or name a font with fonts=[...] (--font) that has {script}."
        return MissingLetter(cluster, f"{where} has {code} ({script})", remedy)


def script_name(cluster: str) -> str:
    """What people call the script of a character, by its name in Unicode."""
    char = cluster[0]
    first = unicodedata.name(char, "").partition(" ")[0]
    if unicodedata.category(char) in ("So", "Sk") or "\ufe0f" in cluster:
        return "emoji and symbols"
    return {"CJK": "Chinese characters", "": "an unknown script"}.get(first, first.capitalize())


def _package(script: str) -> str:
    """What a Debian system calls a package of fonts."""
    if script in ("Chinese characters", "Hiragana", "Katakana", "Hangul", "Bopomofo"):
        return "fonts-noto-cjk"
    return "fonts-noto-color-emoji" if script == "emoji and symbols" else "fonts-noto-core"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(BLANKS))


class _Canvas:
    """Rows of dots by their distance from the top of the line's cell, negative ones above it."""

    def __init__(self, width: int, foot: int) -> None:
        self.width = width
        self.foot = foot
        self._rows: dict[int, int] = dict.fromkeys(range(foot), 0)

    def put(self, row: int, left: int, width: int, bits: int) -> None:
        """Ink `width` dots; what lies beside the canvas is lost."""
        shift = self.width - left - width
        placed = bits << shift if shift >= 0 else bits >> -shift
        if placed := placed & ((1 << self.width) - 1):
            self._rows[row] = self._rows.get(row, 0) | placed

    def stretch(self, height: int) -> None:
        """White rows below, up to so many in all."""
        for row in range(height):
            self._rows.setdefault(row, 0)

    def invert(self, left: int, width: int) -> None:
        """White on black, over the whole height."""
        mask = ((1 << width) - 1) << max(0, self.width - left - width)
        inked = [row for row, bits in self._rows.items() if bits & mask]
        for row in range(min((0, *inked)), max((self.foot - 1, *inked)) + 1):
            self._rows[row] = self._rows.get(row, 0) ^ mask

    def frame(self, cell: int) -> None:
        """The sides of a frame, in the middle of the first cell and the last."""
        for row in range(min(self._rows), max(self._rows) + 1):
            for left in (cell // 2 - 1, self.width - cell + cell // 2 - 1):
                self.put(row, left, _FRAME_DOTS, 3)

    def raster(self, *, turned: bool) -> Raster:
        """The rows, packed."""
        stride = (self.width + 7) // 8
        spare = 8 * stride - self.width
        rows = [self._rows.get(row, 0) for row in range(min(self._rows), max(self._rows) + 1)]
        if turned:
            rows = [int(format(row, f"0{self.width}b")[::-1], 2) for row in reversed(rows)]
        return Raster(self.width, len(rows), b"".join((row << spare).to_bytes(stride, "big") for row in rows))
