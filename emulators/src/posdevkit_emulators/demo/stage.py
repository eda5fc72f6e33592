"""What every scene has at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import posdevkit as pos
from posdevkit.runtime.subscription import Subscription

from .devices import Devices
from .morning import Morning, RegisterPlan
from .narrator import Narrator
from .network import Network
from .office import Office
from .wallet import WalletService

__all__ = ["Stage", "Till"]


@dataclass(frozen=True, slots=True)
class Till:
    """One register with its printer's queue, its scanner, and its line to the cloud."""

    plan: RegisterPlan
    register: pos.Register
    cloud: pos.CloudClient
    scanner: pos.Scanner
    scans: Subscription[pos.Scan]


@dataclass(slots=True)
class Stage:
    """The shop as its programs see it, the emulated devices behind it, and the account that is kept."""

    page: Morning
    out: Path
    narrator: Narrator
    devices: Devices
    shop: pos.Shop
    office: Office
    network: Network
    wallet: WalletService
    tills: dict[str, Till] = field(default_factory=dict)
    sold: dict[str, pos.Sold] = field(default_factory=dict)
    """By the name of the sale or refund on the page."""
    closed: dict[str, pos.ShiftClosed] = field(default_factory=dict)
    """Z reports, by register."""
    reports: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """What the server told the owner, by the name of the report."""

    def taken(self, figure: str) -> int:
        """A figure of the report by day, over its days: a morning may begin before midnight."""
        return sum(int(row[figure]) for row in self.reports["day"])
