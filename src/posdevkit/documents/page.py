"""A page: areas that stand at fixed places of the paper and are read in one of four directions, lines and boxes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from posdevkit.errors import BadDocument

from .checks import each, one_of
from .lengths import Millimetres, exact_mm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .elements import Element
    from .receipt import Receipt

__all__ = ["Area", "Direction", "Page", "PageBox", "PageLine"]

Direction = Literal["right", "up", "left", "down"]
"""Where lines of text run on the paper as it leaves the printer: "right" is upright, "left" upside down."""

_THIN: Final = 0.25
_NOT_ON_A_PAGE: Final = frozenset(("Cut", "Drawer", "Buzzer", "Raw", "Logo", "Page"))


def _exact(thing: object, lengths: dict[str, str]) -> None:
    for name, least in lengths.items():
        object.__setattr__(thing, name, exact_mm(getattr(thing, name), name, least=least))


@dataclass(frozen=True, slots=True, init=False)
class Area:
    """A rectangle of the page and what stands in it, from its top as it is read. All lengths in millimetres.

    `x` and `y` are its upper left corner on the paper, whatever the direction; what does not fit into it is refused.
    It takes what a receipt takes, but no cut, drawer, buzzer, stored logo or bytes of the caller's own.
    """

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    elements: tuple[Element, ...]
    direction: Direction = "right"

    def __init__(
        self,
        x: Millimetres,
        y: Millimetres,
        width: Millimetres,
        height: Millimetres,
        elements: Receipt | Iterable[Element] = (),
        *,
        direction: Direction = "right",
    ) -> None:
        for name, value, least in (("x", x, "0"), ("y", y, "0"), ("width", width, "0.1"), ("height", height, "0.1")):
            object.__setattr__(self, name, exact_mm(value, name, least=least))
        one_of(direction, ("right", "up", "left", "down"), "an area's direction")
        from .receipt import Receipt

        inside = (elements if isinstance(elements, Receipt) else Receipt(elements)).elements
        for element in inside:
            if type(element).__name__ in _NOT_ON_A_PAGE:
                raise BadDocument(
                    f"a {type(element).__name__} in an area of a page", remedy="Put it before or behind the page."
                )
        object.__setattr__(self, "elements", inside)
        object.__setattr__(self, "direction", direction)


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line from a place to the right, or downwards; in millimetres."""

    x: Millimetres
    y: Millimetres
    length: Millimetres
    thickness: Millimetres = _THIN
    direction: Literal["across", "down"] = "across"

    def __post_init__(self) -> None:
        _exact(self, {"x": "0", "y": "0", "length": "0.1", "thickness": "0.05"})
        one_of(self.direction, ("across", "down"), "a line's direction")


@dataclass(frozen=True, slots=True)
class PageBox:
    """A frame, `thickness` inwards; in millimetres."""

    x: Millimetres
    y: Millimetres
    width: Millimetres
    height: Millimetres
    thickness: Millimetres = _THIN

    def __post_init__(self) -> None:
        _exact(self, {"x": "0", "y": "0", "width": "0.1", "height": "0.1", "thickness": "0.05"})
        if 2 * Decimal(self.thickness) > min(Decimal(self.width), Decimal(self.height)):
            raise BadDocument(f"a frame {self.thickness} mm thick around {self.width} by {self.height} mm")


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of paper that is set as a whole and printed at once; as long as the lowest thing on it."""

    areas: tuple[Area, ...] = ()
    lines: tuple[PageLine, ...] = ()
    boxes: tuple[PageBox, ...] = ()

    def __post_init__(self) -> None:
        each(self.areas, Area, "what stands on a page is an Area", "Give each Area as an argument of its own.")
        each(self.lines, PageLine, "a line of a page is a PageLine", "Give lines=[PageLine(2, 10, 40)].")
        each(self.boxes, PageBox, "a box of a page is a PageBox", "Give boxes=[PageBox(2, 2, 40, 20)].")
        if not (self.areas or self.lines or self.boxes):
            raise BadDocument("an empty page", remedy="Give it an area, a line or a box.")
