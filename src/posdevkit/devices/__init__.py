"""Device drivers: a device, a protocol session, a profile and a link, put together. The async face is the real one."""

from posdevkit.runtime.opening import Opening

from .card import Card, GarbledSwipe
from .card_reader import CardReader
from .display import Display
from .job import Job
from .label_printer import LabelPrinter
from .lifecycle import State
from .payment import Payment, PaymentKind, PaymentState
from .payment_terminal import PaymentTerminal
from .receipt_printer import ReceiptPrinter
from .scale import Scale
from .scanner import Scanner
from .shop import Shop
from .stats import DeviceStats

__all__ = [
    "Card",
    "CardReader",
    "DeviceStats",
    "Display",
    "GarbledSwipe",
    "Job",
    "LabelPrinter",
    "Opening",
    "Payment",
    "PaymentKind",
    "PaymentState",
    "PaymentTerminal",
    "ReceiptPrinter",
    "Scale",
    "Scanner",
    "Shop",
    "State",
]
