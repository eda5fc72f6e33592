"""How much an emulated printer takes at the most, so that noise cannot fill the memory of the machine that plays it."""

from __future__ import annotations

from typing import Final

__all__ = ["GREETINGS", "GREETING_BYTES", "TICKET_ROWS", "TICKET_WEIGHT"]

GREETING_BYTES: Final = 256
GREETINGS: Final = 16
"""How many hosts in a row may bring so many bytes to a full printer."""
TICKET_WEIGHT: Final = 128 * 1024 * 1024
TICKET_ROWS: Final = 2_000_000
"""A ticket that takes more memory, or is longer (a roll has about 640,000 rows), is torn off: noise is bounded."""
