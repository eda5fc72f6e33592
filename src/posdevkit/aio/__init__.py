"""The asynchronous face: the same names and arguments as the blocking one."""

from posdevkit.cloud import CloudClient
from posdevkit.devices import (
    Card,
    CardReader,
    DeviceStats,
    Display,
    GarbledSwipe,
    Job,
    LabelPrinter,
    Payment,
    PaymentState,
    PaymentTerminal,
    ReceiptPrinter,
    Scale,
    Scanner,
    Shop,
    State,
)
from posdevkit.printqueue import PrintQueue

__all__ = [
    "Card",
    "CardReader",
    "CloudClient",
    "DeviceStats",
    "Display",
    "GarbledSwipe",
    "Job",
    "LabelPrinter",
    "Payment",
    "PaymentState",
    "PaymentTerminal",
    "PrintQueue",
    "ReceiptPrinter",
    "Scale",
    "Scanner",
    "Shop",
    "State",
]
