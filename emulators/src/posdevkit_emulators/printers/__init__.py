"""Emulated printers as pure models: bytes and hands in, bytes and events out."""

from .effects import NOTHING, Effects, Happened, What
from .machine import PrinterModel
from .receipt import ReceiptPrinterModel

__all__ = ["NOTHING", "Effects", "Happened", "PrinterModel", "ReceiptPrinterModel", "What"]
