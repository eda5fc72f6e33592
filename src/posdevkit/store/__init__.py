"""One SQLite file and one transaction for everything that must not be lost or done twice."""

from .journal import Journal
from .ledgers import PointsLedger, StockLedger, Unbalanced
from .mirror import Mirror
from .outbox import Backlog, DeadLetter, DeadLetters, Outbox, Pending
from .record import record
from .sales import Sales
from .settings import Settings
from .shifts import ParkedBasket, ParkedBaskets, Shift, Shifts
from .store import Store

__all__ = [
    "Backlog",
    "DeadLetter",
    "DeadLetters",
    "Journal",
    "Mirror",
    "Outbox",
    "ParkedBasket",
    "ParkedBaskets",
    "Pending",
    "PointsLedger",
    "Sales",
    "Settings",
    "Shift",
    "Shifts",
    "StockLedger",
    "Store",
    "Unbalanced",
    "record",
]
