"""Reading JSON strictly: every error names the path of the field, and an unknown key the one that was meant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import NoReturn, TypeVar

from posdevkit.errors import BadDocument, BadText

__all__ = ["Fields", "Node", "read_json"]

T = TypeVar("T")
Name = TypeVar("Name", bound=str)
_PLAIN_KEY = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SHOWN = 60
_MOST_DIGITS = 18


def read_json(text: str | bytes, error: type[BadDocument] = BadDocument) -> object:
    """JSON as plain values, numbers with a fraction as `Decimal`. Refuses what JSON leaves open: doubled keys, NaN.

    Raises `error` with line and column.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            doubled = next(key for key in keys if keys.count(key) > 1)
            raise error(f"the key {doubled!r} stands twice in one object")
        return found

    def no_constant(name: str) -> NoReturn:
        raise error(f"{name} is no number")

    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        value: object = json.loads(text, parse_float=Decimal, parse_constant=no_constant, object_pairs_hook=once)
    except json.JSONDecodeError as problem:
        raise error(f"not JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}") from problem
    except UnicodeDecodeError as problem:
        raise error(f"not UTF-8: byte {problem.object[problem.start]:02X} (hex) at {problem.start + 1}") from problem
    except RecursionError as problem:
        raise error("not JSON anyone wrote: nested too deep") from problem
    except (ValueError, ArithmeticError) as problem:  # a number of thousands of digits
        raise error(f"not JSON: {problem}") from problem
    return value


class Node:
    """One value of a JSON document together with its path (`lines[2].price`)."""

    __slots__ = ("error", "path", "value")

    def __init__(self, value: object, error: type[BadDocument] = BadDocument, path: str = "") -> None:
        self.value = value
        self.error = error
        self.path = path

    def fail(self, says: str) -> NoReturn:
        """Raise the document's error: path, what stands there, what is wrong with it."""
        raise self.error(f"{self.path}: {says}" if self.path else says)

    def shown(self) -> str:
        """The value as it stands in the file, shortened."""
        value = self.value
        text = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
        text = text.encode("utf-8", "backslashreplace").decode()  # half a character would break the message
        return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."

    def fields(self, required: Iterable[str], optional: Iterable[str] = ()) -> Fields:
        """The fields of an object; a missing key and an unknown one are errors."""
        if not isinstance(self.value, Mapping):
            self.fail(f"{self.shown()} is not an object")
        required, optional = tuple(required), tuple(optional)
        known = required + optional
        for key in self.value:
            if key not in known:
                self._key(str(key)).fail("no such key" + _perhaps(str(key), known))
        for key in required:
            if key not in self.value:
                self.fail(f"{key!r} is missing")
        return Fields(self, {key: self._key(key, value) for key, value in self.value.items()})

    def _key(self, key: str, value: object = None) -> Node:
        if _PLAIN_KEY.fullmatch(key):
            path = f"{self.path}.{key}" if self.path else key
        else:
            path = f"{self.path}[{json.dumps(key)}]"
        return Node(value, self.error, path)

    def items(self, *, least: int = 0) -> list[Node]:
        """The members of an array of at least so many."""
        if not isinstance(self.value, list | tuple):
            self.fail(f"{self.shown()} is not an array")
        if len(self.value) < least:
            self.fail(f"takes {least} or more, not {len(self.value)}")
        return [Node(member, self.error, f"{self.path}[{place}]") for place, member in enumerate(self.value)]

    def text(self, *, least: int = 0) -> str:
        """A string of at least so many characters."""
        if not isinstance(self.value, str):
            self.fail(f"{self.shown()} is not text")
        if len(self.value) < least:
            self.fail("is empty")
        return self.value

    def boolean(self) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            self.fail(f"{self.shown()} is neither true nor false")
        return self.value

    def integer(self) -> int:
        """A whole number; 2.0 is one, as JSON Schema has it."""
        value = self.value
        if isinstance(value, float | Decimal):
            number = self.decimal()
            if number == number.to_integral_value():
                return int(number)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(f"{self.shown()} is not a whole number")
        return value

    def decimal(self) -> Decimal:
        """An exact number, from a JSON number or a string such as "38.00"; never through binary fractions."""
        value = self.value
        if isinstance(value, float):
            value = Decimal(repr(value))  # the shortest decimal that means this float: what the file said
        written = isinstance(value, str) and _NUMBER.fullmatch(value)
        if isinstance(value, bool) or not (written or isinstance(value, int | Decimal)):
            self.fail(f'{self.shown()} is not a number such as 38.00 or "38.00"')
        assert isinstance(value, int | Decimal | str)
        number = Decimal(value)
        if not number.is_finite():
            self.fail(f"{self.shown()} is not a number")
        if number.is_zero():
            return Decimal(0)
        if not -_MOST_DIGITS < number.adjusted() < _MOST_DIGITS:
            self.fail(f"{self.shown()} is out of range")
        return number

    def choice(self, names: Iterable[Name]) -> Name:
        """One of some names."""
        names = tuple(names)
        text = self.text()
        found = next((name for name in names if name == text), None)
        if found is None:
            self.fail(f"no {text!r}" + (_perhaps(text, names) or f"; one of {', '.join(names)}"))
        return found

    def make(self, build: Callable[[Node], T]) -> T:
        """What `build` makes of this value; an error about a document or a text gets the value's path, once."""
        try:
            return build(self)
        except (BadText, BadDocument) as problem:
            if problem.detail.startswith(self.path):  # raised by a part of it, which named itself
                raise
            kind = BadText if isinstance(problem, BadText) else self.error
            raise kind(f"{self.path}: {problem.detail}") from problem


class Fields:
    """The checked fields of one object."""

    __slots__ = ("_fields", "node")

    def __init__(self, node: Node, fields: dict[str, Node]) -> None:
        self.node = node
        self._fields = fields

    def __contains__(self, key: str) -> bool:
        return key in self._fields

    def __getitem__(self, key: str) -> Node:
        return self._fields[key]

    def get(self, key: str, read: Callable[[Node], T], default: T) -> T:
        """The field through `read`, or `default` if it is not there."""
        return read(self._fields[key]) if key in self._fields else default

    def choice(self, key: str, names: Iterable[Name], default: Name) -> Name:
        """The field as one of some names, or `default` if it is not there."""
        return self._fields[key].choice(names) if key in self._fields else default


def _perhaps(wrong: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(wrong, list(known), 1, 0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
