"""What every scene has at hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import posdevkit as pos
from posdevkit_emulators.bench import EmulatedReceiptPrinter

from .narrator import Narrator

__all__ = ["Played", "Stage", "data", "order"]


@dataclass(frozen=True, slots=True)
class Played:
    """One print job of the play."""

    job: pos.Job
    order: pos.Order
    ticket: int
    """Number of the ticket on which it should have come out."""


@dataclass(slots=True)
class Stage:
    """The shop as the till sees it, the emulated devices behind it, and the account that is kept."""

    shop: pos.Shop
    printer: EmulatedReceiptPrinter
    """The one behind `shop.printer(COUNTER)`, with the hands of a person."""
    out: Path
    narrator: Narrator
    played: list[Played] = field(default_factory=list)
    kicks: int = 0
    """Drawer pulses that were asked for."""


def data(name: str) -> bytes:
    """A file that travels with the demo."""
    return files(__package__).joinpath("data", name).read_bytes()


def order(name: str) -> tuple[pos.Order, pos.Receipt]:
    """An order that travels with the demo, and its receipt with the shop's logo."""
    read = pos.order_from_json(json.loads(data(name)))
    return read, pos.order_receipt(read, logo=data("logo.png"))
