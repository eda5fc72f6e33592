"""The test page for Star printers: the same lines as that for ESC/POS, by StarPRNT's and Line Mode's commands.

Pictures come by each of the three commands in turn. A TSP100 has no characters: what it is sent are dots alone, the
words among them drawn here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final

from posdevkit.documents import Barcode, QrCode, Raster, Style, Symbology
from posdevkit.layout.operations import (
    CutPaper,
    KickDrawer,
    Operation,
    PrintBarcode,
    PrintLine,
    PrintQr,
    PrintRaster,
    Run,
)
from posdevkit.profiles import Cutter, GraphicsCommand, Profile, load_profile
from posdevkit.profiles.model import ReceiptLanguage
from posdevkit.protocols.dialects import dialect
from posdevkit.protocols.star.commands.mechanism import Cut
from posdevkit.protocols.star.commands.text import Initialize, SelectCodePage, SelectFont

from .maps import sample_of, table_numbers
from .page import BAR_DOTS, BARS, HELLO, KEEP, RULER, WIDTHS, bar, box

__all__ = ["STAR_BARS", "STAR_BASES", "STAR_PICTURES", "star_page_bytes"]

STAR_BASES: Final = {"star-prnt": "star-mc-print3", "star-line": "star-tsp650ii", "star-graphic": "star-tsp100"}
"""A model of each language, which an unknown one is taken to be like."""
STAR_PICTURES: Final[tuple[GraphicsCommand, ...]] = ("star_raster", "star_columns", "star_rows")
_NATIVE: Final = frozenset(Symbology) - {
    Symbology.GS1_128,
    Symbology.DATABAR,
    Symbology.DATABAR_TRUNCATED,
    Symbology.DATABAR_LIMITED,
    Symbology.DATABAR_EXPANDED,
}
"""Those that `ESC b` knows (Line Mode specifications, 5-2)."""
STAR_BARS: Final = tuple(one.value for one in BARS if one in _NATIVE)
"""What stands on the page of these."""
_START: Final = Initialize().encode()
_PULSE: Final = 100


@cache
def _able(language: ReceiptLanguage, graphics: GraphicsCommand) -> Profile:
    """A model of that language that is believed to do all there is."""
    return replace(
        load_profile(STAR_BASES[language]),
        language=language,
        graphics=graphics,
        width=max(WIDTHS),
        max_band_rows=255,
        barcodes=_NATIVE,
        qr=True,
        cutter=Cutter(96, full=True, partial=True),
    )


def star_page_bytes(language: ReceiptLanguage) -> bytes:
    """All of the page, to the last cut, for a printer of that language."""
    if language == "star-graphic":
        return b"".join(_dots_alone())
    return b"".join(_parts(language))


def _parts(language: ReceiptLanguage) -> Iterable[bytes]:
    usual: GraphicsCommand = "star_raster" if language == "star-prnt" else "star_columns"
    yield _line(HELLO)
    yield _line(KEEP)
    for font, name in enumerate("ABC"):
        yield _line(f"font {name}:")
        yield _START + SelectFont(font).encode() + RULER.encode("ascii") + b"\n"
    yield _line("bar to measure:")
    yield _picture(bar(BAR_DOTS, ends=False), language, usual)
    for width in WIDTHS:
        yield _line(f"width {width}:")
        yield _picture(bar(width, ends=True), language, usual)
    yield _line("code pages:")
    for number in table_numbers("star"):
        label = _START + f"{number:3}: ".encode("ascii")
        yield label + SelectCodePage(number).encode() + sample_of(number, "star") + b"\n"
    for symbology in (one for one in BARS if one in _NATIVE):
        yield _line(f"bars {symbology.value}:")
        bars = Barcode(BARS[symbology], symbology, height=40, module=2, text="none", align="left")
        yield _job(PrintBarcode(bars), language, usual)
    yield _line("symbol QR:")
    yield _job(PrintQr(QrCode("probe", module=4, level="M", align="left")), language, usual)
    for command in STAR_PICTURES:
        yield _line(f"picture {command}:")
        yield _picture(box(), language, command)
    for pin in (2, 5):
        yield _line(f"drawer {pin}")
        yield _job(KickDrawer(pin, _PULSE), language, usual)
    yield _line("first cut:") + Cut(2).encode()
    yield _line("second cut:") + Cut(3).encode()
    yield _START


def _line(text: str) -> bytes:
    return _START + text.encode("ascii") + b"\n"


def _job(operation: Operation, language: ReceiptLanguage, graphics: GraphicsCommand) -> bytes:
    return dialect(language).compile_job((operation,), _able(language, graphics)).data + b"\n"


def _picture(raster: Raster, language: ReceiptLanguage, command: GraphicsCommand) -> bytes:
    speaks: ReceiptLanguage = "star-graphic" if command == "star_rows" else language
    return dialect(speaks).compile_job((PrintRaster(raster, "left"),), _able(speaks, command)).data


def _dots_alone() -> Iterable[bytes]:
    yield _drawn(_words(HELLO, KEEP, "bar to measure:"), PrintRaster(bar(BAR_DOTS, ends=False), "left"))
    for width in WIDTHS:
        yield _drawn(_words(f"width {width}:"), PrintRaster(bar(width, ends=True), "left"))
    for pin in (2, 5):
        yield _drawn(_words(f"drawer {pin}"), KickDrawer(pin, _PULSE))
    yield _drawn(_words("first cut:"), CutPaper(partial=False))
    yield _drawn(_words("second cut:"), CutPaper(partial=True))


def _words(*lines: str) -> list[Operation]:
    number = load_profile(STAR_BASES["star-graphic"]).code_pages[0].number
    return [PrintLine((Run(line.encode("ascii"), number, Style()),)) for line in lines]


def _drawn(operations: list[Operation], last: Operation) -> bytes:
    from posdevkit.paper.drawn import drawn

    profile = _able("star-graphic", "star_rows")
    return dialect("star-graphic").compile_job(drawn([*operations, last], profile), profile).data
