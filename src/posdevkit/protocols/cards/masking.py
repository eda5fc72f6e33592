"""What a smart card answered, fit to be shown: nothing that could be a card's number stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["masked_hex", "status_meaning"]

_NUMBER: Final = re.compile("[0-9]{12,}")
"""Digits of a card's number, at the least (ISO/IEC 7812-1: up to 19; 12 are the fewest in use). In files of payment
cards they are packed, two to a byte (EMV Book 3, tags 5A and 57), and as text their bytes are 30 to 39: in hexadecimal
both are decimal digits without a gap."""

# ISO/IEC 7816-4, tables 5 and 6.
_MEANINGS: Final[Mapping[int, str]] = {
    0x9000: "done",
    0x6283: "the file is deactivated",
    0x6700: "wrong length",
    0x6881: "this logical channel is not supported",
    0x6982: "the security condition is not met",
    0x6983: "the way to authenticate is blocked",
    0x6985: "the conditions of use are not met",
    0x6A80: "wrong data",
    0x6A81: "the function is not supported",
    0x6A82: "there is no such file or application",
    0x6A86: "wrong P1 or P2",
    0x6A88: "the data it refers to is not there",
    0x6D00: "the instruction is not known",
    0x6E00: "the class is not known",
}


def masked_hex(data: bytes) -> str:
    """Hexadecimal in which every run of twelve decimal digits or more is stars, digit by digit, wherever it begins."""
    return _NUMBER.sub(lambda found: "*" * len(found[0]), data.hex().upper())


def status_meaning(high: int, low: int) -> str:
    """What the two status bytes of an answer say; "" for what the standard leaves to the application."""
    if high == 0x61:
        return f"done, and {low or 256} more bytes can be fetched"
    if high == 0x6C:
        return f"wrong length: it would be {low or 256}"
    return _MEANINGS.get(high << 8 | low, "")
