"""From a receipt and a profile to print operations: the place where a document that cannot be printed is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from posdevkit.documents import (
    LABEL_AND_AMOUNT,
    Align,
    Barcode,
    Box,
    Columns,
    Cut,
    Drawer,
    Element,
    Feed,
    Image,
    Line,
    QrCode,
    Raw,
    Receipt,
    Rule,
    Spacing,
    SpanColumns,
    Style,
    Text,
)
from posdevkit.errors import BadDocument, DocumentTooWide, Unsupported
from posdevkit.profiles import Profile

from .barcodes import check_barcode
from .encode import charset_of
from .operations import (
    BLOCK_LINES,
    CutPaper,
    FeedLines,
    KickDrawer,
    Operation,
    Picture,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintQr,
    RawBytes,
    Run,
    SpaceLines,
)
from .qrcodes import check_qr
from .spans import set_pieces, wrap_pieces
from .widths import cells
from .wrap import column_widths, set_row, wrap

__all__ = ["Finding", "Layout", "lay_out"]

# Where there is no cutter: far enough, at 30 dots a line, for the last line to pass the edge that paper is torn at.
_TEAR_OFF_LINES = 4
_BLANK = PrintLine(())
_PLAIN = Style()
_SIDES = 4
"""Columns that a box takes: a side and a blank, left and right."""
_FRAMES = (tuple("┌─┐│└┘├┤"), tuple("+-+|++++"))
"""Corners and sides as code page 437 and its kin have them, and for pages that have none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that will look other than asked, though nothing is wrong enough to refuse the document."""

    kind: Literal["unset-character", "no-cutter", "other-cut", "rounded", "edge"]
    message: str
    element: int
    """Place of the element in the receipt, from 0."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A receipt as operations in order, and what will look other than asked."""

    operations: tuple[Operation, ...]
    findings: tuple[Finding, ...]


def lay_out(receipt: Receipt, profile: Profile) -> Layout:
    """The operations that print `receipt` on the model that `profile` describes. Pure: reads no file and no picture.

    Raises DocumentTooWide, BadDocument or Unsupported, naming what it is about and what to do instead.
    What merely looks other than asked (a character no code page has, a cut without a cutter) is a finding.
    """
    return _Compositor(profile).set(receipt.elements)


class _Compositor:
    """One layout under way: what has been set, and the code page that the printer will be on."""

    __slots__ = (
        "_at",
        "_block",
        "_charset",
        "_last_columns",
        "_last_style",
        "_look",
        "_margin",
        "_page",
        "_profile",
        "_reported",
        "_spacing",
        "findings",
        "operations",
    )

    def __init__(self, profile: Profile, margin: int = 0) -> None:
        """`margin`: cells of font A that a line leaves free, for a frame."""
        self.operations: list[Operation] = []
        self.findings: list[Finding] = []
        self._profile = profile
        self._charset = charset_of(profile.code_pages)
        self._page = self._charset.first_page
        self._margin = margin
        self._reported: set[str] = set()
        self._spacing: int | None = None
        self._at = -1
        self._block: list[bytes] = []
        self._look: tuple[Style, Align, int] = (Style(), "left", self._page)
        """Style, alignment and page of the block."""
        # Lines of one style come in a row, and asking whether it is the same is cheaper than dividing again.
        self._last_style: Style | None = None
        self._last_columns = 0

    def set(self, elements: Iterable[Element]) -> Layout:
        """All elements, in order."""
        for self._at, element in enumerate(elements):
            _SETTERS[type(element)](self, element)
        self._end_block()
        return Layout(tuple(self.operations), tuple(self.findings))

    def _add(self, operation: Operation) -> None:
        if self._block:
            self._end_block()
        self.operations.append(operation)

    def _quick_line(self, line: str, style: Style, align: Align) -> bool:
        """Set a line that one page can set as it stands, one character a cell. False if none can.

        Lines alike are gathered into one operation.
        """
        data = self._charset.quick(line, self._page)
        if data is None:
            if (elsewhere := self._charset.quick_elsewhere(line)) is None:
                return False
            data, self._page = elsewhere
        look = self._look
        if style is not look[0] or align != look[1] or self._page != look[2] or len(self._block) == BLOCK_LINES:
            self._end_block()
            self._look = (style, align, self._page)
        self._block.append(data)
        return True

    def _end_block(self) -> None:
        if self._block:
            style, align, page = self._look
            if len(self._block) == 1:
                self.operations.append(PrintLine((Run(self._block[0], page, style),), align))
            else:
                self.operations.append(PrintBlock(tuple(self._block), page, style, align))
            self._block = []

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
        if not columns:
            raise DocumentTooWide(f"not one character fits at {style.width} times the width of font {style.font}")
        self._last_style, self._last_columns = style, columns
        return columns

    def _fit(self, text: str) -> str:
        if text.isascii():
            return text
        text, lost = self._charset.fit(text)
        for char in lost:
            if char not in self._reported:
                self._reported.add(char)
                codes = " ".join(f"U+{ord(part):04X}" for part in char)
                self._find("unset-character", f"{codes} {char} cannot be set by {self._profile.name}: printed as ?")
        return text

    def _find(self, kind: Literal["unset-character", "no-cutter", "other-cut"], message: str) -> None:
        self.findings.append(Finding(kind, message, self._at))

    def _runs(self, line: str, style: Style) -> tuple[Run, ...]:
        if line.isascii() and line.isprintable():  # most lines; `encode` would do the same at three times the price
            return (Run(line.encode("ascii"), self._page, style),)
        runs = self._charset.encode(line.replace("\u00a0", " "), self._page)
        self._page = runs[-1][1]
        return tuple([Run(data, page, style) for data, page in runs])

    def text(self, element: Text) -> None:
        style, align = element.style, element.align
        add = self._add
        text = element.text
        if text and len(text) <= self._columns(style) and self._quick_line(text, style, align):
            return
        for line in wrap(self._fit(element.text), self._columns(style)):
            add(PrintLine(self._runs(line, style), align) if line else _BLANK)

    def columns(self, element: Columns) -> None:
        style = element.style
        if (
            element.columns is LABEL_AND_AMOUNT and not element.spans
        ):  # nearly every row, and nearly every one fits a line as it stands
            label, amount = element.cells
            blanks = self._columns(style) - len(label) - len(amount)
            fits = blanks >= element.gap and amount and amount[-1] != " "
            if fits and self._quick_line(f"{label}{' ' * blanks}{amount}", style, "left"):
                return
        row = [self._fit(cell) for cell in element.cells]
        room, ellipsis = self._columns(style), self._charset.ellipsis
        lines = set_row(row, element.columns, element.gap, room, ellipsis, element.spans)
        # Blanks at the end of a line print nothing, unless they are underlined or white on black.
        strip = not (style.underline or style.invert)
        add = self._add
        for line in lines:
            shown = line.rstrip(" ") if strip else line
            add(PrintLine(self._runs(shown, style)) if shown else _BLANK)

    def rule(self, element: Rule) -> None:
        char = self._fit(element.char)
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
        fonts = self._profile.fonts
        width = fonts["A"].width * (fonts["A"].columns - self._margin) if self._margin else self._profile.width
        pieces = [(self._fit(span.text), span.style) for span in element.spans]
        for line in wrap_pieces(pieces, lambda style: fonts[style.font].width * style.width, width):
            self._add(PrintLine(tuple(run for text, style in line for run in self._runs(text, style)), element.align))

    def span_columns(self, element: SpanColumns) -> None:
        fonts = self._profile.fonts
        rows = [[(self._fit(span.text), span.style) for span in cell] for cell in element.cells]
        for cell in rows:
            for _, style in cell:
                self._columns(style)  # whether there is such a font
        unit = fonts["A"].width
        # For a label and an amount the amount's real width counts, whatever its style.
        shown = [
            "x" * -(-sum(cells(text) * fonts[style.font].width * style.width for text, style in cell) // unit)
            for cell in rows
        ]
        widths = column_widths(element.columns, element.gap, self._columns(_PLAIN), shown)
        plan = list(zip(element.columns, widths, strict=True))
        for line in set_pieces(rows, plan, lambda style: fonts[style.font].width * style.width, element.gap):
            while line and not line[-1][0].strip(" ") and not (line[-1][1].underline or line[-1][1].invert):
                line.pop()
            self._add(PrintLine(tuple(run for text, style in line for run in self._runs(text, style))))

    def spacing(self, element: Spacing) -> None:
        self._spacing = element.dots
        self._add(SpaceLines(element.dots))

    def box(self, element: Box) -> None:
        font = self._profile.fonts["A"]
        if font.columns <= _SIDES:
            raise DocumentTooWide(f"a box has {_SIDES} columns of its own, {self._profile.name} prints {font.columns}")
        frame = _FRAMES[0] if self._charset.settable.issuperset(_FRAMES[0]) else _FRAMES[1]
        top_left, level, top_right, side, bottom_left, bottom_right, left_tee, right_tee = frame
        inside = _Compositor(self._profile, _SIDES)
        inside._reported, inside._at = self._reported, self._at

        def across(left: str, right: str) -> None:
            self._add(PrintLine(self._runs(f"{left}{level * (font.columns - 2)}{right}", _PLAIN)))

        def between(runs: tuple[Run, ...], align: Align) -> None:
            height = max((run.style.height for run in runs), default=1)
            border = _PLAIN if height == 1 else Style(height=height)
            free = font.columns - _SIDES - sum(len(run.data) * run.style.width for run in runs)
            before = {"left": 0, "center": free // 2, "right": free}[align]
            left, right = f"{side} {' ' * before}", f"{' ' * (free - before)} {side}"
            self._add(PrintLine((*self._runs(left, border), *runs, *self._runs(right, border))))

        # Sides without gaps: lines follow each other at the height of the font.
        self._add(SpaceLines(font.height))
        across(top_left, top_right)
        for one in element.elements:
            if isinstance(one, Rule) and one.char == "-":
                across(left_tee, right_tee)
                continue
            inside.operations.clear()
            _SETTERS[type(one)](inside, one)
            inside._end_block()
            for operation in inside.operations:
                if isinstance(operation, PrintLine):
                    between(operation.runs, operation.align)
                elif isinstance(operation, PrintBlock):
                    for data in operation.lines:
                        between((Run(data, operation.page, operation.style),), operation.align)
                elif isinstance(operation, FeedLines):
                    for _ in range(operation.lines):
                        between((), "left")
        across(bottom_left, bottom_right)
        self._add(SpaceLines(self._spacing))
        self.findings += inside.findings

    # Pictures and symbols

    def image(self, element: Image) -> None:
        width = self._profile.width
        if element.width is not None and element.width > width:
            raise DocumentTooWide(
                f"a picture {element.width} dots wide, {self._profile.name} prints {width}",
                remedy=f"Give a width of at most {width}, or none, which shrinks the picture to the paper.",
            )
        self._add(Picture(element, width))

    def barcode(self, element: Barcode) -> None:
        self._add(PrintBarcode(check_barcode(element, self._profile)))

    def qr(self, element: QrCode) -> None:
        self._add(PrintQr(check_qr(element, self._profile)))

    # Mechanics

    def feed(self, element: Feed) -> None:
        self._add(FeedLines(element.lines))

    def cut(self, element: Cut) -> None:
        name, cutter = self._profile.name, self._profile.cutter
        if cutter is None:
            self._find("no-cutter", f"{name} has no cutter: the paper is fed so that it can be torn off")
            self._add(FeedLines(_TEAR_OFF_LINES))
            return
        partial = element.partial if cutter.full and cutter.partial else cutter.partial
        if partial and not element.partial:
            self._find("other-cut", f"{name} makes no full cuts: cut partially")
        self._add(CutPaper(partial))

    def drawer(self, element: Drawer) -> None:
        pins = self._profile.drawer_pins
        if element.pin not in pins:
            known = " or ".join(map(str, pins))
            raise Unsupported(
                f"{self._profile.name} has no drawer on pin {element.pin}",
                remedy=f"Use pin {known}." if pins else "Connect the drawer to another printer.",
            )
        self._add(KickDrawer(element.pin, element.milliseconds))

    def raw(self, element: Raw) -> None:
        self._add(RawBytes(element.data))


# Each method takes elements of the type it stands under.
_SETTERS: Mapping[type[Element], Callable[[_Compositor, Any], None]] = {
    Text: _Compositor.text,
    Line: _Compositor.line,
    Columns: _Compositor.columns,
    SpanColumns: _Compositor.span_columns,
    Box: _Compositor.box,
    Spacing: _Compositor.spacing,
    Rule: _Compositor.rule,
    Image: _Compositor.image,
    Barcode: _Compositor.barcode,
    QrCode: _Compositor.qr,
    Feed: _Compositor.feed,
    Cut: _Compositor.cut,
    Drawer: _Compositor.drawer,
    Raw: _Compositor.raw,
}
