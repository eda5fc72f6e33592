"""What is known about a job after it was handed to a device: how far it got, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Delivery", "Evidence", "Outcome"]


class Delivery(Enum):
    """How far a job got. Only `NONE` makes it safe to send the same job again without asking a person."""

    NONE = "none"
    """No byte was taken by the cable."""
    SENT = "sent"
    """All bytes were taken; nothing proves that they were printed."""
    PARTIAL = "partial"
    """The printer itself proves that it stopped before the end. While the job lives it may still go on."""
    CONFIRMED = "confirmed"
    """The printer itself proves that all of it was printed."""
    UNKNOWN = "unknown"
    """Some bytes were taken and nothing proves what became of them: a person decides."""


class Evidence(Enum):
    """What an outcome rests on."""

    NONE = "none"
    PROCESS_ID = "process_id"
    """ESC/POS `GS ( H` function 48: the printer returned the job's id after printing all before it."""
    ETB = "etb"
    """Star: the ETB counter moved after printing all before it."""
    PRINT_END = "print_end"
    """Star `ESC GS ETX`: the printer returned the job's number after printing all before it, to the host that asked."""
    IN_ORDER_STATUS = "in_order_status"
    """A status answer that is sent in order with the data (`GS r`): it tells "processed", not "printed"."""
    LABEL_COUNTER = "label_counter"
    CUT_COUNTER = "cut_counter"
    """ESC/POS `GS g 2`: since before the first byte the printer made exactly the cuts that the job has. Proves a job
    only on a printer that nobody else prints on, which its profile says (`cut_counter`)."""
    CLEARED = "cleared"
    """The printer acknowledged that it dropped what it had not yet printed (`DLE DC4` function 8)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Delivery plus evidence. `bytes_taken` of `bytes_total` were taken by the cable (not by the paper)."""

    delivery: Delivery
    evidence: Evidence = Evidence.NONE
    bytes_taken: int = 0
    bytes_total: int = 0

    @property
    def confirmed(self) -> bool:
        """Whether the printer itself proved that all of it was printed."""
        return self.delivery is Delivery.CONFIRMED

    @property
    def safe_to_retry(self) -> bool:
        """Whether sending the same job again cannot print anything twice."""
        return self.delivery is Delivery.NONE

    def __str__(self) -> str:
        proof = "" if self.evidence is Evidence.NONE else f" by {self.evidence.value}"
        return f"{self.delivery.value}{proof}, {self.bytes_taken} of {self.bytes_total} bytes taken"
