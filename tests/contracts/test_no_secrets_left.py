"""No card number of the tests stands in any file that this run's tests have left behind.

Files are the tests' own temporary directories: traces, journals, logs and what commands wrote. Numbers are looked for
as text and in the hexadecimal of traces. `conftest.py` beside this puts the search at the end of the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from posdevkit.protocols.cards import luhn

LARGEST = 4 * 2**20
# Between small hexadecimal letters stand hashes and identifiers, whose digits fit a card's rules now and then.
# The letter that a track has before its number is a capital.
DIGITS = re.compile(rb"(?<![0-9a-f])[0-9]{13,19}(?![0-9a-f])")
# In a database an identifier stands beside the next value without anything between, and its end may be digits alone.
IDENTIFIER = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HEX_DIGITS = re.compile(rb"(?:3[0-9]){13,19}")
# Numbers that schemes publish for tests; others that happen to fit Luhn are article and job numbers.
SCHEMES = re.compile("4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|3[47][0-9]{13}")


def numbers(data: bytes) -> Iterator[str]:
    """The card numbers in `data`."""
    data = IDENTIFIER.sub(b" ", data)
    found = [match[0].decode() for match in DIGITS.finditer(data)]
    found += [bytes.fromhex(match[0].decode()).decode() for match in HEX_DIGITS.finditer(data)]
    return (digits for digits in found if SCHEMES.fullmatch(digits) and luhn(digits) and len(set(digits)) > 1)


def test_the_search_finds_what_it_looks_for() -> None:
    card = "4111111111111111"
    assert list(numbers(b"a;" + card.encode() + b"=")) == [card]
    assert list(numbers(b'"' + card.encode().hex().encode() + b'"')) == [card]
    assert list(numbers(b"%B" + card.encode() + b"^")) == [card]
    assert list(numbers(b'"hash": "ab4111111111111111c0"')) == []
    assert list(numbers(b"0198c1a2-b3c4-7000-9000-411111111111" + b"1" + b"\x04")) == []
    assert list(numbers(b"0198c1a2-b3c4-7000-9000-411111111111" + card.encode())) == [card]
    assert list(numbers(b"4111111111111112 0000000000000000")) == []


def test_no_card_number_is_left(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.getbasetemp()
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
            assert not list(numbers(Path(path).read_bytes())), path
