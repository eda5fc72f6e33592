"""The asynchronous face: the same names and arguments as the blocking one."""

from posdevkit.devices import DeviceStats, Job, LabelPrinter, ReceiptPrinter, Scanner, Shop, State
from posdevkit.printqueue import PrintQueue

__all__ = ["DeviceStats", "Job", "LabelPrinter", "PrintQueue", "ReceiptPrinter", "Scanner", "Shop", "State"]
