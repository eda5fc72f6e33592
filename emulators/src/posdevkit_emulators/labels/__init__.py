"""Emulated label printers."""

from .bench import LabelPrinterBench
from .printed import PrintedLabel

__all__ = ["LabelPrinterBench", "PrintedLabel"]
