"""What an ESC/POS printer keeps for its users: records under keys, bytes by address, switches and customized values.

Sources: Epson guide 10.01, p. 555 to 566 (`GS ( C`) and 575 to 585 (`GS ( E`), TM-T88III specification, sheets 109
and 110 (`FS g`). Switches and values are kept and told, and change nothing in the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

__all__ = ["USER_BYTES", "UserMemory", "UserSettings"]

USER_BYTES: Final = 1024
"""The user memory, as it comes from the maker."""
_BLOCK: Final = 80
_TERMINATED: Final = 3  # a key and the terminator
_KEY: Final = slice(3, 5)
_CLEAR: Final = b"CLR"
_LAST, _MORE = b"\x40", b"\x41"


class UserMemory:
    """Records by keys of two characters, and beside them the bytes that older models had in their place."""

    def __init__(self) -> None:
        self._records: dict[bytes, bytes] = {}
        self._bytes = bytearray(USER_BYTES)

    @property
    def used(self) -> int:
        """Bytes of the records, their keys and terminators."""
        return sum(len(record) + _TERMINATED for record in self._records.values())

    def obey(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """A `GS ( C`: what it asks for, each answer as its identifier and what follows."""
        function, key = data[1] % 48, data[_KEY]
        if function == 0:
            self._records.pop(key, None)
        elif function == 1 and len(key) == 2:
            before = len(self._records[key]) + _TERMINATED if key in self._records else 0
            if self.used - before + len(data) - 5 + _TERMINATED <= USER_BYTES:
                self._records[key] = data[5:]
        elif function == 2:
            yield from _blocks(0x70, self._records.get(key, b""))
        elif function == 3:
            yield 0x28, b"%d" % self.used
        elif function == 4:
            yield 0x29, b"%d" % (USER_BYTES - self.used)
        elif function == 5:
            yield from _blocks(0x71, b"".join(self._records))
        elif function == 6 and data[3:] == _CLEAR:
            self._records.clear()

    def write(self, address: int, data: bytes) -> None:
        """Bytes from an address on; what goes beyond the end changes nothing."""
        if address + len(data) <= USER_BYTES:
            self._bytes[address : address + len(data)] = data

    def read(self, address: int, size: int) -> bytes | None:
        """At most 80 bytes from an address on; None for more, and beyond the end."""
        if not 1 <= size <= _BLOCK or address + size > USER_BYTES:
            return None
        return bytes(self._bytes[address : address + size])


def _blocks(identifier: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    parts = [data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK)] or [b""]
    for place, part in enumerate(parts, 1):
        yield identifier, (_MORE if place < len(parts) else _LAST) + part


class UserSettings:
    """Memory switches and customized values; they can be changed only between `GS ( E` 1 and 2."""

    def __init__(self) -> None:
        self.open = False
        self._switches: dict[int, bytes] = {}
        self._values: dict[int, int] = {}

    def obey(self, data: bytes) -> tuple[int, bytes] | None:
        """A `GS ( E`: its answer as identifier and what follows, if it has one."""
        function, rest = data[0], data[1:]
        if function == 1 and rest == b"IN":
            self.open = True
            return 0x20, b""
        if function == 2 and rest == b"OUT":
            self.open = False
        elif function == 3 and self.open:
            for at in range(0, len(rest) - 8, 9):
                self._switch(rest[at], rest[at + 1 : at + 9])
        elif function == 4 and rest:
            return 0x21, self._switches.get(rest[0], b"0" * 8)
        elif function == 5 and self.open:
            for at in range(0, len(rest) - 2, 3):
                self._values[rest[at]] = int.from_bytes(rest[at + 1 : at + 3], "little")
        elif function == 6 and rest:
            return 0x27, b"%d\x1f%d" % (rest[0], self._values.get(rest[0], 0))
        return None

    def _switch(self, number: int, wanted: bytes) -> None:
        before = self._switches.get(number, b"0" * 8)
        kept = bytes(new if new in b"01" else old for old, new in zip(before, wanted, strict=True))
        self._switches[number] = kept
