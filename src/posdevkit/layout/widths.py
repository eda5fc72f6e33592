"""How many character cells text takes: one for most, two for wide characters, none for marks and format characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["cells", "char_cells"]

# Blocks in which every character takes exactly one cell, so that a count will do: Latin, Greek, Cyrillic, punctuation,
# currency signs and line drawing. `tests/unit/layout/test_widths.py` compares them with the database, one by one.
_ONE_CELL_EACH = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2100-\u2300"
    "\u2500-\u25fc]*"
)


def cells(text: str) -> int:
    """Cells that one line of text takes. Normalise to NFC first, so that letters with marks count once."""
    if text.isascii() or _ONE_CELL_EACH.fullmatch(text):
        return len(text)
    return sum(map(char_cells, text))


@lru_cache(maxsize=4096)
def char_cells(char: str) -> int:
    """0 for marks and format characters, 2 for what Unicode's East Asian Width calls wide or full-width, else 1."""
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return 0
    # Python versions differ on the width of code points that are not assigned.
    return 2 if category != "Cn" and unicodedata.east_asian_width(char) in ("W", "F") else 1
