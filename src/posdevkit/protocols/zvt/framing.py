"""How commands stand on the wire: class, instruction, length, data (ZVT protocol PA00P015, APDU structure).

Over TCP an APDU stands alone. The length is one byte; FF says that two more follow, low byte first.
"""

from __future__ import annotations

from typing import Final

from posdevkit.protocols.vocabulary import Command, Unknown

from .language import ZVT

__all__ = ["Apdus", "apdu", "command_of"]

_LONG: Final = 0xFF


def apdu(command: Command) -> bytes:
    """The command with its length behind class and instruction. Raises ValueError beyond 65,535 bytes of data."""
    written = command.encode()
    head, data = written[:2], written[2:]
    if len(data) < _LONG:
        return head + bytes([len(data)]) + data
    if len(data) > 0xFFFF:
        raise ValueError(f"{len(data)} bytes of data are more than 65535")
    return head + bytes([_LONG]) + len(data).to_bytes(2, "little") + data


def command_of(head: bytes, data: bytes) -> Command:
    """The command of one APDU; `Unknown` where no table has it or its data do not fit."""
    for key in (head, head[:1]):
        if (known := ZVT.plain.get(key)) is not None:
            kind, size = known
            if (made := kind.from_body(head[size:] + data)) is not None:
                return made
    return Unknown(head + data)


class Apdus:
    """Cuts a stream of bytes into APDUs. Everything is a valid length here, so a stream never has to be resynchronised;
    what makes no sense comes out as `Unknown`."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def begun(self) -> bool:
        """Whether a part of an APDU waits for the rest."""
        return bool(self._buffer)

    def receive(self, data: bytes) -> list[Command]:
        """The commands that `data` completes."""
        self._buffer += data
        found: list[Command] = []
        while (ends := _extent(self._buffer)) is not None:
            start, end = ends
            found.append(command_of(bytes(self._buffer[:2]), bytes(self._buffer[start:end])))
            del self._buffer[:end]
        return found


def _extent(buffer: bytearray) -> tuple[int, int] | None:
    """Where the data of the first APDU start and end; None while that, or the data, are not there."""
    if len(buffer) < 3:
        return None
    start, size = 3, buffer[2]
    if size == _LONG:
        if len(buffer) < 5:
            return None
        start, size = 5, int.from_bytes(buffer[3:5], "little")
    return (start, start + size) if len(buffer) >= start + size else None
