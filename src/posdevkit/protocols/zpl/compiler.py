"""A label to ZPL bytes, and what will look other than asked. What cannot be printed is refused here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from posdevkit.documents import Label, LabelBarcode, LabelBox, LabelElement, LabelLine, LabelQr, LabelText, to_dots
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.layout import Finding, check_digit, code128_sets, qr_capacity, qr_version, qr_width
from posdevkit.layout.code128 import code128_symbols
from posdevkit.profiles.labels import LabelProfile
from posdevkit.protocols.job import Compiled
from posdevkit.protocols.vocabulary import Command

from .commands.field import FieldBlock, FieldOrigin, FieldSeparator, GraphicBox, SelectFont
from .commands.label import EndFormat, SetEncoding, SetHome, SetLabelLength, SetPrintWidth, SetQuantity, StartFormat
from .commands.symbols import BarcodeDefaults, Code128, Ean13, Qr
from .data import escaped

__all__ = ["QR_DROP", "compile_label"]

QR_DROP = 10
"""Dots by which a QR code stands below its ^FO, where ^BY's height is this (facts only: Labelary and firmware)."""
_MOST_COPIES = 99_999_999
_ALIGN = {"left": b"L", "center": b"C", "right": b"R"}
_WIDTH_OF_LETTERS = Decimal("0.5")
_READABLE_DOTS = 26
"""Dots that the line under a barcode takes, about."""


def compile_label(label: Label, profile: LabelProfile, copies: int = 1) -> tuple[Compiled, tuple[Finding, ...]]:
    """The bytes that print `copies` of `label`, and what will look other than asked.

    Raises BadDocument for data that a symbol cannot hold or a number of copies, and DocumentTooWide for a label wider
    than the printer and for an element that does not lie on the label whole.
    """
    if not 1 <= copies <= _MOST_COPIES:
        raise BadDocument(f"{copies!r} copies, expected 1 to {_MOST_COPIES}")
    width, height = (to_dots(side, profile.dpmm) for side in (label.width, label.height))
    if width > profile.width:
        raise DocumentTooWide(
            f"the label is {width} dots wide, {profile.name} prints {profile.width}",
            remedy="Use a narrower label, or the profile of a wider printer.",
        )
    if height > _MOST_DOTS:
        raise DocumentTooWide(f"the label is {height} dots long, ZPL has {_MOST_DOTS}", remedy="Use a shorter label.")
    sheet = _Sheet(profile.dpmm, width, height)
    parts = [_head(max(width, 2), height)]
    parts += [sheet.field(place, element) for place, element in enumerate(label.elements)]
    parts.append(_written(SetQuantity, copies) + _written(EndFormat))
    ends: list[int] = []
    for part in parts:
        ends.append(len(part) + (ends[-1] if ends else 0))
    return Compiled(b"".join(parts), ends, ends[-1]), tuple(sheet.findings)


_MOST_DOTS = 32000


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where an element stands and how much room it takes, in dots."""

    x: int
    y: int
    width: int
    height: int


class _Sheet:
    """One label under way."""

    def __init__(self, dpmm: Decimal, width: int, height: int) -> None:
        self.dpmm = dpmm
        self.width = width
        self.height = height
        self.findings: list[Finding] = []

    def dots(self, mm: Decimal) -> int:
        return to_dots(mm, self.dpmm)

    def at_least_one(self, mm: Decimal) -> int:
        return max(1, self.dots(mm))

    def field(self, place: int, element: LabelElement) -> bytes:
        match element:
            case LabelText():
                return self._text(place, element)
            case LabelBox():
                return self._box(place, element)
            case LabelLine():
                return self._line(place, element)
            case LabelBarcode():
                return self._barcode(place, element)
            case LabelQr():
                return self._qr(place, element)

    def _fits(self, place: int, what: str, extent: _Extent) -> None:
        if extent.x + extent.width <= self.width and extent.y + extent.height <= self.height:
            return
        right, below = extent.x + extent.width, extent.y + extent.height
        raise DocumentTooWide(
            f"elements[{place}]: the {what} reaches to {right} x {below} dots, the label has {self.width} x "
            f"{self.height} ({self.dpmm} dots to the millimetre)",
            remedy="Move it, make it smaller, or use a larger label.",
        )

    def _note(self, place: int, message: str, *, edge: bool = False) -> None:
        self.findings.append(Finding("edge" if edge else "rounded", message, place))

    def _module(self, place: int, what: str, asked: Decimal, most: int) -> int:
        module = min(max(1, self.dots(asked)), most)
        real = module / self.dpmm
        if real != asked:
            shown = f"{real.quantize(Decimal('0.001')).normalize():f}"
            self._note(place, f"elements[{place}]: the {what}'s module is {shown} mm ({module} dots), not {asked} mm")
        return module

    def _text(self, place: int, text: LabelText) -> bytes:
        x, y, height = self.dots(text.x), self.dots(text.y), self.at_least_one(text.height)
        column = 0 if text.width is None else self.at_least_one(text.width)
        self._fits(place, "text", _Extent(x, y, column, height * text.lines))
        if text.width is None:
            about = int((len(text.text) * height * _WIDTH_OF_LETTERS).to_integral_value(ROUND_CEILING))
            if x + about > self.width:
                self._note(
                    place,
                    f"elements[{place}]: the text may run over the label's edge; a width would wrap it",
                    edge=True,
                )
        parts = [_written(FieldOrigin, x, y), _written(SelectFont, b"0N", height, height)]
        if column:
            parts.append(_written(FieldBlock, column, text.lines, 0, _ALIGN[text.align]))
        return b"".join(parts) + _data(_column(text.text) if column else text.text.encode())

    def _box(self, place: int, box: LabelBox) -> bytes:
        extent = _Extent(
            self.dots(box.x), self.dots(box.y), self.at_least_one(box.width), self.at_least_one(box.height)
        )
        self._fits(place, "box", extent)
        thickness = min(self.at_least_one(box.thickness), extent.width, extent.height)
        return _shape(extent, thickness)

    def _line(self, place: int, line: LabelLine) -> bytes:
        length, thickness = self.at_least_one(line.length), self.at_least_one(line.thickness)
        sides = (length, thickness) if line.direction == "across" else (thickness, length)
        extent = _Extent(self.dots(line.x), self.dots(line.y), *sides)
        self._fits(place, "line", extent)
        return _shape(extent, min(sides))

    def _barcode(self, place: int, barcode: LabelBarcode) -> bytes:
        x, y, height = self.dots(barcode.x), self.dots(barcode.y), self.at_least_one(barcode.height)
        module = self._module(place, "barcode", barcode.module, 10)
        text = b"Y" if barcode.text else b"N"
        if barcode.symbology == "EAN13":
            data = _ean13(barcode.data, place)
            modules, command = 95, _written(Ean13, b"N", height, text)
        else:
            data = _code128(barcode.data, place)
            modules = 11 * (code128_symbols(barcode.data) + 2) + 13
            command = _written(Code128, b"N", height, text, b"N", b"N", b"N")
        below = _READABLE_DOTS if barcode.text else 0
        self._fits(place, f"barcode {barcode.data!r}", _Extent(x, y, modules * module, height + below))
        return _written(FieldOrigin, x, y) + _written(BarcodeDefaults, module, b"2.0", height) + command + _data(data)

    def _qr(self, place: int, qr: LabelQr) -> bytes:
        data = qr.data.encode(errors="surrogatepass")
        if not data or any((char < " " and char not in "\t\r\n") or "\ud800" <= char <= "\udfff" for char in qr.data):
            raise BadDocument(f"elements[{place}]: QR data {qr.data[:40]!a}", remedy="Give text without controls.")
        version = qr_version(len(data), qr.level)
        if version is None:
            raise BadDocument(
                f"elements[{place}]: QR data of {len(data)} bytes, level {qr.level} holds {qr_capacity(40, qr.level)}",
                remedy="Shorten the data, for example to a link, or use level='L'.",
            )
        module = self._module(place, "QR code", qr.module, 100)
        side = qr_width(version, module)
        x, y = self.dots(qr.x), self.dots(qr.y)
        top = max(y - QR_DROP, 0)
        if top + QR_DROP != y:
            self._note(
                place, f"elements[{place}]: the QR code stands {QR_DROP - y} dots lower, ZPL cannot put it there"
            )
        self._fits(place, "QR code", _Extent(x, top + QR_DROP, side, side))
        place_of = _written(FieldOrigin, x, top) + _written(BarcodeDefaults, 0, b"", QR_DROP)
        return place_of + _written(Qr, b"N", 2, module) + _data(f"{qr.level}A,".encode() + data)


@lru_cache(maxsize=4096)
def _written(kind: type[Command], *values: int | bytes) -> bytes:
    """A command's bytes; the same few come again on every label of a kind."""
    return kind(*values).encode()


@lru_cache(maxsize=256)
def _head(width: int, height: int) -> bytes:
    head = (StartFormat(), SetEncoding(28), SetPrintWidth(width), SetLabelLength(height), SetHome(0, 0))
    return b"".join([command.encode() for command in head])


def _column(text: str) -> bytes:
    """In a column, `\\&` breaks the line, whichever way it was written: a word joiner keeps the two apart."""
    return text.replace("\\", "\\\u2060").encode()


def _data(data: bytes) -> bytes:
    return b"^FH_^FD" + escaped(data) + b"^FS"  # as FieldHex, FieldData and FieldSeparator write it; a test compares


def _shape(extent: _Extent, thickness: int) -> bytes:
    origin = _written(FieldOrigin, extent.x, extent.y)
    return origin + _written(GraphicBox, extent.width, extent.height, thickness) + _written(FieldSeparator)


def _ean13(data: str, place: int) -> bytes:
    if not (data.isascii() and data.isdigit() and len(data) in (12, 13)):
        raise BadDocument(
            f"elements[{place}]: EAN-13 data {data[:40]!r}", remedy="Give 12 digits, or 13 with the check digit."
        )
    right = check_digit(data[:12])
    if len(data) == 13 and data[12] != right:
        raise BadDocument(
            f"elements[{place}]: EAN-13 data {data!r} has the check digit {data[12]}, it should be {right}",
            remedy="Correct the number, or give its first 12 digits and the check digit is added.",
        )
    return data[:12].encode()


def _code128(data: str, place: int) -> bytes:
    """With explicit code sets: `>:` and `>;` begin in B and C, `>6` and `>5` change, `>0` is `>` (guide, ^BC)."""
    if not data or len(data) > 255 or not (data.isascii() and data.isprintable()):
        raise BadDocument(
            f"elements[{place}]: Code 128 data {data[:40]!a}", remedy="Give 1 to 255 printable ASCII characters."
        )
    planned = code128_sets(data)  # `{B` and `{C`, digit pairs as one byte, `{` doubled
    out = bytearray(b">:" if planned[1:2] == b"B" else b">;")
    pairs = planned[1:2] == b"C"
    at = 2
    while at < len(planned):
        byte = planned[at : at + 1]
        if byte == b"{" and planned[at + 1 : at + 2] in (b"B", b"C"):
            pairs = planned[at + 1 : at + 2] == b"C"
            out += b">5" if pairs else b">6"
            at += 2
        elif pairs:
            out += b"%02d" % byte[0]
            at += 1
        else:
            out += b">0" if byte == b">" else byte
            at += 2 if byte == b"{" else 1
    return bytes(out)
