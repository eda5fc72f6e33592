"""One-dimensional symbols as bars: for printers that are drawn here, and for previews. Needs no library."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from posdevkit.documents import Raster, Symbology
from posdevkit.errors import BadDocument
from posdevkit.layout.barcodes import upc_e_in_full
from posdevkit.layout.gs1 import spelt_for_printer

from . import barcode_tables as tables
from .code128 import values_of_gs1, values_of_job, values_of_text
from .matrices import databar_modules
from .symbols import raster_from_rows

__all__ = ["Bars", "barcode", "barcode_modules"]


@dataclass(frozen=True, slots=True)
class Bars:
    """A symbol as the widths of its bars and spaces in turn, a bar first, without quiet zones."""

    widths: tuple[int, ...]
    text: str
    """The characters people read, check digit included where the symbology prints it."""
    two_widths: bool = False
    """Narrow and wide only (Code 39, ITF, Codabar): `widths` then holds 1 for narrow and 2 for wide."""

    def dots(self, module: int, wide: int | None = None) -> str:
        """One row, "1" for black; the narrow bar `module` dots wide.

        A wide bar takes two and a half narrow ones, rounded up: 5, 8, 10, 13, 15 dots for 2 to 6, which is how receipt
        printers answer `GS w` (Epson TM-T88 manual, p. 5-23); `wide` dots where they are told so.
        """
        if module < 1:
            raise ValueError(f"a bar is 1 or more dots wide, not {module}")
        wide = wide or (5 * module + 1) // 2
        sizes = (0, module, wide) if self.two_widths else tuple(range(0, 16 * module, module))
        return "".join(("1", "0")[place % 2] * sizes[width] for place, width in enumerate(self.widths))

    def row(self, module: int, wide: int | None = None) -> Raster:
        """`dots` as a raster one dot high; `scale(row, 1, height)` makes the symbol."""
        dots = self.dots(module, wide)
        return raster_from_rows([dots], len(dots))


def barcode(symbology: Symbology, data: str | bytes) -> Bars:
    """The bars of `data`. Text chooses Code 128's code sets by itself; bytes are a printer's job and carry them (`{B`).

    GS1-128 and DataBar Expanded take bracketed elements, or as a job's bytes `{1` for FNC1 between them.
    Missing check digits (UPC, EAN, DataBar) are added, given ones checked. Raises BadDocument for what the
    symbology cannot hold, MissingExtra for a DataBar without zxing-cpp.
    """
    if symbology is Symbology.CODE128:
        return _code128(*(values_of_job(data) if isinstance(data, bytes) else values_of_text(data)))
    if symbology is Symbology.GS1_128:
        return _code128(*values_of_gs1(data if isinstance(data, bytes) else spelt_for_printer(data)))
    text = data.decode("latin-1") if isinstance(data, bytes) else data
    if symbology.value.startswith("DATABAR"):
        return _databar(symbology.value, text)
    return _ENCODERS[symbology](text)


def barcode_modules(symbology: Symbology, data: str | bytes) -> str:
    """One row of modules, "1" for black; a wide bar of a two-width symbology takes three."""
    return barcode(symbology, data).dots(1)


def _digits(name: str, text: str, lengths: tuple[int, ...]) -> str:
    if not re.fullmatch("[0-9]+", text) or len(text) not in lengths:
        raise BadDocument(f"{name} takes {' or '.join(map(str, lengths))} digits, not {text!r}")
    return text


def _check_digit(digits: str) -> str:
    """Modulo 10, weight 3 from the right (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _checked(name: str, text: str, length: int) -> str:
    """`text` of `length` digits with its check digit, added or verified."""
    digits = _digits(name, text, (length - 1, length))
    check = _check_digit(digits[: length - 1])
    if len(digits) == length and digits[-1] != check:
        raise BadDocument(f"the check digit of {name} {digits} is {check}, not {digits[-1]}")
    return digits[: length - 1] + check


def _widths(*parts: str) -> tuple[int, ...]:
    return tuple(map(int, "".join(parts)))


def _left(digits: str, parity: str) -> str:
    pairs = zip(digits, parity, strict=True)
    return "".join(tables.EAN_DIGITS[int(digit)][:: 1 if letter == "L" else -1] for digit, letter in pairs)


def _right(digits: str) -> str:
    return "".join(tables.EAN_DIGITS[int(digit)] for digit in digits)


def _ean13(text: str) -> Bars:
    digits = _checked("EAN13", text, 13)
    left = _left(digits[1:7], tables.EAN13_PARITY[int(digits[0])])
    return Bars(_widths("111", left, "11111", _right(digits[7:]), "111"), digits)


def _upc_a(text: str) -> Bars:
    digits = _checked("UPC-A", text, 12)
    return Bars(_ean13("0" + digits).widths, digits)


def _ean8(text: str) -> Bars:
    digits = _checked("EAN8", text, 8)
    return Bars(_widths("111", _left(digits[:4], "LLLL"), "11111", _right(digits[4:]), "111"), digits)


def _upc_e(text: str) -> Bars:
    _digits("UPC-E", text, (6, 7, 8, 11, 12))
    if len(text) > 8:
        long = _checked("UPC-A", text, 12)
        six = _squeezed(long)
    else:
        system, six = ("0", text) if len(text) == 6 else (text[0], text[1:7])
        long = upc_e_in_full(system, six)
        long += _check_digit(long)
        if len(text) == 8 and text[7] != long[11]:
            raise BadDocument(f"the check digit of UPC-E {text} is {long[11]}, not {text[7]}")
    if long[0] not in "01":
        raise BadDocument(f"UPC-E begins with 0 or 1, not {long[0]}")
    parity = tables.UPC_E_PARITY[int(long[11])]
    if long[0] == "1":
        parity = parity.translate({ord("G"): "L", ord("L"): "G"})
    return Bars(_widths("111", _left(six, parity), "111111"), long[0] + six + long[11])


def _squeezed(long: str) -> str:
    """The six digits for twelve of UPC-A; BadDocument if it does not have the zeros for it."""
    maker, item = long[1:6], long[6:11]
    shorter = [
        maker[:2] + item[2:] + maker[2],
        maker[:3] + item[3:] + "3",
        maker[:4] + item[4] + "4",
        maker + item[4],
    ]
    for six in shorter:
        if upc_e_in_full(long[0], six) == long[:11]:
            return six
    raise BadDocument(f"UPC-A {long} has not the zeros that UPC-E leaves out")


def _code39(text: str) -> Bars:
    inner = text[1:-1] if len(text) > 2 and text[0] == text[-1] == "*" else text
    if not inner or not set(inner) <= set(tables.CODE39) - {"*"}:
        raise BadDocument(f"CODE39 takes digits, capital letters, blanks and -.$/+%, not {text!r}")
    return Bars(_widths("1".join(tables.CODE39[char] for char in f"*{inner}*")), inner, two_widths=True)


def _itf(text: str) -> Bars:
    if not re.fullmatch("([0-9][0-9])+", text):
        raise BadDocument(f"ITF takes an even number of digits, not {text!r}")
    pairs = zip(text[::2], text[1::2], strict=True)
    inner = "".join(
        bar + gap for a, b in pairs for bar, gap in zip(tables.ITF[int(a)], tables.ITF[int(b)], strict=True)
    )
    return Bars(_widths("1111", inner, "211"), text, two_widths=True)


def _codabar(text: str) -> Bars:
    upper = text.upper()
    if not re.fullmatch(r"[A-D][0-9$:/.+-]+[A-D]", upper):
        raise BadDocument(f"CODABAR takes digits and -$:/.+ between two of A to D, not {text!r}")
    return Bars(_widths("1".join(tables.CODABAR[char] for char in upper)), upper, two_widths=True)


def _code93(text: str) -> Bars:
    if not text or not text.isascii():
        raise BadDocument(f"CODE93 takes one or more ASCII characters, not {text!r}")
    values = [tables.CODE93_ORDER.index(part) for char in text for part in tables.CODE93_ASCII[char]]
    for longest in (20, 15):  # the check characters C and K
        weighted = (value * (place % longest + 1) for place, value in enumerate(reversed(values)))
        values.append(sum(weighted) % 47)
    inner = "".join(tables.CODE93[value] for value in values)
    shown = "".join(char if " " <= char <= "~" else " " for char in text)
    return Bars(_widths(tables.CODE93_EDGE, inner, tables.CODE93_EDGE, "1"), shown)


def _code128(values: list[int], text: str) -> Bars:
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    inner = "".join(tables.CODE128[value] for value in [*values, check])
    return Bars(_widths(inner, tables.CODE128_STOP), text)


def _databar(name: str, text: str) -> Bars:
    if name == "DATABAR-EXPANDED":
        shown = text.replace("{1", "")
        if not re.fullmatch(r"(\([0-9]{2,4}\)[^()]+)+", shown):
            raise BadDocument(f"{name} takes elements such as (01)05701234567899, not {text!r}")
    else:
        text = _checked(name, text, 14)
        shown = f"(01){text}"
    modules = databar_modules(name, shown)
    return Bars(tuple(len(run[0]) for run in re.finditer("1+|0+", modules)), shown)


_ENCODERS: dict[Symbology, Callable[[str], Bars]] = {
    Symbology.UPC_A: _upc_a,
    Symbology.UPC_E: _upc_e,
    Symbology.EAN13: _ean13,
    Symbology.EAN8: _ean8,
    Symbology.CODE39: _code39,
    Symbology.ITF: _itf,
    Symbology.CODABAR: _codabar,
    Symbology.CODE93: _code93,
}
