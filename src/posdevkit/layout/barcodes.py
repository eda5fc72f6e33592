"""One-dimensional symbols: whether their data is right, and how many dots they take.

Alphabets and lengths as Epson's `GS k` function B takes them (UPC-E in its long form of 11 or 12 digits, which real
printers ask for), widths by each symbology's own
rules with the elements that `GS w` prints: ISO/IEC 15420 (EAN, UPC), 15417 (Code 128), 16388 (Code 39), 16390 (ITF),
AIM BC3 (Codabar), AIM BC5 (Code 93). Only printable ASCII is taken, so that data can hold no real-time command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from posdevkit.documents import Barcode, Symbology
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.profiles import Profile

from .code128 import code128_sets, code128_symbols
from .gs1 import bracketed, spelt_for_printer

__all__ = [
    "BOUNDED",
    "barcode_width",
    "check_barcode",
    "check_digit",
    "complete_expanded",
    "complete_gtin",
    "expanded_characters",
    "upc_e_in_full",
]

# Thick bars in dots for `GS w` 2 to 6, where thin ones take as many dots as its argument says. Epson TM-T88 information
# manual, GS w: 0.282/0.706, 0.423/1.129, 0.564/1.411, 0.706/1.834 and 0.847/2.258 mm at 180 dpi.
_THICK: Mapping[int, int] = {2: 5, 3: 8, 4: 10, 5: 13, 6: 16}


BOUNDED = frozenset({Symbology.GS1_128, Symbology.DATABAR_EXPANDED})
"""Symbologies of which only the drawing shows how wide they are: `barcode_width` gives a bound."""


def check_digit(digits: str) -> str:
    """The GS1 check digit that follows `digits` (weights 3 and 1 from the right)."""
    return str(-(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10)


def check_barcode(barcode: Barcode, profile: Profile) -> Barcode:
    """`barcode` with its data complete: checked, and with its check digit where the symbology's numbers have one.

    Raises BadDocument for data the symbology does not take, and DocumentTooWide, both with what to do instead. Whether
    the model draws the symbology by itself is not asked here.
    """
    symbology = barcode.symbology
    data = _RULES[symbology].complete(barcode.data)
    width = barcode_width(symbology, data, barcode.module)
    if width > profile.width and symbology not in BOUNDED:
        raise DocumentTooWide(
            f"the {symbology.value} barcode {_shown(data)} takes {width} dots, {profile.name} prints {profile.width}",
            remedy=_narrower(symbology, data, barcode.module, profile.width),
        )
    return barcode if data == barcode.data else replace(barcode, data=data)


def barcode_width(symbology: Symbology, data: str, module: int) -> int:
    """Dots from the first bar to the last, without quiet zones; `module` is the thin bar in dots, 2 to 6.

    `data` as `check_barcode` leaves it.
    """
    return _RULES[symbology].width(data, module, _THICK[module])


def _narrower(symbology: Symbology, data: str, module: int, width: int) -> str:
    for smaller in range(module - 1, 1, -1):
        if barcode_width(symbology, data, smaller) <= width:
            return f"Use module={smaller}, or wider paper."
    return "Shorten the data, use a QR code, or wider paper."


def _shown(data: str) -> str:
    return repr(data if len(data) <= 40 else data[:37] + "...")


def _numbers(name: str, length: int) -> Callable[[str], str]:
    """Completes digits that end in a GS1 check digit."""

    def complete(data: str) -> str:
        if not (data.isascii() and data.isdigit() and len(data) in (length - 1, length)):
            raise BadDocument(
                f"{name} data {_shown(data)}",
                remedy=f"Give {length - 1} digits, or {length} with the check digit; nothing else.",
            )
        right = check_digit(data[: length - 1])
        if len(data) == length and data[-1] != right:
            raise BadDocument(
                f"{name} data {_shown(data)} has the check digit {data[-1]}, it should be {right}",
                remedy=f"Correct the number, or give its first {length - 1} digits and the check digit is added.",
            )
        return data[: length - 1] + right

    return complete


_complete_upc_a = _numbers("UPC-A", 12)
# The numbers that UPC-E can leave zeros out of: GS1 General Specifications, "encoding UPC-E", number system 0.
_HAS_ZEROS_TO_LEAVE_OUT = re.compile(
    "0(?:[0-9]{2}[0-2]0000[0-9]{3}|[0-9]{2}[3-9]00000[0-9]{2}|[0-9]{3}[1-9]00000[0-9]|[0-9]{4}[1-9]0000[5-9])"
)


def _complete_upc_e(data: str) -> str:
    if not (data.isascii() and data.isdigit() and len(data) in (6, 8, 11, 12)):
        raise BadDocument(f"UPC-E data {_shown(data)}", remedy=_UPC_E)
    if len(data) == 8 and data[0] != "0":
        raise BadDocument(f"UPC-E data {_shown(data)} begins with {data[0]}, printers draw those of 0", remedy=_UPC_E)
    if len(data) in (6, 8):
        long = upc_e_in_full("0", data if len(data) == 6 else data[1:7])
        if len(data) == 8 and data[7] != check_digit(long):
            raise BadDocument(
                f"UPC-E data {_shown(data)} has the check digit {data[7]}, it should be {check_digit(long)}",
                remedy="Correct the number, or give the 6 digits in its middle and the check digit is added.",
            )
        data = long
    data = _complete_upc_a(data)
    if not _HAS_ZEROS_TO_LEAVE_OUT.match(data):
        raise BadDocument(
            f"UPC-E data {_shown(data)} has no zeros that UPC-E could leave out",
            remedy="Use UPC-A for this number; UPC-E takes the 11 or 12 digits of a number such as 01234500005.",
        )
    return data


_UPC_E: Final = (
    "Give the 6 digits of the short form, all 8 that stand below its bars (0, the six, the check digit), or the"
    " 11 or 12 digits of the long form."
)


def upc_e_in_full(system: str, six: str) -> str:
    """The eleven digits of UPC-A that the six of UPC-E stand for (GS1 General Specifications, 5.2.1.3)."""
    last = six[5]
    if last in "012":
        return f"{system}{six[:2]}{last}0000{six[2:5]}"
    if last == "3":
        return f"{system}{six[:3]}00000{six[3:5]}"
    if last == "4":
        return f"{system}{six[:4]}00000{six[4]}"
    return f"{system}{six[:5]}0000{last}"


def _alphabet(name: str, pattern: str, remedy: str, longest: int = 255) -> Callable[[str], str]:
    allowed = re.compile(pattern)

    def complete(data: str) -> str:
        if len(data) > longest or not allowed.fullmatch(data):
            raise BadDocument(f"{name} data {_shown(data)}", remedy=remedy)
        return data

    return complete


_PRINTABLE = "[\x20-\x7e]+"
_code93 = _alphabet("CODE93", _PRINTABLE, "Give 1 to 255 printable ASCII characters.")
_code128 = _alphabet("CODE128", _PRINTABLE, "Give 1 to 255 printable ASCII characters, or use a QR code.")


def _complete_code128(data: str) -> str:
    if len(code128_sets(_code128(data))) > 255:
        raise BadDocument(f"CODE128 data {_shown(data)}", remedy="Shorten the data, or use a QR code.")
    return data


def _multi_level(modules: Callable[[str], int]) -> Callable[[str, int, int], int]:
    return lambda data, thin, thick: modules(data) * thin


_CODE93_SINGLE = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%")


def _code93_modules(data: str) -> int:
    # Start, two check characters, stop and the closing bar; what is not among the 43 takes a shift before it.
    symbols = sum(1 if char in _CODE93_SINGLE else 2 for char in data)
    return 9 * (symbols + 4) + 1


def _code39_width(data: str, thin: int, thick: int) -> int:
    # A star at either end; six thin and three thick elements each, a thin gap between characters.
    characters = len(data) + 2
    return characters * (6 * thin + 3 * thick) + (characters - 1) * thin


def _itf_width(data: str, thin: int, thick: int) -> int:
    return 4 * thin + len(data) * (3 * thin + 2 * thick) + (thick + 2 * thin)


def _codabar_width(data: str, thin: int, thick: int) -> int:
    two_thick = sum(char in "0123456789-$" for char in data)
    three_thick = len(data) - two_thick
    return two_thick * (5 * thin + 2 * thick) + three_thick * (4 * thin + 3 * thick) + (len(data) - 1) * thin


complete_gtin = _numbers("DATABAR", 14)


def _complete_limited(data: str) -> str:
    if data[:1] not in ("0", "1"):
        raise BadDocument(
            f"DATABAR-LIMITED data {_shown(data)} begins with {data[:1]!r}",
            remedy="DATABAR-LIMITED takes numbers that begin with 0 or 1; use DATABAR for this one.",
        )
    return complete_gtin(data)


def _gs1(name: str) -> Callable[[str], str]:
    def complete(data: str) -> str:
        if len(spelt_for_printer(bracketed(name, data))) > 255:
            raise BadDocument(f"{name} data {_shown(data)}", remedy="Shorten the data, or use a Data Matrix.")
        return data

    return complete


complete_expanded = _gs1("DATABAR-EXPANDED")


def _gs1_128_modules(data: str) -> int:
    # As Code 128, with FNC1 behind the start and between values: a bound, since an FNC1 may break a pair of digits.
    plain = spelt_for_printer(data).replace(b"(", b"").replace(b")", b"").decode()
    parts = plain.split("{1")
    symbols = sum(code128_symbols(part) + 2 for part in parts)
    return 11 * (symbols + 2) + 13


def expanded_characters(data: str) -> int:
    """Symbol characters of 12 bits that a DataBar Expanded takes at the most, its check character included."""
    # ISO/IEC 24724, 7.2: a GTIN at the start takes 44 bits; behind it 8 bits for a letter and 5 for a digit are bounds,
    # changes of mode included.
    gtin, rest = (44, data[18:]) if data.startswith("(01)") else (0, data)
    plain = [char for char in rest if char not in "()"]
    bits = 16 + gtin + sum(5 if char.isdigit() else 8 for char in plain) + 5 * rest.count("(")
    return max(4, 1 + -(-bits // 12))


def _expanded_modules(data: str) -> int:
    # 17 modules for each character and 15 for each second one's finder.
    characters = expanded_characters(data)
    return 4 + 17 * characters + 15 * -(-characters // 2)


@dataclass(frozen=True, slots=True)
class _Rule:
    complete: Callable[[str], str]
    width: Callable[[str, int, int], int]


_RULES: Mapping[Symbology, _Rule] = {
    Symbology.UPC_A: _Rule(_complete_upc_a, _multi_level(lambda data: 95)),
    Symbology.UPC_E: _Rule(_complete_upc_e, _multi_level(lambda data: 51)),
    Symbology.EAN13: _Rule(_numbers("EAN13", 13), _multi_level(lambda data: 95)),
    Symbology.EAN8: _Rule(_numbers("EAN8", 8), _multi_level(lambda data: 67)),
    Symbology.CODE39: _Rule(
        _alphabet(
            "CODE39",
            r"[0-9A-Z $%+\-./]+",
            "Give capital letters, digits, blanks and $ % + - . / only; the printer adds the stars at the ends.",
        ),
        _code39_width,
    ),
    Symbology.ITF: _Rule(
        _alphabet("ITF", "(?:[0-9]{2})+", "Give an even number of digits; put a zero before an odd one.", 254),
        _itf_width,
    ),
    Symbology.CODABAR: _Rule(
        _alphabet(
            "CODABAR",
            r"[A-Da-d][0-9$+\-./:]*[A-Da-d]",
            "Begin and end with a letter A to D; between them digits and $ + - . / : only.",
        ),
        _codabar_width,
    ),
    Symbology.CODE93: _Rule(_code93, _multi_level(_code93_modules)),
    # 11 modules a symbol with start and check, 13 for stop and its closing bar (ISO/IEC 15417).
    Symbology.GS1_128: _Rule(_gs1("GS1-128"), _multi_level(_gs1_128_modules)),
    # ISO/IEC 24724: 96 and 79 modules, guards included.
    Symbology.DATABAR: _Rule(complete_gtin, _multi_level(lambda data: 96)),
    Symbology.DATABAR_TRUNCATED: _Rule(complete_gtin, _multi_level(lambda data: 96)),
    Symbology.DATABAR_LIMITED: _Rule(_complete_limited, _multi_level(lambda data: 79)),
    Symbology.DATABAR_EXPANDED: _Rule(complete_expanded, _multi_level(_expanded_modules)),
    Symbology.CODE128: _Rule(_complete_code128, _multi_level(lambda data: 11 * (code128_symbols(data) + 2) + 13)),
}
