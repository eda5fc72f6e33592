"""Typed, immutable commands from one base class.

Languages have hundreds of commands, so no code is generated per class: a class body only lists its fields. What is
needed to encode and decode is compiled when a command is first used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cached_property
from itertools import takewhile
from typing import ClassVar, Self, cast, dataclass_transform

from .fields import (
    NEED_MORE,
    NO_LIMIT,
    Field,
    Fixed,
    Rest,
    Sized,
    Value,
    Walked,
    counted,
    flag,
    number,
    rest,
    sized,
    terminated,
    u8,
    u16,
    u32,
    walked,
    word,
)

__all__ = ["Command", "Effect", "Oversize", "Seen", "Spec", "Text", "Unknown"]


class Effect(Enum):
    """What our paper and our emulators make of a command."""

    RENDERED = "rendered"
    """It shows on paper, or acts (cut, drawer), as in a real printer."""
    PARSED = "parsed"
    """Understood, and its arguments kept, without an effect on paper."""
    REPORTED = "reported"
    """It asks for an answer, and the emulators give it."""
    SKIPPED = "skipped"
    """Only its length is known, so that the stream stays in step."""


class Seen(Enum):
    """How a command's bytes were checked from outside."""

    PAGE = "page read"
    PEER = "peer's bytes"
    FACTS = "facts only"
    """Collected notes, nobody else's bytes: unproven."""


class Spec:
    """What is known of a command class: its bytes, its fields and where the facts come from."""

    def __init__(
        self,
        *,
        name: str,
        prefixes: tuple[bytes, ...],
        functions: tuple[bytes, ...],
        envelope: int,
        fields: tuple[Field, ...],
        effect: Effect,
        realtime: bool,
        source: str,
        seen: Seen,
        delimiter: bytes = b"",
    ) -> None:
        self.name = name
        self.delimiter = delimiter
        self.prefixes = prefixes
        self.functions = functions
        self.envelope = envelope
        self.fields = fields
        self.effect = effect
        self.realtime = realtime
        self.source = source
        self.seen = seen

    @cached_property
    def fixed_size(self) -> int | None:
        """Bytes of the arguments where they do not depend on anything."""
        sizes = [field.codec.size for field in self.fields if isinstance(field.codec, Fixed)]
        return sum(sizes) if len(sizes) == len(self.fields) else None

    @cached_property
    def head(self) -> int:
        """Bytes of the arguments at the front whose size is fixed."""
        sizes = takewhile(lambda codec: isinstance(codec, Fixed), (field.codec for field in self.fields))
        return sum(cast(Fixed, codec).size for codec in sizes)

    def measure(self, data: bytes | bytearray, at: int, limit: int = NO_LIMIT) -> int:
        """Bytes that the arguments starting at `at` take, NEED_MORE, or NO_FIT.

        A length beyond the data at hand may grow when they have come; what passes `limit` is told as soon as it shows.
        """
        if self.fixed_size is not None:
            return self.fixed_size
        place = at
        values: list[Value] = []
        for field in self.fields:
            codec = field.codec
            if isinstance(codec, Walked):
                length = codec.walk(data, place, values, limit - (place - at))
            else:
                length = codec.measure(data, place, values)
            if length < 0:
                return length
            if isinstance(codec, Fixed):
                if len(data) < place + length:
                    return NEED_MORE
                values.append(codec.read(bytes(data[place : place + length]), 0, length))
            else:
                values.append(b"")
            place += length
        return place - at

    def read(self, body: bytes) -> tuple[Value, ...] | None:
        """The values in a complete body (the bytes behind prefix, length and function), None where they do not fit."""
        if self.delimiter:
            return self._read_delimited(body)
        values: list[Value] = []
        place = 0
        for field in self.fields:
            length = field.codec.measure(body, place, values)
            if length < 0 or place + length > len(body):
                return None
            value = field.codec.read(body, place, length)
            if field.codec.check(value) is not None:
                return None
            values.append(value)
            place += length
        return tuple(values) if place == len(body) else None

    def _read_delimited(self, body: bytes) -> tuple[Value, ...] | None:
        # Arguments too many are ignored, those left out have their meaning; the last may be all that is left.
        whole = bool(self.fields) and isinstance(self.fields[-1].codec, Rest)
        parts = body.split(self.delimiter, len(self.fields) - 1 if whole else -1)
        values: list[Value] = []
        for place, field in enumerate(self.fields):
            part = parts[place] if place < len(parts) else b""
            value = field.codec.read(part, 0, len(part))
            if field.codec.check(value) is not None:
                return None
            values.append(value)
        return tuple(values)

    def _write_delimited(self, values: Sequence[Value]) -> bytes:
        parts = [field.codec.write(value) for field, value in zip(self.fields, values, strict=True)]
        # What a printer was told before outlives a label, so only what is written as nothing may be left out.
        while parts and not parts[-1]:
            parts.pop()
        return self.prefixes[0] + self.delimiter.join(parts)

    def write(self, values: Sequence[Value]) -> bytes:
        """The whole command."""
        if self.delimiter:
            return self._write_delimited(values)
        body = b"".join([field.codec.write(value) for field, value in zip(self.fields, values, strict=True)])
        if not self.envelope:
            return self.prefixes[0] + body
        body = self.functions[0] + body
        if len(body) >> (8 * self.envelope) == 0:
            return self.prefixes[0] + len(body).to_bytes(self.envelope, "little") + body
        # Only graphics grow beyond 65,535 bytes, and they have a second prefix with a four-byte length.
        return self.prefixes[1] + len(body).to_bytes(4, "little") + body


@dataclass_transform(
    frozen_default=True, field_specifiers=(u8, u16, u32, flag, counted, terminated, sized, walked, rest, number, word)
)
class Command:
    """One command with its arguments. Equal when class and arguments are equal; hashable; never changes.

    Making one with arguments that do not fit raises ValueError naming the argument.
    """

    __slots__ = ("values",)

    spec: ClassVar[Spec]
    values: tuple[Value, ...]
    """The arguments in order."""

    def __init_subclass__(
        cls,
        *,
        name: str = "",
        prefix: str = "",
        function: str = "",
        envelope: int = 0,
        delimiter: str = "",
        effect: Effect = Effect.PARSED,
        realtime: bool = False,
        source: str = "",
        seen: Seen = Seen.FACTS,
    ) -> None:
        """`prefix` and `function` are hex; alternatives are parted by "/", the first is the one that is written.

        `envelope`: the number of bytes (low byte first) that tell the length of function and arguments together.
        `delimiter` stands between arguments that are written as text.
        """
        if not prefix:
            return
        fields = tuple(value for value in vars(cls).values() if isinstance(value, Field))
        for index, field in enumerate(fields):
            field.index = index
        cls.spec = Spec(
            name=name,
            prefixes=tuple(bytes.fromhex(part) for part in prefix.split("/")),
            functions=tuple(bytes.fromhex(part) for part in function.split("/")),
            envelope=envelope,
            delimiter=delimiter.encode(),
            fields=fields,
            effect=effect,
            realtime=realtime,
            source=source,
            seen=seen,
        )

    def __init__(self, *args: object, **named: object) -> None:
        fields = self.spec.fields
        if len(args) > len(fields):
            raise TypeError(f"{type(self).__name__} takes {len(fields)} arguments, got {len(args)}")
        values: list[Value] = []
        for index, field in enumerate(fields):
            if index < len(args):
                value = args[index]
            elif field.name in named:
                value = named.pop(field.name)
            elif field.required:
                raise TypeError(f"{type(self).__name__} needs {field.name}")
            else:
                value = field.default
            if isinstance(value, (bytearray, memoryview)):
                value = bytes(value)
            if isinstance(value, bool):
                value = int(value)
            values.append(self._checked(field, value, values))
        if named:
            raise TypeError(f"{type(self).__name__} has no {', '.join(named)}")
        object.__setattr__(self, "values", tuple(values))

    def _checked(self, field: Field, value: object, before: Sequence[Value]) -> Value:
        where = f"{type(self).__name__}.{field.name}"
        if not isinstance(value, (int, bytes)):
            raise TypeError(f"{where}: {value!r} is neither a number nor bytes")
        if problem := field.codec.check(value):
            raise ValueError(f"{where}: {problem}")
        if isinstance(field.codec, Sized | Walked) and isinstance(value, bytes):
            due = field.codec.measure(value, 0, before)
            if due != len(value):
                raise ValueError(f"{where}: {due if due >= 0 else 'more'} bytes are due, got {len(value)}")
        return value

    @classmethod
    def from_values(cls, values: tuple[Value, ...]) -> Self:
        """A command from values that a codec has already checked."""
        command = _NEW(cls)
        _FILL(command, values)
        return command

    @classmethod
    def from_body(cls, body: bytes) -> Self | None:
        """A command from the bytes behind its prefix, length and function; None where they do not fit."""
        values = cls.spec.read(body)
        return None if values is None else cls.from_values(values)

    def encode(self) -> bytes:
        """The command's bytes."""
        return self.spec.write(self.values)

    def arguments(self) -> Iterator[tuple[str, Value]]:
        """Names and values of the arguments."""
        return zip((field.name for field in self.spec.fields), self.values, strict=True)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} never changes; make another")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.values == self.values

    def __hash__(self) -> int:
        return hash((type(self), self.values))

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={_shown(value)}" for name, value in self.arguments())
        return f"{type(self).__name__}({inside})"


_NEW = object.__new__
_FILL = Command.__dict__["values"].__set__
"""Writes the one slot of a command that never changes, at half the price of `object.__setattr__`."""


def _shown(value: Value) -> str:
    if isinstance(value, bytes) and len(value) > 32:
        return f"<{len(value)} bytes>"
    return repr(value)


class Text(Command, name="text", prefix="20", effect=Effect.RENDERED, source="printable bytes", seen=Seen.PAGE):
    """Bytes that are characters in the code page of the moment. Not in any table: what is no command is text."""

    data: bytes = rest("characters")

    def encode(self) -> bytes:
        """The characters themselves."""
        return self.data


class Unknown(Command, name="unknown", prefix="00", effect=Effect.SKIPPED, source="none", seen=Seen.FACTS):
    """Bytes that no table knows, or a known command whose arguments are outside its range."""

    data: bytes = rest("the bytes as they came")

    def encode(self) -> bytes:
        """The bytes as they came."""
        return self.data


class Oversize(Command, name="oversize", prefix="00", effect=Effect.SKIPPED, source="none", seen=Seen.FACTS):
    """A command longer than the decoder keeps in memory; its bytes were counted and dropped."""

    length: int = u32("bytes that were dropped")
    head: bytes = rest("its first bytes")

    def encode(self) -> bytes:
        """Only the first bytes: the others are gone."""
        return self.head
