"""Frozen dataclasses to JSON and back, read strictly, and their JSON Schema: all three from the same annotations.

Understood are str, int, bool, Decimal (text in JSON, so that no program rounds it), Literal, `X | None`, tuple[X, ...],
dataclasses of these, and `Annotated[str, Text(...)]` or `Annotated[int, Whole(...)]` for bounds.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from operator import attrgetter
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
    return _whole(kind)(value) if dataclasses.is_dataclass(kind) else value


_PLAIN: Final = frozenset((str, int, bool, type(None)))


def _plain(value: Decimal) -> str:
    """One spelling per number, so that equal facts are equal bytes."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


Writer = Callable[[object], object]


@cache
def _whole(kind: type) -> Writer:
    """What writes a dataclass: made once, since a push writes thousands."""
    hints = _fields(kind)[0]
    # With one name attrgetter gives no tuple; the first stands there twice and the pairs below use it once.
    values = attrgetter(*hints, next(iter(hints)))
    fields = [(one.name, one.default, _writer(hints[one.name])) for one in dataclasses.fields(kind)]

    def write(value: object) -> object:
        return {
            name: found if writer is None else writer(found)
            for (name, default, writer), found in zip(fields, values(value), strict=False)
            if found != default
        }

    return write


def _writer(hint: object) -> Writer | None:
    """What writes values of `hint`, None where JSON has them as they are."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _PLAIN or origin in (Annotated, Literal):
        return None
    if origin is tuple:
        item = _writer(arguments[0])
        return lambda value: [one if item is None else item(one) for one in cast(tuple[object, ...], value)]
    if origin in (Union, types.UnionType) and all(_writer(one) is None for one in arguments):
        return None
    if hint is Decimal:
        return lambda value: _plain(cast(Decimal, value))
    return _whole(hint) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else to_json


def from_json(kind: type[T], value: object, place: str = "") -> T:
    """A value of the dataclass `kind` from parsed JSON. Raises BadMessage with the place of the first thing wrong."""
    try:
        return cast(T, _object(cast(type, kind))(value))
    except _Wrong as wrong:
        where = (place + "".join(reversed(wrong.steps))).removeprefix(".")
        raise BadMessage(f"{where}: expected {wrong}" if where else f"expected {wrong}") from None


class _Wrong(Exception):
    """What was expected. The way to it is gathered on the way out, so that what is right pays nothing for it."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.steps: list[str] = []


Reader = Callable[[object], object]


def _reader(hint: object) -> Reader:
    """What reads values of `hint`: made once per field, since a push reads thousands."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bounds = arguments[1]
        return _whole_number(bounds) if isinstance(bounds, Whole) else _text(bounds)
    if origin in (Union, types.UnionType):
        inner = _reader(next(one for one in arguments if one is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is Literal:
        return _one_of(arguments)
    if origin is tuple:
        return _list(_reader(arguments[0]))
    if hint is Decimal:
        return _decimal
    if hint is bool:
        return _truth
    if hint is str:
        return _text(Text())
    return _whole_number(Whole()) if hint is int else _object(cast(type, hint))


def _one_of(known: tuple[object, ...]) -> Reader:
    def read(value: object) -> object:
        if isinstance(value, str) and value in known:
            return value
        raise _Wrong(f"one of {', '.join(map(str, known))}, not {_shown(value)}")

    return read


def _list(item: Reader) -> Reader:
    def read(value: object) -> object:
        if not isinstance(value, list):
            raise _Wrong(f"a list, not {_shown(value)}")
        found: list[object] = []
        try:
            for one in value:
                found.append(item(one))  # noqa: PERF401  # how far it came is the place of what is wrong
        except _Wrong as wrong:
            wrong.steps.append(f"[{len(found)}]")
            raise
        return tuple(found)

    return read


def _decimal(value: object) -> object:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise _Wrong(f'a decimal number as text, such as "0.350", not {_shown(value)}')


def _truth(value: object) -> object:
    if isinstance(value, bool):
        return value
    raise _Wrong(f"true or false, not {_shown(value)}")


def _whole_number(bounds: Whole) -> Reader:
    least, most = bounds.least, bounds.most

    def read(value: object) -> object:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON has one kind of number: 1.0 is 1
        if type(value) is int and least <= value <= most:
            return value
        raise _Wrong(f"a whole number from {least} to {most}, not {_shown(value)}")

    return read


def _text(bounds: Text) -> Reader:
    least, most = bounds.least, bounds.most
    fits = re.compile(bounds.pattern, re.ASCII).fullmatch if bounds.pattern else None

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise _Wrong(f"text, not {_shown(value)}")
        if not least <= len(value) <= most:
            raise _Wrong(f"text of {least} to {most} characters, not {len(value)}")
        # Most texts are printable, which Python tells faster than a search; line ends are not and are welcome.
        if not value.isprintable() and _CONTROL.search(value):
            raise _Wrong("text without control characters")
        if fits is not None and not fits(value):
            raise _Wrong(f"text like {bounds.pattern}, not {_shown(value)}")
        return value

    return read


@cache
def _object(kind: type) -> Reader:
    hints, needed = _fields(kind)
    readers = {name: _reader(hint) for name, hint in hints.items()}
    required = frozenset(needed)

    def read(value: object) -> object:
        if not isinstance(value, dict):
            raise _Wrong(f"an object, not {_shown(value)}")
        if not value.keys() <= readers.keys():
            unknown = min(set(value) - set(readers))
            raise _Wrong(f"no field {unknown!r}; known are {', '.join(readers)}")
        if not required <= value.keys():
            missing = next(name for name in needed if name not in value)
            raise _Wrong(f"the field {missing!r} is missing")
        found: dict[str, object] = {}
        name = ""
        try:
            for name, one in value.items():
                found[name] = readers[name](one)
        except _Wrong as wrong:
            wrong.steps.append(f".{name}")
            raise
        try:
            return kind(**found)
        except BadMessage:
            raise
        except ValueError as problem:
            raise _Wrong(str(problem)) from None

    return read


def known(kind: type, value: object) -> object:
    """`value` without the fields that `kind` does not have: for what a newer cloud tells an older till."""
    return {name: one for name, one in value.items() if name in _fields(kind)[0]} if isinstance(value, dict) else value


@cache
def _fields(kind: type) -> tuple[dict[str, object], tuple[str, ...]]:
    """The hints of a dataclass, and which of its fields have to be given."""
    hints = get_type_hints(kind, include_extras=True)
    fields = dataclasses.fields(kind)
    missing = dataclasses.MISSING
    needed = tuple(one.name for one in fields if one.default is missing and one.default_factory is missing)
    return {one.name: hints[one.name] for one in fields}, needed


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
