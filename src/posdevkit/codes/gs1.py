"""GS1 element strings: application identifiers with their data, as one symbol carries them.

The identifiers are data (`data/gs1.tsv`, from the GS1 Barcode Syntax Dictionary). Checked here: that each is known, its
characters and length, check digits and dates. Which identifiers demand or exclude each other is not checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from .checkdigit import check_digit

__all__ = ["SEPARATOR", "BadElement", "Element", "Identifier", "identifier", "parse_elements"]

SEPARATOR: Final = "\x1d"
"""GS, which scanners send for FNC1: it ends an element whose length is not pre-defined."""

_CHARACTERS: Final = {
    "N": "[0-9]",
    "X": r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]",
    "Y": r"[#\-/0-9A-Z]",
    "Z": r"[A-Za-z0-9_=\-]",
}
_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)((?:,\w+)*)\]?")
_DATES: Final = frozenset({"yymmdd", "yymmd0"})


class BadElement(ValueError):
    """Why data are no element string. Its text names identifiers and places, never the data."""


class Identifier(NamedTuple):
    """One application identifier."""

    ai: str
    title: str
    length: int
    """Of its data where that is pre-defined, so that no separator has to follow; else 0."""
    pattern: re.Pattern[str]
    checks: tuple[tuple[int, str], ...]
    """Number of the component, and what is checked of it."""
    decimals: int
    """Of a measure or an amount, whose last digit of the identifier says so; else -1."""


@dataclass(frozen=True, slots=True)
class Element:
    """One identifier with its data."""

    ai: str
    title: str
    """As on labels: `BATCH/LOT`."""
    value: str
    """The data, without identifier and separator."""
    decimals: int = -1

    @property
    def number(self) -> Decimal | None:
        """A measure or amount with its decimal point (310n, 392n...); None for any other identifier.

        Where a currency stands in front (391n, 393n), it is left out: see `currency`.
        """
        if self.decimals < 0:
            return None
        return Decimal(self.value[3:] if self.currency else self.value).scaleb(-self.decimals)

    @property
    def currency(self) -> str:
        """The numeric ISO 4217 code of 391n and 393n; else empty."""
        return self.value[:3] if self.ai[:3] in ("391", "393") else ""

    @property
    def date(self) -> date | None:
        """A date (11 to 17, 7006...), day 00 being the last of its month; None for any other identifier."""
        found = identifier(self.ai)
        if found is None or not any(name in _DATES and part == 0 for part, name in found.checks):
            return None
        return _date(self.value[:6], month_end=True)


@cache
def _rows() -> dict[str, tuple[str, str, str]]:
    rows: dict[str, tuple[str, str, str]] = {}
    text = resources.files(__package__).joinpath("data/gs1.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        span, flags, spec, title = line.split("\t")
        first, _, last = span.partition("-")
        for number in range(int(first), int(last or first) + 1):
            rows[str(number).zfill(len(first))] = (flags, spec, title)
    return rows


@cache
def identifier(ai: str) -> Identifier | None:
    """What is known of an identifier; None for one that the dictionary lacks."""
    row = _rows().get(ai)
    if row is None:
        return None
    flags, spec, title = row
    pattern, checks, length = "", [], 0
    for number, found in enumerate(_COMPONENT.finditer(spec)):
        optional, kind, variable, size, names = found.groups()
        part = f"({_CHARACTERS[kind]}{{{'1,' if variable else ''}{size}}})"
        pattern += f"{part}?" if optional else part
        checks += [(number, name) for name in names.split(",") if name in ("csum", *_DATES)]
        length += int(size)
    measure = len(ai) == 4 and (
        ai[:2] in ("31", "32", "33", "34", "35", "36") or ai[:3] in ("390", "391", "392", "393")
    )
    decimals = int(ai[3]) if measure or ai[:3] in ("394", "395") else -1
    return Identifier(ai, title, length if "*" in flags else 0, re.compile(pattern), tuple(checks), decimals)


def parse_elements(text: str) -> tuple[Element, ...]:
    """The elements of a message in their order. Raises BadElement."""
    place = 1 if text.startswith(SEPARATOR) else 0
    end = len(text)
    if place == end:
        raise BadElement("no data")
    found: list[Element] = []
    while place < end:
        entry = _at(text, place)
        start = place + len(entry.ai)
        if entry.length:
            stop = start + entry.length
            value = text[start:stop]
            place = stop + 1 if text[stop : stop + 1] == SEPARATOR else stop
        else:
            stop = text.find(SEPARATOR, start)
            stop = end if stop < 0 else stop
            value = text[start:stop]
            place = stop + 1
        _check(entry, value)
        found.append(Element(entry.ai, entry.title, value, entry.decimals))
    return tuple(found)


def _at(text: str, place: int) -> Identifier:
    for size in (2, 3, 4):
        entry = identifier(text[place : place + size])
        if entry is not None:
            return entry
    raise BadElement(f"no known application identifier at character {place + 1}")


def _check(entry: Identifier, value: str) -> None:
    match = entry.pattern.fullmatch(value)
    if match is None:
        raise BadElement(f"({entry.ai}) {entry.title}: wrong characters or length, or a separator is missing")
    for part, name in entry.checks:
        content = match[part + 1]
        if content is None:
            continue
        if name == "csum":
            if content[-1] != check_digit(content[:-1]):
                raise BadElement(f"({entry.ai}) {entry.title}: wrong check digit")
        elif _date(content, month_end=name == "yymmd0") is None:
            raise BadElement(f"({entry.ai}) {entry.title}: no such date")


def _date(text: str, *, month_end: bool) -> date | None:
    """The century is chosen so that the date lies from 49 years back to 50 ahead (General Specifications 7.12)."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    now = _today().year
    century = now // 100 * 100
    gap = year - now % 100
    if gap >= 51:
        century -= 100
    elif gap <= -50:
        century += 100
    try:
        if day == 0 and month_end:
            following = date(century + year + month // 12, month % 12 + 1, 1)
            return date.fromordinal(following.toordinal() - 1) if 1 <= month <= 12 else None
        return date(century + year, month, day)
    except ValueError:
        return None


def _today() -> date:
    return date.today()  # noqa: DTZ011  # only the century is taken from it
