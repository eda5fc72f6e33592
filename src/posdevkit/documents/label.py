"""A label in millimetres: frozen elements at fixed places, and the immutable builder that gathers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self

from posdevkit.errors import BadDocument

from .checks import each, flag, one_of, several, text_of, whole
from .elements import Align
from .lengths import Millimetres, to_dots
from .lengths import exact_mm as _mm
from .plain import plain
from .style import ALIGNS

__all__ = [
    "Label",
    "LabelBarcode",
    "LabelBox",
    "LabelElement",
    "LabelLine",
    "LabelQr",
    "LabelSymbology",
    "LabelText",
    "Millimetres",
    "to_dots",
]

LabelSymbology = Literal["EAN13", "CODE128"]


@dataclass(frozen=True, slots=True)
class LabelText:
    """Text with its upper left corner at `x`, `y`, in letters `height` mm high; a `width` makes it a column."""

    x: Decimal
    y: Decimal
    text: str
    height: Decimal
    width: Decimal | None = None
    align: Align = "left"
    lines: int = 1
    """Lines that the column may take."""


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A frame, `thickness` mm inwards; a thickness of half the smaller side fills it."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    thickness: Decimal


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A line to the right, or downwards, from `x`, `y`."""

    x: Decimal
    y: Decimal
    length: Decimal
    thickness: Decimal
    direction: Literal["across", "down"] = "across"


@dataclass(frozen=True, slots=True)
class LabelBarcode:
    """Bars `height` mm high; `module` is the width asked for the narrowest bar, in mm."""

    x: Decimal
    y: Decimal
    data: str
    symbology: LabelSymbology
    height: Decimal
    module: Decimal
    text: bool = True
    """Whether people can read the data under the bars."""


@dataclass(frozen=True, slots=True)
class LabelQr:
    """A QR code; `module` is the side asked for one square, in mm."""

    x: Decimal
    y: Decimal
    data: str
    module: Decimal
    level: Literal["L", "M", "Q", "H"] = "M"


LabelElement = LabelText | LabelBox | LabelLine | LabelBarcode | LabelQr
_KINDS = (LabelText, LabelBox, LabelLine, LabelBarcode, LabelQr)


class Label:
    """A label of `width` x `height` mm. Immutable: every method gives a new label with one more element.

    Places are millimetres from the upper left corner, as int, float or Decimal. Raises BadDocument for lengths that
    are none, and BadText for text with control characters.
    """

    __slots__ = ("_elements", "height", "width")

    width: Decimal
    height: Decimal
    _elements: tuple[LabelElement, ...]

    def __init__(self, width: Millimetres, height: Millimetres, elements: Iterable[LabelElement] = ()) -> None:
        object.__setattr__(self, "width", _mm(width, "width", least="1"))
        object.__setattr__(self, "height", _mm(height, "height", least="1"))
        inside = several(elements, "elements", "Give a list of elements, such as [LabelQr(...)].")
        each(inside, _KINDS, "an element of a label is a Label...", "Use the methods of Label.")
        object.__setattr__(self, "_elements", inside)

    @property
    def elements(self) -> tuple[LabelElement, ...]:
        """What stands on it, in the order in which it was added."""
        return self._elements

    def text(
        self,
        x: Millimetres,
        y: Millimetres,
        text: str,
        *,
        height: Millimetres = 3,
        width: Millimetres | None = None,
        align: Align = "left",
        lines: int = 1,
    ) -> Self:
        """Text; with `width` (mm) it is broken and aligned in a column of that width and `lines` lines."""
        if "\n" in plain(text):
            raise BadDocument("a label's text is one paragraph", remedy="Add each line with a text() of its own.")
        if width is None and (align != "left" or lines != 1):
            raise BadDocument("align and lines need a width", remedy="Say how wide the column is: width=40.")
        whole(lines, 1, 99, "lines are 1 to 99")
        one_of(align, ALIGNS, "align")
        column = None if width is None else _mm(width, "width", least="0.1")
        place = _mm(x, "x"), _mm(y, "y")
        return self._with(LabelText(*place, text, _mm(height, "height", least="0.5"), column, align, lines))

    def box(
        self,
        x: Millimetres,
        y: Millimetres,
        width: Millimetres,
        height: Millimetres,
        *,
        thickness: Millimetres = Decimal("0.3"),
    ) -> Self:
        """A frame."""
        sides = _mm(width, "width", least="0.1"), _mm(height, "height", least="0.1")
        return self._with(LabelBox(_mm(x, "x"), _mm(y, "y"), *sides, _mm(thickness, "thickness", least="0.01")))

    def line(
        self,
        x: Millimetres,
        y: Millimetres,
        length: Millimetres,
        *,
        thickness: Millimetres = Decimal("0.3"),
        direction: Literal["across", "down"] = "across",
    ) -> Self:
        """A line across or down."""
        one_of(direction, ("across", "down"), "a line's direction")
        sizes = _mm(length, "length", least="0.1"), _mm(thickness, "thickness", least="0.01")
        return self._with(LabelLine(_mm(x, "x"), _mm(y, "y"), *sizes, direction))

    def barcode(
        self,
        x: Millimetres,
        y: Millimetres,
        data: str,
        symbology: LabelSymbology = "CODE128",
        *,
        height: Millimetres = 10,
        module: Millimetres = Decimal("0.25"),
        text: bool = True,
    ) -> Self:
        """Bars: EAN-13 (12 digits, or 13 with a right check digit) or Code 128 (printable ASCII)."""
        text_of(data, "a barcode's data")
        flag(text, "text")
        if symbology not in ("EAN13", "CODE128"):
            raise BadDocument(f"no barcode {symbology!r} on labels", remedy="Use EAN13 or CODE128.")
        sizes = _mm(height, "height", least="1"), _mm(module, "module", least="0.01")
        return self._with(LabelBarcode(_mm(x, "x"), _mm(y, "y"), data, symbology, *sizes, text))

    def qr(
        self,
        x: Millimetres,
        y: Millimetres,
        data: str,
        *,
        module: Millimetres = Decimal("0.5"),
        level: Literal["L", "M", "Q", "H"] = "M",
    ) -> Self:
        """A QR code."""
        text_of(data, "a QR code's data")
        one_of(level, ("L", "M", "Q", "H"), "a QR code's level")
        return self._with(LabelQr(_mm(x, "x"), _mm(y, "y"), data, _mm(module, "module", least="0.01"), level))

    def _with(self, element: LabelElement) -> Self:
        return type(self)(self.width, self.height, (*self._elements, element))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a label never changes; its methods make another")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Label) and (other.width, other.height, other._elements) == (
            self.width,
            self.height,
            self._elements,
        )

    def __hash__(self) -> int:
        return hash((self.width, self.height, self._elements))

    def __repr__(self) -> str:
        return f"<Label {self.width} x {self.height} mm, {len(self._elements)} elements>"
