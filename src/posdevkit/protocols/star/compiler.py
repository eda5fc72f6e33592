"""Print operations to StarPRNT and Star Line Mode: one pass, and only the mode changes that are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from posdevkit.documents import Align, Barcode, Raster, Style, Symbology
from posdevkit.errors import BadDocument, Unsupported
from posdevkit.layout.operations import (
    TWO_BYTES,
    CutPaper,
    FeedLines,
    KickDrawer,
    Operation,
    Picture,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintQr,
    PrintRaster,
    PrintSymbol,
    RawBytes,
    Run,
    SpaceLines,
)
from posdevkit.profiles import Multibyte, Profile
from posdevkit.protocols.columns import band_columns, inked_bands
from posdevkit.protocols.job import Compiled

from .commands.graphics import ColumnImage, RasterImage
from .commands.kanji import JisOff, JisOn, SetShiftJis
from .commands.mechanism import Cut, OpenFirst, OpenSecond, SetPulse
from .commands.position import FeedEighths, LineFeed, SetAlignment, SetLineSpacing, SetNarrowSpacing
from .commands.position import FeedLines as Feed
from .commands.symbols import Barcode as PrintBars
from .commands.symbols import QrCorrection, QrModel, QrModuleSize, QrPrint, QrStore
from .commands.text import (
    BoldOff,
    BoldOn,
    Initialize,
    ReverseOff,
    ReverseOn,
    SelectCodePage,
    SelectFont,
    SelectInternationalSet,
    SetSize,
    SetUnderline,
)

__all__ = ["compile_job", "cut_bytes", "drawer_bytes"]

_LINE_FEED: Final = LineFeed().encode()
_MOST_LINES: Final = 127
_MOST_EIGHTHS: Final = 255
_LARGEST_MODULE: Final = 8
_LARGEST_SIZE: Final = 6
_ALIGN: Final[Mapping[Align, bytes]] = {
    "left": SetAlignment(0).encode(),
    "center": SetAlignment(1).encode(),
    "right": SetAlignment(2).encode(),
}
_LEVELS: Final = {"L": 0, "M": 1, "Q": 2, "H": 3}
_SYMBOLOGIES: Final[Mapping[Symbology, int]] = {
    Symbology.UPC_E: 0,
    Symbology.UPC_A: 1,
    Symbology.EAN8: 2,
    Symbology.EAN13: 3,
    Symbology.CODE39: 4,
    Symbology.ITF: 5,
    Symbology.CODE128: 6,
    Symbology.CODE93: 7,
    Symbology.CODABAR: 8,
}
# The mode for each width of the narrow bar; of the modes that differ in the wide one, that of two and a half times,
# which is what documents are laid out for. Line Mode specifications 5-2 to 5-5; Star's Line Mode driver 3.11, p. 16.
_MODULES: Final = {2: 1, 3: 2, 4: 3}
_MODES: Final[Mapping[Symbology, Mapping[int, int]]] = {
    Symbology.CODE39: {2: 4, 3: 5, 4: 6},
    Symbology.CODABAR: {2: 4, 3: 5, 4: 6},
    Symbology.ITF: {2: 1, 4: 2},
}


@lru_cache(maxsize=512)
def _change(old: Style | None, new: Style) -> bytes:
    """What turns the printer from one style (None: not known) to another."""
    if new.width > _LARGEST_SIZE or new.height > _LARGEST_SIZE:
        raise Unsupported(
            f"characters {new.width} by {new.height} times their size: Star printers go to {_LARGEST_SIZE}",
            remedy=f"Use at most {_LARGEST_SIZE} times the width and height.",
        )
    parts: list[bytes] = []
    if old is None or old.font != new.font:
        parts.append(SelectFont(0 if new.font == "A" else 1).encode())
    if old is None or old.bold != new.bold:
        parts.append((BoldOn() if new.bold else BoldOff()).encode())
    if old is None or old.underline != new.underline:
        parts.append(SetUnderline(int(new.underline)).encode())
    if old is None or old.invert != new.invert:
        parts.append((ReverseOn() if new.invert else ReverseOff()).encode())
    if old is None or (old.width, old.height) != (new.width, new.height):
        parts.append(SetSize(new.height - 1, new.width - 1).encode())
    return b"".join(parts)


_PAGE_CHANGES: Final = [SelectCodePage(page).encode() for page in range(256)]

# Around each run of two-byte characters: `ESC p`, `ESC q` and `ESC $` (Line Mode specifications 3-55 and 3-56).
_MODES_OF_PAIRS: Final[Mapping[Multibyte, tuple[bytes, bytes]]] = {
    "jis": (JisOn().encode(), JisOff().encode()),
    "shift_jis": (SetShiftJis(1).encode(), SetShiftJis(0).encode()),
}
# Which mode an initialized printer is in is what a memory switch says; ASCII is ASCII in the set of the USA.
_SINGLE_BYTES: Final = SetShiftJis(0).encode() + JisOff().encode() + SelectInternationalSet(0).encode()


def _prepared(profile: Profile) -> bytes:
    return b"" if profile.multibyte is None else _SINGLE_BYTES


class _Compiler:
    """What the printer is set to while the job is being written; None where it is not known."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.style: Style | None = Style()
        self.align: Align | None = "left"
        self.page: int | None = None  # after ESC @ it is what a memory switch says
        self.out: list[bytes] = []

    def line(self, operation: PrintLine) -> None:
        self.set_align(operation.align)
        for run in operation.runs:
            if run.page == TWO_BYTES:
                self.pairs(run)
                continue
            self.set_look(run.style, run.page)
            self.out.append(run.data)
        self.out.append(_LINE_FEED)

    def block(self, operation: PrintBlock) -> None:
        self.set_align(operation.align)
        self.set_look(operation.style, operation.page)
        self.out.append(_LINE_FEED.join(operation.lines) + _LINE_FEED)

    def pairs(self, run: Run) -> None:
        """Two-byte characters; all that comes after is of one byte again."""
        self.set_look(run.style, self.page)
        begin, end = _MODES_OF_PAIRS[self.profile.multibyte or "jis"]
        self.out += (begin, run.data, end)

    def set_look(self, style: Style, page: int | None) -> None:
        if style != self.style:
            self.out.append(_change(self.style, style))
            self.style = style
        if page is not None and page != self.page:
            self.out.append(_PAGE_CHANGES[page])
            self.page = page

    def set_align(self, align: Align) -> None:
        if align != self.align:
            self.out.append(_ALIGN[align])
            self.align = align

    def raster(self, operation: PrintRaster) -> None:
        self.set_align(operation.align)
        raster = operation.raster
        if raster.width > self.profile.width:
            raise BadDocument(f"a picture of {raster.width} dots on {self.profile.width} dots of paper")
        if self.profile.graphics == "star_columns":
            self.columns(raster)
            return
        raster = raster.of_whole_bytes(operation.align, self.profile.width)
        rows, stride = self.profile.max_band_rows, raster.stride
        for top in range(0, raster.height, rows):
            height = min(rows, raster.height - top)
            data = raster.data[top * stride : (top + height) * stride]
            self.out.append(RasterImage(1, stride, height, 0, data).encode())

    def columns(self, raster: Raster) -> None:
        """In lines of 24 rows where there is ink, fed to by dots: a line of text then takes no more than its own."""
        self.out.append(SetNarrowSpacing().encode())
        for white, top in inked_bands(raster):
            self.feed_dots(white)
            if top < raster.height:
                self.out.append(ColumnImage(raster.width, band_columns(raster, top)).encode() + _LINE_FEED)
        self.out.append(SetLineSpacing(1).encode())

    def feed_dots(self, dots: int) -> None:
        """All models of Star's have eight dots to a millimetre."""
        while dots:
            step = min(dots, _MOST_EIGHTHS)
            self.out.append(FeedEighths(step).encode())
            dots -= step

    def barcode(self, operation: PrintBarcode) -> None:
        barcode = operation.barcode
        if barcode.symbology not in _SYMBOLOGIES:
            raise _beyond(self.profile, barcode.symbology.value)
        self.set_align(barcode.align)
        data = barcode.data
        if barcode.symbology is Symbology.CODE128:
            data = data.replace("%", "%0")  # % begins what has no character of its own (Line Mode specifications 5-3)
        self.out.append(
            PrintBars(
                _SYMBOLOGIES[barcode.symbology],
                2 if self._readable(barcode) else 1,
                _mode(barcode, self.profile),
                barcode.height,
                data.encode("ascii"),
            ).encode()
        )

    def _readable(self, barcode: Barcode) -> bool:
        if barcode.text in ("above", "both"):
            raise Unsupported(
                f"{self.profile.name} prints a barcode's characters below it only",
                remedy="Use text='below' or text='none'.",
            )
        return barcode.text == "below"

    def qr(self, operation: PrintQr) -> None:
        qr = operation.qr
        if qr.module > _LARGEST_MODULE:
            raise Unsupported(
                f"{self.profile.name} prints QR codes of at most {_LARGEST_MODULE} dots a module, not {qr.module}",
                remedy=f"Use module={_LARGEST_MODULE}.",
            )
        self.set_align(qr.align)
        self.out += (
            QrModel(2).encode(),
            QrModuleSize(qr.module).encode(),
            QrCorrection(_LEVELS[qr.level]).encode(),
            QrStore.of(qr.data.encode("utf-8")).encode(),
            QrPrint().encode(),
        )

    def symbol(self, operation: PrintSymbol) -> None:
        raise _beyond(self.profile, operation.symbol.kind)

    def spacing(self, operation: SpaceLines) -> None:
        # 3 or 4 mm is all there is: the nearer one that no line is cut short by.
        narrow = operation.dots is not None and operation.dots <= round(3 * self.profile.dpi / 25.4)
        self.out.append(SetLineSpacing(0 if narrow else 1).encode())

    def feed(self, operation: FeedLines) -> None:
        lines = operation.lines
        while lines:
            step = min(lines, _MOST_LINES)
            self.out.append(Feed(step).encode())
            lines -= step

    def cut(self, operation: CutPaper) -> None:
        self.out.append(cut_bytes(operation, self.profile))

    def drawer(self, operation: KickDrawer) -> None:
        self.out.append(drawer_bytes(operation))

    def raw(self, operation: RawBytes) -> None:
        self.out.append(operation.data)
        # The caller may have changed anything: set everything anew before the next text.
        self.style = self.align = self.page = None
        if prepared := _prepared(self.profile):
            self.out.append(prepared)

    def picture(self, operation: Picture) -> None:
        raise TypeError(f"{operation} must be turned into dots before it is compiled")


def _beyond(profile: Profile, what: str) -> Unsupported:
    """For a profile that claims more than there are commands for here."""
    return Unsupported(
        f"{profile.name} claims to draw {what} by itself, and no command for that is known here",
        remedy="Take it out of the profile's barcodes or symbols: then it is sent as dots.",
    )


def cut_bytes(operation: CutPaper, profile: Profile) -> bytes:
    """Feed to the cutter and cut, as the model can."""
    cutter = profile.cutter
    if cutter is None:
        raise Unsupported(f"{profile.name} has no cutter")
    return Cut(3 if cutter.partial and (operation.partial or not cutter.full) else 2).encode()


def drawer_bytes(operation: KickDrawer) -> bytes:
    """Open a drawer. The second one is driven for 200 ms, whatever is asked for (Graphic Mode, SUB)."""
    if operation.pin != 2:
        return OpenSecond().encode()
    on = max(1, operation.milliseconds // 10)
    # As long again and more before the next: it lets the solenoid cool.
    return SetPulse(on, min(127, 2 * on)).encode() + OpenFirst().encode()


def _mode(barcode: Barcode, profile: Profile) -> int:
    modes = _MODES.get(barcode.symbology, _MODULES)
    if barcode.module not in modes:
        raise Unsupported(
            f"{profile.name} prints no {barcode.symbology.value} barcode with module={barcode.module}",
            remedy=f"Use module={' or '.join(map(str, modes))}.",
        )
    return modes[barcode.module]


_HANDLERS: dict[type, Callable[..., None]] = {
    PrintLine: _Compiler.line,
    PrintBlock: _Compiler.block,
    PrintRaster: _Compiler.raster,
    PrintBarcode: _Compiler.barcode,
    PrintQr: _Compiler.qr,
    PrintSymbol: _Compiler.symbol,
    FeedLines: _Compiler.feed,
    SpaceLines: _Compiler.spacing,
    CutPaper: _Compiler.cut,
    KickDrawer: _Compiler.drawer,
    RawBytes: _Compiler.raw,
    Picture: _Compiler.picture,
}


def compile_job(operations: Iterable[Operation], profile: Profile) -> Compiled:
    """The bytes of a whole job, from `ESC @` to the last operation; without any request for an answer.

    Raises Unsupported or BadDocument for what the profile cannot do, before a byte leaves.
    """
    compiler = _Compiler(profile)
    out = compiler.out
    out.append(Initialize().encode() + _prepared(profile))
    parts: list[int] = []
    proof = 0
    for operation in operations:
        _HANDLERS[type(operation)](compiler, operation)
        parts.append(len(out))
        if not isinstance(operation, KickDrawer):
            proof = len(parts)
    return Compiled.of(out, parts, proof)
