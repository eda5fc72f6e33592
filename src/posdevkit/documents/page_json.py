"""Pages in JSON: `{"type": "page", "areas": [{"x": 0, "y": 0, "width": 40, "height": 20, "elements": [...]}]}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from functools import partial
from typing import Literal, get_args

from .elements import Element
from .page import Area, Direction, Page, PageBox, PageLine
from .reading import Fields, Node

__all__ = ["page_to_json", "read_page"]

_DIRECTION: tuple[Direction, ...] = get_args(Direction)
_RUN: tuple[Literal["across", "down"], ...] = ("across", "down")
_THIN = Decimal(PageLine(0, 0, 1).thickness)


def read_page(found: Fields, element: Callable[[Node], Element]) -> Page:
    """The page in the fields of an object; `element` reads what stands in an area."""
    return Page(
        found.get("areas", lambda node: tuple(one.make(partial(_area, element=element)) for one in node.items()), ()),
        found.get("lines", lambda node: tuple(one.make(_line) for one in node.items()), ()),
        found.get("boxes", lambda node: tuple(one.make(_box) for one in node.items()), ()),
    )


def _area(node: Node, element: Callable[[Node], Element]) -> Area:
    found = node.fields(["x", "y", "width", "height", "elements"], ["direction"])
    inside = tuple(one.make(element) for one in found["elements"].items())
    direction = found.choice("direction", _DIRECTION, "right")
    x, y, width, height = _lengths(found, "x", "y", "width", "height")
    return Area(x, y, width, height, inside, direction=direction)


def _line(node: Node) -> PageLine:
    found = node.fields(["x", "y", "length"], ["thickness", "direction"])
    thickness = found.get("thickness", Node.decimal, _THIN)
    x, y, length = _lengths(found, "x", "y", "length")
    return PageLine(x, y, length, thickness, found.choice("direction", _RUN, "across"))


def _box(node: Node) -> PageBox:
    found = node.fields(["x", "y", "width", "height"], ["thickness"])
    x, y, width, height = _lengths(found, "x", "y", "width", "height")
    return PageBox(x, y, width, height, found.get("thickness", Node.decimal, _THIN))


def _lengths(found: Fields, *names: str) -> list[Decimal]:
    return [found[name].decimal() for name in names]


def page_to_json(page: Page, written: Callable[[Element], Mapping[str, object]]) -> dict[str, object]:
    """The page as plain values, defaults left out; `written` writes what stands in an area."""

    def one(part: Area | PageLine | PageBox) -> dict[str, object]:
        result: dict[str, object] = {}
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name == "elements":
                result["elements"] = [written(element) for element in value]
            elif field.default is MISSING or value != field.default:
                result[field.name] = _number(value) if isinstance(value, Decimal) else value
        return result

    parts: dict[str, tuple[Area | PageLine | PageBox, ...]] = {
        "areas": page.areas,
        "lines": page.lines,
        "boxes": page.boxes,
    }
    return {name: [one(part) for part in some] for name, some in parts.items() if some}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
