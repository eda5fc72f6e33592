"""The receipt: an immutable builder whose every call gives a new receipt and leaves the old one as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from posdevkit.errors import BadDocument

from .checks import each, instance, several, shown, text_of
from .elements import (
    Align,
    Barcode,
    Box,
    Buzzer,
    Cell,
    Column,
    Columns,
    Cut,
    Dither,
    Drawer,
    Element,
    Feed,
    Font,
    Image,
    Line,
    Logo,
    Margins,
    Page,
    PdfPage,
    QrCode,
    Raw,
    Rule,
    Spacing,
    Span,
    Style,
    Symbol,
    SymbolKind,
    Symbology,
    Text,
    label_and_amount,
)
from .page import Area, PageBox, PageLine
from .style import PLAIN
from .tables import roomy, table_rows

if TYPE_CHECKING:
    from .pictures import PilImage

__all__ = ["Receipt"]

_new = object.__new__
_TITLE = Style(bold=True, width=2, height=2)
_TOTAL = Style(bold=True, height=2)


# A receipt has many lines and few styles: each is made once and shared, which later makes "no change" an identity test.
_shared_style = lru_cache(maxsize=256, typed=True)(Style)

_KINDS = frozenset(get_args(Element))
_CELLS = "Give each cell as an argument of its own: columns('Flat white', '38,00'), or columns(*cells)."
_ROWS = "Give rows of cells: table([['Flat white', '38,00']], columns=[Column(), Column(align='right')])."
_PLAN = "Give columns=[Column(20), Column(align='right')]."


def _style(*look: *tuple[bool, bool, bool, int, int, Font]) -> Style:
    try:
        return _shared_style(*look)
    except TypeError:  # what cannot be hashed: the style names it
        return Style(*look)


def _row_style(bold: bool, font: Font) -> Style:
    return PLAIN if bold is False and font == "A" else _style(bold, False, False, 1, 1, font)


class Receipt:
    """Elements in order. Every call gives a new receipt; the old one stays as it was and may be built on again.

    Receipts that grow out of each other share one list, of which each knows its own length: building is linear. Only
    one that goes on from a place where another has already gone on copies what is common.
    """

    __slots__ = ("_items", "_length")

    def __init__(self, elements: Iterable[Element] = ()) -> None:
        self._items = list(several(elements, "elements", "Give a list of elements, such as [Text('a'), Cut()]."))
        self._length = len(self._items)
        for element in self._items:
            _check_element(element)

    def add(self, element: Element) -> Receipt:
        """This receipt with one more element. Raises BadDocument for what is none."""
        if type(element) not in _KINDS:
            _check_element(element)
        items, length = self._items, self._length
        if len(items) == length:
            items.append(element)
        # The second look is for two threads that go on from the same receipt at once: the list shows who came first.
        if items[length] is not element:
            items = items[:length]
            items.append(element)
        new = _new(Receipt)
        new._items = items
        new._length = length + 1
        return new

    @property
    def elements(self) -> tuple[Element, ...]:
        """All elements in order."""
        return tuple(self._items[: self._length])

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Receipt) and self.elements == other.elements

    def __hash__(self) -> int:
        return hash(self.elements)

    def __repr__(self) -> str:
        return f"<Receipt of {self._length} elements>"

    def __add__(self, other: Receipt) -> Receipt:
        """This receipt followed by another."""
        if not isinstance(other, Receipt):
            return NotImplemented
        return Receipt(self.elements + other.elements)

    def text(
        self,
        text: str,
        *,
        align: Align = "left",
        bold: bool = False,
        underline: bool = False,
        invert: bool = False,
        width: int = 1,
        height: int = 1,
        font: Font = "A",
        style: Style | None = None,
    ) -> Receipt:
        """Lines of text, wrapped at words; `style` instead of the words for one, for what only a `Style` can say.

        Raises BadText for control characters.
        """
        if style is not None:
            return self.add(Text(text, style, align))
        return self.add(Text(text, _style(bold, underline, invert, width, height, font), align))

    def title(self, text: str) -> Receipt:
        """A centred heading, bold and twice as wide and high."""
        return self.add(Text(text, _TITLE, "center"))

    def row(self, label: str, amount: str, *, bold: bool = False, font: Font = "A") -> Receipt:
        """A label at the left, wrapped if need be, and an amount at the right edge."""
        return self.add(label_and_amount(label, amount, _row_style(bold, font)))

    def total(self, amount: str, label: str = "Total") -> Receipt:
        """A row in bold, twice as high."""
        return self.add(label_and_amount(label, amount, _TOTAL))

    def line(self, *pieces: str | Span, align: Align = "left") -> Receipt:
        """One line of several styles: `line("Total ", Span("74,50", Style(bold=True, height=2)))`."""
        return self.add(Line(tuple([Span(one) if isinstance(one, str) else one for one in pieces]), align))

    def columns(
        self, *cells: str | Cell, columns: Sequence[Column] = (), bold: bool = False, font: Font = "A"
    ) -> Receipt:
        """Cells side by side; without `columns` they share the width equally. A `Cell` takes several columns."""
        _check_cells(cells)
        wanted = sum(1 if isinstance(cell, str) else cell.columns for cell in cells)
        plan = _plan(columns) or (Column(),) * wanted
        return self._rows(table_rows([cells], plan), plan, _style(bold, False, False, 1, 1, font))

    def table(
        self,
        rows: Iterable[Sequence[str | Cell]],
        columns: Sequence[Column],
        *,
        header: Sequence[str | Cell] = (),
        font: Font = "A",
    ) -> Receipt:
        """Several rows under one column plan, with a `header` in bold; decimal columns line up at their separators.

        A column of amounts (`right` or `decimal`) without a width is never narrower than its longest one, where the
        others can spare the room.
        """
        plan = _plan(columns)
        header, given = several(header, "the cells of a header", _ROWS), several(rows, "rows", _ROWS)
        rows = [several(row, "the cells of a row", _ROWS) for row in given]
        for row in (header, *rows):
            _check_cells(row)
        above, below = table_rows([header], plan) if header else [], table_rows(rows, plan)
        plan = roomy([*above, *below], plan)
        return self._rows(above, plan, _row_style(True, font))._rows(below, plan, _row_style(False, font))

    def _rows(
        self, rows: Iterable[tuple[tuple[str, ...], tuple[int, ...]]], plan: tuple[Column, ...], style: Style
    ) -> Receipt:
        receipt = self
        for cells, spans in rows:
            receipt = receipt.add(Columns(cells, plan, style, 1, spans))
        return receipt

    def box(self, inside: Receipt) -> Receipt:
        """A frame around lines, rows, rules and blank lines. Raises BadDocument for what no frame goes around."""
        instance(inside, Receipt, "inside a box is a Receipt", "Give box(Receipt().text('...')).")
        return self.add(Box(inside.elements))  # type: ignore[arg-type]  # the box itself refuses the others

    def page(self, *areas: Area, lines: Iterable[PageLine] = (), boxes: Iterable[PageBox] = ()) -> Receipt:
        """Areas at fixed places of the paper, each read in its own direction, with lines and boxes between them."""
        across = several(lines, "lines", "Give lines=[PageLine(2, 10, 40)].")
        return self.add(Page(areas, across, several(boxes, "boxes", "Give boxes=[PageBox(2, 2, 40, 20)].")))

    def spacing(self, dots: int | None = None) -> Receipt:
        """From here on, the least distance from line to line (0 to 255 dots); None: the printer's own again."""
        return self.add(Spacing(dots))

    def rule(self, char: str = "-") -> Receipt:
        """A line across the paper."""
        return self.add(Rule(char))

    def image(
        self,
        source: str | Path | bytes | PilImage,
        *,
        align: Align = "center",
        dither: Dither = "floyd-steinberg",
        width: int | None = None,
        key: str | None = None,
    ) -> Receipt:
        """A picture (path, a picture file's bytes or a Pillow image), at most as wide as the paper; `width` in dots.

        `key`: two characters for a picture that comes often in this receipt, whose dots then are sent once.
        """
        return self.add(Image(source, align, dither, width, key))

    def pdf_page(
        self,
        source: str | Path | bytes,
        page: int = 1,
        *,
        align: Align = "center",
        dither: Dither = "floyd-steinberg",
        width: int | None = None,
        margins: Margins = "crop",
    ) -> Receipt:
        """A page of a PDF (path or the file's bytes) as a picture, as wide as the paper or `width` dots.

        The white around its content is left away, unless `margins="keep"`: letters come out larger by it, but never
        larger than on the page itself unless a `width` asks for it.
        `dither="threshold"` keeps letters sharp where a page holds no photos. Needs the extra `pdf`.
        """
        return self.add(Image(PdfPage(source, page, margins), align, dither, width))

    def logo(self, key: str, *, scale: Literal[1, 2] = 1, align: Align = "center") -> Receipt:
        """A picture that the printer keeps; `ReceiptPrinter.store_logo` brings it there, once."""
        return self.add(Logo(key, scale, align))

    def barcode(
        self,
        data: str,
        symbology: Symbology | str = Symbology.CODE128,
        *,
        height: int = 80,
        module: int = 2,
        text: Literal["none", "above", "below", "both"] = "below",
        align: Align = "center",
    ) -> Receipt:
        """A barcode; `height` in dots (1 to 255), `module` the narrow bar in dots (2 to 6)."""
        return self.add(Barcode(data, _symbology(symbology), height, module, text, align))

    def qr(
        self, data: str, *, module: int = 6, level: Literal["L", "M", "Q", "H"] = "M", align: Align = "center"
    ) -> Receipt:
        """A QR code; `module` in dots (1 to 16), `level` of error correction (7, 15, 25 or 30 % for L, M, Q, H)."""
        return self.add(QrCode(data, module, level, align))

    def symbol(
        self,
        data: str,
        kind: SymbolKind = "DATAMATRIX",
        *,
        module: int = 3,
        correction: int | None = None,
        columns: int | None = None,
        align: Align = "center",
    ) -> Receipt:
        """A PDF417, Data Matrix, Aztec, MaxiCode or Micro QR symbol; see `Symbol` for what each of them takes."""
        return self.add(Symbol(data, kind, module, correction, columns, align))

    def feed(self, lines: int = 1) -> Receipt:
        """Blank lines."""
        return self.add(Feed(lines))

    def cut(self, *, partial: bool = True) -> Receipt:
        """Feed to the cutter and cut."""
        return self.add(Cut(partial))

    def drawer(self, pin: Literal[2, 5] = 2, *, milliseconds: int = 100) -> Receipt:
        """Open the cash drawer."""
        return self.add(Drawer(pin, milliseconds))

    def buzzer(self, times: int = 1) -> Receipt:
        """Sound the buzzer, 1 to 9 times; a model without one stays silent, which is a finding."""
        return self.add(Buzzer(times))

    def raw(self, data: bytes) -> Receipt:
        """Bytes for the printer as they are. What they do is the caller's responsibility."""
        return self.add(Raw(data))


def _check_element(element: object) -> None:
    if type(element) not in _KINDS:
        remedy = "Use the methods of Receipt, or give an element such as Text('a')."
        raise BadDocument(f"{shown(element)} is no element of a receipt", remedy=remedy)


def _check_cells(cells: Sequence[object]) -> None:
    for cell in cells:
        if not isinstance(cell, str | Cell):
            if isinstance(cell, list | tuple):
                raise BadDocument(f"a cell is text or a Cell, not {shown(cell)}", remedy=_CELLS)
            text_of(cell, "a cell")


def _plan(columns: Sequence[Column]) -> tuple[Column, ...]:
    plan = several(columns, "columns", _PLAN)
    each(plan, Column, "a column is a Column", _PLAN)
    return plan


def _symbology(name: Symbology | str) -> Symbology:
    if isinstance(name, Symbology):
        return name
    text_of(name, "a symbology's name")
    return _symbology_called(name)


@lru_cache(maxsize=64)
def _symbology_called(name: str) -> Symbology:
    wanted = name.upper().replace("_", "").replace("-", "").replace(" ", "")
    for symbology in Symbology:
        if symbology.value.replace("-", "") == wanted:
            return symbology
    raise BadDocument(f"no symbology {name!r}; known are {', '.join(s.value for s in Symbology)}")
