"""The asynchronous face: the same names and arguments as the blocking one.

Each is looked up when it is first used: whoever prints needs no cloud, no till and no hub.
"""

from typing import TYPE_CHECKING

from posdevkit._lookup import lookup

if TYPE_CHECKING:
    from posdevkit.cloud import CloudClient as CloudClient
    from posdevkit.counter import Register as Register
    from posdevkit.devices import Card as Card
    from posdevkit.devices import CardReader as CardReader
    from posdevkit.devices import DeviceStats as DeviceStats
    from posdevkit.devices import Display as Display
    from posdevkit.devices import GarbledSwipe as GarbledSwipe
    from posdevkit.devices import Job as Job
    from posdevkit.devices import LabelPrinter as LabelPrinter
    from posdevkit.devices import Payment as Payment
    from posdevkit.devices import PaymentKind as PaymentKind
    from posdevkit.devices import PaymentState as PaymentState
    from posdevkit.devices import PaymentTerminal as PaymentTerminal
    from posdevkit.devices import ReceiptPrinter as ReceiptPrinter
    from posdevkit.devices import Scale as Scale
    from posdevkit.devices import Scanner as Scanner
    from posdevkit.devices import Shop as Shop
    from posdevkit.devices import State as State
    from posdevkit.discovery import DeviceWatch as DeviceWatch
    from posdevkit.discovery import discover as discover
    from posdevkit.doctor import diagnose as diagnose
    from posdevkit.hub import Hub as Hub
    from posdevkit.printqueue import Kitchen as Kitchen
    from posdevkit.printqueue import PrintQueue as PrintQueue
    from posdevkit.probing import ask_printer as ask_printer

_HOMES = {
    "cloud": "CloudClient",
    "counter": "Register",
    "devices": "Card CardReader DeviceStats Display GarbledSwipe Job LabelPrinter Payment PaymentKind PaymentState"
    " PaymentTerminal ReceiptPrinter Scale Scanner Shop State",
    "discovery": "DeviceWatch discover",
    "doctor": "diagnose",
    "hub": "Hub",
    "printqueue": "Kitchen PrintQueue",
    "probing": "ask_printer",
}
_WHERE = {name: f"posdevkit.{home}" for home, names in _HOMES.items() for name in names.split()}

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


__getattr__ = lookup(__name__, _WHERE)


def __dir__() -> list[str]:
    return list(__all__)
