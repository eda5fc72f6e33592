"""The display list: what stands where on a ticket, in dots from its top left corner, x across and y along the paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from posdevkit.documents import Font, Raster

if TYPE_CHECKING:
    from posdevkit.imaging.pixels import Pixels

__all__ = [
    "CellStyle",
    "Cut",
    "DrawerKick",
    "Item",
    "Pane",
    "RasterBlock",
    "RollChange",
    "Stroke",
    "Symbol",
    "TextCells",
    "Ticket",
]


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How characters of one run look. `cell_width` and `cell_height` are those of the printer's font, unscaled."""

    font: Font
    cell_width: int
    cell_height: int
    width: int = 1
    """Times as wide, 1 to 8."""
    height: int = 1
    """Times as high, 1 to 8."""
    bold: bool = False
    underline: int = 0
    """Thickness in dots, 0 to 2."""
    reverse: bool = False
    spacing: int = 0
    """Dots to the right of each character, already scaled."""
    rotated: bool = False
    """Each character turned by 90 degrees clockwise, after it was made larger."""
    second_color: bool = False
    across: int = field(init=False, repr=False, compare=False)
    """Dots from the start of a character of one cell to the next."""
    tall: int = field(init=False, repr=False, compare=False)
    """Dots from the top of a character to its bottom."""

    def __post_init__(self) -> None:
        wide, high = self.cell_width * self.width, self.cell_height * self.height
        object.__setattr__(self, "across", (high if self.rotated else wide) + self.spacing)
        object.__setattr__(self, "tall", wide if self.rotated else high)


@dataclass(frozen=True, slots=True)
class TextCells:
    """Characters of one style side by side. Upside down, the first character stands at the right end."""

    x: int
    y: int
    width: int
    height: int
    text: str
    style: CellStyle
    upside_down: bool = False


@dataclass(frozen=True, slots=True)
class RasterBlock:
    """A picture, or a part of one that came in bands."""

    x: int
    y: int
    raster: Raster

    @property
    def width(self) -> int:
        """Dots across."""
        return self.raster.width

    @property
    def height(self) -> int:
        """Dots along the paper."""
        return self.raster.height


@dataclass(frozen=True, slots=True)
class Symbol:
    """A barcode or two-dimensional symbol that the printer drew by itself."""

    x: int
    y: int
    raster: Raster
    kind: str
    """Name of the symbology, as `CODE128` or `QR`."""
    data: str
    """What it says, as far as it is text."""

    @property
    def width(self) -> int:
        """Dots across."""
        return self.raster.width

    @property
    def height(self) -> int:
        """Dots along the paper."""
        return self.raster.height


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line across or along the paper: a black bar."""

    x: int
    y: int
    width: int
    height: int

    @property
    def raster(self) -> Raster:
        """The bar as dots."""
        spare = -self.width % 8
        row = ((1 << self.width) - 1 << spare).to_bytes((self.width + spare) // 8, "big")
        return Raster(self.width, self.height, row * self.height)


@dataclass(frozen=True, slots=True)
class Pane:
    """An area of a page, as it is read, and how far it is turned; what lies outside the area is not printed."""

    x: int
    y: int
    ticket: Ticket
    turns: int
    """Quarter turns against the clock, 0 to 3: 1 is read from the bottom to the top of the paper."""

    @property
    def width(self) -> int:
        """Dots across the paper."""
        return self.ticket.height if self.turns % 2 else self.ticket.width

    @property
    def height(self) -> int:
        """Dots along the paper."""
        return self.ticket.width if self.turns % 2 else self.ticket.height

    @property
    def raster(self) -> Raster:
        """What it prints, as dots."""
        from .page import pane_dots

        return pane_dots(self)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the ticket ends."""

    y: int
    partial: bool
    through: bool = False
    """The paper had not been fed far enough: on the real model the blade goes through the last lines."""


@dataclass(frozen=True, slots=True)
class DrawerKick:
    """A pulse on the drawer connector, on pin 2 or 5, when the paper stood at `y`."""

    y: int
    pin: int
    on_ms: int
    off_ms: int


@dataclass(frozen=True, slots=True)
class RollChange:
    """The paper ran out here and a new roll was put in."""

    y: int


Item = TextCells | RasterBlock | Symbol | Stroke | Pane | Cut | DrawerKick | RollChange


@dataclass(frozen=True, slots=True)
class Ticket:
    """Everything between two cuts. `width` are the printable dots across, `height` the dots of paper that were used."""

    width: int
    height: int
    items: tuple[Item, ...]
    dpi: int = 203
    cut: Cut | None = field(default=None)
    """None: the job ended, or the snapshot was taken, before a cut."""

    @property
    def drawer_kicks(self) -> tuple[DrawerKick, ...]:
        """The drawer pulses in order."""
        return tuple(item for item in self.items if isinstance(item, DrawerKick))

    def text(self) -> str:
        """The printed characters, a line of text for each printed line, columns kept, blank lines too.

        A picture stands as `[image 384x120]`, a symbol as `[CODE128 12345]`. No trailing blanks; ends with a line
        break unless nothing was printed.
        """
        from .plain import plain_text

        return plain_text(self)

    def in_second_color(self) -> Ticket | None:
        """Only what stands on it in the second colour; None where nothing does."""
        items: list[Item] = []
        for item in self.items:
            if isinstance(item, TextCells) and item.style.second_color:
                items.append(item)
            elif isinstance(item, Pane) and (inside := item.ticket.in_second_color()) is not None:
                items.append(replace(item, ticket=inside))
        return replace(self, items=tuple(items)) if items else None

    def strips(self) -> Iterator[Raster]:
        """The dots in strips from top to bottom, each as wide as the paper; together they are `height` dots."""
        from .painter import paint

        return paint(self)

    def raster(self) -> Raster:
        """All dots as one raster."""
        return Raster(self.width, self.height, b"".join([strip.data for strip in self.strips()]))

    def png(self, *, margin: int = 0, paper: bool = False) -> bytes:
        """A PNG file: black and white, dot for dot, with `margin` white dots around.

        `paper`: instead a picture in colours of the piece of paper with its edges, for people to look at.
        """
        from .picture import paper_png, plain_png

        return paper_png(self) if paper else plain_png(self, margin)

    def image(self, *, paper: bool = False) -> Pixels:
        """The same as a Pillow image. Raises MissingExtra without Pillow."""
        from posdevkit.imaging.pixels import pillow_image

        return pillow_image(self.png(paper=paper))

    def html(self, title: str = "") -> str:
        """A page of its own, for mails and browsers: see `html_page`."""
        from .html import html_page

        return html_page((self,), title)
