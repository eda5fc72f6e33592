"""What a format's fields look like: each field is drawn onto the label by the command that chose its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from posdevkit.errors import PosError
from posdevkit.imaging import Symbology, barcode, qr_matrix, scale
from posdevkit.protocols.vocabulary import Command
from posdevkit.protocols.zpl.commands.field import FieldBlock, GraphicBox, SelectFont
from posdevkit.protocols.zpl.commands.symbols import Code128, Ean13, Qr

from .canvas import Canvas, text_width

__all__ = ["Drawing", "SetField"]

_HRI_HEIGHT = 18
_HRI_ADVANCE = 10
# ^BC's invocation codes (guide, ^BC) in the words of the bars' encoder.
_SETS = {"9": "{A", ":": "{B", ";": "{C", "7": "{A", "6": "{B", "5": "{C", "8": "{1"}


@dataclass(frozen=True, slots=True)
class SetField:
    """A field between ^FO and ^FS, with the settings that held for it."""

    x: int
    y: int
    kind: Command | None
    block: FieldBlock | None
    font: tuple[int, int]
    module: int
    height: int
    data: bytes
    utf8: bool

    @property
    def text(self) -> str:
        """The data as characters."""
        return self.data.decode("utf-8", "replace") if self.utf8 else self.data.decode("cp850", "replace")


@dataclass(slots=True)
class Drawing:
    """A label under the head."""

    canvas: Canvas
    texts: list[str] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def draw(self, one: SetField) -> None:
        """Draw one field; what cannot be drawn is a trouble, never an exception."""
        kind = type(one.kind) if one.kind is not None else SelectFont
        try:
            _DRAW.get(kind, _text)(self, one)
        except (PosError, ValueError) as problem:
            self.troubles.append(f"{kind.spec.name}: {problem}")


def _text(drawing: Drawing, one: SetField) -> None:
    text = "".join(char if char.isprintable() else "" for char in one.text)
    height, advance = one.font
    if not text:
        return
    drawing.texts.append(text)
    if one.block is None or not one.block.width:
        drawing.canvas.text(text, one.x, one.y, height, advance)
        return
    lines = _broken(text, one.block.width, advance)
    for place, line in enumerate(lines):
        # What is beyond the last line is set over it, as the guide has it.
        row = min(place, one.block.lines - 1)
        spare = max(one.block.width - text_width(line, advance), 0)
        x = one.x + {b"C": spare // 2, b"R": spare}.get(one.block.align, 0)
        drawing.canvas.text(line, x, one.y + row * (height + one.block.spacing), height, advance)


def _broken(text: str, width: int, advance: int) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\\&"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, advance) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def _bars(drawing: Drawing, one: SetField, symbology: Symbology, data: str | bytes, *, readable: bool) -> None:
    bars = barcode(symbology, data)
    row = bars.row(one.module)
    drawing.canvas.raster(scale(row, 1, one.height), one.x, one.y)
    drawing.codes.append((symbology.value, bars.text))
    if readable:
        x = one.x + max(row.width - text_width(bars.text, _HRI_ADVANCE), 0) // 2
        drawing.canvas.text(bars.text, x, one.y + one.height + 4, _HRI_HEIGHT, _HRI_ADVANCE)


def _ean13(drawing: Drawing, one: SetField) -> None:
    assert isinstance(one.kind, Ean13)
    # The printer cuts and pads to twelve digits, and works out the thirteenth.
    digits = one.text[:12].rjust(12, "0")
    _bars(drawing, one, Symbology.EAN13, digits, readable=one.kind.text == b"Y")


def _code128(drawing: Drawing, one: SetField) -> None:
    assert isinstance(one.kind, Code128)
    readable = one.kind.text == b"Y"
    if one.kind.mode in (b"A", b"D", b"U"):
        _bars(drawing, one, Symbology.CODE128, one.text, readable=readable)
        return
    _bars(drawing, one, Symbology.CODE128, _with_sets(one.text), readable=readable)


def _with_sets(text: str) -> bytes:
    out, pairs, at = "", False, 0
    if text[:1] != ">" or text[1:2] not in ("9", ":", ";"):
        out = "{B"
    while at < len(text):
        char, after = text[at], text[at + 1 : at + 2]
        if char == ">" and after in _SETS:
            out += _SETS[after]
            pairs = _SETS[after] == "{C" or (pairs and after == "8")
            at += 2
        elif pairs:
            pair = text[at : at + 2]
            if not (pair.isascii() and pair.isdigit() and len(pair) == 2):
                raise ValueError(f"code set C takes pairs of digits, not {pair!r}")
            out += chr(int(pair))
            at += 2
        else:
            out += ">" if char == ">" else "{{" if char == "{" else char
            at += 2 if char == ">" and after == "0" else 1
    return out.encode("latin-1")


def _qr(drawing: Drawing, one: SetField) -> None:
    assert isinstance(one.kind, Qr)
    head, comma, payload = one.data.partition(b",")
    if not comma or head[:1] not in b"HQML" or not head:
        raise ValueError(f"data begins with {one.data[:4]!r}, not with level, mode and a comma")
    levels = {b"H": "H", b"Q": "Q", b"M": "M", b"L": "L"}
    level = levels[head[:1]]
    matrix = qr_matrix(payload, "H" if level == "H" else "Q" if level == "Q" else "M" if level == "M" else "L")
    # Firmware and Labelary set the code below its ^FO by ^BY's height.
    drawing.canvas.raster(scale(matrix, one.kind.module or 2, one.kind.module or 2), one.x, one.y + one.height)
    drawing.codes.append(("QR", payload.decode("utf-8", "replace")))


def _box(drawing: Drawing, one: SetField) -> None:
    assert isinstance(one.kind, GraphicBox)
    box = one.kind
    size = max(box.width, box.thickness), max(box.height, box.thickness)
    drawing.canvas.box(one.x, one.y, size, box.thickness, white=box.color == b"W")


_DRAW: dict[type[Command], Callable[[Drawing, SetField], None]] = {
    SelectFont: _text,
    Ean13: _ean13,
    Code128: _code128,
    Qr: _qr,
    GraphicBox: _box,
}
