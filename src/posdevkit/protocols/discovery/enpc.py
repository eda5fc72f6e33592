"""Epson's ENPC over UDP 3289: which of its printers and interface boards are on the network, and what they are.

A datagram is `EPSON`, `P` or `Q` (in lower case in an answer), eight bytes that say what is asked, the last two of them
the size of what follows, big-endian. Epson publishes no manual of it; the places come from datagrams that others
recorded (github.com/mike42/escpos-php issue 923, and an enumerator that reads name and hardware address).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ASK_MODEL", "ASK_NAME", "PORT", "Reply", "model_reply", "name_reply", "read_reply"]

PORT: Final = 3289
ASK_NAME: Final = b"EPSONQ\x03\x00\x00\x01\x00\x00\x00\x00"
"""Name and hardware address of the interface board."""
ASK_MODEL: Final = b"EPSONQ\x03\x00\x00\x00\x10\x00\x00\x00\x00\x00"
"""The printer's model."""

_ANSWER: Final = b"EPSONq"
_HEADER: Final = 14
_NAME_SIZE: Final = 184
_NAME_AT: Final = 56
_MODEL_SIZE: Final = 147
_MODEL_LEAD: Final = b"\x00\x05\x20\x02\x64"
"""What stands before the model in the recorded answer; only its length is relied on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one datagram told; empty where it told the other thing."""

    name: str = ""
    hardware: str = ""
    """As `00:26:AB:01:02:03`."""
    model: str = ""


def read_reply(datagram: bytes) -> Reply | None:
    """What an answer tells; None for what is none. Total."""
    if not datagram.startswith(_ANSWER) or len(datagram) < _HEADER:
        return None
    if len(datagram) < _HEADER + int.from_bytes(datagram[12:14]):
        return None  # cut
    if len(datagram) >= _NAME_SIZE:
        hardware = ":".join(f"{byte:02X}" for byte in datagram[_HEADER : _HEADER + 6])
        return Reply(name=_text(datagram[_NAME_AT:]), hardware=hardware)
    return Reply(model=_text(datagram[_HEADER + len(_MODEL_LEAD) :]))


def name_reply(name: str, hardware: bytes) -> bytes:
    """What a board answers to ASK_NAME. `hardware` is six bytes."""
    datagram = bytearray(_NAME_SIZE)
    datagram[:_HEADER] = _ANSWER + ASK_NAME[6:12] + (_NAME_SIZE - _HEADER).to_bytes(2)
    datagram[_HEADER : _HEADER + 6] = hardware
    text = name.encode("ascii", "replace")[: _NAME_SIZE - _NAME_AT - 1]
    datagram[_NAME_AT : _NAME_AT + len(text)] = text
    return bytes(datagram)


def model_reply(model: str) -> bytes:
    """What a board answers to ASK_MODEL."""
    datagram = bytearray(_MODEL_SIZE)
    datagram[:_HEADER] = _ANSWER + b"\x03\x00\x00\x00\x00\x00" + (_MODEL_SIZE - _HEADER).to_bytes(2)
    text = _MODEL_LEAD + model.encode("ascii", "replace")[:64]
    datagram[_HEADER : _HEADER + len(text)] = text
    return bytes(datagram)


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("ascii", "replace").strip()
