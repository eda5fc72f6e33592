"""DNS messages as multicast DNS and DNS-SD use them (RFC 1035 section 4, RFC 6762, RFC 6763): asked, answered, read.

A name is its labels, since an instance's label may hold dots and blanks. What the reader does not know it passes over,
and a message that is cut or bent gives the records before that place.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

__all__ = [
    "MULTICAST",
    "PORT",
    "Address",
    "Instance",
    "Name",
    "Pointer",
    "Record",
    "Service",
    "Text",
    "answer",
    "instances",
    "name_of",
    "query",
    "questions",
    "records",
]

MULTICAST: Final = "224.0.0.251"
"""RFC 6762, 3."""
PORT: Final = 5353
_PTR, _TXT, _A, _AAAA, _SRV = 12, 16, 1, 28, 33
_INTERNET: Final = 1
_UNICAST: Final = 0x8001
"""Class IN with the bit that asks for an answer to the asker alone (RFC 6762, 5.4)."""
_RESPONSE: Final = 0x8400
_HEADER: Final = struct.Struct(">6H")
_MOST_RECORDS: Final = 500
_MOST_LABELS: Final = 128
"""A name of 255 bytes has no more (RFC 1035, 2.3.4); more is a loop of pointers."""
_TTL: Final = 120

Name = tuple[str, ...]
"""Labels, the most special first: ("Kitchen", "_ipp", "_tcp", "local")."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """PTR: in DNS-SD, an instance of a service."""

    name: Name
    target: Name


@dataclass(frozen=True, slots=True)
class Service:
    """SRV: where an instance listens."""

    name: Name
    host: Name
    port: int


@dataclass(frozen=True, slots=True)
class Address:
    """A or AAAA."""

    name: Name
    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """TXT: keys in lower case (RFC 6763, 6.4)."""

    name: Name
    entries: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


Record = Pointer | Service | Address | Text


@dataclass(frozen=True, slots=True)
class Instance:
    """One service of one device, put together from its records."""

    service: str
    """As `_ipp._tcp`."""
    name: str
    port: int
    addresses: tuple[str, ...]
    """Those of its host that the records gave; may be none."""
    text: Mapping[str, str]


def name_of(text: str) -> Name:
    """The labels of a name without dots inside its labels."""
    return tuple(text.strip(".").split("."))


def query(names: Iterable[Name]) -> bytes:
    """One message that asks for the instances of several services, and for answers to the asker alone."""
    asked = [_written(name) + struct.pack(">2H", _PTR, _UNICAST) for name in names]
    return _HEADER.pack(0, 0, len(asked), 0, 0, 0) + b"".join(asked)


def answer(given: Sequence[Record]) -> bytes:
    """A response with these records."""
    return _HEADER.pack(0, _RESPONSE, 0, len(given), 0, 0) + b"".join(map(_record, given))


def questions(message: bytes) -> list[Name]:
    """The names of which a query wants pointers; none for a response, or for bytes that are no message."""
    if len(message) < _HEADER.size or message[2] & 0x80:
        return []
    found = []
    place = _HEADER.size
    for _ in range(min(_HEADER.unpack_from(message)[2], _MOST_RECORDS)):
        read = _name(message, place)
        if read is None or read[1] + 4 > len(message):
            break
        name, place = read
        if struct.unpack_from(">H", message, place)[0] == _PTR:
            found.append(name)
        place += 4
    return found


def records(message: bytes) -> list[Record]:
    """The records of a response that are understood, in their order. Total; nothing for a query."""
    if len(message) < _HEADER.size or not message[2] & 0x80:
        return []
    _, _, asked, *counts = _HEADER.unpack_from(message)
    place = _HEADER.size
    for _ in range(min(asked, _MOST_RECORDS)):
        read = _name(message, place)
        if read is None:
            return []
        place = read[1] + 4
    return list(_records(message, place, min(sum(counts), _MOST_RECORDS)))


def instances(known: Iterable[Record]) -> list[Instance]:
    """Services that have a pointer and a place, from the records of one or several messages."""
    known = list(known)
    places = {_folded(one.name): one for one in known if isinstance(one, Service)}
    texts = {_folded(one.name): one.entries for one in known if isinstance(one, Text)}
    found: dict[Name, Instance] = {}
    for one in known:
        if not isinstance(one, Pointer) or len(one.target) < 3:
            continue
        key = _folded(one.target)
        if key not in places or key in found:
            continue
        host = _folded(places[key].host)
        addresses = dict.fromkeys(a.address for a in known if isinstance(a, Address) and _folded(a.name) == host)
        service = ".".join(one.target[1:3]).casefold()
        found[key] = Instance(service, one.target[0], places[key].port, tuple(addresses), texts.get(key, {}))
    return list(found.values())


def _records(message: bytes, place: int, count: int) -> Iterator[Record]:
    for _ in range(count):
        read = _name(message, place)
        if read is None or read[1] + 10 > len(message):
            return
        name, place = read
        kind, group, _, length = struct.unpack_from(">2HIH", message, place)
        start, place = place + 10, place + 10 + length
        if place > len(message):
            return
        if group & 0x7FFF == _INTERNET and (one := _value(message, name, kind, start, length)) is not None:
            yield one


def _value(message: bytes, name: Name, kind: int, start: int, length: int) -> Record | None:
    data = message[start : start + length]
    if kind == _PTR and (target := _name(message, start)) is not None:
        return Pointer(name, target[0])
    if kind == _SRV and length > 6 and (host := _name(message, start + 6)) is not None:
        return Service(name, host[0], int.from_bytes(data[4:6]))
    if (kind, length) in ((_A, 4), (_AAAA, 16)):
        return Address(name, str(ipaddress.ip_address(data)))
    if kind == _TXT:
        return Text(name, MappingProxyType(dict(_entries(data))))
    return None


def _entries(data: bytes) -> Iterator[tuple[str, str]]:
    place, seen = 0, set()
    while place < len(data):
        size = data[place]
        key, _, value = data[place + 1 : place + 1 + size].decode("utf-8", "replace").partition("=")
        place += 1 + size
        if key and (folded := key.casefold()) not in seen:  # the first of a key counts (RFC 6763, 6.4)
            seen.add(folded)
            yield folded, value


def _name(message: bytes, place: int) -> tuple[Name, int] | None:
    """The name at `place` and where what follows begins; None where there is none."""
    labels: list[str] = []
    after: int | None = None
    for _ in range(_MOST_LABELS):
        if place >= len(message):
            return None
        size = message[place]
        if size >= 0xC0:  # a pointer to where the rest stands (RFC 1035, 4.1.4)
            if place + 1 >= len(message):
                return None
            after = place + 2 if after is None else after
            place = (size & 0x3F) << 8 | message[place + 1]
        elif size > 63:
            return None
        elif size == 0:
            return tuple(labels), place + 1 if after is None else after
        else:
            label = message[place + 1 : place + 1 + size]
            if len(label) < size:
                return None
            labels.append(label.decode("utf-8", "replace"))
            place += 1 + size
    return None


def _written(name: Name) -> bytes:
    """Raises ValueError for a label of more than 63 bytes or none."""
    parts = []
    for label in name:
        data = label.encode()
        if not 0 < len(data) < 64:
            raise ValueError(f"a label has 1 to 63 bytes, not {len(data)}")
        parts.append(bytes((len(data),)) + data)
    return b"".join(parts) + b"\0"


def _record(one: Record) -> bytes:
    match one:
        case Pointer(_, target):
            kind, data = _PTR, _written(target)
        case Service(_, host, port):
            kind, data = _SRV, struct.pack(">3H", 0, 0, port) + _written(host)
        case Address(_, address):
            data = ipaddress.ip_address(address).packed
            kind = _A if len(data) == 4 else _AAAA
        case Text(_, entries):
            kind = _TXT
            lines = [f"{key}={value}".encode()[:255] for key, value in entries.items()]
            data = b"".join(bytes((len(line),)) + line for line in lines) or b"\0"
    return _written(one.name) + struct.pack(">2HIH", kind, _INTERNET, _TTL, len(data)) + data


def _folded(name: Name) -> Name:
    return tuple(label.casefold() for label in name)
