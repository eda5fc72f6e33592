"""Receipts as JSON, by the published schema `receipt.schema.json` (JSON Schema 2020-12) beside this file.

`{"kind": "receipt", "elements": [{"type": "title", "text": "Café Nord"}, {"type": "cut"}]}`
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Literal, Protocol, cast, get_args, runtime_checkable

from posdevkit.errors import BadDocument

from .elements import (
    Align,
    Barcode,
    Box,
    Buzzer,
    Column,
    ColumnAlign,
    Columns,
    Cut,
    Dither,
    Drawer,
    Edge,
    Element,
    Feed,
    Font,
    Image,
    Line,
    Logo,
    Margins,
    Page,
    PdfPage,
    QrCode,
    Raw,
    Rule,
    Spacing,
    Span,
    SpanColumns,
    Style,
    Symbol,
    SymbolKind,
    Symbology,
    Text,
)
from .page_json import page_to_json, read_page
from .plain import plain
from .reading import Fields, Node
from .receipt import Receipt

__all__ = ["receipt_from_json", "receipt_schema", "receipt_to_json"]

_STYLE_FLAGS = ("bold", "underline", "invert", "smooth", "second_color", "rotate", "upside_down")
_STYLE = (*_STYLE_FLAGS, "width", "height", "font", "spacing")
_ALIGN: tuple[Align, ...] = get_args(Align)
_COLUMN_ALIGN: tuple[ColumnAlign, ...] = get_args(ColumnAlign)
_FONT: tuple[Font, ...] = get_args(Font)
_DITHER: tuple[Dither, ...] = get_args(Dither)
_MARGINS: tuple[Margins, ...] = get_args(Margins)
_TEXT: tuple[Literal["none", "above", "below", "both"], ...] = ("none", "above", "below", "both")
_KIND: tuple[SymbolKind, ...] = get_args(SymbolKind)
_LEVEL: tuple[Literal["L", "M", "Q", "H"], ...] = ("L", "M", "Q", "H")
_BASE64 = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_HEX = re.compile("(?:[0-9A-Fa-f]{2} ?)+")


@cache
def receipt_schema() -> dict[str, object]:
    """The published JSON Schema of receipts."""
    text = files(__package__).joinpath("receipt.schema.json").read_text(encoding="utf-8")
    return cast(dict[str, object], json.loads(text))


def receipt_from_json(value: object, *, folder: Path | None = None) -> Receipt:
    """A receipt from parsed JSON (`read_json`, or `json.loads`); pictures by path are taken from `folder`.

    Raises BadDocument, or BadText for characters that cannot be printed, with the path of the field.
    """
    top = Node(value).fields(["kind", "elements"], ["$schema"])
    top["kind"].choice(["receipt"])
    top.get("$schema", Node.text, "")
    # A title, a row and a total are written like any element and stand for elements of the receipt.
    return Receipt(node.make(partial(_element, folder=folder)) for node in top["elements"].items())


def _element(node: Node, folder: Path | None) -> Element:
    if not isinstance(node.value, Mapping):
        node.fail(f"{node.shown()} is not an object")
    if "type" not in node.value:
        node.fail("'type' is missing")
    kind = Node(node.value["type"], node.error, f"{node.path}.type").choice(_READERS)
    required, optional, read = _READERS[kind]
    return read(node.fields(("type", *required), optional), folder)


def _style(found: Fields) -> Style:
    return Style(
        **{flag: found.get(flag, Node.boolean, False) for flag in _STYLE_FLAGS},
        width=found.get("width", Node.integer, 1),
        height=found.get("height", Node.integer, 1),
        font=found.choice("font", _FONT, "A"),
        spacing=found.get("spacing", Node.integer, 0),
    )


def _align(found: Fields, default: Align) -> Align:
    return found.choice("align", _ALIGN, default)


def _text(found: Fields, _folder: Path | None) -> Element:
    return Text(found["text"].text(), _style(found), _align(found, "left"))


def _line(found: Fields, _folder: Path | None) -> Element:
    return Line(tuple(node.make(_span) for node in found["spans"].items(least=1)), _align(found, "left"))


def _span(node: Node) -> Span:
    found = node.fields(["text"], _STYLE)
    return Span(found["text"].text(), _style(found))


def _span_columns(found: Fields, _folder: Path | None) -> Element:
    cells = tuple(tuple(node.make(_span) for node in cell.items()) for cell in found["cells"].items(least=1))
    plan = found.get("columns", lambda node: tuple(map(_column, node.items(least=1))), (Column(),) * len(cells))
    border = found.choice("border", _ALIGN, "left") if "border" in found else None
    return SpanColumns(cells, plan, found.get("gap", Node.integer, 1), border)


def _edge(found: Fields, _folder: Path | None) -> Element:
    def columns(name: str) -> tuple[Column, ...]:
        return tuple(map(_column, found[name].items())) if name in found else ()

    return Edge(columns("above"), columns("below"), _align(found, "left"))


def _box(found: Fields, folder: Path | None) -> Element:
    inside = tuple(node.make(partial(_element, folder=folder)) for node in found["elements"].items())
    return Box(inside)  # type: ignore[arg-type]  # the box itself refuses what no frame goes around


def _page(found: Fields, folder: Path | None) -> Element:
    return read_page(found, partial(_element, folder=folder))


def _spacing(found: Fields, _folder: Path | None) -> Element:
    return Spacing(found.get("dots", Node.integer, None))


def _only(receipt: Receipt) -> Element:
    return receipt.elements[0]


def _title(found: Fields, _folder: Path | None) -> Element:
    return _only(Receipt().title(found["text"].text()))


def _row(found: Fields, _folder: Path | None) -> Element:
    bold = found.get("bold", Node.boolean, False)
    font = found.choice("font", _FONT, "A")
    return _only(Receipt().row(found["label"].text(), found["amount"].text(), bold=bold, font=font))


def _total(found: Fields, _folder: Path | None) -> Element:
    return _only(Receipt().total(found["amount"].text(), found.get("label", Node.text, "Total")))


def _columns(found: Fields, _folder: Path | None) -> Element:
    cells = tuple(cell.text() for cell in found["cells"].items(least=1))
    plan = found.get("columns", lambda node: tuple(map(_column, node.items(least=1))), (Column(),) * len(cells))
    gap = found.get("gap", Node.integer, 1)
    if gap < 0:
        found["gap"].fail(f"columns stand 0 or more characters apart, not {gap}")
    return Columns(cells, plan, _style(found), gap, found.get("spans", _integers, ()))


def _integers(node: Node) -> tuple[int, ...]:
    return tuple(one.integer() for one in node.items(least=1))


def _column(node: Node) -> Column:
    found = node.fields((), ("width", "align", "wrap", "least"))
    width = found.get("width", Node.integer, None)
    align, wrap = found.choice("align", _COLUMN_ALIGN, "left"), found.get("wrap", Node.boolean, True)
    least = found.get("least", Node.integer, 0)
    return node.make(lambda _: Column(width, align, wrap, least))


def _rule(found: Fields, _folder: Path | None) -> Element:
    char = found.get("char", Node.text, "-")
    if plain(char) == "\n":
        found["char"].fail("a line break is no character to draw a line with")
    return Rule(char, _style(found))


def _image(found: Fields, folder: Path | None) -> Element:
    if ("path" in found) == ("data" in found):
        found.node.fail("a picture has either a path or data")
    source: Path | bytes
    if "path" in found:
        path = Path(found["path"].text(least=1))
        source = folder / path if folder is not None else path
    else:
        data = found["data"].text(least=1)
        if not _BASE64.fullmatch(data):
            found["data"].fail("is not base64")
        source = base64.b64decode(data)
    picture: Path | bytes | PdfPage = source
    if "page" in found:
        picture = PdfPage(source, found["page"].integer(), found.choice("margins", _MARGINS, "crop"))
    elif "margins" in found:
        found["margins"].fail("goes with the page of a PDF")
    dither = found.choice("dither", _DITHER, "floyd-steinberg")
    key = found.get("key", Node.text, None)
    return Image(picture, _align(found, "center"), dither, found.get("width", Node.integer, None), key)


def _logo(found: Fields, _folder: Path | None) -> Element:
    scale = found.get("scale", Node.integer, 1)
    return Logo(found["key"].text(), cast(Literal[1, 2], scale), _align(found, "center"))


def _barcode(found: Fields, _folder: Path | None) -> Element:
    names = [symbology.value for symbology in Symbology]
    symbology = found.choice("symbology", names, Symbology.CODE128.value)
    return Barcode(
        found["data"].text(),
        Symbology(symbology),
        found.get("height", Node.integer, 80),
        found.get("module", Node.integer, 2),
        found.choice("text", _TEXT, "below"),
        _align(found, "center"),
    )


def _qr(found: Fields, _folder: Path | None) -> Element:
    return QrCode(
        found["data"].text(),
        found.get("module", Node.integer, 6),
        found.choice("level", _LEVEL, "M"),
        _align(found, "center"),
    )


def _symbol(found: Fields, _folder: Path | None) -> Element:
    return Symbol(
        found["data"].text(),
        found.choice("kind", _KIND, "DATAMATRIX"),
        found.get("module", Node.integer, 3),
        found.get("correction", Node.integer, None),
        found.get("columns", Node.integer, None),
        _align(found, "center"),
    )


def _feed(found: Fields, _folder: Path | None) -> Element:
    return Feed(found.get("lines", Node.integer, 1))


def _cut(found: Fields, _folder: Path | None) -> Element:
    return Cut(found.get("partial", Node.boolean, True))


def _drawer(found: Fields, _folder: Path | None) -> Element:
    pin = found.get("pin", Node.integer, 2)
    return Drawer(cast(Literal[2, 5], pin), found.get("milliseconds", Node.integer, 100))


def _buzzer(found: Fields, _folder: Path | None) -> Element:
    return Buzzer(found.get("times", Node.integer, 1))


def _raw(found: Fields, _folder: Path | None) -> Element:
    pairs = found["hex"].text()
    if not _HEX.fullmatch(pairs):
        found["hex"].fail("is not pairs of hexadecimal digits, with or without blanks between")
    return Raw(bytes.fromhex(pairs))


_Reader = tuple[Iterable[str], Iterable[str], Callable[[Fields, Path | None], Element]]
# type -> required keys, optional keys, how it is read
_READERS: dict[str, _Reader] = {
    "text": (["text"], [*_STYLE, "align"], _text),
    "line": (["spans"], ["align"], _line),
    "title": (["text"], [], _title),
    "row": (["label", "amount"], ["bold", "font"], _row),
    "total": (["amount"], ["label"], _total),
    "columns": (["cells"], ["columns", "gap", "spans", *_STYLE], _columns),
    "span_columns": (["cells"], ["columns", "gap", "border"], _span_columns),
    "edge": ([], ["above", "below", "align"], _edge),
    "box": (["elements"], [], _box),
    "page": ([], ["areas", "lines", "boxes"], _page),
    "rule": ([], ["char", *_STYLE], _rule),
    "spacing": ([], ["dots"], _spacing),
    "image": ([], ["path", "data", "page", "margins", "align", "dither", "width", "key"], _image),
    "logo": (["key"], ["scale", "align"], _logo),
    "barcode": (["data"], ["symbology", "height", "module", "text", "align"], _barcode),
    "qr": (["data"], ["module", "level", "align"], _qr),
    "symbol": (["data"], ["kind", "module", "correction", "columns", "align"], _symbol),
    "feed": ([], ["lines"], _feed),
    "cut": ([], ["partial"], _cut),
    "drawer": ([], ["pin", "milliseconds"], _drawer),
    "buzzer": ([], ["times"], _buzzer),
    "raw": (["hex"], [], _raw),
}

_TYPES: dict[type[Element], str] = {
    Text: "text",
    Line: "line",
    Columns: "columns",
    SpanColumns: "span_columns",
    Edge: "edge",
    Box: "box",
    Page: "page",
    Rule: "rule",
    Spacing: "spacing",
    Image: "image",
    Logo: "logo",
    Barcode: "barcode",
    QrCode: "qr",
    Symbol: "symbol",
    Feed: "feed",
    Cut: "cut",
    Drawer: "drawer",
    Buzzer: "buzzer",
    Raw: "raw",
}


def receipt_to_json(receipt: Receipt) -> dict[str, object]:
    """The receipt as plain values for `json.dumps`, defaults left out; `receipt_from_json` gives an equal receipt.

    Pictures in memory become base64 of a PNG, or of the file's own bytes; paths stay paths.
    """
    return {"kind": "receipt", "elements": [_written(element) for element in receipt.elements]}


def _written(element: Element) -> dict[str, object]:
    result: dict[str, object] = {"type": _TYPES[type(element)]}
    if isinstance(element, Page):
        return result | page_to_json(element, _written)
    for field in fields(element):
        value = getattr(element, field.name)
        if field.default is not MISSING and value == field.default:
            continue
        if field.name == "source":
            result |= _source(value)
        elif isinstance(value, Style):
            result |= _changed(value)
        elif isinstance(element, Columns | SpanColumns) and field.name == "columns":
            result["columns"] = [_changed(column) for column in value]
        elif isinstance(element, Edge) and field.name != "align":
            result[field.name] = [_changed(column) for column in value]
        elif isinstance(element, Line) and field.name == "spans":
            result["spans"] = _spans(value)
        elif isinstance(element, SpanColumns) and field.name == "cells":
            result["cells"] = [_spans(cell) for cell in value]
        elif isinstance(element, Box):
            result["elements"] = [_written(one) for one in value]
        elif isinstance(element, Raw):
            result["hex"] = value.hex()
        else:
            result[field.name] = _plain_value(value)
    return result


def _spans(spans: tuple[Span, ...]) -> list[dict[str, object]]:
    return [{"text": span.text} | _changed(span.style) for span in spans]


def _changed(value: Style | Column) -> dict[str, object]:
    """The fields that differ from their defaults."""
    return {f.name: getattr(value, f.name) for f in fields(value) if f.init and getattr(value, f.name) != f.default}


def _plain_value(value: object) -> object:
    if isinstance(value, Symbology):
        return value.value
    return list(value) if isinstance(value, tuple) else value


@runtime_checkable
class _Savable(Protocol):
    def save(self, file: io.BytesIO, kind: str) -> None: ...


def _source(source: object) -> dict[str, object]:
    if isinstance(source, PdfPage):
        kept = {} if source.margins == "crop" else {"margins": source.margins}
        return _source(source.source) | {"page": source.page} | kept
    if isinstance(source, str | Path):
        return {"path": Path(source).as_posix()}
    if isinstance(source, _Savable):
        file = io.BytesIO()
        source.save(file, "PNG")
        source = file.getvalue()
    if not isinstance(source, bytes | bytearray | memoryview):
        raise BadDocument(f"a picture from {type(source).__name__} cannot be written as JSON")
    return {"data": base64.b64encode(bytes(source)).decode("ascii")}
