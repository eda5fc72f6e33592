"""Barcodes as scripts write them: other names, code sets before the data, places of the characters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from posdevkit.documents import Align, Receipt, Symbology

from .exceptions import BarcodeCodeError, BarcodeSizeError, BarcodeTypeError, SetVariableError, translated

__all__ = ["barcode_of"]

_PLACES: Final[Mapping[str, Literal["none", "above", "below", "both"]]] = {
    "OFF": "none", "ABOVE": "above", "BELOW": "below", "BOTH": "both",
}  # fmt: skip
# Names beside our own; JAN numbers are EAN numbers.
_SYMBOLOGIES: Final = {"NW7": "CODABAR", "JAN13": "EAN13", "JAN8": "EAN8", "JAN": "EAN13", "UPC": "UPC-A"}
_CODE_SET: Final = re.compile(r"\{([ABC])")


def barcode_of(
    code: str, bc: str, *, height: int = 64, module: int = 3, place: str = "BELOW", align: Align = "center"
) -> Receipt:
    """A receipt that is that barcode.

    Raises BarcodeTypeError, BarcodeSizeError, BarcodeCodeError and SetVariableError.
    """
    name = _SYMBOLOGIES.get(re.sub("[^A-Z0-9]", "", bc.upper()), bc)
    with translated(BarcodeTypeError):
        symbology = _symbology(name)
    if place.upper() not in _PLACES:
        raise SetVariableError(f"pos is one of {', '.join(_PLACES)}, not {place!r}")
    if not isinstance(code, str):
        raise BarcodeCodeError(f"a barcode's data is text, not {code!r}")
    data = _without_code_sets(code) if symbology is Symbology.CODE128 else code
    with translated(BarcodeSizeError):
        return Receipt().barcode(
            data, symbology, height=height, module=module, text=_PLACES[place.upper()], align=align
        )


def _symbology(name: str) -> Symbology:
    (element,) = Receipt().barcode("0", name).elements
    return element.symbology  # type: ignore[union-attr]  # a barcode has one


def _without_code_sets(code: str) -> str:
    """CODE128 data as text: `{B` and `{A` dropped, digit pairs of `{C` written out, `{{` a brace."""
    if not _CODE_SET.match(code):
        return code
    text, at, current = "", 0, "B"
    while at < len(code):
        if found := _CODE_SET.match(code, at):
            current, at = found[1], at + 2
        elif current == "C":
            text, at = f"{text}{ord(code[at]):02}", at + 1
        else:
            text, at = text + code[at], at + (2 if code.startswith("{{", at) else 1)
    return text
