"""Frozen dataclasses to JSON and back, read strictly, and their JSON Schema: all three from the same annotations.

Understood are str, int, bool, Decimal (text in JSON, so that no program rounds it), Literal, `X | None`, tuple[X, ...],
dataclasses of these, and `Annotated[str, Text(...)]` or `Annotated[int, Whole(...)]` for bounds.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["BadMessage", "Text", "Whole", "from_json", "json_schema", "known", "to_json"]

T = TypeVar("T")

LONGEST_TEXT: Final = 2000
LARGEST: Final = 10**15
"""Above any amount in minor units that a shop sees, and exact in every program's numbers."""
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?")
# Control characters and halves of characters: what no name has, and what a printer or a terminal would act on.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class BadMessage(ValueError):
    """JSON that is not what it should be; the text names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Text:
    """Bounds of a text: its length in characters, and the pattern that all of it matches."""

    least: int = 0
    most: int = LONGEST_TEXT
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """Bounds of a whole number, both included."""

    least: int = -LARGEST
    most: int = LARGEST


def to_json(value: object) -> object:
    """What `json.dumps` takes. Fields that are as they would be by default are left out."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [to_json(one) for one in cast(tuple[object, ...], value)]
    if kind is Decimal:
        return _plain(cast(Decimal, value))
    if dataclasses.is_dataclass(kind):
        return {name: to_json(found) for name, default in _defaults(kind) if (found := getattr(value, name)) != default}
    return value


_PLAIN: Final = frozenset((str, int, bool, type(None)))


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


def _plain(value: Decimal) -> str:
    """One spelling per number, so that equal facts are equal bytes."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def from_json(kind: type[T], value: object, place: str = "") -> T:
    """A value of the dataclass `kind` from parsed JSON. Raises BadMessage with the place of the first thing wrong."""
    return cast(T, _object(kind, value, place))


Reader = Callable[[object, str], object]


def _reader(hint: object) -> Reader:
    """What reads values of `hint`: made once per field, since a push reads thousands."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bounds = arguments[1]
        return lambda value, place: _bounded(bounds, value, place)
    if origin in (Union, types.UnionType):
        inner = _reader(next(one for one in arguments if one is not type(None)))
        return lambda value, place: None if value is None else inner(value, place)
    if origin is Literal:
        return lambda value, place: _one_of(arguments, value, place)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value, place: _list(item, value, place)
    if hint is Decimal:
        return _decimal
    if hint is bool:
        return _truth
    if hint is str or hint is int:
        plain = Text() if hint is str else Whole()
        return lambda value, place: _bounded(plain, value, place)
    return lambda value, place: _object(cast(type, hint), value, place)


def _one_of(known: tuple[object, ...], value: object, place: str) -> object:
    if isinstance(value, str) and value in known:
        return value
    raise BadMessage(f"{_at(place)}one of {', '.join(map(str, known))}, not {_shown(value)}")


def _list(item: Reader, value: object, place: str) -> object:
    if not isinstance(value, list):
        raise BadMessage(f"{_at(place)}a list, not {_shown(value)}")
    return tuple(item(one, f"{place}[{number}]") for number, one in enumerate(value))


def _decimal(value: object, place: str) -> object:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise BadMessage(f'{_at(place)}a decimal number as text, such as "0.350", not {_shown(value)}')


def _truth(value: object, place: str) -> object:
    if isinstance(value, bool):
        return value
    raise BadMessage(f"{_at(place)}true or false, not {_shown(value)}")


def _bounded(bounds: Text | Whole, value: object, place: str) -> object:
    if isinstance(bounds, Whole):
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON has one kind of number: 1.0 is 1
        if type(value) is int and bounds.least <= value <= bounds.most:
            return value
        raise BadMessage(f"{_at(place)}a whole number from {bounds.least} to {bounds.most}, not {_shown(value)}")
    if not isinstance(value, str):
        raise BadMessage(f"{_at(place)}text, not {_shown(value)}")
    if not bounds.least <= len(value) <= bounds.most:
        raise BadMessage(f"{_at(place)}text of {bounds.least} to {bounds.most} characters, not {len(value)}")
    if _CONTROL.search(value):
        raise BadMessage(f"{_at(place)}text without control characters")
    if bounds.pattern and not _compiled(bounds.pattern).fullmatch(value):
        raise BadMessage(f"{_at(place)}text like {bounds.pattern}, not {_shown(value)}")
    return value


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _object(kind: type, value: object, place: str) -> object:
    if not isinstance(value, Mapping):
        raise BadMessage(f"{_at(place)}an object, not {_shown(value)}")
    readers, needed = _readers(kind)
    if unknown := sorted(set(value) - set(readers)):
        raise BadMessage(f"{_at(place)}no field {unknown[0]!r}; known are {', '.join(readers)}")
    if missing := [name for name in needed if name not in value]:
        raise BadMessage(f"{_at(place)}the field {missing[0]!r} is missing")
    inside = f"{place}." if place else ""
    read = {name: readers[name](one, f"{inside}{name}") for name, one in value.items()}
    try:
        return kind(**read)
    except BadMessage:
        raise
    except ValueError as problem:
        raise BadMessage(f"{_at(place)}{problem}") from None


def known(kind: type, value: object) -> object:
    """`value` without the fields that `kind` does not have: for what a newer cloud tells an older till."""
    return {name: one for name, one in value.items() if name in _fields(kind)[0]} if isinstance(value, dict) else value


@cache
def _readers(kind: type) -> tuple[dict[str, Reader], tuple[str, ...]]:
    """What reads each field of a dataclass, and which of them have to be given."""
    hints, needed = _fields(kind)
    return {name: _reader(hint) for name, hint in hints.items()}, needed


@cache
def _fields(kind: type) -> tuple[dict[str, object], tuple[str, ...]]:
    """The hints of a dataclass, and which of its fields have to be given."""
    hints = get_type_hints(kind, include_extras=True)
    fields = dataclasses.fields(kind)
    missing = dataclasses.MISSING
    needed = tuple(one.name for one in fields if one.default is missing and one.default_factory is missing)
    return {one.name: hints[one.name] for one in fields}, needed


def _at(place: str) -> str:
    return f"{place}: expected " if place else "expected "


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def json_schema(hint: object) -> dict[str, object]:
    """JSON Schema (2020-12) of what `from_json` reads, apart from what only the whole can tell, such as sums."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _bounds(arguments[1])
    if origin in (Union, types.UnionType):
        return {"anyOf": [json_schema(one) if one is not type(None) else {"type": "null"} for one in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": json_schema(arguments[0])}
    if hint is Decimal:
        return {"type": "string", "pattern": f"^{_DECIMAL.pattern}$"}
    if hint is bool:
        return {"type": "boolean"}
    if hint is str or hint is int:
        return _bounds(Text() if hint is str else Whole())
    hints, needed = _fields(cast(type, hint))
    return {
        "type": "object",
        "properties": {name: json_schema(one) for name, one in hints.items()},
        "required": list(needed),
        "additionalProperties": False,
    }


def _bounds(bounds: Text | Whole) -> dict[str, object]:
    if isinstance(bounds, Whole):
        return {"type": "integer", "minimum": bounds.least, "maximum": bounds.most}
    # Without a pattern of its own a text still has no control characters.
    pattern = f"^{bounds.pattern}$" if bounds.pattern else r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"
    return {"type": "string", "minLength": bounds.least, "maxLength": bounds.most, "pattern": pattern}
