"""What a device handle has done so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posdevkit.events import Delivery

__all__ = ["DeviceStats"]


@dataclass(frozen=True, slots=True)
class DeviceStats:
    """Counts since the handle was made."""

    jobs: int
    """Jobs settled."""
    outcomes: Mapping[Delivery, int]
    bytes_taken: int
    reconnects: int
    pending: int
    """Jobs submitted and not settled."""
