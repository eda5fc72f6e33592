"""The suite for drivers of receipt printers."""

from __future__ import annotations

from posdevkit.documents import Receipt

from .printing import PrinterRig, printer_suite
from .suite import Suite

__all__ = ["RECEIPT_PRINTER"]

RECEIPT_PRINTER: Suite[PrinterRig[Receipt]] = printer_suite(Suite("receipt printer"))
