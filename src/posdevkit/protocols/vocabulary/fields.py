"""Field codecs: how one argument of a command stands in bytes.

A field is declared once, in the command's class body, and serves the encoder, the decoder, the documentation and the
generators of test data. `measure` tells how many bytes the field takes at a place, `NEED_MORE` while it cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

__all__ = [
    "NEED_MORE",
    "NO_FIT",
    "NO_LIMIT",
    "Codec",
    "Counted",
    "Field",
    "Fixed",
    "Number",
    "Rest",
    "Sized",
    "Terminated",
    "Value",
    "Walk",
    "Walked",
    "Word",
    "counted",
    "flag",
    "number",
    "rest",
    "sized",
    "terminated",
    "u8",
    "u16",
    "u32",
    "walked",
    "word",
]

Value = int | bytes

NEED_MORE = -1
"""The bytes so far do not tell the length yet."""
NO_FIT = -2
"""The bytes so far cannot be this field."""

NO_LIMIT = 1 << 62
"""A length that no command reaches."""

Walk = Callable[[bytes | bytearray, int, Sequence[Value], int], int]

_MISSING = object()
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Fixed:
    """An unsigned integer of `size` bytes, least significant first, within `low`..`high` or one of `values`."""

    size: int
    low: int
    high: int
    values: frozenset[int] | None = None

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None."""
        if not isinstance(value, int):
            return f"expected a number, got {value!r}"
        if not self.low <= value <= self.high:
            return f"{value} is outside {self.low} to {self.high}"
        if self.values is not None and value not in self.values:
            return f"{value} is not one of {sorted(self.values)}"
        return None

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """Always the same size."""
        return self.size

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The number that stands at `at`."""
        return int.from_bytes(data[at : at + length], "little")

    def write(self, value: Value) -> bytes:
        """The number as bytes."""
        return cast(int, value).to_bytes(self.size, "little")


@dataclass(frozen=True, slots=True)
class Sized:
    """Bytes whose number follows from the fields before them."""

    count: Callable[[Sequence[Value]], int]

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None; its length is checked by the command, which knows the other fields."""
        return None if isinstance(value, bytes) else f"expected bytes, got {value!r}"

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """As the fields before tell."""
        return self.count(before)

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The bytes that stand at `at`."""
        return data[at : at + length]

    def write(self, value: Value) -> bytes:
        """The bytes as they are."""
        return cast(bytes, value)


@dataclass(frozen=True, slots=True)
class Walked:
    """Bytes whose number shows only while reading them.

    `walk(data, at, values before, limit)` tells the length, or how far it must be able to see to tell more: a number
    beyond the bytes at hand is asked again when that many have come. It stops once the number passes `limit`, so that
    what is too long is known at the same byte however the data were cut.
    """

    walk: Walk

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None; its length is checked by the command, which knows the other fields."""
        return None if isinstance(value, bytes) else f"expected bytes, got {value!r}"

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """As the walk tells."""
        return self.walk(data, at, before, NO_LIMIT)

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The bytes that stand at `at`."""
        return data[at : at + length]

    def write(self, value: Value) -> bytes:
        """The bytes as they are."""
        return cast(bytes, value)


@dataclass(frozen=True, slots=True)
class Counted:
    """Bytes behind one byte that tells their number."""

    low: int = 0
    high: int = 255

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None."""
        if not isinstance(value, bytes):
            return f"expected bytes, got {value!r}"
        if not self.low <= len(value) <= self.high:
            return f"{len(value)} bytes are outside {self.low} to {self.high}"
        return None

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """One more than the first byte tells."""
        return 1 + data[at] if at < len(data) else NEED_MORE

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The bytes behind the count."""
        return data[at + 1 : at + length]

    def write(self, value: Value) -> bytes:
        """Count and bytes."""
        data = cast(bytes, value)
        return bytes([len(data)]) + data


@dataclass(frozen=True, slots=True)
class Terminated:
    """At most `limit` bytes up to the byte `end` (a NUL), which ends the command and is no part of the value.

    `ascending`: a byte that is not greater than the one before ends the data too, and belongs to what follows.
    """

    limit: int
    ascending: bool = False
    end: bytes = b"\0"

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None."""
        if not isinstance(value, bytes):
            return f"expected bytes, got {value!r}"
        if self.end in value:
            return f"{'a NUL' if self.end == bytes(1) else self.end!r} would end the data early"
        if self.ascending and any(later <= earlier for earlier, later in pairwise(value)):
            return f"{list(value)} do not ascend"
        return None if len(value) <= self.limit else f"{len(value)} bytes are more than {self.limit}"

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """Up to and with the end."""
        end = data.find(self.end, at, at + self.limit + 1)
        if self.ascending:
            values = data[at : end if end >= 0 else at + self.limit + 1]
            for place, (earlier, later) in enumerate(pairwise(values), 1):
                if later <= earlier:
                    return place
        if end >= 0:
            return end + 1 - at
        return NO_FIT if len(data) > at + self.limit else NEED_MORE

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The bytes before the end."""
        value = data[at : at + length]
        return value[:-1] if value.endswith(self.end) else value

    def write(self, value: Value) -> bytes:
        """Bytes and end."""
        return cast(bytes, value) + self.end


@dataclass(frozen=True, slots=True)
class Rest:
    """All that is left of a command whose length was told before (an envelope)."""

    low: int = 0

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None."""
        if not isinstance(value, bytes):
            return f"expected bytes, got {value!r}"
        return None if len(value) >= self.low else f"{len(value)} bytes are fewer than {self.low}"

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """To the end of what was cut out for the command."""
        return max(len(data) - at, 0)

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The bytes that stand at `at`."""
        return data[at : at + length]

    def write(self, value: Value) -> bytes:
        """The bytes as they are."""
        return cast(bytes, value)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number in decimal digits, one of the arguments between delimiters; `empty` is what leaving it out means.

    `empty` may lie outside `low`..`high`: then it says "as told before", and is written as nothing.
    """

    low: int
    high: int
    empty: int

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None."""
        if not isinstance(value, int):
            return f"expected a number, got {value!r}"
        if value != self.empty and not self.low <= value <= self.high:
            return f"{value} is outside {self.low} to {self.high}"
        return None

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """To the end of what was cut out between two delimiters."""
        return max(len(data) - at, 0)

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The number; what is none comes back as bytes, which `check` refuses."""
        digits = data[at : at + length].strip()
        if not digits:
            return self.empty
        return int(digits) if digits.isdigit() and len(digits) <= _MOST_DIGITS else digits

    def write(self, value: Value) -> bytes:
        """Decimal digits, or nothing."""
        number = cast(int, value)
        return b"%d" % number if self.low <= number <= self.high else b""


@dataclass(frozen=True, slots=True)
class Word:
    """One of some words between delimiters; `empty` is what leaving it out means."""

    words: frozenset[bytes]
    empty: bytes

    def check(self, value: Value) -> str | None:
        """Why `value` does not fit, or None."""
        if not isinstance(value, bytes):
            return f"expected bytes, got {value!r}"
        return None if value in self.words or value == self.empty else f"{value!r} is not one of {sorted(self.words)}"

    def measure(self, data: bytes | bytearray, at: int, before: Sequence[Value]) -> int:
        """To the end of what was cut out between two delimiters."""
        return max(len(data) - at, 0)

    def read(self, data: bytes, at: int, length: int) -> Value:
        """The word in capitals."""
        return data[at : at + length].strip().upper() or self.empty

    def write(self, value: Value) -> bytes:
        """The word."""
        return cast(bytes, value)


Codec = Number | Word | Fixed | Sized | Walked | Counted | Terminated | Rest


class Field:
    """One named argument. As a descriptor it reads its value out of the command it is asked of."""

    __slots__ = ("codec", "default", "doc", "index", "is_flag", "name", "selects")

    def __init__(
        self, codec: Codec, doc: str, default: object = _MISSING, *, selects: bool = False, is_flag: bool = False
    ) -> None:
        self.codec = codec
        self.doc = doc
        self.default = default
        self.selects = selects
        self.is_flag = is_flag
        self.name = ""
        self.index = -1

    @property
    def required(self) -> bool:
        """Whether the command cannot be made without it."""
        return self.default is _MISSING

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, command: object | None, owner: type) -> object:
        if command is None:
            return self
        value = command.values[self.index]  # type: ignore[attr-defined]  # `Command` holds its values there
        return bool(value) if self.is_flag else value


# The functions below stand in class bodies (`mode: int = u8("...")`). To a type checker they are the field's value, as
# `dataclasses.field` is; in fact they give the `Field` that describes it.


def u8(
    doc: str,
    *,
    low: int = 0,
    high: int = 255,
    values: Sequence[int] | None = None,
    default: int | object = _MISSING,
    selects: bool = False,
) -> int:
    """One byte. `selects`: its value is part of what tells this command from others with the same prefix."""
    allowed = None if values is None else frozenset(values)
    return cast(int, Field(Fixed(1, low, high, allowed), doc, default, selects=selects))


def u16(doc: str, *, low: int = 0, high: int = 0xFFFF, default: int | object = _MISSING) -> int:
    """Two bytes, low byte first."""
    return cast(int, Field(Fixed(2, low, high), doc, default))


def u32(doc: str, *, low: int = 0, high: int = 0xFFFFFFFF, default: int | object = _MISSING) -> int:
    """Four bytes, lowest first."""
    return cast(int, Field(Fixed(4, low, high), doc, default))


def flag(doc: str, *, default: bool | object = _MISSING) -> bool:
    """One byte of which only the lowest bit counts, as ESC/POS switches have it; written as 0 or 1."""
    return cast(bool, Field(Fixed(1, 0, 255), doc, default, is_flag=True))


def counted(doc: str, *, low: int = 0, high: int = 255) -> bytes:
    """Bytes behind one byte that tells their number."""
    return cast(bytes, Field(Counted(low, high), doc))


def terminated(doc: str, *, limit: int = 255, ascending: bool = False, end: bytes = b"\0") -> bytes:
    """Bytes up to the byte `end`."""
    return cast(bytes, Field(Terminated(limit, ascending, end), doc))


def sized(doc: str, count: Callable[[Sequence[Value]], int]) -> bytes:
    """Bytes whose number `count` computes from the values of the fields before, in order."""
    return cast(bytes, Field(Sized(count), doc))


def rest(doc: str, *, low: int = 0) -> bytes:
    """All that is left of the envelope."""
    return cast(bytes, Field(Rest(low), doc))


def walked(doc: str, walk: Walk) -> bytes:
    """Bytes that `walk` measures while reading them."""
    return cast(bytes, Field(Walked(walk), doc))


def number(doc: str, *, low: int = 0, high: int = 32000, default: int = 0) -> int:
    """Decimal digits between delimiters; `default` is what leaving them out means."""
    return cast(int, Field(Number(low, high, default), doc, default))


def word(doc: str, *words: bytes, default: bytes = b"") -> bytes:
    """One of `words` between delimiters; `default` is what leaving it out means."""
    return cast(bytes, Field(Word(frozenset(words), default), doc, default))
