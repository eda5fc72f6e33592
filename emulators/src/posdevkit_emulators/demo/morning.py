"""The morning as `data/morning.toml` tells it: who buys what, where, and how it is paid. Nothing is worked out here."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import posdevkit as pos
from posdevkit.contract import Means, from_json

__all__ = ["Line", "Morning", "Refund", "RegisterPlan", "Sale", "data", "morning", "order"]


@dataclass(frozen=True, slots=True)
class Line:
    """So many pieces of something, or so many grams of it."""

    sku: str
    name: str
    price: int
    """Øre, VAT included, of a piece or a kilogram."""
    vat: int
    """Per cent."""
    pieces: int = 0
    grams: int = 0
    code: str = ""
    """What its barcode holds; empty for what is keyed in or weighed."""
    stock_grams: int = 0
    """What leaves the shop where the barcode tells a price."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One customer."""

    name: str
    register: str
    means: Means
    lines: tuple[Line, ...]
    received: int = 0
    """Cash, before change."""
    member: bool = False
    redeem: int = 0
    """Points."""


@dataclass(frozen=True, slots=True)
class Refund:
    """So many pieces of one line of a sale, counted from 1, go back."""

    name: str
    of: str
    line: int
    pieces: int
    means: Means


@dataclass(frozen=True, slots=True)
class RegisterPlan:
    """A register and the cable of its printer."""

    name: str
    number: str
    cashier: str
    opening: int
    printer: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """Pieces, or kilograms."""

    sku: str
    amount: int


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """Who sells."""

    name: str
    address: tuple[str, ...]
    cvr: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """So many of one product for an amount."""

    id: str
    name: str
    sku: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class PointRule:
    """A point for an amount."""

    id: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Campaigns:
    """What runs in the shop."""

    bundle: Bundle
    earn: PointRule
    redeem: PointRule


@dataclass(frozen=True, slots=True)
class Member:
    """The customer with a card."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """A shelf label, and what has to stand on it."""

    sku: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a customer's phone shows."""

    name: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Morning:
    """The whole page."""

    shop: ShopPlan
    registers: tuple[RegisterPlan, ...]
    delivery: tuple[Delivered, ...]
    campaigns: Campaigns
    member: Member
    label: LabelPlan
    wallet: Wallet
    sales: tuple[Sale, ...]
    refunds: tuple[Refund, ...]

    def sale(self, name: str) -> Sale:
        """The sale of that name."""
        return next(one for one in self.sales if one.name == name)

    def register(self, name: str) -> RegisterPlan:
        """The register of that name."""
        return next(one for one in self.registers if one.name == name)


@cache
def morning() -> Morning:
    """The page that travels with the demo."""
    return from_json(Morning, tomllib.loads(data("morning.toml").decode("utf-8")))


def data(name: str) -> bytes:
    """A file that travels with the demo."""
    return files(__package__).joinpath("data", name).read_bytes()


def order(name: str) -> tuple[pos.Order, pos.Receipt]:
    """An order that travels with the demo, and its receipt with the shop's logo."""
    read = pos.order_from_json(json.loads(data(name)))
    return read, pos.order_receipt(read, logo=data("logo.png"))
