"""From a receipt and a profile to print operations: the place where a document that cannot be printed is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from posdevkit.documents import (
    Barcode,
    Box,
    Buzzer,
    Columns,
    Cut,
    Drawer,
    Edge,
    Element,
    Feed,
    Image,
    Line,
    Logo,
    Page,
    QrCode,
    Raw,
    Receipt,
    Rule,
    Spacing,
    SpanColumns,
    Symbol,
    Text,
)
from posdevkit.errors import DocumentTooWide
from posdevkit.profiles import Profile

from .frames import SIDES, Frame
from .lettering import Letters
from .operations import Operation, SpaceLines
from .pages import page_operation
from .result import Layout
from .text import BY_CHARACTER, TextComposition

__all__ = ["lay_out"]


def lay_out(receipt: Receipt, profile: Profile, letters: Letters | None = None) -> Layout:
    """The operations that print `receipt` on the model that `profile` describes. Pure: reads no file and no picture.

    Raises DocumentTooWide, BadDocument or Unsupported, naming what it is about and what to do instead.
    What merely looks other than asked (a character no code page has, a cut without a cutter) is a finding. With
    `letters`, lines that the printer cannot set are left to be drawn (`DrawText`), as wide as those measure them.
    """
    return _Compositor(profile, letters).set(receipt.elements)


class _Compositor(TextComposition):
    """One layout under way: each element in its order, and those that hold others."""

    __slots__ = ()

    def set(self, elements: Iterable[Element]) -> Layout:
        """All elements, in order."""
        for self._at, element in enumerate(elements):
            kind = type(element)
            if kind not in BY_CHARACTER:
                self._end_block()  # what comes now may depend on the page that the block leaves the printer on
            _SETTERS[kind](self, element)
        self._end_block()
        return Layout(tuple(self.operations), tuple(self.findings))

    def spacing(self, element: Spacing) -> None:
        self._spacing = element.dots
        self._add(SpaceLines(element.dots))

    def box(self, element: Box) -> None:
        font = self._profile.fonts["A"]
        if font.columns <= SIDES:
            raise DocumentTooWide(f"a box has {SIDES} columns of its own, {self._profile.name} prints {font.columns}")
        frame = Frame(font.columns, font.width, self._charset, self._runs)
        inside = self._within(self._profile, SIDES)
        inside._spacing = font.height
        # Sides without gaps: lines follow each other at the height of the font.
        self._add(SpaceLines(font.height))
        self._add(frame.top())
        for one in element.elements:
            if isinstance(one, Rule) and one.char == "-":
                self._add(frame.rule())
                continue
            inside.operations.clear()
            _SETTERS[type(one)](inside, one)
            inside._end_block()
            for operation in inside.operations:
                for line in frame.around(operation):
                    self._add(line)
        self._add(frame.bottom())
        self._add(SpaceLines(self._spacing))

    def _within(self, profile: Profile, margin: int = 0) -> _Compositor:
        """One for a part of this document; what it finds is found here."""
        inside = _Compositor(profile, self._letters, margin)
        inside._reported, inside._at, inside.findings = self._reported, self._at, self.findings
        return inside

    def page(self, element: Page) -> None:
        self._add(page_operation(element, self._profile, self._on_page))

    def _on_page(self, profile: Profile, elements: Iterable[Element]) -> tuple[Operation, ...]:
        # Characters of two bytes have cells of their own, which no manual places on a page: they are drawn there.
        inside = self._within(replace(profile, multibyte=None))
        for element in elements:
            if type(element) not in BY_CHARACTER:
                inside._end_block()
            _SETTERS[type(element)](inside, element)
        inside._end_block()
        return tuple(inside.operations)


# Each method takes elements of the type it stands under.
_SETTERS: Mapping[type[Element], Callable[[_Compositor, Any], None]] = {
    Text: _Compositor.text,
    Line: _Compositor.line,
    Columns: _Compositor.columns,
    SpanColumns: _Compositor.span_columns,
    Edge: _Compositor.edge,
    Box: _Compositor.box,
    Page: _Compositor.page,
    Spacing: _Compositor.spacing,
    Rule: _Compositor.rule,
    Image: _Compositor.image,
    Logo: _Compositor.logo,
    Barcode: _Compositor.barcode,
    QrCode: _Compositor.qr,
    Symbol: _Compositor.symbol,
    Feed: _Compositor.feed,
    Cut: _Compositor.cut,
    Drawer: _Compositor.drawer,
    Buzzer: _Compositor.buzzer,
    Raw: _Compositor.raw,
}
