"""Customers: per field the latest word wins by the hybrid logical clock, and each change of words is in the audit."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, func, select

from posdevkit.contract import Customer, CustomerEdited, Hlc

from . import tables
from .changes import Entry
from .database import upsert
from .effects import NOBODY
from .tokens import Access, now_text

__all__ = ["FIELDS", "edit", "known", "latest", "note_edit", "told"]

FIELDS: Final = ("name", "phone", "email", "active")
_AHEAD_MILLISECONDS: Final = 24 * 3600 * 1000


def edit(connection: Connection, access: Access, edited: CustomerEdited, hlc: Hlc) -> bool:
    """Take those of the words that are newer than what is known; whether there were any."""
    # A till whose clock is years ahead must not win for years.
    latest = int(time.time() * 1000) + _AHEAD_MILLISECONDS
    stamp = str(Hlc(min(hlc.milliseconds, latest), hlc.counter, hlc.node))
    mapping = connection.execute(
        select(tables.customer).where(
            tables.customer.c.tenant == access.tenant, tables.customer.c.id == edited.customer
        )
    ).mappings()
    row = mapping.one_or_none()
    before = dict(NOBODY) | {"points": 0} if row is None else dict(row)
    newer = {
        name: value
        for name in FIELDS
        if (value := getattr(edited, name)) is not None and stamp > str(before[f"{name}_hlc"])
    }
    if not newer and row is not None:
        return False
    stamps = {f"{name}_hlc": stamp for name in newer}
    after = before | newer | stamps | {"tenant": access.tenant, "id": edited.customer}
    upsert(connection, tables.customer, [after], replace=[*FIELDS, *(f"{name}_hlc" for name in FIELDS)])
    changed = {name: [before[name], value] for name, value in newer.items() if before[name] != value}
    if changed or row is None:
        note_edit(connection, access, "customer", edited.customer, changed)
    return True


def latest(connection: Connection) -> Hlc | None:
    """The latest moment at which anybody's words were taken; the cloud's clock goes on from there."""
    stamps = (func.max(tables.customer.c[f"{name}_hlc"]) for name in FIELDS)
    found = max(stamp or "" for stamp in connection.execute(select(*stamps)).one())
    return Hlc.parse(found) if found else None


def note_edit(connection: Connection, access: Access, action: str, target: str, words: object) -> None:
    """A row of the audit: who did what to which, with the values before and after."""
    text = json.dumps(words, ensure_ascii=False, sort_keys=True)
    values = {"tenant": access.tenant, "at": now_text(), "token": access.token, "action": action, "target": target}
    connection.execute(tables.audit.insert().values(**values, text=text))


def known(
    connection: Connection, tenant_id: str, only: Iterable[str] | None = None, after: str = "", limit: int = 1000
) -> list[Customer]:
    """Customers by their identifiers, or a page of all behind the identifier `after`."""
    table = tables.customer
    query = select(table).where(table.c.tenant == tenant_id).order_by(table.c.id)
    query = query.where(table.c.id > after).limit(limit) if only is None else query.where(table.c.id.in_(list(only)))
    return [
        Customer(row.id, row.name, row.phone, row.email, row.points, bool(row.active))
        for row in connection.execute(query)
    ]


def told(connection: Connection, tenant_id: str, identifiers: Iterable[str]) -> list[Entry]:
    """The entries of the change log that tell how these customers are now."""
    wanted = sorted(set(identifiers))
    return [Entry.of(one) for one in known(connection, tenant_id, wanted)] if wanted else []
