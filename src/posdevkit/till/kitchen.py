"""From an order to one ticket for each station that makes something of it. Values in, receipts out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, get_args

from posdevkit.documents import Receipt
from posdevkit.documents.reading import Node, read_json
from posdevkit.errors import BadConfiguration, BadOrder

from .order import Language
from .words import words

__all__ = [
    "PATIENCE_SECONDS",
    "KitchenLine",
    "KitchenOrder",
    "KitchenRouting",
    "Station",
    "kitchen_order_from_json",
    "station_ticket",
]

PATIENCE_SECONDS: Final = 15.0
_MOST: Final = Decimal(10_000)
_LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Station:
    """A place in the kitchen, and where its tickets come out."""

    name: str
    printers: tuple[str, ...]
    """The printer's name, then those that stand in for it, in order."""
    categories: frozenset[str] = frozenset()
    """Lines of these go here."""
    default: bool = False
    """Whether lines that nobody else takes come here."""
    patience: float = PATIENCE_SECONDS
    """Seconds that a printer may print nothing before tickets that have not begun go to the next."""


@dataclass(frozen=True, slots=True)
class KitchenLine:
    """So much of a thing to make. Raises BadOrder."""

    name: str
    quantity: Decimal = Decimal(1)
    category: str = ""
    station: str = ""
    """The station by name, where the category is not to decide."""
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.quantity < _MOST:
            raise BadOrder(f"a quantity is above 0 and below {_MOST}, not {self.quantity}")


@dataclass(frozen=True, slots=True)
class KitchenOrder:
    """What a table wants, as the kitchen needs to know it."""

    number: str
    lines: tuple[KitchenLine, ...]
    table: str = ""
    note: str = ""
    language: Language = "da"

    def __post_init__(self) -> None:
        if not self.lines:
            raise BadOrder(f"order {self.number} has no lines")


@dataclass(frozen=True, slots=True)
class KitchenRouting:
    """Which station makes what. Raises BadConfiguration where two stations take the same."""

    stations: tuple[Station, ...]

    def __post_init__(self) -> None:
        takers: dict[str, str] = {}
        for station in self.stations:
            for what in (*sorted(station.categories), *(("everything else",) if station.default else ())):
                if (other := takers.setdefault(what, station.name)) != station.name:
                    raise BadConfiguration(f"{what!r} goes to the stations {other!r} and {station.name!r}")

    def station(self, name: str) -> Station:
        """The station of that name. Raises BadConfiguration for another."""
        for station in self.stations:
            if station.name == name:
                return station
        known = ", ".join(station.name for station in self.stations) or "none"
        raise BadConfiguration(f"no station {name!r}", remedy=f"Those in this shop: {known}.")

    def of(self, line: KitchenLine) -> Station:
        """Who makes a line: the station that it names, else the one of its category, else the default one.

        Raises BadOrder where nobody does: a line that is on no ticket is not cooked.
        """
        for station in self.stations:
            if line.station == station.name if line.station else line.category in station.categories:
                return station
        for station in self.stations:
            if station.default and not line.station:
                return station
        where = f"station {line.station!r}" if line.station else f"category {line.category!r}"
        raise BadOrder(
            f"{line.name!r} has the {where}, which nobody takes",
            remedy="Name a station of the shop, add the category to one, or make one the default.",
        )

    def split(self, order: KitchenOrder) -> dict[Station, tuple[KitchenLine, ...]]:
        """Every line exactly once, by station, in the order of the shop's stations. Raises BadOrder."""
        by_station: dict[Station, list[KitchenLine]] = {station: [] for station in self.stations}
        for line in order.lines:
            by_station[self.of(line)].append(line)
        return {station: tuple(lines) for station, lines in by_station.items() if lines}


def station_ticket(order: KitchenOrder, station: Station, lines: Iterable[KitchenLine]) -> Receipt:
    """One station's part of an order, to be read from a rail."""
    say = words(order.language)
    receipt = Receipt().title(station.name).title(order.number)
    if order.table:
        receipt = receipt.text(f"{say['table']} {order.table}", height=2, bold=True)
    receipt = receipt.rule()
    for line in lines:
        receipt = receipt.text(f"{say.number(line.quantity)} x {line.name}", height=2, bold=True)
        if line.note:
            receipt = receipt.text(f"   {line.note}")
    if order.note:
        receipt = receipt.rule().text(order.note, bold=True)
    return receipt.cut()


def kitchen_order_from_json(text: str | bytes) -> KitchenOrder:
    """`{"number": "12", "table": "7", "lines": [{"name": "Burger", "quantity": 2, "category": "food"}]}`.

    An order may also have `note` and `language` ("da", "en"), a line `station` and `note`. Raises BadOrder, which
    names the field.
    """
    found = Node(read_json(text, BadOrder), BadOrder).fields(("number", "lines"), ("table", "note", "language"))
    lines = tuple(_line(node) for node in found["lines"].items())
    return KitchenOrder(
        found["number"].text(least=1),
        lines,
        found.get("table", Node.text, ""),
        found.get("note", Node.text, ""),
        found.choice("language", _LANGUAGES, "da"),
    )


def _line(node: Node) -> KitchenLine:
    found = node.fields(("name",), ("quantity", "category", "station", "note"))
    quantity = found.get("quantity", Node.decimal, Decimal(1))
    return node.make(
        lambda _: KitchenLine(
            found["name"].text(least=1),
            quantity,
            found.get("category", Node.text, ""),
            found.get("station", Node.text, ""),
            found.get("note", Node.text, ""),
        )
    )
