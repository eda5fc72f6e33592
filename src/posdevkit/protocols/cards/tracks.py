"""The tracks of a magnetic stripe: what stands in them (ISO/IEC 7813), and how it is written in bits (ISO/IEC 7811-2).

Track 1: `%B` number `^` name `^` YYMM, service code, and what the issuer likes, `?`; seven bits a character. Track 2:
`;` number `=` YYMM, service code and more, `?`; five bits. Each character has odd parity, and behind the `?` stands an
LRC: the exclusive or of all before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final

from posdevkit.secret import Secret

__all__ = ["BadTrack", "Track", "lrc", "luhn", "read_raw", "read_track", "write_raw"]

_ONE: Final = re.compile(r"%B([0-9]{1,19})\^([^^?]{2,26})\^([0-9]{4}|\^)([0-9]{3}|\^)([^?]*)\?", re.ASCII)
_TWO: Final = re.compile(r";([0-9]{1,19})=([0-9]{4}|=)([0-9]{3}|=)([0-9:;<=>]*)\?", re.ASCII)
_LONGEST: Final = {1: 79, 2: 40}
"""Characters with sentinels and LRC."""
_BITS: Final = {1: (6, 0x20), 2: (4, 0x30)}
"""Bits of data a character, and the code of the character that is all zeros."""
_LAST: Final = 4


class BadTrack(ValueError):
    """A track that cannot be read. The message never shows what stands in it."""


@dataclass(frozen=True, slots=True)
class Track:
    """What one track says. Everything that belongs to the cardholder shows a mask."""

    number: int
    """1 or 2."""
    pan: Secret
    name: Secret | None
    """Only on track 1."""
    expiry: Secret | None
    """YYMM."""
    service: Secret | None
    """The service code: where and how the card may be used."""


def luhn(digits: str) -> bool:
    """Whether the last digit is the right check digit (ISO/IEC 7812-1, annex B)."""
    if not (digits.isascii() and digits.isdecimal()):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def read_track(text: str) -> Track:
    """A track with its sentinels. Raises BadTrack; the check digit of the number is one of the reasons."""
    number = {"%": 1, ";": 2}.get(text[:1])
    if number is None:
        raise BadTrack("no start sentinel")
    if len(text) >= _LONGEST[number]:
        raise BadTrack(f"track {number} is longer than the stripe")
    found = (_ONE if number == 1 else _TWO).fullmatch(text)
    if found is None:
        raise BadTrack(f"track {number} is not of a payment card, or garbled")
    pan = found[1]
    if not luhn(pan):
        raise BadTrack(f"the number on track {number} has a wrong check digit")
    name, expiry, service = (found[2], found[3], found[4]) if number == 1 else (None, found[2], found[3])
    if expiry.isdecimal() and not "01" <= expiry[2:] <= "12":
        raise BadTrack(f"the expiry on track {number} has no such month")
    return Track(
        number,
        Secret(pan, hint=pan[-_LAST:] if len(pan) > 2 * _LAST else ""),
        None if name is None else Secret(name.strip()),
        Secret(expiry) if expiry.isdecimal() else None,
        Secret(service) if service.isdecimal() else None,
    )


def lrc(number: int, text: str) -> str:
    """The check character of a track's text, sentinels included. Raises BadTrack for characters it cannot hold."""
    return chr(reduce(xor, _values(number, text), 0) + _BITS[number][1])


def write_raw(number: int, text: str) -> tuple[int, ...]:
    """The bits of a track in the order of a swipe: each character's lowest bit first, then its parity; then the LRC."""
    size = _BITS[number][0]
    values = [*_values(number, text)]
    bits: list[int] = []
    for value in (*values, reduce(xor, values, 0)):
        data = [value >> bit & 1 for bit in range(size)]
        bits += [*data, 1 - sum(data) % 2]
    return tuple(bits)


def read_raw(number: int, bits: tuple[int, ...]) -> str:
    """The text of a track from its bits, without the clocking zeros. Raises BadTrack: parity, LRC, no sentinel."""
    size, zero = _BITS[number]
    if 1 not in bits:
        raise BadTrack("no bits")
    bits = bits[bits.index(1) :]
    values: list[int] = []
    end = ord("?") - zero
    for at in range(0, len(bits) - size, size + 1):
        piece = bits[at : at + size + 1]
        if sum(piece) % 2 == 0:
            raise BadTrack(f"parity of character {len(values) + 1}")
        values.append(sum(bit << place for place, bit in enumerate(piece[:size])))
        if len(values) > 1 and values[-2] == end:
            if reduce(xor, values[:-1], 0) != values[-1]:
                raise BadTrack("the LRC does not fit")
            text = "".join(chr(value + zero) for value in values[:-1])
            if text[0] != ("%" if number == 1 else ";"):
                raise BadTrack("no start sentinel")
            return text
    raise BadTrack("no end sentinel and LRC")


def _values(number: int, text: str) -> list[int]:
    size, zero = _BITS[number]
    values = [ord(character) - zero for character in text]
    if any(not 0 <= value < 1 << size for value in values):
        raise BadTrack(f"track {number} cannot hold these characters")
    return values
