"""Which code page stands under which number: makers' lists, and the few characters that tell them apart on paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from typing import Final, Literal

from posdevkit.profiles import decode_table, load_profile, profile_names
from posdevkit.profiles.codepages import UNMAPPED

__all__ = [
    "NONE",
    "Family",
    "candidates",
    "family_of",
    "maps",
    "next_number",
    "resolved",
    "sample_of",
    "shown",
    "table_numbers",
]

NONE: Final = "none"
"""The answer where a line looks as line 0, or as nothing: the model has no such page."""
_FIRST: Final = "cp437"
_LEAST, _MOST = 4, 16
_HIGH: Final = range(0x80, 0x100)

Map = Mapping[int, str]
Family = Literal["escpos", "star"]
"""Whose numbers: those after `ESC t`, or Star's after `ESC GS t`."""


def family_of(language: str) -> Family:
    """The family of a receipt printer's language."""
    return "escpos" if language == "escpos" else "star"


@cache
def maps(family: Family = "escpos") -> tuple[Map, ...]:
    """The lists that the profiles of the family's printers have, each once.

    All Stars have the same; beside it stands that of a printer which has none of them, so that one line is asked for.
    """
    found: list[Map] = [{}] if family == "star" else []
    for name in profile_names():
        profile = load_profile(name)
        if family_of(profile.language) == family:
            numbers = {page.number: page.name for page in profile.code_pages}
            if numbers not in found:
                found.append(numbers)
    return tuple(found)


@cache
def table_numbers(family: Family = "escpos") -> tuple[int, ...]:
    """Every number that any of the lists has."""
    return tuple(sorted({number for one in maps(family) for number in one}))


@cache
def candidates(number: int, family: Family = "escpos") -> tuple[str, ...]:
    """The pages that any list has under that number, in alphabetical order."""
    return tuple(sorted({one[number] for one in maps(family) if number in one}))


@cache
def sample_of(number: int, family: Family = "escpos") -> bytes:
    """The bytes of a line: as few as tell all candidates apart, and from what a printer without that page prints."""
    tables = {name: decode_table(name) for name in (*candidates(number, family), _FIRST)}
    apart = {pair for pair in combinations(sorted(tables), 2) if tables[pair[0]] != tables[pair[1]]}
    chosen: list[int] = []

    def tells(byte: int) -> int:
        return sum(tables[a][byte] != tables[b][byte] for a, b in apart)

    def readable(byte: int) -> int:
        return sum(table[byte].isalpha() for table in tables.values())

    seen = [byte for byte in _HIGH if all(_visible(table[byte]) for table in tables.values())]
    while (apart or len(chosen) < _LEAST) and len(chosen) < _MOST:
        left = [byte for byte in seen if byte not in chosen] or [byte for byte in _HIGH if byte not in chosen]
        if apart and not any(tells(byte) for byte in left):
            left = [byte for byte in _HIGH if byte not in chosen and tells(byte)] or left
        best = max(left, key=lambda byte: (tells(byte), readable(byte), -byte))
        chosen.append(best)
        apart = {(a, b) for a, b in apart if tables[a][best] == tables[b][best]}
    return bytes(chosen)


def _visible(char: str) -> bool:
    return char != UNMAPPED and char.isprintable() and not char.isspace()


def shown(number: int, page: str, family: Family = "escpos") -> str:
    """What the line of that number shows where `page` stands under it."""
    table = decode_table(_FIRST if page == NONE else page)
    return "".join(table[byte] for byte in sample_of(number, family))


def _fits(one: Map, told: Mapping[int, str]) -> bool:
    return all(one.get(number, NONE) == page for number, page in told.items())


def resolved(told: Mapping[int, str], family: Family = "escpos") -> dict[int, str]:
    """The pages, from what was read of some lines.

    Besides those that were read, what all makers' lists that fit every reading agree on. Where none fits, those that
    were read and no other.
    """
    pages = {number: page for number, page in told.items() if page != NONE}
    if fitting := [one for one in maps(family) if told and _fits(one, told)]:
        agreed = {n: page for n, page in fitting[0].items() if all(one.get(n) == page for one in fitting)}
        pages |= {number: page for number, page in agreed.items() if number not in told}
    return dict(sorted(pages.items()))


def next_number(told: Mapping[int, str], unsure: frozenset[int] = frozenset(), family: Family = "escpos") -> int | None:
    """The line to ask for next: the one on which the lists that still fit differ most; None when nothing is left.

    `unsure`: lines that were asked for in vain.
    """
    fitting = [one for one in maps(family) if _fits(one, told)]
    left = [number for number in table_numbers(family) if number not in told and number not in unsure]
    if not fitting:
        return left[0] if left else None
    differing = {number: len({one.get(number, NONE) for one in fitting}) for number in left}
    best = max(left, key=lambda number: (differing[number], -number), default=None)
    return best if best is not None and differing[best] > 1 else None
