"""Barcodes and two-dimensional symbols in a layout: printed by the model itself where it can, else left to be drawn."""

from __future__ import annotations

from abc import ABC, abstractmethod

from posdevkit.documents import Barcode, QrCode, Style, Symbol

from .barcodes import BOUNDED, barcode_width, check_barcode
from .composition import Composition
from .matrices import check_symbol
from .operations import DrawSymbol, PrintBarcode, PrintLine, PrintQr, PrintSymbol, Run
from .qrcodes import check_qr

__all__ = ["SymbolComposition"]

_PLAIN = Style()


class SymbolComposition(Composition, ABC):
    """A layout under way, as far as it is symbols."""

    __slots__ = ()

    @abstractmethod
    def _runs(self, line: str, style: Style) -> tuple[Run, ...]:
        """A line of text as the printer sets it."""

    def barcode(self, element: Barcode) -> None:
        profile, barcode = self._profile, check_barcode(element, self._profile)
        # A symbol that might not fit would print nothing: then its drawing has the last word.
        sure = (
            barcode.symbology not in BOUNDED
            or barcode_width(barcode.symbology, barcode.data, barcode.module) <= profile.width
        )
        if barcode.symbology in profile.barcodes and sure:
            self._add_graphic(PrintBarcode(barcode), module=barcode.module)
            return
        # The model draws no such bars: they are sent as dots, and what people read as a line of text.
        readable = PrintLine(self._runs(barcode.data, _PLAIN), barcode.align)
        above = (readable,) if barcode.text in ("above", "both") else ()
        below = (readable,) if barcode.text in ("below", "both") else ()
        self._add_graphic(*above, DrawSymbol(barcode, profile.width), *below, module=barcode.module)

    def qr(self, element: QrCode) -> None:
        qr = check_qr(element, self._profile)
        self._add_graphic(PrintQr(qr) if self._profile.qr else DrawSymbol(qr, self._profile.width), module=qr.module)

    def symbol(self, element: Symbol) -> None:
        symbol = check_symbol(element, self._profile)
        native = symbol.kind in self._profile.symbols
        drawn = PrintSymbol(symbol) if native else DrawSymbol(symbol, self._profile.width)
        self._add_graphic(drawn, module=symbol.module)
