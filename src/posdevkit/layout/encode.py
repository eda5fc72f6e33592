"""From text to bytes on code pages: the right page for every run, and a visible '?' for what no page can set.

Where the model has characters of two bytes, they are runs of their own between those of its pages.

Law: no byte that comes out of here is below 0x20 or 0x7F, whatever text went in; so no text can become a command.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

from posdevkit.profiles import CodePage, Multibyte, encode_table, multibyte_code

from .lookalikes import BLANKS, LOOKALIKES
from .operations import TWO_BYTES
from .widths import char_cells

__all__ = ["Charset", "charset_of"]

_NO_BREAK = "\u00a0"
_BREAK = {0x0A: 0x0A}
_ASCII = bytes((0x0A, *range(0x20, 0x7F)))
_REPLACEMENT = "?"
_EURO, _FOR_EURO = "\u20ac", "\u0080"
"""A control character that no text has stands for the euro sign on its way through Latin-1."""
_RIGHT_TO_LEFT = ("R", "AL")


def _encoding(table: Mapping[int, int]) -> Mapping[int, int]:
    """What the codecs' own encoder takes: where no two characters share a byte, in a form that is faster.

    The character NUL, which no page has, becomes the byte.
    """
    if len(set(table.values())) < len(table):
        return table
    characters = ["\0"] + ["\ufffe"] * 255  # U+FFFE is no character
    for code, byte in table.items():
        characters[byte] = chr(code)
    return cast(Mapping[int, int], codecs.charmap_build("".join(characters)))


class Charset:
    """What one printer's code pages can set between them, and how.

    Left out of every page: marks (a printer would set them beside their letter), letters of scripts that run from right
    to left (it would set them in the wrong order), and characters that Unicode gives two cells and the font one.
    """

    __slots__ = ("_latin", "_latin_euro", "_maps", "_numbers", "_quick", "_tables", "_wide", "ellipsis", "settable")

    def __init__(self, pages: Sequence[CodePage], multibyte: Multibyte | None = None) -> None:
        self._numbers = tuple(page.number for page in pages)
        self._tables = tuple(
            {ord(char): byte for char, byte in encode_table(page.name).items() if _can_be_set(char)}
            | {ord(_NO_BREAK): 0x20}
            for page in pages
        )
        self._quick = {
            number: {code: byte for code, byte in table.items() if code != ord(_NO_BREAK)} | _BREAK
            for number, table in zip(self._numbers, self._tables, strict=True)
        }
        self._maps = {number: _encoding(table) for number, table in self._quick.items()}
        # From Latin-1, which C code encodes at once, to the page: 0 where the page has no such character.
        self._latin = {
            number: bytes(table.get(code, 0) for code in range(256)) for number, table in self._quick.items()
        }
        self._latin_euro = {
            number: table[:0x80] + bytes((self._quick[number].get(ord(_EURO), 0),)) + table[0x81:]
            for number, table in self._latin.items()
        }
        self._wide = multibyte_code(multibyte).encode if multibyte is not None else {}
        self.settable = frozenset(chr(code) for table in self._tables for code in table).union(self._wide)
        """Every character that can be set, the no-break space included."""
        self.ellipsis = "\u2026" if "\u2026" in self.settable else "..."
        """What marks text that was cut short."""

    def quick(self, line: str, page: int) -> bytes | None:
        """`line` on `page` if it can be set there as it stands, each character in one cell: nearly every line is.

        Several lines may be set at once, with line breaks between them.

        None for all others, which want `fit` and `encode`.
        """
        try:
            data = line.encode("latin-1").translate(self._latin[page])
        except UnicodeEncodeError:
            found = self._with_euro(line, page) or self._by_table(line, page)
            if found is None:
                return None
            data = found
        return None if b"\0" in data else data

    def _with_euro(self, line: str, page: int) -> bytes | None:
        """`line` where nothing but the euro sign keeps Latin-1 from it: most lines of Europe that have to come here."""
        if _EURO not in line or _FOR_EURO in line:
            return None
        try:
            return line.replace(_EURO, _FOR_EURO).encode("latin-1").translate(self._latin_euro[page])
        except UnicodeEncodeError:
            return None

    def _by_table(self, line: str, page: int) -> bytes | None:
        """`line` with Greek, Cyrillic and what else a page has, at three times the price."""
        try:
            return codecs.charmap_encode(line, "strict", self._maps[page])[0]
        except UnicodeEncodeError:
            return None

    def quick_elsewhere(self, line: str) -> tuple[bytes, int] | None:
        """`line` on the first page that can set it as it stands, and that page's number; None if none can."""
        # Without its ASCII it is much shorter, and nearly every page has that.
        telling = line.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")
        for page in self._numbers:
            if self.quick(telling, page) is not None and (data := self.quick(line, page)) is not None:
                return data, page
        return None

    @property
    def first_page(self) -> int:
        """The number of the page that the printer is on after `ESC @`."""
        return self._numbers[0]

    def fit(self, text: str) -> tuple[str, tuple[str, ...]]:
        """`text` as it will be set, and the characters in it that cannot be, each once.

        Composes (NFC), drops format characters, turns blanks into blanks and typography into look-alikes where no page
        has the real thing. A letter with a mark that is on no page becomes '?', since without it it is another letter.
        Other characters that cannot be set stay, so that lines break where they should; `encode` sets '?' for them.
        """
        if text.isascii():
            return text, ()
        text = unicodedata.normalize("NFC", text)
        if self.settable.issuperset(text.replace("\n", "")):
            return text, ()
        return self._fit_by_character(text.translate(BLANKS))

    def _fit_by_character(self, text: str) -> tuple[str, tuple[str, ...]]:
        pieces: list[str] = []
        sources: list[str] = []  # what a reader takes for one character, beside the piece that stands for it
        for char in text:
            if char in self.settable or char == "\n":
                piece, source = char, ""
            elif char in LOOKALIKES:
                piece, source = LOOKALIKES[char], ""
            elif _is_invisible(char):
                continue
            elif unicodedata.category(char) in ("Mn", "Me"):
                source = char
                if pieces and pieces[-1] not in ("\n", " ", _NO_BREAK):
                    base = pieces.pop()
                    source = (sources.pop() or base) + char
                piece = _REPLACEMENT * max(1, sum(map(char_cells, source)))
            else:
                piece, source = char, char
            pieces.append(piece)
            sources.append(source)
        return "".join(pieces), tuple(dict.fromkeys(filter(None, sources)))

    def encode(self, line: str, page: int) -> list[tuple[bytes, int]]:
        """Runs of bytes with the number of their code page, for a printer that is on `page`.

        Stays on a page as long as it can set the text and moves to the one that then lasts longest, the first by the
        profile's order among equals; that makes the fewest changes possible. Characters of two bytes are runs with
        TWO_BYTES instead of a page, and leave the page as it was. A control character, or one that cannot be set,
        becomes a '?' for each of its cells, and at least one. Total: never raises, whatever the text.
        """
        if line.isascii() and line.isprintable():
            return [(line.encode("ascii"), page)] if line else []
        index = self._numbers.index(page) if page in self._numbers else 0
        try:
            return [(codecs.charmap_encode(line, "strict", self._tables[index])[0], self._numbers[index])]
        except UnicodeEncodeError:
            pass
        if not self.settable.issuperset(line):
            line = "".join(c if c in self.settable else _REPLACEMENT * max(1, char_cells(c)) for c in line)
        runs: list[tuple[bytes, int]] = []
        data, start = _longest(line, 0, self._tables[index])
        if data:
            runs.append((data, self._numbers[index]))
        while start < len(line):
            if pairs := self._pairs(line, start):
                runs.append((pairs, TWO_BYTES))
                start += len(pairs) // 2
                continue
            data, end = b"", start
            for candidate, table in enumerate(self._tables):
                more, reach = _longest(line, start, table)
                if reach > end:
                    data, end, index = more, reach, candidate
            runs.append((data, self._numbers[index]))
            start = end
        return runs

    def _pairs(self, line: str, start: int) -> bytes:
        """The bytes of the characters from `start` on that are two bytes each."""
        found: list[bytes] = []
        while start < len(line) and (pair := self._wide.get(line[start])) is not None:
            found.append(pair)
            start += 1
        return b"".join(found)


@lru_cache(maxsize=64)
def charset_of(pages: tuple[CodePage, ...], multibyte: Multibyte | None = None) -> Charset:
    """The charset of a profile's code pages and two-byte characters, built once."""
    return Charset(pages, multibyte)


def _can_be_set(char: str) -> bool:
    return (
        char_cells(char) == 1
        and unicodedata.category(char) != "Co"
        and unicodedata.bidirectional(char) not in _RIGHT_TO_LEFT
    )


def _is_invisible(char: str) -> bool:
    """Whether nothing is lost without it: joiners, direction marks, soft hyphens, variation selectors."""
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _longest(line: str, start: int, table: dict[int, int]) -> tuple[bytes, int]:
    """The bytes of `line[start:]` as far as `table` reaches, and where that is."""
    rest = line[start:] if start else line
    try:
        return codecs.charmap_encode(rest, "strict", table)[0], len(line)
    except UnicodeEncodeError as error:
        if not error.start:
            return b"", start
        return codecs.charmap_encode(rest[: error.start], "strict", table)[0], start + error.start
