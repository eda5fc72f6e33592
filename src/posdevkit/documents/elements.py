"""What a receipt is made of: frozen values, checked when they are made, free of any printer language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from posdevkit.errors import BadDocument

from .checks import each, flag, instance, one_of, shown, text_of, whole
from .page import Page
from .pictures import Dither, Image, Logo, Margins, PdfPage, check_logo_key
from .plain import plain
from .style import ALIGNS, PLAIN, Align, Font, Style, TextEffect
from .symbols import Barcode, QrCode, Symbol, SymbolKind, Symbology

__all__ = [
    "LABEL_AND_AMOUNT",
    "Align",
    "Barcode",
    "Box",
    "Buzzer",
    "Cell",
    "Column",
    "ColumnAlign",
    "Columns",
    "Cut",
    "Dither",
    "Drawer",
    "Edge",
    "Element",
    "Feed",
    "Font",
    "Image",
    "Line",
    "Logo",
    "Margins",
    "Page",
    "PdfPage",
    "QrCode",
    "Raw",
    "Rule",
    "Spacing",
    "Span",
    "SpanColumns",
    "Style",
    "Symbol",
    "SymbolKind",
    "Symbology",
    "Text",
    "TextEffect",
    "check_logo_key",
]

ColumnAlign = Literal["left", "center", "right", "decimal"]


def _check_style(style: object) -> None:
    if type(style) is not Style:
        instance(style, Style, "a style is a Style", "Give one, such as Style(bold=True).")


def _check_align(align: object) -> None:
    if align not in ALIGNS:
        one_of(align, ALIGNS, "align")


@dataclass(frozen=True, slots=True, init=False)
class Text:
    """One or more lines of text, wrapped at words. Control characters other than line breaks and tabs are refused."""

    text: str
    style: Style = PLAIN
    align: Align = "left"

    def __init__(self, text: str, style: Style = PLAIN, align: Align = "left") -> None:
        # Written by hand for the same reason as that of `Columns`.
        _set_text(self, text if type(text) is str and text.isprintable() else plain(text))
        _check_style(style)
        _set_text_style(self, style)
        _check_align(align)
        _set_align(self, align)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line, in a style of its own. No line breaks."""

    text: str
    style: Style = PLAIN

    def __post_init__(self) -> None:
        text = plain(self.text)
        if "\n" in text:
            raise BadDocument("a piece of a line has no line break", remedy="Give each line as an element of its own.")
        if text is not self.text:
            object.__setattr__(self, "text", text)
        _check_style(self.style)


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces in several styles, one behind the other on one base line; wrapped at words where they are too long."""

    spans: tuple[Span, ...]
    align: Align = "left"

    def __post_init__(self) -> None:
        if not self.spans and isinstance(self.spans, tuple | list):
            raise BadDocument("a line needs a piece of text or more")
        each(self.spans, Span, "a piece of a line is text or a Span", "Give each piece as an argument of its own.")
        _check_align(self.align)
        if len({span.style.upside_down for span in self.spans}) > 1:
            raise BadDocument("a line is upside down as a whole", remedy="Turn all its pieces, or none.")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table that takes the room of several columns and of the gaps between them; looks like its first."""

    text: str
    columns: int = 1

    def __post_init__(self) -> None:
        text_of(self.text, "a cell")
        whole(self.columns, 1, 255, "a cell takes 1 to 255 columns")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `width` in characters; None shares what the fixed columns leave."""

    width: int | None = None
    align: ColumnAlign = "left"
    """`decimal`: at the right, and in a `Receipt.table` with all decimal separators below each other."""
    wrap: bool = True
    """False cuts what does not fit and marks the cut with an ellipsis."""
    least: int = 0
    """Characters that a column without a width gets at least, where the others can spare them."""

    def __post_init__(self) -> None:
        if self.width is not None:
            whole(self.width, 1, None, "a column's width is at least 1 character")
        whole(self.least, 0, None, "a column gets 0 characters or more at least")
        one_of(self.align, get_args(ColumnAlign), "a column's align")
        flag(self.wrap, "a column's wrap")


LABEL_AND_AMOUNT = (Column(), Column(align="right", wrap=False))
"""The plan of nearly every row of a receipt: the label takes what the amount leaves, and the amount never wraps."""


@dataclass(frozen=True, slots=True, init=False)
class Columns:
    """One row of cells side by side. For a label and an amount: a free column, then a right-aligned one."""

    cells: tuple[str, ...]
    columns: tuple[Column, ...]
    style: Style = PLAIN
    gap: int = 1
    """Blank characters between two columns."""
    spans: tuple[int, ...] = ()
    """How many columns each cell takes; left out, one each."""

    def __init__(
        self,
        cells: tuple[str, ...],
        columns: tuple[Column, ...],
        style: Style = PLAIN,
        gap: int = 1,
        spans: tuple[int, ...] = (),
    ) -> None:
        # Written by hand because most of a receipt is made of these: it is a third faster than the generated one.
        if spans:
            if len(spans) != len(cells) or min(spans) < 1 or sum(spans) != len(columns):
                raise BadDocument(f"cells over {spans} columns do not match {len(cells)} cells, {len(columns)} columns")
        elif not cells or len(cells) != len(columns):
            raise BadDocument(
                f"{len(cells)} cells do not match {len(columns)} columns", remedy="Give a cell for each column."
            )
        if columns is not LABEL_AND_AMOUNT:
            each(columns, Column, "a plan is made of Column", "Give columns=[Column(20), Column(align='right')].")
        if style is not PLAIN:
            _check_style(style)
        for cell in cells:
            if type(cell) is not str or not cell.isprintable():  # hardly ever; saves a call for every cell
                cells = tuple([plain(cell) for cell in cells])
                break
        _set_cells(self, cells)
        _set_columns(self, columns)
        _set_style(self, style)
        _set_gap(self, gap)
        _set_spans(self, spans)


def label_and_amount(label: str, amount: str, style: Style) -> Columns:
    """`Columns` of the plan of nearly every row, at half the price: nothing is asked that this plan answers."""
    if type(label) is str and type(amount) is str and label.isprintable() and amount.isprintable():
        if style is not PLAIN:
            _check_style(style)
        row = _new(Columns)
        _set_cells(row, (label, amount))
        _set_columns(row, LABEL_AND_AMOUNT)
        _set_style(row, style)
        _set_gap(row, 1)
        _set_spans(row, ())
        return row
    return Columns((label, amount), LABEL_AND_AMOUNT, style)


_new = object.__new__
# The slots' own setters: what `object.__setattr__` finds by name each time.
_set_text = vars(Text)["text"].__set__
_set_text_style = vars(Text)["style"].__set__
_set_align = vars(Text)["align"].__set__
_set_cells = vars(Columns)["cells"].__set__
_set_columns = vars(Columns)["columns"].__set__
_set_style = vars(Columns)["style"].__set__
_set_gap = vars(Columns)["gap"].__set__
_set_spans = vars(Columns)["spans"].__set__


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """One row of cells side by side, each of pieces in their own styles. Widths are counted in cells of font A."""

    cells: tuple[tuple[Span, ...], ...]
    columns: tuple[Column, ...]
    gap: int = 1
    """Blank characters between two columns."""
    border: Align | None = None
    """Lines between the columns and at both sides, and where on the paper the whole stands; an `Edge` goes with it."""

    def __post_init__(self) -> None:
        if not self.cells or len(self.cells) != len(self.columns):
            raise BadDocument(f"{len(self.cells)} cells do not match {len(self.columns)} columns")
        for cell in self.cells:
            instance(cell, tuple, "a cell is a tuple of Span", "Give each cell its pieces, such as (Span('a'),).")
            each(cell, Span, "a piece of a cell is a Span", "Give each piece as Span('text').")
        each(self.columns, Column, "a plan is made of Column", "Give columns=(Column(20), Column(align='right')).")
        whole(self.gap, 0, None, "a gap is 0 characters or more")
        if self.border is not None:
            _check_align(self.border)


@dataclass(frozen=True, slots=True)
class Edge:
    """A line across bordered rows: it joins the columns above it and below it; the first and the last have but one."""

    above: tuple[Column, ...] = ()
    below: tuple[Column, ...] = ()
    align: Align = "left"

    def __post_init__(self) -> None:
        if not (self.above or self.below):
            raise BadDocument("an edge of no columns", remedy="Name the columns above it, below it, or both.")
        each((*self.above, *self.below), Column, "an edge is that of Column", "Give the columns of its rows.")
        _check_align(self.align)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper made of one character."""

    char: str = "-"
    style: Style = PLAIN

    def __post_init__(self) -> None:
        if len(plain(self.char)) != 1:
            raise BadDocument(f"a rule repeats one character, not {shown(self.char)}")
        _check_style(self.style)


@dataclass(frozen=True, slots=True)
class Box:
    """A frame across the paper around lines of font A. A rule of '-' among them joins both sides."""

    elements: tuple[Text | Line | Columns | Rule | Feed, ...]

    def __post_init__(self) -> None:
        for element in self.elements:
            if not isinstance(element, Text | Line | Columns | Rule | Feed):
                raise BadDocument(
                    f"a {type(element).__name__} in a box", remedy="Put text, rows, rules and blank lines into it."
                )
            for style in _styles(element):
                if style.font != "A":
                    raise BadDocument(
                        f"font {style.font} in a box", remedy="A box holds font A: its sides are made of it."
                    )
                if style.rotate or style.upside_down or style.spacing:
                    raise BadDocument("turned or spaced characters in a box", remedy="Put them outside of it.")


def _styles(element: Text | Line | Columns | Rule | Feed) -> tuple[Style, ...]:
    if isinstance(element, Line):
        return tuple(span.style for span in element.spans)
    return () if isinstance(element, Feed) else (element.style,)


@dataclass(frozen=True, slots=True)
class Spacing:
    """From here on, the least distance from one line to the next; None: the printer's own again."""

    dots: int | None = None

    def __post_init__(self) -> None:
        if self.dots is not None:
            whole(self.dots, 0, 255, "line spacing is 0 to 255 dots")


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines, 1 to 255."""

    lines: int = 1

    def __post_init__(self) -> None:
        whole(self.lines, 1, 255, "feed is 1 to 255 lines")


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the cutter and cut. `partial` leaves a hinge where the model can."""

    partial: bool = True

    def __post_init__(self) -> None:
        flag(self.partial, "partial")


@dataclass(frozen=True, slots=True)
class Drawer:
    """A pulse on the drawer kick connector's pin 2 or 5."""

    pin: Literal[2, 5] = 2
    milliseconds: int = 100
    """Length of the pulse, 2 to 510 in steps of 2."""

    def __post_init__(self) -> None:
        whole(self.pin, 2, 5, "a drawer hangs on pin 2 or 5")
        if self.pin not in (2, 5):
            raise BadDocument(f"a drawer hangs on pin 2 or 5, not {self.pin}")
        whole(self.milliseconds, 2, 510, "a drawer pulse is 2 to 510 ms")


@dataclass(frozen=True, slots=True)
class Buzzer:
    """The printer's buzzer, `times` times (1 to 9): in a kitchen an order should be heard."""

    times: int = 1

    def __post_init__(self) -> None:
        whole(self.times, 1, 9, "a buzzer sounds 1 to 9 times")


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes for the printer as they are: the explicit way out, for commands this library has no word for."""

    data: bytes

    def __post_init__(self) -> None:
        remedy = "Give bytes: b'...', bytes([27, 64]), or text.encode() where the printer's code page is meant."
        instance(self.data, (bytes, bytearray, memoryview), "raw commands are bytes", remedy)
        object.__setattr__(self, "data", bytes(self.data))


Element = (
    Text
    | Line
    | Columns
    | SpanColumns
    | Edge
    | Box
    | Page
    | Rule
    | Spacing
    | Image
    | Logo
    | Barcode
    | QrCode
    | Symbol
    | Feed
    | Cut
    | Drawer
    | Buzzer
    | Raw
)
