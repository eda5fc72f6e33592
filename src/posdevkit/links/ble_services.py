"""The GATT services behind which printers take bytes, read from `ble_services.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["GattService", "gatt_services"]


@dataclass(frozen=True, slots=True)
class GattService:
    """One way of carrying a stream of bytes over GATT. UUIDs in lower case."""

    name: str
    """What a URL calls it: `ble://AA:BB:CC:DD:EE:FF?profile=NAME`."""
    service: str
    write: str
    notify: str | None
    """None where nothing comes back."""
    window: int
    """Writes that may go unanswered before one that the printer has to answer; 0 has each answered."""
    credits: str | None
    """Where the printer says how many more writes it takes, one byte a time."""
    grants: str | None
    """Where it is told how many more notifications are taken, one byte a time."""
    source: str


@cache
def gatt_services() -> dict[str, GattService]:
    """All that are known, by name, in the order in which they are looked for."""
    table = tomllib.loads(files(__package__).joinpath("ble_services.toml").read_text("utf-8"))
    return {
        name: GattService(
            name,
            entry["service"],
            entry["write"],
            entry.get("notify"),
            entry["window"],
            entry.get("credits"),
            entry.get("grants"),
            entry["source"],
        )
        for name, entry in table.items()
    }
