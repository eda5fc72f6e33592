"""Text in a layout: lines, rows and rules, set by the printer where it can, else left to be drawn.

Most lines stand as they are: those that follow each other wait in a block, to be encoded together. The others are
wrapped, encoded or left to a scribe one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from posdevkit.documents import (
    LABEL_AND_AMOUNT,
    Column,
    Columns,
    Edge,
    Element,
    Line,
    Rule,
    SpanColumns,
    Style,
    Text,
    TextEffect,
)
from posdevkit.errors import BadDocument, DocumentTooWide, Unsupported
from posdevkit.profiles import Profile, ReceiptLanguage

from .blocks import Waiting, on_one_page, printed
from .borders import Bordered, edge_line
from .encode import Charset, charset_of
from .lettering import Letters, Scribe, scribe_for
from .operations import TWO_BYTES, DrawText, PrintLine, Run, SpaceLines
from .spans import cell_dots, set_pieces, wrap_pieces
from .symbols import SymbolComposition
from .widths import cells
from .wrap import column_widths, set_row, shared_widths, simple_row, wrap

__all__ = ["BY_CHARACTER", "TextComposition"]

# Dots from line to line: a sixth of an inch at 180 dpi, which most models keep at 203; Star's, 4 mm.
_OWN_SPACING: Mapping[ReceiptLanguage, int] = {"escpos": 30, "star-prnt": 32, "star-line": 32, "star-graphic": 32}
_BLANK = PrintLine(())
_PLAIN = Style()
_TOGETHER = 64
"""Lines that are set at once: where one of them has to be set by itself, no more are set again."""
_MERELY_LOOKS: frozenset[TextEffect] = frozenset(("smooth", "second_color"))


class TextComposition(SymbolComposition):
    """A layout under way, as far as it is text: the block that waits, and the page that the printer will be on."""

    __slots__ = (
        "_block",
        "_charset",
        "_last_columns",
        "_last_plan",
        "_last_style",
        "_last_widths",
        "_letters",
        "_margin",
        "_page",
        "_reported",
        "_spacing",
    )

    def __init__(self, profile: Profile, letters: Letters | None = None, margin: int = 0) -> None:
        """`margin`: cells of font A that a line leaves free, for a frame."""
        super().__init__(profile)
        self._charset = charset_of(profile.code_pages, profile.multibyte)
        self._page = self._charset.first_page
        self._letters = letters
        self._margin = margin
        self._reported: set[str] = set()
        self._spacing: int | None = None
        self._block: list[Waiting] = []
        # Lines of one style come in a row, and asking whether it is the same is cheaper than dividing again.
        self._last_style: Style | None = None
        self._last_columns = 0
        self._last_plan: tuple[tuple[Column, ...], int, int] | None = None
        self._last_widths: tuple[int, ...] = ()

    def _add_all(self, operations: Iterable[DrawText]) -> None:
        for operation in operations:  # as far from line to line as those that the printer sets
            least = _OWN_SPACING[self._profile.language] if self._spacing is None else self._spacing
            self._add(replace(operation, least=least))

    def _end_block(self) -> None:
        """Set the lines that wait."""
        if not self._block:
            return
        block, self._block = self._block, []
        at = self._at
        for start in range(0, len(block), _TOGETHER):
            self._set_lines(block[start : start + _TOGETHER])
        self._at = at

    def _set_lines(self, block: list[Waiting]) -> None:
        found = on_one_page([one[0] for one in block], self._charset, self._page)
        if found is not None:
            lines, self._page = found
            self.operations += printed(lines, block, self._page)
            return
        # Rarely: some need another page than others, or are set in another way.
        lines = []
        of_page: list[Waiting] = []
        for one in block:
            found = on_one_page([one[0]], self._charset, self._page)
            if found is None or found[1] != self._page:
                self.operations += printed(lines, of_page, self._page)
                lines, of_page = [], []
            if found is not None:
                self._page = found[1]
                lines += found[0]
                of_page.append(one)
            else:
                _, element, _, self._at = one
                BY_CHARACTER[type(element)](self, element)
        self.operations += printed(lines, of_page, self._page)

    # Text

    def _columns(self, style: Style) -> int:
        """Cells of `style` that fit one line."""
        if style is self._last_style:
            return self._last_columns
        font = self._profile.fonts.get(style.font)
        if font is None:
            raise Unsupported(
                f"{self._profile.name} has no font {style.font}",
                remedy=f"Use font {' or '.join(sorted(self._profile.fonts))}, or another printer.",
            )
        columns = (font.columns - self._margin) // style.width
        if effects := style.effects:
            self._check_effects(effects)
            columns = (self._profile.width - self._margin * font.width) // cell_dots(style, font)
        if not columns:
            raise DocumentTooWide(f"not one character fits at {style.width} times the width of font {style.font}")
        self._last_style, self._last_columns = style, columns
        return columns

    def _check_effects(self, effects: tuple[TextEffect, ...]) -> None:
        """Refuse what changes where characters stand; what merely looks other is a finding."""
        name = self._profile.name
        for effect in effects:
            if effect in self._profile.text_effects:
                continue
            if effect not in _MERELY_LOOKS:
                raise Unsupported(
                    f"{name} prints no characters with {effect}",
                    remedy="Leave it out, print a picture of the text, or use another printer.",
                )
            if effect not in self._reported:
                self._reported.add(effect)
                self._find("plain-look", f"{name} has no {effect} characters: printed without")

    def _charset_for(self, style: Style) -> Charset:
        """What the printer sets in a style: its two-byte characters are two cells of font A, as they stand, alone."""
        if style.font == "A" and not style.spacing and not style.rotate:
            return self._charset
        return charset_of(self._profile.code_pages)

    def _fit(self, text: str, style: Style) -> str:
        if text.isascii():
            return text
        text, lost = self._charset_for(style).fit(text)
        for char in lost:
            why = [f", or drawn ({one.why})" for one in (self._letters.missing(char, style) if self._letters else ())]
            self._report(char, f"cannot be set by {self._profile.name}{''.join(why)}")
        return text

    def _scribe(self, *pieces: tuple[str, Style]) -> Scribe | None:
        """Who sets what the printer cannot set; None where it can, or where nobody can draw it either."""
        if self._letters is None:
            return None
        for _, style in pieces:
            self._columns(style)  # whether there is such a font, and room for one character
        scribe = scribe_for(pieces, self._letters, self._charset_for, self._profile, self._margin)
        for one in scribe.missing if scribe is not None else ():
            self._report(one.char, f"cannot be drawn ({one.why})")
        lacking = {name for _, style in pieces for name in style.effects if name in _MERELY_LOOKS}
        for effect in sorted(lacking) if scribe is not None else ():
            self._find("plain-look", f"letters that are drawn have no {effect}: printed without")
        return scribe

    def _report(self, char: str, what: str) -> None:
        if char not in self._reported:
            self._reported.add(char)
            codes = " ".join(f"U+{ord(part):04X}" for part in char)
            self._find("unset-character", f"{codes} {char} {what}: printed as ?")

    def _runs(self, line: str, style: Style) -> tuple[Run, ...]:
        if line.isascii() and line.isprintable():  # most lines; `encode` would do the same at three times the price
            return (Run(line.encode("ascii"), self._page, style),)
        runs = self._charset_for(style).encode(line.replace("\u00a0", " "), self._page)
        self._page = next((page for _, page in reversed(runs) if page != TWO_BYTES), self._page)
        return tuple([Run(data, page, style) for data, page in runs])

    def text(self, element: Text) -> None:
        text = element.text
        if text and len(text) <= self._columns(element.style) and "\n" not in text:
            self._block.append((text, element, element.align, self._at))
        else:
            self._end_block()
            self._text_by_character(element)

    def _text_by_character(self, element: Text) -> None:
        style, align = element.style, element.align
        text = element.text
        add = self._add
        if self._letters is not None and "\n" in text:  # of several paragraphs, only those are drawn that must be
            for part in text.split("\n"):
                self.text(replace(element, text=part))
            return
        if (scribe := self._scribe((text, style))) is not None:
            self._add_all(scribe.text(text, style, align))
            return
        for line in wrap(self._fit(element.text, style), self._columns(style)):
            add(PrintLine(self._runs(line, style), align) if line else _BLANK)

    def columns(self, element: Columns) -> None:
        style = element.style
        plan = element.columns
        room = self._last_columns if style is self._last_style else self._columns(style)
        if element.spans:
            pass
        elif plan is LABEL_AND_AMOUNT:  # nearly every row, and nearly every one fits a line as it stands
            label, amount = element.cells
            blanks = room - len(label) - len(amount)
            if blanks >= element.gap and amount and amount[-1] != " ":
                self._block.append((f"{label}{' ' * blanks}{amount}", element, "left", self._at))
                return
        elif not (style.underline or style.invert):
            if (plan, element.gap, room) != self._last_plan:
                self._last_plan = plan, element.gap, room
                self._last_widths = shared_widths(plan, element.gap, room)
            if line := simple_row(element.cells, plan, self._last_widths, element.gap):
                self._block.append((line, element, "left", self._at))
                return
        self._end_block()
        self._columns_by_character(element)

    def _columns_by_character(self, element: Columns) -> None:
        style = element.style
        if (scribe := self._scribe(*((cell, style) for cell in element.cells))) is not None:
            cells_of_row = [[(cell, style)] for cell in element.cells]
            self._add_all(scribe.row(cells_of_row, element.columns, element.gap, element.spans))
            return
        row = [self._fit(cell, style) for cell in element.cells]
        room, ellipsis = self._columns(style), self._charset.ellipsis
        lines = set_row(row, element.columns, element.gap, room, ellipsis, element.spans)
        # Blanks at the end of a line print nothing, unless they are underlined or white on black.
        strip = not (style.underline or style.invert)
        add = self._add
        for line in lines:
            shown = line.rstrip(" ") if strip else line
            add(PrintLine(self._runs(shown, style)) if shown else _BLANK)

    def rule(self, element: Rule) -> None:
        char = element.char
        if len(char) == 1:
            self._block.append((char * self._columns(element.style), element, "left", self._at))
        else:
            self._end_block()
            self._rule_by_character(element)

    def _rule_by_character(self, element: Rule) -> None:
        if (scribe := self._scribe((element.char, element.style))) is not None:
            self._add_all(scribe.rule(element.char, element.style))
            return
        char = self._fit(element.char, element.style)
        width = cells(char)
        if width < 1:
            raise BadDocument(
                f"a rule of {element.char!r}, which has no width", remedy="Use a character that can be seen."
            )
        line = char * (self._columns(element.style) // width)
        self._add(PrintLine(self._runs(line, element.style)) if line else _BLANK)

    def line(self, element: Line) -> None:
        for span in element.spans:
            self._columns(span.style)  # whether there is such a font, and room for one character
        if (scribe := self._scribe(*((span.text, span.style) for span in element.spans))) is not None:
            self._add_all(scribe.line([(span.text, span.style) for span in element.spans], element.align))
            return
        fonts = self._profile.fonts
        width = fonts["A"].width * (fonts["A"].columns - self._margin) if self._margin else self._profile.width
        pieces = [(self._fit(span.text, span.style), span.style) for span in element.spans]
        for line in wrap_pieces(pieces, lambda style: cell_dots(style, fonts[style.font]), width):
            self._add(PrintLine(tuple(run for text, style in line for run in self._runs(text, style)), element.align))

    def span_columns(self, element: SpanColumns) -> None:
        if (scribe := self._scribe(*((one.text, one.style) for cell in element.cells for one in cell))) is not None:
            drawn = [[(span.text, span.style) for span in cell] for cell in element.cells]
            self._add_all(scribe.row(drawn, element.columns, element.gap))
            return
        fonts = self._profile.fonts
        rows = [[(self._fit(span.text, span.style), span.style) for span in cell] for cell in element.cells]
        for cell in rows:
            for _, style in cell:
                self._columns(style)  # whether there is such a font
        if element.border is not None:
            room = self._columns(_PLAIN)
            table = Bordered(element.columns, element.border, room, self._charset)
            for line in table.lines(rows, lambda style: cell_dots(style, fonts[style.font])):
                self._add(PrintLine(tuple(run for text, style in line for run in self._runs(text, style))))
            return
        unit = fonts["A"].width
        # For a label and an amount the amount's real width counts, whatever its style.
        shown = [
            "x" * -(-sum(cells(text) * cell_dots(style, fonts[style.font]) for text, style in cell) // unit)
            for cell in rows
        ]
        widths = column_widths(element.columns, element.gap, self._columns(_PLAIN), shown)
        plan = list(zip(element.columns, widths, strict=True))
        for line in set_pieces(rows, plan, lambda style: cell_dots(style, fonts[style.font]), element.gap):
            while line and not line[-1][0].strip(" ") and not (line[-1][1].underline or line[-1][1].invert):
                line.pop()
            self._add(PrintLine(tuple(run for text, style in line for run in self._runs(text, style))))

    def edge(self, element: Edge) -> None:
        line = edge_line(element.above, element.below, element.align, self._columns(_PLAIN), self._charset)
        if not element.above:  # sides without gaps, as in a box
            self._add(SpaceLines(self._profile.fonts["A"].height))
        self._add(PrintLine(self._runs(line, _PLAIN)))
        if not element.below:
            self._add(SpaceLines(self._spacing))


BY_CHARACTER: Mapping[type[Element], Callable[[TextComposition, Any], None]] = {
    Text: TextComposition._text_by_character,
    Columns: TextComposition._columns_by_character,
    Rule: TextComposition._rule_by_character,
}
"""How what has waited in a block is set by itself. Each method takes elements of the type it stands under."""
