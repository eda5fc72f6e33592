"""Suites that every driver of a kind of device has to pass: device x wire x what goes wrong.

from posdevkit_emulators.conformance import RECEIPT_PRINTER, Wire

test_my_driver = RECEIPT_PRINTER.tests(Wire("my cable", my_rig))
"""

from .card_reader import CARD_READER, CardDriver, CardReaderRig
from .display import DISPLAY, DisplayDriver, DisplayRig
from .label_printer import LABEL_PRINTER
from .payment_terminal import PAYMENT_TERMINAL, PaymentDriver, PaymentTerminalRig
from .printing import PrintDriver, PrinterRig, PrintJob
from .receipt_printer import RECEIPT_PRINTER
from .scale import SCALE, ScaleDriver, ScaleRig
from .scanner import SCANNER, ScanDriver, ScannerRig
from .suite import Check, Disruption, NotConforming, Suite, Wire

__all__ = [
    "CARD_READER",
    "DISPLAY",
    "LABEL_PRINTER",
    "PAYMENT_TERMINAL",
    "RECEIPT_PRINTER",
    "SCALE",
    "SCANNER",
    "CardDriver",
    "CardReaderRig",
    "Check",
    "DisplayDriver",
    "DisplayRig",
    "Disruption",
    "NotConforming",
    "PaymentDriver",
    "PaymentTerminalRig",
    "PrintDriver",
    "PrintJob",
    "PrinterRig",
    "ScaleDriver",
    "ScaleRig",
    "ScanDriver",
    "ScannerRig",
    "Suite",
    "Wire",
]
