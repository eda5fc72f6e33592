"""What takes a script's jobs away, also when the script has ended without a word."""

from __future__ import annotations

import threading
from typing import Protocol

from posdevkit.documents import Receipt
from posdevkit.events import Outcome, PrinterStatus
from posdevkit.profiles import Profile
from posdevkit.runtime.background import in_loop_thread

__all__ = ["Carrier", "end"]


class Carrier(Protocol):
    """What takes the jobs of a printer away. Every call opens it if need be."""

    profile: Profile

    def open(self) -> None:
        """Connect now instead of with the first job."""

    def print(self, receipt: Receipt) -> Outcome | None:
        """Carry one job."""

    def status(self) -> PrinterStatus:
        """What the printer tells."""

    def close(self) -> None:
        """Let go; `open` takes hold again."""


def end(carrier: Carrier, gathered: list[Receipt]) -> None:
    """The printer object is gone, or the program ends."""
    if in_loop_thread():  # the collector may strike anywhere, and a loop cannot wait for itself
        threading.Thread(target=end, args=(carrier, gathered), name="posdevkit-escpos-end").start()
        return
    try:
        if len(gathered[0]):
            carrier.print(gathered[0])
    finally:
        carrier.close()
