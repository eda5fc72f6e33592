"""Star's discovery over UDP 22222: its printers on a network answer a broadcast with model and firmware.

Star publishes no manual of it; the places are those that a driver of the TSP100LAN for POSIX systems reads: the name in
16 bytes, the version in 8, 12 that are not understood, the model in 16, the firmware in 8, in all 302 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ASK", "PORT", "Reply", "read_reply", "reply"]

PORT: Final = 22222
ASK: Final = b"STR_BCAST".ljust(16, b"\0") + b"RQ1.0.0" + b"\x00\x00\x1c\x64\x31"

_NAME: Final = b"STR_BCAST"
_ANSWER: Final = b"RS"
_VERSION_AT: Final = 16
_MODEL_AT: Final = 36
_FIRMWARE_AT: Final = 52
_FIRMWARE_END: Final = 60
_SIZE: Final = 302


@dataclass(frozen=True, slots=True)
class Reply:
    """What a printer tells of itself."""

    model: str
    firmware: str


def read_reply(datagram: bytes) -> Reply | None:
    """What an answer tells; None for what is none, a question of another asker included. Total."""
    if not datagram.startswith(_NAME) or datagram[_VERSION_AT : _VERSION_AT + 2] != _ANSWER:
        return None
    if len(datagram) < _FIRMWARE_END:
        return None
    return Reply(_text(datagram[_MODEL_AT:_FIRMWARE_AT]), _text(datagram[_FIRMWARE_AT:_FIRMWARE_END]))


def reply(model: str, firmware: str = "1.0") -> bytes:
    """What a printer answers to ASK."""
    datagram = bytearray(_SIZE)
    for place, text in (
        (0, "STR_BCAST"),
        (_VERSION_AT, "RS1.0.1"),
        (_MODEL_AT, model[:15]),
        (_FIRMWARE_AT, firmware[:7]),
    ):
        data = text.encode("ascii", "replace")
        datagram[place : place + len(data)] = data
    return bytes(datagram)


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("ascii", "replace").strip()
