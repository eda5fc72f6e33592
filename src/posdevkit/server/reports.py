"""What was sold, read from the rollups alone: however many sales there were, a report reads a row a day and key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from posdevkit.contract import Product

from . import documents, tables
from .effects import MILLION
from .tokens import Access

__all__ = ["REPORTS", "Period", "Row", "missing_stock", "points_report", "sales_report", "stock_report", "until_hour"]

REPORTS: Final = ("day", "hour", "product", "vat", "payment", "store")
MOST_ROWS: Final = 5000


@dataclass(frozen=True, slots=True)
class Period:
    """Business days, both included, of one store or all."""

    first: str
    last: str
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a report. `key` is the day, hour, SKU, VAT rate, means of payment or store."""

    key: str
    label: str
    currency: str
    sales: int
    quantity: float
    amount: int
    """VAT included, refunds taken off; of a payment what was kept."""
    vat: int


def sales_report(connection: Connection, access: Access, by: str, period: Period) -> list[Row]:
    """One of `REPORTS`, in the order of its keys; products by amount, the best first."""
    table = tables.rollup.c
    key = {"day": table.day, "store": table.store}.get(by, table.key)
    sums = [func.sum(table[name]).label(name) for name in ("sales", "quantity", "amount", "vat")]
    query = select(key.label("key"), func.max(table.label).label("label"), table.currency, *sums).where(
        table.tenant == access.tenant,
        table.by == ("day" if by == "store" else by),
        table.day >= period.first,
        table.day <= period.last,
    )
    store = access.store or period.store
    if store is not None:
        query = query.where(table.store == store)
    query = query.group_by(key, table.currency)
    order = func.sum(table.amount).desc() if by == "product" else key
    rows = connection.execute(query.order_by(order, key, table.currency).limit(MOST_ROWS)).all()
    names = _names(connection, access.tenant) if by == "store" else {}
    return [
        Row(
            row.key, names.get(row.key, row.label), row.currency, int(row.sales), int(row.quantity) / MILLION,
            int(row.amount), int(row.vat),
        )
        for row in rows
    ]  # fmt: skip


def until_hour(connection: Connection, access: Access, period: Period, hour: int) -> list[Row]:
    """Whole days, and of the last one the hours before `hour` (0 to 23), as the registers' clocks told them.

    What a day that runs is compared by. Sums of its rows are those of the period; keys are days, or hours.
    """
    last = Period(period.last, period.last, period.store)
    days = [row for row in sales_report(connection, access, "day", period) if row.key < period.last]
    return days + [row for row in sales_report(connection, access, "hour", last) if int(row.key) < hour]


def _names(connection: Connection, tenant_id: str) -> dict[str, str]:
    store = tables.store.c
    rows = connection.execute(select(store.id, store.name).where(store.tenant == tenant_id))
    return {row.id: row.name for row in rows}


def stock_report(connection: Connection, access: Access, store: str | None) -> list[dict[str, object]]:
    """What should lie on the shelves, by store and SKU. Less than nothing is shown as it is: somebody must look."""
    table = tables.balance.c
    query = select(table.store, table.sku, table.quantity).where(table.tenant == access.tenant)
    wanted = access.store or store
    if wanted is not None:
        query = query.where(table.store == wanted)
    rows = connection.execute(query.order_by(table.store, table.sku).limit(MOST_ROWS))
    return [{"store": row.store, "sku": row.sku, "quantity": row.quantity / MILLION} for row in rows]


def missing_stock(connection: Connection, access: Access, store: str | None, most: int) -> list[dict[str, object]]:
    """What there is less than nothing of, the most first; `name` is the SKU where the cloud knows no such product."""
    table = tables.balance.c
    query = select(table.store, table.sku, table.quantity)
    query = query.where(table.tenant == access.tenant, table.quantity < 0)
    wanted = access.store or store
    if wanted is not None:
        query = query.where(table.store == wanted)
    rows = connection.execute(query.order_by(table.quantity, table.store, table.sku).limit(most)).all()
    known = {row.sku: documents.find(connection, access.tenant, Product, row.sku) for row in rows}
    return [
        {
            "store": row.store,
            "name": product.name if (product := known[row.sku]) is not None else row.sku,
            "quantity": row.quantity / MILLION,
        }
        for row in rows
    ]


def points_report(connection: Connection, access: Access) -> list[dict[str, object]]:
    """Points by rule and kind: what was given, spent and taken back."""
    table = tables.points.c
    query = select(table.rule, table.kind, func.count().label("entries"), func.sum(table.points).label("points"))
    query = query.where(table.tenant == access.tenant).group_by(table.rule, table.kind)
    if access.store is not None:
        sale = tables.order.c
        own = select(sale.id).where(sale.tenant == access.tenant, sale.store == access.store)
        query = query.where(table.sale.in_(own))
    rows = connection.execute(query.order_by(table.rule, table.kind))
    return [
        {"rule": one.rule, "kind": one.kind, "entries": int(one.entries), "points": int(one.points)} for one in rows
    ]
