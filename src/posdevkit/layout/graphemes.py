"""What a reader takes for one character: a letter with its marks, a flag, a family of emoji.

The rules of Unicode Standard Annex 29 as far as the categories of `unicodedata` tell: marks, joiners, emoji sequences,
flags, Hangul syllables in parts, and conjuncts of the scripts of India.
"""

from __future__ import annotations

import unicodedata

__all__ = ["clusters", "unbroken"]

_JOINER = "\u200d"
_ATTACHED = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")
"""Not marks by their category, and yet parts of the character before."""
_INDIC = range(0x0900, 0x0D80)
_VIRAMA = 9  # canonical combining class
_BEFORE = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
"""Vowels of Thai and Lao that are written before the consonant which they are spoken after."""
_BEHIND = frozenset("\u0e2f\u0e30\u0e32\u0e45\u0e46\u0eaf\u0eb0\u0eb2\u0ebd\u0ec6")
"""What stands behind a consonant of Thai and Lao and never begins a word: vowels, signs of repetition."""


def clusters(text: str) -> list[str]:
    """`text` cut into what a reader takes for one character each; joined they are `text` again."""
    if text.isascii():
        return list(text)
    found: list[str] = []
    flags = 0  # regional indicators at the end of the last cluster
    for char in text:
        flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        if (
            found
            and not _stands_alone(found[-1])
            and (_extends(char) or (flag and flags % 2) or _goes_on(found[-1], char))
        ):
            found[-1] += char
        else:
            found.append(char)
        flags = flags + 1 if flag else 0
    return found


def unbroken(text: str) -> list[str]:
    """As `clusters`, with vowels of Thai and Lao beside their consonants: what no line breaks within."""
    found: list[str] = []
    for cluster in clusters(text):
        if found and (found[-1][-1] in _BEFORE or cluster[0] in _BEHIND):
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def _stands_alone(cluster: str) -> bool:
    return unicodedata.category(cluster[-1]) in ("Cc", "Zl", "Zp")


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Mc", "Me")
        or char in _ATTACHED
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _goes_on(cluster: str, char: str) -> bool:
    last = cluster[-1]
    if last == _JOINER:
        return unicodedata.category(char) == "So" or (_is_conjunct(cluster[:-1]) and ord(char) in _INDIC)
    if ord(char) in _INDIC and unicodedata.category(char) == "Lo":
        return _is_conjunct(cluster)
    return _hangul(last, char)


def _is_conjunct(cluster: str) -> bool:
    """Whether a letter that is still to be joined with the next one ends here."""
    return bool(cluster) and ord(cluster[-1]) in _INDIC and unicodedata.combining(cluster[-1]) == _VIRAMA


def _hangul(before: str, char: str) -> bool:
    first, second = _hangul_kind(before), _hangul_kind(char)
    if first == "L":
        return second in ("L", "V", "LV", "LVT")
    if first in ("LV", "V"):
        return second in ("V", "T")
    return first in ("LVT", "T") and second == "T"


def _hangul_kind(char: str) -> str:
    code = ord(char)
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    return "T" if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB else ""
