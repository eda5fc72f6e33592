"""GS1 data as people write them, `(01)05701234567899(10)A1`: checked here, and spelt as printers take them."""

from __future__ import annotations

import re

from posdevkit.codes.gs1 import SEPARATOR, BadElement, identifier, parse_elements
from posdevkit.errors import BadDocument

__all__ = ["bracketed", "spelt_for_printer"]

_ELEMENT = re.compile(r"\(([0-9]{2,4})\)([^(){*]+)")
_REMEDY = "Write each application identifier in parentheses before its data: (01)05701234567899(10)A1."


def bracketed(name: str, data: str) -> str:
    """`data` as it is, if every identifier is known and its value right.

    Raises BadDocument. Parentheses, braces and stars in a value are refused: printers give them a meaning of their own.
    """
    elements = _elements(data)
    if not elements:
        raise BadDocument(f"{name} data {data[:40]!r}", remedy=_REMEDY)
    try:
        found = parse_elements("".join(f"{ai}{value}{SEPARATOR}" for ai, value in elements))
    except BadElement as problem:
        raise BadDocument(f"{name} data: {problem}", remedy=_REMEDY) from problem
    # Read without its parentheses it must still say the same: an identifier must not have run into its value.
    if [(one.ai, one.value) for one in found] != elements:
        raise BadDocument(f"{name} data {data[:40]!r}", remedy=_REMEDY)
    return data


def _elements(data: str) -> list[tuple[str, str]]:
    elements = _ELEMENT.findall(data)
    whole = "".join(f"({ai}){value}" for ai, value in elements) == data and data.isascii()
    return elements if whole else []


def spelt_for_printer(data: str) -> bytes:
    """As `GS k` 74 and 78 take it: `{1` (FNC1) behind a value whose length is not pre-defined, unless it is the last.

    Source: Epson TM-U220 ePOS-Print XML manual, p. 82; TM-C3500 and TM-C7500 manuals: parentheses are for people only.
    """
    elements = _elements(data)
    pieces = []
    for place, (ai, value) in enumerate(elements):
        entry = identifier(ai)
        ends = place + 1 < len(elements) and (entry is None or not entry.length)
        pieces.append(f"({ai}){value}" + ("{1" if ends else ""))
    return "".join(pieces).encode("ascii")
