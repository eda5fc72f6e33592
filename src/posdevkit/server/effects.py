"""What a fact moves, as rows: pure. Sums are added up before they reach the database, whatever the size of a push."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from posdevkit.contract import Fact, Movement, Points, Sale, StockMoved

from . import tables
from .database import Row, add_all, upsert

__all__ = ["LARGEST_QUANTITY", "LARGEST_SUM", "MILLION", "NOBODY", "Effects", "micro", "too_large"]

MILLION: Final = 1_000_000
LARGEST_QUANTITY: Final = 10**9
LARGEST_SUM: Final = 10**12
"""In minor units. Millions of facts of this size still sum to less than 2**63."""


def micro(quantity: Decimal) -> int:
    """Whole millionths; a fact has at most six decimals."""
    return int(quantity * MILLION)


def too_large(fact: Fact) -> str:
    """Names what no shop sells or takes; empty where all is well. Such a number would spoil sums for ever."""
    body = fact.body
    quantities: list[Decimal] = []
    amounts: list[int] = []
    if isinstance(body, Sale):
        quantities = [line.quantity for line in body.lines]
        amounts = [body.total, body.rounding, *(tender.amount for tender in body.tenders)]
        amounts += [one for line in body.lines for one in (line.price, line.total, line.discount)]
        amounts += [one for group in body.vat for one in (group.gross, group.vat)]
    if isinstance(body, Sale | StockMoved):
        quantities += [one.quantity for one in body.movements]
    for quantity in quantities:
        if abs(quantity) > LARGEST_QUANTITY:
            return f"a quantity of at most {LARGEST_QUANTITY}, not {quantity}"
    for amount in amounts:
        if abs(amount) > LARGEST_SUM:
            return f"an amount of at most {LARGEST_SUM}, not {amount}"
    return ""


NOBODY: Final[Row] = {
    **dict.fromkeys(("name", "phone", "email", "name_hlc", "phone_hlc", "email_hlc", "active_hlc"), ""),
    "active": True,
}
"""A customer of whom nothing is known but points."""
_Key = tuple[str, ...]


@dataclass(slots=True)
class Effects:
    """The rows of one push of one tenant's store."""

    tenant: str
    store: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    stock: Counter[_Key] = field(default_factory=Counter)
    """(sku,) -> millionths."""
    earned: Counter[_Key] = field(default_factory=Counter)
    """(customer,) -> points."""
    sums: dict[_Key, tuple[int, int, int, int]] = field(default_factory=dict)
    """(by, day, key, currency) -> sales, quantity, amount, vat."""
    labels: dict[_Key, str] = field(default_factory=dict)

    def add(self, fact: Fact) -> None:
        """All that one new sale or stock fact moves."""
        name, at = str(fact.id), fact.at.isoformat()
        match fact.body:
            case Sale() as sale:
                self._sale(name, at, f"{fact.at.hour:02}", sale)
                self._movements(name, at, sale.movements)
                for one in sale.points:
                    self.points(name, at, one)
            case StockMoved(movements=movements):
                self._movements(name, at, movements)
            case _:
                pass  # a shift is kept as it is; a customer's words are weighed one by one

    def _row(self, table: str, **values: object) -> None:
        self.rows.setdefault(table, []).append({"tenant": self.tenant, **values})

    def _sale(self, name: str, at: str, hour: str, sale: Sale) -> None:
        day = sale.business_day
        self._row(
            "sale", id=name, store=self.store, register=sale.register, receipt=sale.receipt, day=day, at=at,
            currency=sale.currency, cashier=sale.cashier, state="refunded" if sale.refund_of else "paid",
            sequence=sale.sequence, total=sale.total, rounding=sale.rounding, customer=sale.customer,
            refund_of=sale.refund_of,
        )  # fmt: skip
        counted: set[_Key] = set()
        vat = sum(group.vat for group in sale.vat)

        def count(by: str, key: str, amount: int, *, vat: int = 0, quantity: int = 0, label: str = "") -> None:
            place = (by, day, key, sale.currency)
            # A product on two lines, or two cards that paid, are still one sale.
            sales = 0 if sale.refund_of or place in counted else 1
            counted.add(place)
            self.labels[place] = label
            known = self.sums.get(place, (0, 0, 0, 0))
            self.sums[place] = (known[0] + sales, known[1] + quantity, known[2] + amount, known[3] + vat)

        count("day", "", sale.total, vat=vat)
        count("hour", hour, sale.total, vat=vat)
        for number, line in enumerate(sale.lines):
            quantity = micro(line.quantity)
            self._row(
                "sale_line", sale=name, number=number, sku=line.sku, name=line.name, quantity=quantity,
                price=line.price, total=line.total, vat_rate=line.vat_rate, discount=line.discount,
                campaign=line.campaign,
            )  # fmt: skip
            count("product", line.sku, line.total, quantity=quantity, label=line.name)
        for number, tender in enumerate(sale.tenders):
            more = {"means": tender.means, "amount": tender.amount, "reference": tender.reference}
            self._row("sale_tender", sale=name, number=number, **more)
            count("payment", tender.means, tender.amount)
        for number, group in enumerate(sale.vat):
            self._row("sale_vat", sale=name, number=number, rate=group.rate, gross=group.gross, vat=group.vat)
            count("vat", f"{group.rate:05}", group.gross, vat=group.vat)

    def _movements(self, name: str, at: str, movements: tuple[Movement, ...]) -> None:
        for number, one in enumerate(movements):
            quantity = micro(one.quantity)
            self._row(
                "stock_movement", fact=name, number=number, store=self.store, sku=one.sku, quantity=quantity,
                reason=one.reason, at=at,
            )  # fmt: skip
            self.stock[one.sku,] += quantity

    def points(self, sale: str, at: str, one: Points) -> None:
        """An entry of the points ledger, and what it does to the customer's sum."""
        self._row(
            "points_entry", sale=sale, rule=one.rule, kind=one.kind, customer=one.customer, points=one.points, at=at
        )
        self.earned[one.customer,] += one.points

    def write(self, connection: Connection) -> None:
        """Everything, in the caller's transaction."""
        for name, rows in self.rows.items():
            add_all(connection, tables.metadata.tables[name], rows)
        self.rows.clear()
        stock = [self._sum(("store", "sku"), (self.store, *key), quantity=value) for key, value in self.stock.items()]
        upsert(connection, tables.balance, stock, add=("quantity",))
        earned = [self._sum(("id",), key, points=value) | dict(NOBODY) for key, value in self.earned.items()]
        upsert(connection, tables.customer, earned, add=("points",))
        sums = [
            {"tenant": self.tenant, "store": self.store, "label": self.labels[place]}
            | dict(zip(("by", "day", "key", "currency"), place, strict=True))
            | dict(zip(("sales", "quantity", "amount", "vat"), numbers, strict=True))
            for place, numbers in self.sums.items()
        ]
        upsert(connection, tables.rollup, sums, add=("sales", "quantity", "amount", "vat"), replace=("label",))

    def _sum(self, names: tuple[str, ...], key: _Key, **value: int) -> dict[str, object]:
        return {"tenant": self.tenant, **dict(zip(names, key, strict=True)), **value}
