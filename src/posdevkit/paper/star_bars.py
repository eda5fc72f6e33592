"""Barcodes as Star's `ESC b` describes them: data, widths of bars, and whether people can read them too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from posdevkit.documents import Symbology
from posdevkit.errors import BadDocument
from posdevkit.imaging import barcode
from posdevkit.imaging.barcodes import Bars
from posdevkit.protocols.star.commands.symbols import Barcode

from .star_settings import digit

__all__ = ["StarSymbol", "symbol_of"]

_SYMBOLOGIES: Final = (
    Symbology.UPC_E,
    Symbology.UPC_A,
    Symbology.EAN8,
    Symbology.EAN13,
    Symbology.CODE39,
    Symbology.ITF,
    Symbology.CODE128,
    Symbology.CODE93,
    Symbology.CODABAR,
)
# Narrow and wide bar by mode (Line Mode specifications 5-2 to 5-5; Star's Line Mode driver 3.11, p. 16).
_BY_MODULE: Final = {1: (2, None), 2: (3, None), 3: (4, None)}
_BY_RATIO: Final = {
    1: (2, 6), 2: (3, 9), 3: (4, 12), 4: (2, 5), 5: (3, 8), 6: (4, 10), 7: (2, 4), 8: (3, 6), 9: (4, 8),
}  # fmt: skip
_ITF: Final = {
    1: (2, 5), 2: (4, 10), 3: (6, 15), 4: (2, 4), 5: (4, 8), 6: (6, 12), 7: (2, 6), 8: (3, 9), 9: (4, 12),
}  # fmt: skip
_WIDTHS: Final[Mapping[Symbology, Mapping[int, tuple[int, int | None]]]] = {
    Symbology.CODE39: _BY_RATIO,
    Symbology.CODABAR: _BY_RATIO,
    Symbology.ITF: _ITF,
}
# A check digit that is given counts for nothing: the one worked out takes its place (5-2).
_DIGITS: Final = {Symbology.UPC_E: 11, Symbology.UPC_A: 11, Symbology.EAN8: 7, Symbology.EAN13: 12}
_OF_CODE128: Final = re.compile("%(.?)")


@dataclass(frozen=True, slots=True)
class StarSymbol:
    """A barcode with the dots of its bars; `wide` where it has two widths."""

    name: str
    bars: Bars
    narrow: int
    wide: int | None
    readable: bool


def symbol_of(command: Barcode) -> StarSymbol | None:
    """What is to be drawn; None for what the printer would not take: the command is ignored then."""
    number = digit(command.symbology)
    if number >= len(_SYMBOLOGIES):
        return None
    symbology = _SYMBOLOGIES[number]
    widths = _WIDTHS.get(symbology, _BY_MODULE).get(digit(command.mode))
    bars = _bars(symbology, command.data.decode("latin-1"))
    if widths is None or bars is None:
        return None
    return StarSymbol(symbology.value, bars, *widths, readable=digit(command.text) in (2, 4))


def _bars(symbology: Symbology, data: str) -> Bars | None:
    if symbology is Symbology.CODE128:
        # % begins a pair: %0 is % itself, %6 to %8 choose a code set; functions and controls are not drawn here.
        if any(pair not in "0678" for pair in _OF_CODE128.findall(data)):
            return None
        data = _OF_CODE128.sub(lambda pair: "%" if pair[1] == "0" else "", data)
    elif symbology is Symbology.ITF and len(data) % 2:
        data = "0" + data
    elif symbology in _DIGITS and len(data) == _DIGITS[symbology] + 1:
        data = data[:-1]
    try:
        return barcode(symbology, data)
    except BadDocument:
        return None
