"""The shop's own article numbers that carry a weight or a price, by a plan that is data (`data/in_store.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["InStore", "Plan", "default_plan"]


@dataclass(frozen=True, slots=True)
class InStore:
    """How the EAN-13 numbers of some prefixes are laid out."""

    prefixes: tuple[str, ...]
    holds: Literal["weight", "price"]
    """Grams, or minor units of the currency."""
    item: int = 5
    """Digits behind the prefix that name the product; the value fills the rest."""


Plan = tuple[InStore, ...]


def split(gtin: str, plan: Plan) -> tuple[InStore, str, int] | None:
    """The layout of an EAN-13, the digits that name the product, and the value; None for an ordinary number."""
    for layout in plan:
        if len(gtin) == 13 and gtin[:2] in layout.prefixes:
            end = 2 + layout.item
            return layout, gtin[:end], int(gtin[end:12])
    return None


@cache
def default_plan() -> Plan:
    """The plan that the kit brings; every shop may have its own."""
    table: dict[str, list[dict[str, Any]]] = tomllib.loads(
        files(__package__).joinpath("data/in_store.toml").read_text("utf-8")
    )
    return tuple(InStore(tuple(row["prefixes"]), row["holds"], row["item"]) for row in table["plan"])
