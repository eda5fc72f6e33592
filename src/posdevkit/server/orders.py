"""Orders as apps see them, and their way from paid to collected."""

from __future__ import annotations

from typing import Final, Literal, cast

from sqlalchemy import ColumnElement, Connection, false, select, true, update

from posdevkit.contract import OrderMessage

from . import tables
from .changes import Entry, append, lock
from .customers import note_edit
from .effects import MILLION
from .problems import Problem
from .tokens import Access

__all__ = ["STATES", "details", "listed", "move"]

State = Literal["paid", "preparing", "ready", "collected", "refunded"]
STATES: Final = ("paid", "preparing", "ready", "collected")
"""An order goes forward through these, and may pass some over. `refunded` comes from a refund alone."""
_COLUMNS: Final = ("id", "store", "register", "receipt", "day", "at", "currency", "total", "state")


def _visible(access: Access) -> ColumnElement[bool]:
    table = tables.order.c
    if access.role == "app":
        return table.customer == access.customer if access.customer else false()
    return true() if access.store is None else table.store == access.store


def listed(connection: Connection, access: Access, after: str, limit: int) -> list[dict[str, object]]:
    """Orders and refunds by identifier, which is by time, behind the identifier `after`."""
    table = tables.order.c
    query = select(*(table[name] for name in (*_COLUMNS, "customer", "refund_of")))
    query = query.where(table.tenant == access.tenant, table.id > after, _visible(access))
    return [dict(row._mapping) for row in connection.execute(query.order_by(table.id).limit(limit))]


def details(connection: Connection, access: Access, name: str) -> dict[str, object] | None:
    """One order with its lines, tenders and VAT; None for one that is not there or not for these eyes."""
    table = tables.order.c
    query = select(*(table[one] for one in (*_COLUMNS, "customer", "refund_of")))
    row = connection.execute(query.where(table.tenant == access.tenant, table.id == name, _visible(access))).first()
    if row is None:
        return None
    found: dict[str, object] = dict(row._mapping)
    for part, source, columns in (
        ("lines", tables.line, ("sku", "name", "quantity", "price", "total", "vat_rate", "discount", "campaign")),
        ("tenders", tables.tender, ("means", "amount")),
        ("vat", tables.vat, ("rate", "gross", "vat")),
    ):
        rows = select(*(source.c[one] for one in columns)).where(
            source.c.tenant == access.tenant, source.c.sale == name
        )
        found[part] = [_shown(dict(one._mapping)) for one in connection.execute(rows.order_by(source.c.number))]
    return found


def _shown(row: dict[str, object]) -> dict[str, object]:
    if "quantity" in row:
        row["quantity"] = cast(int, row["quantity"]) / MILLION
    return row


def move(connection: Connection, access: Access, name: str, state: str) -> OrderMessage | None:
    """Take an order forward and tell everybody; None where there is none. Raises Problem `stale` for a step back."""
    seq = lock(connection, access.tenant)
    table = tables.order.c
    query = select(tables.order).where(table.tenant == access.tenant, table.id == name, _visible(access))
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    message = OrderMessage(name, row.receipt, cast(State, state), row.total, row.currency, row.customer)
    if row.state == state:
        return message
    if row.state not in STATES or STATES.index(state) < STATES.index(row.state):
        raise Problem("stale", f"the order is {row.state}")
    step = update(tables.order).where(table.tenant == access.tenant, table.id == name)
    connection.execute(step.values(state=state))
    note_edit(connection, access, "order", name, [row.state, state])
    append(connection, access.tenant, seq, [Entry.of(message, row.store)])
    return message
