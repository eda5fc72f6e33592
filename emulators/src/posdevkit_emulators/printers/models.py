"""Which model plays a profile: the one place that knows the languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from posdevkit.profiles import Profile, ReceiptLanguage
from posdevkit_emulators.faults import Fault

from .machine import PrinterModel
from .receipt import ReceiptPrinterModel
from .star import StarPrinterModel

__all__ = ["printer_model"]

_MODELS: Final[Mapping[ReceiptLanguage, type[PrinterModel]]] = {
    "escpos": ReceiptPrinterModel,
    "star-prnt": StarPrinterModel,
    "star-line": StarPrinterModel,
    "star-graphic": StarPrinterModel,
}


def printer_model(profile: Profile, faults: Iterable[Fault], *, serial: str, paced: bool = False) -> PrinterModel:
    """A printer of that profile; `paced`: its paper takes time, which has to be let pass."""
    return _MODELS[profile.language](profile, faults, serial=serial, paced=paced)
