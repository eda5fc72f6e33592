"""The modes of an ESC/POS printer: what `ESC @` sets back."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from posdevkit.documents import Align, Font, Raster, SymbolKind

from .counter import Counter
from .display import CellStyle
from .geometry import Geometry
from .international import REPLACED
from .kept import KeptPictures
from .user_characters import UserCharacters

__all__ = ["CompositeModes", "MatrixModes", "Modes", "StackedModes", "drawn_pair"]


_PAIR_CELLS = {1: (10, 24), 2: (8, 16)}
_SMALL = 2
_DRAWN = 0x100000  # a plane that is nobody's


def drawn_pair(code: bytes) -> str:
    """The character that stands for a user-defined one of two bytes."""
    return chr(_DRAWN + int.from_bytes(code, "big"))


_cell_style = lru_cache(maxsize=256)(CellStyle)
"""A job has few looks, and thousands of lines in each."""


@dataclass(slots=True)
class MatrixModes:
    """How a two-dimensional symbol other than QR is to look, and its buffer."""

    module: int = 3
    row_height: int = 3
    """Of a PDF417, in modules."""
    correction: int | None = None
    columns: int | None = None
    data: bytes = b""


@dataclass(slots=True)
class StackedModes:
    """How a stacked GS1 DataBar is to look, and its buffer."""

    module: int = 2
    width: int = 0
    """Dots of the widest row of an expanded one; 0: the printer's own choice."""
    kind: int = 0
    data: bytes = b""


@dataclass(slots=True)
class CompositeModes:
    """How a GS1 Composite is to look, and its buffer."""

    module: int = 2
    width: int = 0
    """As of a stacked one."""
    font: int = 0
    """Of what people read below it: 0 none, 1 A, 2 B and so on."""
    linear: bytes = b""
    """Its kind, and what it says."""
    component: bytes = b""
    """The same of the two-dimensional part."""


@dataclass(slots=True)
class Modes:
    """All modes with the values they have after power-on (Epson ESC/POS reference, "Default" of each command)."""

    geometry: Geometry
    font: Font = "A"
    width: int = 1
    height: int = 1
    emphasis: bool = False
    double_strike: bool = False
    underline: int = 0
    reverse: bool = False
    upside_down: bool = False
    right_spacing: int = 0
    rotated: bool = False
    second_color: bool = False
    align: Align = "left"
    left_margin: int = 0
    area_width: int = 0
    """0: up to the right edge."""
    line_spacing: int = 0
    tabs: tuple[int, ...] = ()
    """Stops in dots from the left of the print area, rising."""
    country: int = 0
    characters: str = ""
    """What each byte prints, by code page and country."""
    page: int = 0
    pairs: bool = False
    """Whether bytes come in pairs (`FS &`)."""
    shift_jis: bool = False
    """`FS C` 1: the other code system of Japanese models."""
    pair_size: tuple[int, int] | None = None
    """Width and height of two-byte characters as multiples; None: those of the others."""
    pair_underline: int = 0
    pair_font: int = 0
    """0 to 2: of 24 by 24, 20 by 24 and 16 by 16 dots, which is assumed: no page at hand tells."""
    pair_spacing: int = 0
    """Dots to the left of two-byte characters."""
    pair_spacing_after: int = 0
    """Dots to the right of them."""
    drawn_pairs: dict[str, Raster] = field(default_factory=dict)
    """User-defined two-byte characters (`FS 2`), by what `drawn_pair` calls them."""
    barcode_height: int = 162
    barcode_module: int = 3
    barcode_wide: int | None = None
    """Dots of the wide bar where there are two; None: two and a half times the narrow one."""
    hri: int = 0
    """1 above, 2 below, 3 both."""
    hri_font: Font = "A"
    qr_module: int = 3
    qr_level: Literal["L", "M", "Q", "H"] = "L"
    qr_data: bytes = b""
    qr_model: int = 2
    """3: micro."""
    matrices: dict[SymbolKind, MatrixModes] = field(default_factory=dict)
    """What is set for the other two-dimensional symbols."""
    stacked: StackedModes = field(default_factory=StackedModes)
    composite: CompositeModes = field(default_factory=CompositeModes)
    counter: Counter = field(default_factory=Counter)
    graphics: list[Raster] = field(default_factory=list)
    """Stored by `GS ( L` functions 112 and 113 and not printed yet."""
    downloaded: KeptPictures = field(init=False)
    """Pictures that the host downloads; `ESC @` forgets them (Epson guide 10.01, p. 260)."""
    bit_image: Raster | None = None
    """The downloaded bit image of old (`GS *`)."""
    user: UserCharacters = field(default_factory=UserCharacters)
    units: tuple[int, int] = (0, 0)
    """Motion units across and along as parts of an inch (`GS P`); 0: a dot."""
    pane: tuple[int, int] | None = None
    """In page mode, dots of a line of the area and how far it is turned; margins and alignment are not obeyed then."""
    off_page: tuple[int, int] = (0, 0)
    """Right spacing and line spacing of the mode that the printer is not in: each has its own (Epson, `ESC L`)."""

    def __post_init__(self) -> None:
        self.downloaded = KeptPictures(self.geometry.download_room)
        self.line_spacing = self.geometry.line_spacing
        self.off_page = (0, self.line_spacing)
        cell = self.geometry.cells["A"][0]
        self.tabs = tuple(range(8 * cell, self.geometry.width, 8 * cell))
        self.page = self.geometry.first_page
        self.choose_characters(self.page, 0)
        self.pairs = self.geometry.multibyte in ("gb18030", "big5", "euc_kr")

    def choose_characters(self, page: int, country: int) -> None:
        """Another code page or international set; numbers the model does not know change nothing."""
        table = self.geometry.characters(page)
        if table is None or country not in REPLACED:
            return
        self.page, self.country = page, country
        changed = list(table)
        for place, char in REPLACED[country].items():
            changed[place] = char
        self.characters = "".join(changed)

    def printed(self, data: bytes) -> str:
        """What single bytes print."""
        return codecs.charmap_decode(data, "strict", self.characters)[0]

    def to_pane(self, pane: tuple[int, int] | None) -> None:
        """Into page mode, to another area of it, or (None) back to standard mode."""
        if (pane is None) != (self.pane is None):
            self.off_page, (self.right_spacing, self.line_spacing) = (
                (self.right_spacing, self.line_spacing),
                self.off_page,
            )
        self.pane = pane

    @property
    def on_paper(self) -> tuple[Callable[[int], int], Callable[[int], int]]:
        """Dots of a length across the paper and of one along it, whatever the direction of printing."""
        return lambda units: self._dots(units, 0), lambda units: self._dots(units, 1)

    def across(self, units: int) -> int:
        """Dots of a length in the direction of a line; on a turned page that is along the paper."""
        return self._dots(units, 1 if self.pane and self.pane[1] % 2 else 0)

    def along(self, units: int) -> int:
        """Dots of a length from one line to the next."""
        return self._dots(units, 0 if self.pane and self.pane[1] % 2 else 1)

    def _dots(self, units: int, axis: int) -> int:
        part = self.units[axis]
        return round(units * self.geometry.dpi / part) if part else units

    @property
    def placing(self) -> Align:
        """The alignment that is obeyed."""
        return "left" if self.pane else self.align

    @property
    def turned(self) -> bool:
        """Whether lines are printed upside down; on a page its direction alone counts."""
        return self.upside_down and not self.pane

    @property
    def style(self) -> CellStyle:
        """How characters look now."""
        font = self.geometry.nearest(self.font)
        cell_width, cell_height = self.geometry.cells[font]
        rotated = self.rotated and not self.pane
        return _cell_style(
            font,
            cell_width,
            cell_height,
            self.width,
            self.height,
            self.emphasis or self.double_strike,
            # Reversed and turned characters are not underlined.
            0 if self.reverse or rotated else self.underline,
            self.reverse,
            self.right_spacing * self.width,
            rotated,
            self.second_color,
        )

    @property
    def pair_style(self) -> CellStyle:
        """How two-byte characters look now: in two cells each, of font A unless another is chosen."""
        width, height = self.pair_size or (self.width, self.height)
        cell_width, cell_height = _PAIR_CELLS.get(self.pair_font) or self.geometry.cells["A"]
        return replace(
            self.style,
            font="B" if self.pair_font == _SMALL else "A",
            cell_width=cell_width,
            cell_height=cell_height,
            width=width,
            height=height,
            underline=0 if self.reverse or self.rotated else self.pair_underline,
            spacing=(self.pair_spacing + self.pair_spacing_after) * width,
        )

    @property
    def area(self) -> tuple[int, int]:
        """Left edge and width of the print area; never narrower than a character of font A."""
        if self.pane is not None:
            return 0, self.pane[0]
        paper = self.geometry.width
        if not self.left_margin and not self.area_width:
            return 0, paper
        narrowest = min(self.geometry.cells["A"][0], paper)
        left = min(self.left_margin, paper - narrowest)
        wanted = self.area_width or paper
        return left, max(narrowest, min(wanted, paper - left))
