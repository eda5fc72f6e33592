"""The asynchronous face: the same names and arguments as the blocking one."""

from posdevkit.cloud import CloudClient
from posdevkit.counter import Register
from posdevkit.devices import (
    Card,
    CardReader,
    DeviceStats,
    Display,
    GarbledSwipe,
    Job,
    LabelPrinter,
    Payment,
    PaymentKind,
    PaymentState,
    PaymentTerminal,
    ReceiptPrinter,
    Scale,
    Scanner,
    Shop,
    State,
)
from posdevkit.discovery import DeviceWatch, discover
from posdevkit.doctor import diagnose
from posdevkit.hub import Hub
from posdevkit.printqueue import Kitchen, PrintQueue
from posdevkit.probing import ask_printer

__all__ = [
    "Card",
    "CardReader",
    "CloudClient",
    "DeviceStats",
    "DeviceWatch",
    "Display",
    "GarbledSwipe",
    "Hub",
    "Job",
    "Kitchen",
    "LabelPrinter",
    "Payment",
    "PaymentKind",
    "PaymentState",
    "PaymentTerminal",
    "PrintQueue",
    "ReceiptPrinter",
    "Register",
    "Scale",
    "Scanner",
    "Shop",
    "State",
    "ask_printer",
    "diagnose",
    "discover",
]
