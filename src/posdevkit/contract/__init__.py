"""What tills and the cloud tell each other: facts that never change, changes that are pulled, and what a push answers.

Both sides import this room and never each other.
"""

from .codec import BadMessage, from_json, json_schema, to_json
from .facts import (
    Body,
    CustomerEdited,
    Fact,
    Line,
    Means,
    Movement,
    Points,
    Sale,
    ShiftClosed,
    StockMoved,
    Tender,
    VatTotal,
    fact_from_json,
    fact_to_json,
    fingerprint,
)
from .ids import Hlc, HlcClock, uuid7
from .sync import (
    Campaign,
    Change,
    Customer,
    OrderMessage,
    Product,
    PushResult,
    Verdict,
    change_from_json,
    change_to_json,
)

__all__ = [
    "BadMessage",
    "Body",
    "Campaign",
    "Change",
    "Customer",
    "CustomerEdited",
    "Fact",
    "Hlc",
    "HlcClock",
    "Line",
    "Means",
    "Movement",
    "OrderMessage",
    "Points",
    "Product",
    "PushResult",
    "Sale",
    "ShiftClosed",
    "StockMoved",
    "Tender",
    "VatTotal",
    "Verdict",
    "change_from_json",
    "change_to_json",
    "fact_from_json",
    "fact_to_json",
    "fingerprint",
    "from_json",
    "json_schema",
    "to_json",
    "uuid7",
]
