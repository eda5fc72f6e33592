"""Labels as JSON, by the published schema `label.schema.json` (JSON Schema 2020-12) beside this file.

`{"kind": "label", "width": 50, "height": 30, "elements": [{"type": "text", "x": 2, "y": 2, "text": "Coffee"}]}`
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from typing import Literal, cast, get_args

from .elements import Align
from .label import Label, LabelSymbology
from .reading import Fields, Node

__all__ = ["label_from_json", "label_schema"]


_ALIGN: tuple[Align, ...] = get_args(Align)
_SYMBOLOGY: tuple[LabelSymbology, ...] = get_args(LabelSymbology)
_LEVEL: tuple[Literal["L", "M", "Q", "H"], ...] = ("L", "M", "Q", "H")
_DIRECTION: tuple[Literal["across", "down"], ...] = ("across", "down")


@cache
def label_schema() -> dict[str, object]:
    """The published JSON Schema of labels."""
    text = files(__package__).joinpath("label.schema.json").read_text(encoding="utf-8")
    return cast(dict[str, object], json.loads(text))


def label_from_json(value: object) -> Label:
    """A label from parsed JSON; numbers with a fraction are exact where `read_json` parsed them.

    Raises BadDocument, or BadText for characters that cannot be printed, with the path of the field.
    """
    top = Node(value).fields(["kind", "width", "height", "elements"], ["$schema"])
    top["kind"].choice(["label"])
    top.get("$schema", Node.text, "")
    label = Label(top["width"].decimal(), top["height"].decimal())
    for node in top["elements"].items():
        label = node.make(partial(_added, label))
    return label


def _added(label: Label, node: Node) -> Label:
    if not isinstance(node.value, Mapping):
        node.fail(f"{node.shown()} is not an object")
    if "type" not in node.value:
        node.fail("'type' is missing")
    kind = Node(node.value["type"], node.error, f"{node.path}.type").choice(_READERS)
    required, optional, add = _READERS[kind]
    return add(label, node.fields(("type", "x", "y", *required), optional))


def _text(label: Label, found: Fields) -> Label:
    return label.text(
        found["x"].decimal(),
        found["y"].decimal(),
        found["text"].text(),
        height=found.get("height", Node.decimal, Decimal(3)),
        width=found.get("width", Node.decimal, None),
        align=found.choice("align", _ALIGN, "left"),
        lines=found.get("lines", Node.integer, 1),
    )


def _box(label: Label, found: Fields) -> Label:
    place = found["x"].decimal(), found["y"].decimal()
    sides = found["width"].decimal(), found["height"].decimal()
    if "thickness" in found:
        return label.box(*place, *sides, thickness=found["thickness"].decimal())
    return label.box(*place, *sides)


def _line(label: Label, found: Fields) -> Label:
    place = found["x"].decimal(), found["y"].decimal()
    direction = found.choice("direction", _DIRECTION, "across")
    if "thickness" in found:
        thickness = found["thickness"].decimal()
        return label.line(*place, found["length"].decimal(), thickness=thickness, direction=direction)
    return label.line(*place, found["length"].decimal(), direction=direction)


def _barcode(label: Label, found: Fields) -> Label:
    symbology = found.choice("symbology", _SYMBOLOGY, "CODE128")
    height = found.get("height", Node.decimal, Decimal(10))
    text = found.get("text", Node.boolean, True)
    place = found["x"].decimal(), found["y"].decimal()
    if "module" in found:
        module = found["module"].decimal()
        return label.barcode(*place, found["data"].text(), symbology, height=height, module=module, text=text)
    return label.barcode(*place, found["data"].text(), symbology, height=height, text=text)


def _qr(label: Label, found: Fields) -> Label:
    place = found["x"].decimal(), found["y"].decimal()
    level = found.choice("level", _LEVEL, "M")
    if "module" in found:
        return label.qr(*place, found["data"].text(), module=found["module"].decimal(), level=level)
    return label.qr(*place, found["data"].text(), level=level)


_Reader = tuple[Iterable[str], Iterable[str], Callable[[Label, Fields], Label]]
# type -> required keys besides type, x and y; optional keys; how it is added
_READERS: dict[str, _Reader] = {
    "text": (["text"], ["height", "width", "align", "lines"], _text),
    "box": (["width", "height"], ["thickness"], _box),
    "line": (["length"], ["thickness", "direction"], _line),
    "barcode": (["data"], ["symbology", "height", "module", "text"], _barcode),
    "qr": (["data"], ["module", "level"], _qr),
}
