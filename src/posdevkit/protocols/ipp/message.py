"""IPP messages as bytes and back (RFC 8010): a version, a code, groups of attributes, then the document's data.

An attribute is a name and one or more values; what a value means depends on its tag. Those that a queue needs become
Python's own; the rest stay bytes, with their tag, and go out as they came. Members of a collection are read as the
plain values they are made of, since a queue's state holds none.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

__all__ = ["Attribute", "Group", "GroupTag", "IppError", "Message", "Tag", "Value", "decode_message", "encode_message"]

VERSION: Final = (1, 1)
"""The one that every printer and CUPS understand (RFC 8011, 4.1.8)."""
_END: Final = 0x03
"""end-of-attributes-tag: the document's data follows."""
_FIRST_VALUE_TAG: Final = 0x10
"""Lower ones begin or end a group (RFC 8010, 3.5.1)."""


class IppError(ValueError):
    """Bytes that are no IPP message; the text says where they stop making sense."""


class GroupTag(IntEnum):
    """What a group of attributes is about (RFC 8010, 3.5.1)."""

    OPERATION = 0x01
    JOB = 0x02
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """The syntax of a value (RFC 8010, 3.5.2)."""

    UNSUPPORTED = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTETS = 0x30
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


_NUMBERS: Final = frozenset({Tag.INTEGER, Tag.ENUM})
_WORDS: Final = frozenset({Tag.TEXT, Tag.NAME, Tag.KEYWORD, Tag.URI, Tag.CHARSET, Tag.LANGUAGE, Tag.MIME_TYPE})
_OUT_OF_BAND: Final = frozenset({Tag.UNSUPPORTED, Tag.UNKNOWN, Tag.NO_VALUE})
"""Tags that are the whole value."""

Value = int | bool | str | bytes | None
"""None for one that is out of band: unsupported, unknown, no value."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name with its values, each beside its tag: a number where the standard's names have none for it."""

    name: str
    values: tuple[tuple[int, Value], ...]

    @classmethod
    def of(cls, name: str, tag: Tag, *values: Value) -> Attribute:
        """One whose values share a tag."""
        return cls(name, tuple((tag, value) for value in values))


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes about one thing: the operation, a job, a printer."""

    tag: int
    attributes: tuple[Attribute, ...] = ()

    def values(self, name: str) -> tuple[Value, ...]:
        """The values of an attribute, none where it is not there."""
        return tuple(value for one in self.attributes if one.name == name for _, value in one.values)


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer."""

    code: int
    """The operation that is asked for (0 to 0x7FFF), or the status of the answer."""
    request: int
    """1 to 2**31 - 1; the answer has its request's."""
    groups: tuple[Group, ...] = ()
    data: bytes = b""
    version: tuple[int, int] = VERSION

    def group(self, tag: GroupTag) -> Group:
        """The first group about that, an empty one where there is none."""
        return next((group for group in self.groups if group.tag == tag), Group(tag))


def encode_message(message: Message) -> bytes:
    """The message's bytes, its data last."""
    parts = [struct.pack(">BBHI", *message.version, message.code, message.request)]
    for group in message.groups:
        parts.append(bytes((group.tag,)))
        for attribute in group.attributes:
            name = attribute.name.encode()
            for tag, value in attribute.values:
                raw = _raw(tag, value)
                parts += [struct.pack(">BH", tag, len(name)), name, struct.pack(">H", len(raw)), raw]
                name = b""  # further values of the same attribute have an empty name
    return b"".join((*parts, bytes((_END,)), message.data))


def decode_message(data: bytes) -> Message:
    """The message that these bytes are. Raises IppError."""
    if len(data) < 8:
        raise IppError(f"{len(data)} bytes are no message")
    major, minor, code, request = struct.unpack_from(">BBHI", data)
    groups: list[tuple[int, dict[str, list[tuple[int, Value]]]]] = []
    at, name = 8, ""
    while True:
        (tag,) = _take(data, at, 1)
        at += 1
        if tag == _END:
            break
        if tag < _FIRST_VALUE_TAG:
            groups.append((tag, {}))
            name = ""
            continue
        raw_name, at = _sized(data, at)
        raw, at = _sized(data, at)
        if not groups or not (raw_name or name):
            raise IppError(f"a value at byte {at} belongs to no attribute")
        name = raw_name.decode("utf-8", "replace") or name
        groups[-1][1].setdefault(name, []).append((tag, _value(tag, raw)))
    return Message(
        code, request, tuple(Group(tag, tuple(_attributes(found))) for tag, found in groups), data[at:], (major, minor)
    )


def _attributes(found: Mapping[str, list[tuple[int, Value]]]) -> Iterator[Attribute]:
    for name, values in found.items():
        yield Attribute(name, tuple(values))


def _take(data: bytes, at: int, size: int) -> bytes:
    piece = data[at : at + size]
    if len(piece) < size:
        raise IppError(f"it ends at byte {len(data)}, inside an attribute")
    return piece


def _sized(data: bytes, at: int) -> tuple[bytes, int]:
    size = int.from_bytes(_take(data, at, 2))
    return _take(data, at + 2, size), at + 2 + size


def _value(tag: int, raw: bytes) -> Value:
    if tag in _OUT_OF_BAND:
        return None
    if tag in _NUMBERS and len(raw) == 4:
        return int.from_bytes(raw, signed=True)
    if tag == Tag.BOOLEAN and raw in (b"\0", b"\1"):
        return raw == b"\1"
    if tag in _WORDS:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw
    return raw


def _raw(tag: int, value: Value) -> bytes:
    match value:
        case None:
            return b""
        case bytes():
            return value
        case bool():
            return bytes((value,))
        case int():
            return value.to_bytes(4, signed=True)
        case str():
            return value.encode()
