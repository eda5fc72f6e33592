"""Bitmaps: the fields of a message, each with a number in front (PA00P015, "Summary of bitmaps").

Some have a fixed size, some tell it in two or three bytes F0 to F9 (LL, LLL), and 06 holds TLV with lengths as in BER.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

__all__ = [
    "TLV_CONTAINER",
    "BadBitmaps",
    "bcd",
    "packed",
    "pan_text",
    "read_bitmaps",
    "read_tlv",
    "write_bitmaps",
    "write_tlv",
]

TLV_CONTAINER: Final = 0x06

_FIXED: Final = {
    0x01: 1, 0x02: 1, 0x03: 1, 0x04: 6, 0x05: 1, 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2, 0x17: 2, 0x19: 1, 0x27: 1,
    0x29: 4, 0x2A: 15, 0x37: 3, 0x3A: 2, 0x3B: 8, 0x3D: 3, 0x49: 2, 0x87: 2, 0x88: 3, 0x8A: 1, 0x8C: 1, 0xA0: 1,
    0xAA: 3, 0xBA: 5, 0xD0: 1, 0xD2: 1, 0xD3: 1, 0xE0: 1, 0xE9: 1, 0xEA: 1, 0xEB: 8, 0xF0: 1, 0xF9: 1, 0xFA: 1,
    0xFB: 1, 0xFC: 1, 0xFD: 1,
}  # fmt: skip
_LL: Final = frozenset({0x22, 0x23, 0x2D, 0x8B, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9)})
_LLL: Final = frozenset({0x24, 0x2E, 0x3C, 0x60, 0x9A, 0xAF})


class BadBitmaps(ValueError):
    """Bytes that are no bitmaps. The message names places and numbers, never contents."""


def read_bitmaps(data: bytes, *, strict: bool = True) -> dict[int, bytes]:
    """Number to contents; of a number that comes twice the last. Raises BadBitmaps.

    Not `strict`: what stands before the first bitmap that cannot be read. A new kind of field behind the result must
    not cost a payment that was made.
    """
    found: dict[int, bytes] = {}
    try:
        # Not `dict(...)`: what came before a bitmap that cannot be read is kept.
        for number, value in _bitmaps(data):
            found[number] = value  # noqa: PERF403
    except BadBitmaps:
        if strict:
            raise
    return found


def _bitmaps(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        number = data[at]
        at += 1
        if number in _FIXED:
            size = _FIXED[number]
        elif number in _LL or number in _LLL:
            digits = 2 if number in _LL else 3
            told = data[at : at + digits]
            if len(told) < digits or any(byte >> 4 != 0xF or byte & 0xF > 9 for byte in told):
                raise BadBitmaps(f"bitmap {number:02X} at {at - 1} has no length")
            size = int("".join(str(byte & 0xF) for byte in told))
            at += digits
        elif number == TLV_CONTAINER:
            size, at = _ber_length(data, at)
        else:
            raise BadBitmaps(f"bitmap {number:02X} at {at - 1} is unknown")
        if at + size > len(data):
            raise BadBitmaps(f"bitmap {number:02X} ends {at + size - len(data)} bytes behind the message")
        yield number, data[at : at + size]
        at += size


def write_bitmaps(values: Mapping[int, bytes]) -> bytes:
    """The bytes of bitmaps in the order given. Raises BadBitmaps for an unknown number or a wrong size."""
    out = bytearray()
    for number, value in values.items():
        out.append(number)
        if number in _FIXED:
            if len(value) != _FIXED[number]:
                raise BadBitmaps(f"bitmap {number:02X} takes {_FIXED[number]} bytes, not {len(value)}")
        elif number in _LL or number in _LLL:
            digits = f"{len(value):0{2 if number in _LL else 3}d}"
            if len(digits) > (2 if number in _LL else 3):
                raise BadBitmaps(f"bitmap {number:02X} is too long with {len(value)} bytes")
            out += bytes(0xF0 | int(digit) for digit in digits)
        elif number == TLV_CONTAINER:
            out += _written_length(len(value))
        else:
            raise BadBitmaps(f"bitmap {number:02X} is unknown")
        out += value
    return bytes(out)


def read_tlv(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tags (one byte, or two from 1F on) and contents. Raises BadBitmaps."""
    at = 0
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 0x1F == 0x1F:
            if at >= len(data):
                raise BadBitmaps(f"a tag ends behind the message at {at}")
            tag = tag << 8 | data[at]
            at += 1
        size, at = _ber_length(data, at)
        if at + size > len(data):
            raise BadBitmaps(f"tag {tag:02X} ends behind the message")
        yield tag, data[at : at + size]
        at += size


def write_tlv(tag: int, value: bytes) -> bytes:
    """One tag with its contents."""
    return tag.to_bytes(2 if tag > 0xFF else 1, "big") + _written_length(len(value)) + value


def bcd(number: int, size: int) -> bytes:
    """A number in `size` bytes of two digits. Raises ValueError where it does not fit."""
    if not 0 <= number < 100**size:
        raise ValueError(f"{number} does not fit into {2 * size} digits")
    return bytes.fromhex(f"{number:0{2 * size}d}")


def packed(data: bytes) -> int:
    """The number in bytes of two digits. Raises BadBitmaps."""
    text = data.hex()
    if not text.isdecimal():
        raise BadBitmaps("digits were expected")
    return int(text)


def pan_text(data: bytes) -> str:
    """A card number as the terminal tells it: E is a digit it masks, F fills the end."""
    return data.hex().rstrip("f").replace("e", "*")


def _ber_length(data: bytes, at: int) -> tuple[int, int]:
    """The length that stands at `at`, and where the contents begin."""
    if at >= len(data):
        raise BadBitmaps(f"a length is missing at {at}")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    if count not in (1, 2) or at + 1 + count > len(data):
        raise BadBitmaps(f"the length at {at} cannot be read")
    return int.from_bytes(data[at + 1 : at + 1 + count], "big"), at + 1 + count


def _written_length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    return b"\x81" + bytes([size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")
