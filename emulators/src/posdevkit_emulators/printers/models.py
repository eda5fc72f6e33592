"""Which model plays a profile: the one place that knows the languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from posdevkit.profiles import Profile, ReceiptLanguage
from posdevkit_emulators.faults import Fault

from .receipt import ReceiptPrinterModel
from .star import StarPrinterModel

__all__ = ["printer_model"]

_MODELS: Final[Mapping[ReceiptLanguage, type[ReceiptPrinterModel]]] = {
    "escpos": ReceiptPrinterModel,
    "star-prnt": StarPrinterModel,
    "star-line": StarPrinterModel,
    "star-graphic": StarPrinterModel,
}


def printer_model(profile: Profile, faults: Iterable[Fault], *, serial: str) -> ReceiptPrinterModel:
    """A printer of that profile."""
    return _MODELS[profile.language](profile, faults, serial=serial)
