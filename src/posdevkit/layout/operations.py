"""Print operations: what a printer has to do, line by line, before any command language is chosen.

`lay_out` makes them from a receipt and a profile; `imaging` turns a `Picture` into a `PrintRaster`; a protocol session
compiles the rest into bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from posdevkit.documents import Align, Barcode, Image, Logo, QrCode, Raster, Style, Symbol

__all__ = [
    "BLOCK_LINES",
    "TWO_BYTES",
    "CutPaper",
    "DrawSymbol",
    "DrawText",
    "FeedLines",
    "KickDrawer",
    "Lettering",
    "Operation",
    "PageBar",
    "PagePart",
    "Picture",
    "PrintBarcode",
    "PrintBlock",
    "PrintLine",
    "PrintLogo",
    "PrintPage",
    "PrintQr",
    "PrintRaster",
    "PrintSymbol",
    "RawBytes",
    "Run",
    "SoundBuzzer",
    "SpaceLines",
]

BLOCK_LINES = 32
TWO_BYTES: Final = -1
"""In the place of a page: the printer's own characters of two bytes, in the code system of its profile."""


class Run(NamedTuple):
    """Characters that share a style and a code page. `data` holds no byte below 0x20 and no 0x7F, whatever the text."""

    data: bytes
    page: int
    """The printer's own number of the code page (`ESC t n`), from the profile; or TWO_BYTES."""
    style: Style


class PrintLine(NamedTuple):
    """One line of text, ended by a line feed; no runs means a blank line."""

    runs: tuple[Run, ...]
    align: Align = "left"


class PrintBlock(NamedTuple):
    """Lines that share style, code page and alignment, each ended by a line feed: most of a receipt.

    The same as a `PrintLine` of one `Run` for each, at a fraction of the price. At most BLOCK_LINES of them, since
    a job can only be stopped between two operations.
    """

    lines: tuple[bytes, ...]
    page: int
    style: Style
    align: Align = "left"


class Lettering(NamedTuple):
    """Text of one style within a line that is drawn, in the order of reading."""

    text: str
    style: Style
    left: int
    """Dots from the line's left edge to its own."""
    right_to_left: bool
    """The direction of its paragraph."""


@dataclass(frozen=True, slots=True)
class DrawText:
    """A line of text that the printer cannot set, still to be turned into dots; no compiler sees it."""

    pieces: tuple[Lettering, ...]
    width: int
    """Dots, without what hangs over the last letter."""
    align: Align = "left"
    framed: bool = False
    """Between the sides of a frame, which stand in its first cell and its last."""
    least: int = 0
    """Rows that it takes at least."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture still to be turned into dots, at most `max_width` of them wide."""

    image: Image
    max_width: int


@dataclass(frozen=True, slots=True)
class PrintRaster:
    """Packed dots."""

    raster: Raster
    align: Align = "center"
    key: str | None = None
    """Two characters under which a printer may keep it for the rest of the job."""


@dataclass(frozen=True, slots=True)
class PrintBarcode:
    """A barcode the printer draws itself; its data has been checked."""

    barcode: Barcode


@dataclass(frozen=True, slots=True)
class PrintQr:
    """A QR code the printer draws itself; it has been found to fit the paper."""

    qr: QrCode


@dataclass(frozen=True, slots=True)
class PrintSymbol:
    """Another symbol the printer draws itself; it fits the paper, and correction and columns are decided."""

    symbol: Symbol


@dataclass(frozen=True, slots=True)
class DrawSymbol:
    """A checked symbol that the printer cannot draw, still to be turned into dots; no compiler sees it."""

    symbol: Barcode | QrCode | Symbol
    max_width: int


@dataclass(frozen=True, slots=True)
class PrintLogo:
    """A picture that the printer keeps."""

    logo: Logo


@dataclass(frozen=True, slots=True)
class FeedLines:
    """Blank lines, 1 to 255."""

    lines: int


@dataclass(frozen=True, slots=True)
class SpaceLines:
    """The least distance from line to line from here on, 0 to 255 dots; None: the printer's own."""

    dots: int | None


@dataclass(frozen=True, slots=True)
class CutPaper:
    """Feed the distance from head to cutter, then cut."""

    partial: bool


@dataclass(frozen=True, slots=True)
class KickDrawer:
    """A pulse on pin 2 or 5, in milliseconds."""

    pin: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class SoundBuzzer:
    """The buzzer, 1 to 9 times, on a model that has one."""

    times: int


@dataclass(frozen=True, slots=True)
class RawBytes:
    """A caller's own commands."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PagePart:
    """An area in dots of the paper, how far it is turned, and what stands in it from its top as it is read."""

    x: int
    y: int
    width: int
    height: int
    turns: int
    """Quarter turns against the clock, 0 to 3."""
    operations: tuple[Operation, ...]

    @property
    def across(self) -> int:
        """Dots of a line in it."""
        return self.height if self.turns % 2 else self.width

    @property
    def along(self) -> int:
        """Dots from its top to its end, as it is read."""
        return self.width if self.turns % 2 else self.height


@dataclass(frozen=True, slots=True)
class PageBar:
    """A black bar in dots of the paper: a line, or a side of a box."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PrintPage:
    """A piece of paper that is set as a whole: `height` dots of it."""

    height: int
    parts: tuple[PagePart, ...]
    bars: tuple[PageBar, ...]


Operation = (
    PrintLine
    | PrintBlock
    | Picture
    | PrintRaster
    | PrintBarcode
    | PrintQr
    | PrintSymbol
    | PrintLogo
    | PrintPage
    | DrawSymbol
    | DrawText
    | FeedLines
    | SpaceLines
    | CutPaper
    | KickDrawer
    | SoundBuzzer
    | RawBytes
)
