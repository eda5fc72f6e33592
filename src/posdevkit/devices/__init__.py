"""Device drivers: a device, a protocol session, a profile and a link, put together. The async face is the real one.

Each is looked up when it is first used: whoever prints needs no card terminal's journal.
"""

from typing import TYPE_CHECKING

from posdevkit._lookup import lookup

if TYPE_CHECKING:
    from posdevkit.runtime.opening import Opening as Opening

    from .card import Card as Card
    from .card import GarbledSwipe as GarbledSwipe
    from .card_reader import CardReader as CardReader
    from .display import Display as Display
    from .job import Job as Job
    from .label_printer import LabelPrinter as LabelPrinter
    from .lifecycle import State as State
    from .payment import Payment as Payment
    from .payment import PaymentKind as PaymentKind
    from .payment import PaymentState as PaymentState
    from .payment_terminal import PaymentTerminal as PaymentTerminal
    from .receipt_printer import ReceiptPrinter as ReceiptPrinter
    from .scale import Scale as Scale
    from .scanner import Scanner as Scanner
    from .shop import Shop as Shop
    from .stats import DeviceStats as DeviceStats

_WHERE = {
    "Card": ".card",
    "CardReader": ".card_reader",
    "DeviceStats": ".stats",
    "Display": ".display",
    "GarbledSwipe": ".card",
    "Job": ".job",
    "LabelPrinter": ".label_printer",
    "Opening": "posdevkit.runtime.opening",
    "Payment": ".payment",
    "PaymentKind": ".payment",
    "PaymentState": ".payment",
    "PaymentTerminal": ".payment_terminal",
    "ReceiptPrinter": ".receipt_printer",
    "Scale": ".scale",
    "Scanner": ".scanner",
    "Shop": ".shop",
    "State": ".lifecycle",
}

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

__getattr__ = lookup(__name__, _WHERE)


def __dir__() -> list[str]:
    return list(__all__)
