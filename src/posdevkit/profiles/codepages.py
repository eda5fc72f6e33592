"""Which byte sets which character, for every code page a profile may name.

A printer's low half is ASCII on every page (`ESC R` 0, the default after `ESC @`), so only bytes 0x80 to 0xFF depend
on the page. Python's codecs know most pages; those they lack stand in `data/codepages.toml`. Bytes on which published
tables of a page disagree are left out on both sides: a character that may come out as another one is not a character
the page can set.
"""

from __future__ import annotations

import codecs
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from posdevkit.errors import BadProfile

__all__ = ["UNMAPPED", "code_page_names", "decode_table", "encode_table"]

UNMAPPED = "\ufffd"
"""What `decode_table` gives for a byte that sets no character."""

_ASCII = range(0x20, 0x7F)
_HIGH = range(0x80, 0x100)

_OEM = (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, 1125)
_WINDOWS = (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)
_ISO = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)

# The profiles' names are names that Python's codecs know.
_CODECS = frozenset({*(f"cp{n}" for n in _OEM + _WINDOWS), *(f"iso8859-{n}" for n in _ISO), "kz1048"})

# Where published tables of one page differ. CP1125: a middle dot and a root sign in one, division and plus-minus in
# another. ISO 8859-7: its second edition of 2003 added a euro sign, a drachma sign and an iota below.
_DISPUTED: Mapping[str, frozenset[int]] = {
    "cp1125": frozenset({0xFA, 0xFB}),
    "iso8859-7": frozenset({0xA4, 0xA5, 0xAA}),
}


@cache
def code_page_names() -> tuple[str, ...]:
    """All code pages that a profile may name, sorted."""
    return tuple(sorted({*_CODECS, *_own_tables()}))


@cache
def decode_table(name: str) -> tuple[str, ...]:
    """What each of the 256 bytes prints on code page `name`; `UNMAPPED` where it prints nothing known.

    Raises BadProfile for a page that is not known.
    """
    if name in _CODECS:
        high = tuple(_decoded(byte, name) for byte in _HIGH)
    elif name in _own_tables():
        high = tuple(_own_tables()[name])
    else:
        raise BadProfile(f"no code page {name!r}", remedy=f"Known code pages: {', '.join(code_page_names())}.")
    disputed = _DISPUTED.get(name, frozenset())
    table = [UNMAPPED] * 256
    for byte in _ASCII:
        table[byte] = chr(byte)
    for byte, char in zip(_HIGH, high, strict=True):
        if byte not in disputed and unicodedata.category(char) != "Cc":
            table[byte] = char
    return tuple(table)


@cache
def encode_table(name: str) -> Mapping[str, int]:
    """The byte of each character of code page `name`: 0x20 to 0x7E or 0x80 to 0xFF, so no command can be among them.

    Raises BadProfile for a page that is not known.
    """
    table: dict[str, int] = {}
    for byte, char in enumerate(decode_table(name)):
        if char != UNMAPPED:
            table.setdefault(char, byte)
    return MappingProxyType(table)


def _decoded(byte: int, codec: str) -> str:
    try:
        return codecs.decode(bytes((byte,)), codec)
    except UnicodeDecodeError:
        return UNMAPPED


@cache
def _own_tables() -> Mapping[str, str]:
    from importlib.resources import files

    raw = tomllib.loads(files(__package__).joinpath("data", "codepages.toml").read_text(encoding="utf-8"))
    tables: dict[str, str] = {}
    for name, entry in raw.items():
        high: str = entry["high"].replace("\n", "")
        if len(high) != len(_HIGH):
            raise BadProfile(f"code page {name} lists {len(high)} characters, not {len(_HIGH)}")
        tables[name] = high
    return tables
