"""Print operations to ESC/POS bytes: one pass, and only the mode changes that are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from posdevkit.documents import Align, Raster, Style
from posdevkit.errors import BadDocument, Unsupported
from posdevkit.layout.operations import (
    TWO_BYTES,
    CutPaper,
    DrawSymbol,
    FeedLines,
    KickDrawer,
    Operation,
    Picture,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintLogo,
    PrintPage,
    PrintQr,
    PrintRaster,
    PrintSymbol,
    RawBytes,
    Run,
    SoundBuzzer,
    SpaceLines,
)
from posdevkit.profiles import Profile
from posdevkit.protocols.columns import BAND_ROWS, band_columns
from posdevkit.protocols.job import Compiled
from posdevkit.protocols.vocabulary import Command

from .bars import SYMBOLOGIES, spelt
from .commands import clones
from .commands.graphics import BitImage, PrintGraphics, RasterImage, StoreRaster
from .commands.kanji import SetKanjiUnderline
from .commands.mechanism import Buzzer, DrawerPulse, FeedAndCut
from .commands.position import DefaultLineSpacing, LineFeed, PrintAndFeedLines, SetLineSpacing
from .commands.status import EnableRealtime
from .commands.stored import PrintDownloadGraphics, PrintNvGraphics
from .commands.symbols import (
    BarcodeB,
    QrCorrection,
    QrModel,
    QrModuleSize,
    QrPrint,
    QrStore,
    SetBarcodeHeight,
    SetBarcodeWidth,
    SetHriFont,
    SetHriPosition,
)
from .commands.text import (
    Initialize,
    SetJustification,
)
from .logos import kept_size, store_logo
from .looks import PAGE_CHANGES, able, around_pairs, change, prepared
from .matrices import symbol_commands
from .pages import page_parts

__all__ = ["GUARD", "Compiled", "compile_job"]

GUARD = EnableRealtime(b"\x01\x00\x02\x00").encode()
"""`GS ( D`: keep `DLE DC4` pulse and power-off in picture data from being executed."""

_PLAIN = Style()
_INITIALIZE = Initialize().encode()
_LINE_FEED = LineFeed().encode()
_DEFAULT_SPACING = DefaultLineSpacing().encode()
_QR_MODEL_2 = QrModel(50, 0).encode()
_QR_PRINT = QrPrint().encode()
_FULL_CUT, _PARTIAL_CUT = FeedAndCut(65, 0).encode(), FeedAndCut(66, 0).encode()
_ALIGN: dict[Align, bytes] = {
    "left": SetJustification(0).encode(),
    "center": SetJustification(1).encode(),
    "right": SetJustification(2).encode(),
}
_BUZZ, _FIRST_PATTERN = 97, 1  # ESC ( A 97
_BUZZ_LENGTH = 2  # ESC B, in units of the model
_DOUBLE_DENSITY = 33  # ESC *: 24 dots high, every dot across
_HRI = {"none": 0, "above": 1, "below": 2, "both": 3}
_LEVELS = {"L": 48, "M": 49, "Q": 50, "H": 51}


@lru_cache(maxsize=512)
def _setting(command: type[Command], value: int) -> bytes:
    """A command with one number, of which a job has few and all jobs have the same."""
    return command(value).encode()


class _Compiler:
    """What the printer is set to while the job is being written; None where it is not known."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.style: Style | None = _PLAIN
        self.align: Align | None = "left"
        self.page: int | None = None
        self.dots: int | None = None
        """Line spacing, None for the printer's own."""
        self.underlined_pairs: bool | None = False
        self.kept: dict[str, Raster] = {}
        """Pictures that the job has brought into the printer's working memory."""
        self.download_room = profile.download_room
        self.out: list[bytes] = []

    def line(self, operation: PrintLine) -> None:
        out = self.out
        if operation.align != self.align:
            self.set_align(operation.align)
        for run in operation.runs:
            if run.page == TWO_BYTES:
                self.pairs(run)
                continue
            self.set_look(run.style, run.page)
            out.append(run.data)
        out.append(_LINE_FEED)

    def block(self, operation: PrintBlock) -> None:
        self.set_align(operation.align)
        self.set_look(operation.style, operation.page)
        self.out.append(_LINE_FEED.join(operation.lines) + _LINE_FEED)

    def pairs(self, run: Run) -> None:
        """Two-byte characters; all that comes after is of one byte again."""
        system = self.profile.multibyte
        assert system is not None, "layout sets no two-byte characters for a model that has none"
        self.set_look(run.style, self.page)
        if run.style.underline != self.underlined_pairs:  # `ESC -` is for the others alone
            self.underlined_pairs = run.style.underline
            self.out.append(SetKanjiUnderline(int(run.style.underline)).encode())
        begin, end = around_pairs(system)
        self.out += (begin, run.data, end)

    def set_look(self, style: Style, page: int | None) -> None:
        if style is not self.style:
            if style.effects:
                style = able(style, self.profile.text_effects)
            self.out.append(change(self.style, style))
            self.style = style
        if page is not None and page != self.page:
            self.out.append(PAGE_CHANGES[page])
            self.page = page

    def look(self, style: Style, page: int) -> bytes:
        """What `set_look` would write, for those who write it themselves."""
        out, self.out = self.out, []
        self.set_look(style, page)
        written, self.out = b"".join(self.out), out
        return written

    def upright(self) -> None:
        """Before dots and symbols: lines turned or coloured would turn and colour them too."""
        style = self.style
        if style is not None and (style.upside_down or style.second_color):
            plain = replace(style, upside_down=False, second_color=False)
            self.out.append(change(style, plain))
            self.style = plain

    def set_align(self, align: Align) -> None:
        if align != self.align:
            self.out.append(_ALIGN[align])
            self.align = align

    def raster(self, operation: PrintRaster) -> None:
        self.upright()
        self.set_align(operation.align)
        raster = operation.raster
        if raster.width > self.profile.width:
            raise BadDocument(f"a picture of {raster.width} dots on {self.profile.width} dots of paper")
        if self.profile.graphics == "none":
            raise Unsupported(
                f"{self.profile.name} prints no pictures, nor symbols that have to be drawn",
                remedy="Leave them out, or use another printer.",
            )
        if operation.key is not None and self.downloaded(operation.key, raster):
            return
        if self.profile.graphics == "esc_star":
            self.columns(raster)
            return
        write = _stored_graphics
        if self.profile.graphics == "gs_v_0":
            write, raster = _raster_image, raster.of_whole_bytes(operation.align, self.profile.width)
        rows, stride = self.profile.max_band_rows, raster.stride
        for top in range(0, raster.height, rows):
            height = min(rows, raster.height - top)
            band = Raster(raster.width, height, raster.data[top * stride : (top + height) * stride])
            self.out.append(write(band))

    def downloaded(self, key: str, raster: Raster) -> bool:
        """Print from the printer's working memory, into which it is brought the first time; False: it has no room."""
        room = self.download_room - (0 if self.kept.get(key) == raster else kept_size(raster))
        if self.profile.graphics != "gs_paren_l" or room < 0:
            return False
        if self.kept.get(key) != raster:
            self.kept[key], self.download_room = raster, room
            self.out.append(store_logo(key, raster, downloaded=True))
        kc1, kc2 = key.encode("ascii")
        self.out.append(PrintDownloadGraphics(kc1, kc2, 1, 1).encode())
        return True

    def columns(self, raster: Raster) -> None:
        """In lines of 24 rows that follow each other without a gap, the last one filled up with white."""
        self.out.append(SetLineSpacing(BAND_ROWS).encode())
        for top in range(0, raster.height, BAND_ROWS):
            band = band_columns(raster, top)
            self.out.append(BitImage(_DOUBLE_DENSITY, raster.width, band).encode() + _LINE_FEED)
        self.spacing(SpaceLines(self.dots))

    def barcode(self, operation: PrintBarcode) -> None:
        self.upright()
        barcode = operation.barcode
        self.set_align(barcode.align)
        self.out += (
            _setting(SetBarcodeHeight, barcode.height),
            _setting(SetBarcodeWidth, barcode.module),
            _setting(SetHriPosition, _HRI[barcode.text]),
            _setting(SetHriFont, 0),
            BarcodeB(SYMBOLOGIES[barcode.symbology], spelt(barcode)).encode(),
        )

    def qr(self, operation: PrintQr) -> None:
        self.upright()
        qr = operation.qr
        self.set_align(qr.align)
        self.out += (
            _QR_MODEL_2,
            _setting(QrModuleSize, qr.module),
            _setting(QrCorrection, _LEVELS[qr.level]),
            QrStore(qr.data.encode("utf-8")).encode(),
            _QR_PRINT,
        )

    def symbol(self, operation: PrintSymbol) -> None:
        self.upright()
        self.set_align(operation.symbol.align)
        self.out += [command.encode() for command in symbol_commands(operation.symbol)]

    def logo(self, operation: PrintLogo) -> None:
        logo = operation.logo
        self.upright()
        self.set_align(logo.align)
        kc1, kc2 = logo.key.encode("ascii")
        self.out.append(PrintNvGraphics(kc1, kc2, logo.scale, logo.scale).encode())

    def paged(self, operation: PrintPage) -> None:
        self.upright()
        self.out += page_parts(operation, self.profile, self.look)

    def feed(self, operation: FeedLines) -> None:
        self.out.append(PrintAndFeedLines(operation.lines).encode())

    def spacing(self, operation: SpaceLines) -> None:
        self.dots = dots = operation.dots
        self.out.append(_DEFAULT_SPACING if dots is None else SetLineSpacing(dots).encode())

    def cut(self, operation: CutPaper) -> None:
        cutter = self.profile.cutter
        if cutter is None:
            raise Unsupported(f"{self.profile.name} has no cutter")
        # The form that feeds to the blade by itself: the plain one would cut through the last lines.
        partial = cutter.partial and (operation.partial or not cutter.full)
        self.out.append(_PARTIAL_CUT if partial else _FULL_CUT)

    def drawer(self, operation: KickDrawer) -> None:
        on = max(1, operation.milliseconds // 2)
        # The off time must not be shorter than the on time (Epson esc_lp); as long again lets the solenoid cool.
        self.out.append(DrawerPulse(0 if operation.pin == 2 else 1, on, min(255, 2 * on)).encode())

    def buzzer(self, operation: SoundBuzzer) -> None:
        if self.profile.buzzer == "esc_paren_a":
            self.out.append(Buzzer(bytes((_BUZZ, _FIRST_PATTERN, operation.times))).encode())
        else:
            self.out.append(clones.SoundBuzzer(operation.times, _BUZZ_LENGTH).encode())

    def raw(self, operation: RawBytes) -> None:
        if self.style is not None and self.style.effects:
            self.set_look(_PLAIN, self.page or 0)
        self.out.append(operation.data)
        # The caller may have changed anything: set everything anew before the next text.
        self.style = self.align = self.page = self.underlined_pairs = None
        self.kept.clear()
        if mode := prepared(self.profile.multibyte):
            self.out.append(mode)

    def picture(self, operation: Picture | DrawSymbol) -> None:
        raise TypeError(f"{operation} must be turned into dots before it is compiled")


def _raster_image(band: Raster) -> bytes:
    return RasterImage(0, band.stride, band.height, band.data).encode()


def _stored_graphics(band: Raster) -> bytes:
    return StoreRaster(48, 1, 1, 49, band.width, band.height, band.data).encode() + PrintGraphics().encode()


_WITH_PICTURES = frozenset((PrintRaster, PrintPage))
_NOTHING_PRINTED = frozenset((KickDrawer, SoundBuzzer))

_HANDLERS: dict[type, Callable[..., None]] = {
    PrintLine: _Compiler.line,
    PrintBlock: _Compiler.block,
    PrintRaster: _Compiler.raster,
    PrintBarcode: _Compiler.barcode,
    PrintQr: _Compiler.qr,
    PrintSymbol: _Compiler.symbol,
    PrintLogo: _Compiler.logo,
    PrintPage: _Compiler.paged,
    FeedLines: _Compiler.feed,
    SpaceLines: _Compiler.spacing,
    CutPaper: _Compiler.cut,
    KickDrawer: _Compiler.drawer,
    SoundBuzzer: _Compiler.buzzer,
    RawBytes: _Compiler.raw,
    Picture: _Compiler.picture,
    DrawSymbol: _Compiler.picture,
}


def compile_job(operations: Iterable[Operation], profile: Profile) -> Compiled:
    """The bytes of a whole job, from `ESC @` to the last operation; without any request for an answer.

    Raises Unsupported or BadDocument for what the profile cannot do, before a byte leaves.
    """
    operations = tuple(operations)
    compiler = _Compiler(profile)
    out = compiler.out
    out.append(_INITIALIZE + prepared(profile.multibyte))
    if profile.realtime_guard and not _WITH_PICTURES.isdisjoint(map(type, operations)):
        out.append(GUARD)
    parts: list[int] = []  # how many parts each operation brought the job to
    proof = 0
    for operation in operations:
        kind = type(operation)
        _HANDLERS[kind](compiler, operation)
        parts.append(len(out))
        if kind not in _NOTHING_PRINTED:
            proof = len(parts)
    return Compiled.of(out, parts, proof)
