"""Two-dimensional symbols other than QR: whether data and paper have room for each other.

Sizes are bounds for byte mode, so a symbol whose data a printer packs closer may come out smaller, never larger.
Sources: ISO/IEC 15438 (PDF417), 16022 (Data Matrix), 24778 (Aztec), 16023 (MaxiCode), 18004 (Micro QR),
24724 (GS1 DataBar).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil

from posdevkit.documents import Symbol, SymbolKind
from posdevkit.errors import BadDocument, DocumentTooWide, Unsupported
from posdevkit.profiles import Profile

from .barcodes import complete_expanded, complete_gtin, expanded_characters
from .qrcodes import NEVER_IN_A_SYMBOL

__all__ = ["check_symbol"]

_PDF417_MOST = 928
_PDF417_SIDES = 69  # modules of start, stop and the two row indicators
_PDF417_LEVELS = ((40, 2), (160, 3), (320, 4), (863, 5))  # recommended minimum by data codewords, Annex E

# Sides and data codewords of the square symbols of ECC 200, table 7.
_DATAMATRIX = (
    *((10, 3), (12, 5), (14, 8), (16, 12), (18, 18), (20, 22), (22, 30), (24, 36), (26, 44), (32, 62), (36, 86)),
    *((40, 114), (44, 144), (48, 174), (52, 204), (64, 280), (72, 368), (80, 456), (88, 576), (96, 696), (104, 816)),
    *((120, 1050), (132, 1304), (144, 1558)),
)
_MAXICODE_MOST = 93  # characters of mode 4 in code set A
# Version, level (0 to 2 for L, M, Q) and how many digits, alphanumerics and bytes it holds; 0: has no such mode.
_MICRO_QR = (
    *((2, 0, 10, 6, 0), (2, 1, 8, 5, 0), (3, 0, 23, 14, 9), (3, 1, 18, 11, 7)),
    *((4, 0, 35, 21, 15), (4, 1, 30, 18, 13), (4, 2, 21, 13, 9)),
)
_EXPANDED_MOST = 22  # characters of 12 bits (ISO/IEC 24724, 7.2)
_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def check_symbol(symbol: Symbol, profile: Profile) -> Symbol:
    """`symbol` with correction and columns decided, if it can be printed. Its data travels as UTF-8.

    Raises BadDocument for data that is too long or holds a character no symbol should carry, Unsupported for a MaxiCode
    on a model that draws none, and DocumentTooWide, all with what to do instead.
    """
    if symbol.kind == "MAXICODE" and symbol.kind not in profile.symbols:
        raise Unsupported(
            f"{profile.name} prints no MaxiCode of its own, and drawn as dots it would not have its fixed size",
            remedy="Use another kind of symbol, a picture of it, or another printer.",
        )
    if bad := NEVER_IN_A_SYMBOL.search(symbol.data):
        raise BadDocument(f"{symbol.kind} data with U+{ord(bad[0]):04X}", remedy="Remove the character that is named.")
    checked, modules = _FITTED[symbol.kind](symbol, profile.width // symbol.module)
    if modules * symbol.module > profile.width:
        module = profile.width // modules
        smaller = f"Use module={module}" if module >= 2 else "Shorten the data"
        raise DocumentTooWide(
            f"the {symbol.kind} symbol takes {modules * symbol.module} dots, {profile.name} prints {profile.width}",
            remedy=f"{smaller}, or wider paper.",
        )
    return checked


def _size(symbol: Symbol) -> int:
    return len(symbol.data.encode())


def _too_long(symbol: Symbol) -> BadDocument:
    return BadDocument(
        f"{symbol.kind} data of {_size(symbol)} bytes", remedy="Shorten the data, for example to a link."
    )


def _pdf417(symbol: Symbol, room: int) -> tuple[Symbol, int]:
    # Byte mode: five codewords for six bytes, one for the length and one for the latch.
    data = 2 + ceil(_size(symbol) * 5 / 6)
    level = symbol.correction
    if level is None:
        level = next((level for most, level in _PDF417_LEVELS if data <= most), 5)
    total = data + 2 ** (level + 1)
    if total > _PDF417_MOST:
        raise _too_long(symbol)
    columns = symbol.columns
    if columns is None:
        most = max(1, min(30, (room - _PDF417_SIDES) // 17))
        # Rows are three modules high: the first width that is more than the height, and has no more than 90 rows.
        wanted = (c for c in range(1, most) if ceil(total / c) <= 90 and 17 * c + _PDF417_SIDES >= 3 * ceil(total / c))
        columns = next(wanted, most)
    if ceil(total / columns) > 90 or columns * max(3, ceil(total / columns)) > _PDF417_MOST:
        raise BadDocument(
            f"PDF417 data of {_size(symbol)} bytes in {columns} columns takes more than 90 rows",
            remedy="Use more columns, a smaller module, or wider paper; or shorten the data.",
        )
    return replace(symbol, correction=level, columns=columns), 17 * columns + _PDF417_SIDES


def _datamatrix(symbol: Symbol, room: int) -> tuple[Symbol, int]:
    data = symbol.data.encode()
    # ASCII takes one codeword a character and two for the upper half; base 256 one for each byte and a head.
    codewords = min(sum(1 if byte < 128 else 2 for byte in data), len(data) + (2 if len(data) < 250 else 3))
    side = next((side for side, most in _DATAMATRIX if codewords <= most), None)
    if side is None:
        raise _too_long(symbol)
    return symbol, side


def _aztec(symbol: Symbol, room: int) -> tuple[Symbol, int]:
    percent = 23 if symbol.correction is None else symbol.correction
    bits = 21 + 8 * _size(symbol)
    for compact, layers in (*((True, n) for n in range(1, 5)), *((False, n) for n in range(4, 33))):
        word = 6 if layers <= 2 else 8 if layers <= 8 else 10 if layers <= 22 else 12
        capacity = ((88 if compact else 112) + 16 * layers) * layers
        # A bit is stuffed into a word that would be all alike: at the worst one for each word.
        stuffed = ceil(bits / (word - 1)) * word
        if stuffed + bits * percent // 100 + 11 <= capacity // word * word and not (compact and stuffed > 64 * word):
            base = (11 if compact else 14) + 4 * layers
            return replace(symbol, correction=percent), base if compact else base + 1 + 2 * ((base // 2 - 1) // 15)
    raise _too_long(symbol)


def _maxicode(symbol: Symbol, room: int) -> tuple[Symbol, int]:
    if _size(symbol) > _MAXICODE_MOST or not symbol.data.isascii():
        raise BadDocument(
            f"MAXICODE data of {_size(symbol)} bytes",
            remedy=f"Give at most {_MAXICODE_MOST} ASCII characters, capital letters and digits if they are many.",
        )
    return symbol, 0  # a size of its own: about 28 mm, less than any paper


def _micro_qr(symbol: Symbol, room: int) -> tuple[Symbol, int]:
    data = symbol.data
    mode = 2 if data.isascii() and data.isdigit() else 3 if _ALPHANUMERIC.issuperset(data) else 4
    wanted = (symbol.correction,) if symbol.correction is not None else (1, 0)
    fits = [row for row in _MICRO_QR if row[1] in wanted and _size(symbol) <= row[mode]]
    if not fits:
        raise BadDocument(
            f"MICRO-QR data of {_size(symbol)} bytes",
            remedy="Give at most 15 bytes, 21 capital letters or 35 digits; or use a QR code.",
        )
    # The smallest; among equals the level that corrects more.
    version, level = min(fits, key=lambda row: (row[0], -row[1]))[:2]
    return replace(symbol, correction=level), 9 + 2 * version


def _stacked(symbol: Symbol, room: int) -> tuple[Symbol, int]:
    return replace(symbol, data=complete_gtin(symbol.data)), 50


def _expanded_stacked(symbol: Symbol, room: int) -> tuple[Symbol, int]:
    data = complete_expanded(symbol.data)
    if expanded_characters(data) > _EXPANDED_MOST:
        raise _too_long(symbol)
    return symbol, 102  # two pairs of characters in a row, which is a printer's own choice


_FITTED: Mapping[SymbolKind, Callable[[Symbol, int], tuple[Symbol, int]]] = {
    "PDF417": _pdf417,
    "DATAMATRIX": _datamatrix,
    "AZTEC": _aztec,
    "MAXICODE": _maxicode,
    "MICRO-QR": _micro_qr,
    "DATABAR-STACKED": _stacked,
    "DATABAR-STACKED-OMNI": _stacked,
    "DATABAR-EXPANDED-STACKED": _expanded_stacked,
}
