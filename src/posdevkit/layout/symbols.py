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
            self._add(PrintBarcode(barcode))
            return
        # The model draws no such bars: they are sent as dots, and what people read as a line of text.
        readable = PrintLine(self._runs(barcode.data, _PLAIN), barcode.align)
        if barcode.text in ("above", "both"):
            self._add(readable)
        self._add(DrawSymbol(barcode, profile.width))
        if barcode.text in ("below", "both"):
            self._add(readable)

    def qr(self, element: QrCode) -> None:
        qr = check_qr(element, self._profile)
        self._add(PrintQr(qr) if self._profile.qr else DrawSymbol(qr, self._profile.width))

    def symbol(self, element: Symbol) -> None:
        symbol = check_symbol(element, self._profile)
        native = symbol.kind in self._profile.symbols
        self._add(PrintSymbol(symbol) if native else DrawSymbol(symbol, self._profile.width))
