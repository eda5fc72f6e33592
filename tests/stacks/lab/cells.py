"""The cells of `conformance.toml` as values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit_emulators.conformance import CARD_READER, RECEIPT_PRINTER, SCANNER, Check, Disruption, Suite, Wire
from tests.stacks.conftest import Emulators
from tests.stacks.lab.rigs import rig_of

__all__ = ["Cell", "cells_of"]

_TABLE: Final = Path(__file__).parents[1] / "conformance.toml"
_SUITES: Final[dict[str, Suite[Any]]] = {suite.device: suite for suite in (RECEIPT_PRINTER, SCANNER, CARD_READER)}


@dataclass(frozen=True)
class Cell:
    """One check on one wire."""

    suite: Suite[Any]
    check: Check[Any]
    name: str
    kind: str
    lacks: dict[Disruption, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.suite.device}-{self.name}-{self.check}"

    def run(self, bus: Emulators, clock: Clock = SYSTEM_CLOCK) -> None:
        """Raises NotConforming, or whatever a driver let out."""
        self.suite.run(self.check, self._wire(bus, clock))

    async def carry_out(self, bus: Emulators, clock: Clock = SYSTEM_CLOCK) -> None:
        """The same on the running loop."""
        await self.suite.carry_out(self.check, self._wire(bus, clock))

    def _wire(self, bus: Emulators, clock: Clock) -> Wire[Any]:
        return Wire(self.name, rig_of(self.suite.device, self.kind, bus, clock), self.lacks)


def cells_of(rung: str, *kinds: str) -> list[Cell]:
    """Those that run on a rung: all, or those with devices of these kinds."""
    return [*_cells(rung, kinds)]


def _cells(rung: str, kinds: Sequence[str]) -> Iterator[Cell]:
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    for wire in table["wire"]:
        if wire["rung"] != rung or (kinds and wire["kind"] not in kinds):
            continue
        suite = _SUITES[wire["device"]]
        lacks = {Disruption(name): why for name, why in wire.get("lacks", {}).items()}
        every = [check.name for check in suite.checks]
        chosen = table["choices"][wire["chosen"]][suite.device] if "chosen" in wire else every
        for check in suite.checks:
            if check.name in chosen and check.disruption not in lacks and check.name not in wire.get("without", {}):
                yield Cell(suite, check, wire["name"], wire["kind"], lacks)
