"""The test page: numbered lines, each a thing that a model can do or cannot, begun anew by `ESC @` every time.

What is safest comes first: text, then dots, code pages, symbols, the drawer, and the cutter last. A printer that lacks
a command prints its letters or nothing: what follows a command's first two bytes holds no `ESC`, `GS`, `FS` or `DLE`,
so that nothing in it can become another command there. (Numbers of code pages may, but every model knows `ESC t`.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final, Literal

from posdevkit.documents import Barcode, QrCode, Raster, Symbol, SymbolKind, Symbology
from posdevkit.layout.operations import Operation, PrintBarcode, PrintQr, PrintRaster, PrintSymbol
from posdevkit.profiles import GraphicsCommand, Profile, load_profile
from posdevkit.protocols.escpos.commands import clones
from posdevkit.protocols.escpos.commands.kanji import CancelKanjiMode
from posdevkit.protocols.escpos.commands.mechanism import Buzzer, DrawerPulse, FeedAndCut
from posdevkit.protocols.escpos.commands.text import Initialize, SelectCodePage, SelectFont
from posdevkit.protocols.escpos.compiler import compile_job

from .maps import sample_of, table_numbers

__all__ = [
    "BARS",
    "BAR_DOTS",
    "HELLO",
    "KEEP",
    "MATRICES",
    "PICTURES",
    "RULER",
    "WIDTHS",
    "bar",
    "box",
    "page_bytes",
]

HELLO: Final = "posdevkit profile probe"
KEEP: Final = "Keep this page: each line has a number."
RULER: Final = "".join(f"....:{n % 10}" if n % 2 else f"....{n // 2 % 10}" for n in range(1, 30))[:120]
WIDTHS: Final = (360, 384, 416, 432, 504, 512, 528, 546, 576, 640, 832)
"""Dots across that models are known to print: a bar of each, ending in a block of its own."""
BAR_DOTS: Final = 300
"""Of the bar that is measured: 37.5 mm at 203 dpi, 42.3 mm at 180."""
_END: Final = 16
_BAR_ROWS: Final = 8

BARS: Final[Mapping[Symbology, str]] = {
    Symbology.UPC_A: "123456789012",
    Symbology.UPC_E: "01234500006",
    Symbology.EAN13: "5901234123457",
    Symbology.EAN8: "12345670",
    Symbology.CODE39: "PROBE",
    Symbology.ITF: "12345670",
    Symbology.CODABAR: "A1234A",
    Symbology.CODE93: "PROBE",
    Symbology.CODE128: "Probe",
    Symbology.GS1_128: "(01)05901234123457",
    Symbology.DATABAR: "05901234123457",
    Symbology.DATABAR_TRUNCATED: "05901234123457",
    Symbology.DATABAR_LIMITED: "05901234123457",
    Symbology.DATABAR_EXPANDED: "(01)05901234123457",
}
_STACKED: Final[Mapping[SymbolKind, str]] = {
    "DATABAR-STACKED": "05901234123457",
    "DATABAR-STACKED-OMNI": "05901234123457",
    "DATABAR-EXPANDED-STACKED": "(01)05901234123457",
}
MATRICES: Final[tuple[SymbolKind | Literal["QR"], ...]] = (
    *("QR", "PDF417", "DATAMATRIX", "AZTEC", "MAXICODE"),
    *_STACKED,
)
PICTURES: Final[tuple[GraphicsCommand, ...]] = ("gs_v_0", "gs_paren_l", "esc_star")

_START: Final = Initialize().encode()
_WESTERN: Final = CancelKanjiMode().encode()
"""`FS .`: many clones begin in a mode in which two bytes make one character. Others print the point at most."""


@cache
def _able() -> Profile:
    """A model that is believed to do all there is, so that every command is written."""
    model = load_profile("epson-tm-t88v")
    return replace(
        model, width=max(WIDTHS), realtime_guard=False, max_band_rows=255, barcodes=frozenset(Symbology), qr=True
    )


def page_bytes() -> bytes:
    """All of the page, to the last cut."""
    return b"".join(_parts())


def _parts() -> Iterable[bytes]:
    yield _line(HELLO)
    yield _line(KEEP)
    for font, name in enumerate("ABC"):
        yield _line(f"font {name}:")
        yield _START + SelectFont(font).encode() + RULER.encode("ascii") + b"\n"
    yield _line("bar to measure:")
    yield _dots(bar(BAR_DOTS, ends=False), "gs_v_0")
    for width in WIDTHS:
        yield _line(f"width {width}:")
        yield _dots(bar(width, ends=True), "gs_v_0")
    yield _line("code pages:")
    for number in table_numbers():
        label = _START + _WESTERN + f"{number:3}: ".encode("ascii")
        yield label + SelectCodePage(number).encode() + sample_of(number) + b"\n"
    for symbology, data in BARS.items():
        yield _line(f"bars {symbology.value}:")
        yield _job(PrintBarcode(Barcode(data, symbology, height=40, module=2, text="none", align="left")))
    for kind in MATRICES:
        yield _line(f"symbol {kind}:")
        yield _job(_matrix(kind))
    for command in PICTURES:
        yield _line(f"picture {command}:")
        yield _dots(box(), command)
    for output, pin in ((0, 2), (1, 5)):
        yield _line(f"drawer {pin}")
        yield DrawerPulse(output, 50, 100).encode()
    yield _line("buzzer esc_b")
    yield clones.SoundBuzzer(1, 2).encode()
    yield _line("buzzer esc_paren_a")
    yield Buzzer(b"\x61\x01\x01").encode()
    yield _line("first cut:") + FeedAndCut(65, 0).encode()
    yield _line("second cut:") + FeedAndCut(66, 0).encode()
    yield _START


def _line(text: str) -> bytes:
    return _START + text.encode("ascii") + b"\n"


def _job(*operations: Operation) -> bytes:
    return compile_job(operations, _able()).data + b"\n"


def _dots(raster: Raster, command: GraphicsCommand) -> bytes:
    return compile_job((PrintRaster(raster, "left"),), replace(_able(), graphics=command)).data


def _matrix(kind: SymbolKind | Literal["QR"]) -> Operation:
    if kind == "QR":
        return PrintQr(QrCode("probe", module=4, level="M", align="left"))
    return PrintSymbol(Symbol(_STACKED.get(kind, "probe"), kind, align="left"))


def box() -> Raster:
    """What every command for pictures draws."""
    return Raster(48, 24, b"\xff" * 6 * 24)


def bar(width: int, *, ends: bool) -> Raster:
    """Black; `ends`: with a block at the right end that stands apart, so that one sees whether it is there."""
    row = [True] * width
    if ends:
        row[-2 * _END : -_END] = [False] * _END
    bits = "".join("1" if dot else "0" for dot in row).ljust(-(-width // 8) * 8, "0")
    return Raster(width, _BAR_ROWS, int(bits, 2).to_bytes(len(bits) // 8, "big") * _BAR_ROWS)
