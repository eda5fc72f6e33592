"""The log of changes: numbered per tenant in the order of commits, read by whoever may see them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, false, or_, select, true, update

from posdevkit.contract import Campaign, Customer, OrderMessage, Product, to_json

from .database import add_all
from .tables import change, tenant
from .tokens import Access

__all__ = ["KINDS", "Entry", "Page", "append", "entries_after", "head", "lock", "sees"]

KINDS: Final = ("product", "campaign", "customer", "order")
_REPLACED: Final = ("product", "campaign", "customer")
"""Kinds of which only the latest change is kept: who reads from the start gets each once."""

_SHORT: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

_LOCK: Final = select(tenant.c.seq).where(tenant.c.id == bindparam("tenant")).with_for_update()
_ADVANCE: Final = update(tenant).where(tenant.c.id == bindparam("tenant")).values(seq=bindparam("latest"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as it is stored and sent: its JSON is written once and copied to everybody."""

    kind: str
    key: str
    text: str
    store: str | None = None
    customer: str | None = None
    seq: int = 0

    @classmethod
    def of(cls, body: Product | Campaign | Customer | OrderMessage, store: str | None = None) -> Entry:
        """The entry of one message."""
        text = _SHORT.encode(to_json(body))
        match body:
            case Product(sku=key):
                return cls("product", key, text)
            case Campaign(id=key):
                return cls("campaign", key, text)
            case Customer(id=key):
                return cls("customer", key, text, customer=key)
            case OrderMessage(order=key, customer=customer):
                return cls("order", key, text, store, customer)

    @property
    def wire(self) -> str:
        """`{"seq": ..., "kind": ..., "body": ...}`."""
        return f'{{"seq":{self.seq},"kind":"{self.kind}","body":{self.text}}}'


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and where the next page begins."""

    entries: tuple[Entry, ...]
    next: int
    more: bool


def lock(connection: Connection, tenant_id: str) -> int:
    """Take the tenant's turn to write, until the transaction ends; return the latest number.

    With this a later number never commits before an earlier one, so no reader can pass over a change.
    """
    return int(connection.execute(_LOCK, {"tenant": tenant_id}).scalar_one())


def append(connection: Connection, tenant_id: str, seq: int, entries: Sequence[Entry]) -> int:
    """Store entries behind `seq`, which `lock` gave; return the latest number."""
    last: dict[tuple[str, str], Entry] = {}
    for place, entry in enumerate(entries):
        key = (entry.kind, entry.key if entry.kind in _REPLACED else f"{entry.key}/{place}")
        last.pop(key, None)
        last[key] = entry
    if not last:
        return seq
    for kind in _REPLACED:
        keys = [entry.key for entry in last.values() if entry.kind == kind]
        if keys:
            old = delete(change).where(change.c.tenant == tenant_id, change.c.kind == kind, change.c.key.in_(keys))
            connection.execute(old)
    rows: list[dict[str, object]] = []
    for entry in last.values():
        seq += 1
        who = {"store": entry.store, "customer": entry.customer}
        rows.append({"tenant": tenant_id, "seq": seq, "kind": entry.kind, "key": entry.key, "text": entry.text} | who)
    add_all(connection, change, rows)
    connection.execute(_ADVANCE, {"tenant": tenant_id, "latest": seq})
    return seq


def head(connection: Connection, tenant_id: str) -> int:
    """Number of the latest change."""
    return int(connection.execute(select(tenant.c.seq).where(tenant.c.id == tenant_id)).scalar_one())


def sees(access: Access, entry: Entry) -> bool:
    """Whether this change is for these eyes. `_seen` says the same in SQL."""
    if entry.kind in ("product", "campaign"):
        return True
    if access.role == "app":
        return entry.customer == access.customer
    return access.store is None or entry.store is None or entry.store == access.store


def _seen(access: Access) -> ColumnElement[bool]:
    if access.role == "app":
        own = change.c.customer == access.customer if access.customer else false()
        return or_(change.c.kind.in_(("product", "campaign")), own)
    return true() if access.store is None else or_(change.c.store.is_(None), change.c.store == access.store)


def entries_after(  # noqa: PLR0917  # where, who, and which page
    connection: Connection, access: Access | None, tenant_id: str, after: int, limit: int, kinds: Sequence[str] = KINDS
) -> Page:
    """The next `limit` entries behind `after` that `access` may see (None: all of the tenant)."""
    # Read before the entries: what commits in between has a higher number and comes with the next page.
    latest = head(connection, tenant_id)
    wanted = [change.c.tenant == tenant_id, change.c.seq > after, change.c.seq <= latest]
    if access is not None:
        wanted.append(_seen(access))
    if tuple(kinds) != KINDS:
        wanted.append(change.c.kind.in_(kinds))
    rows = connection.execute(select(change).where(and_(*wanted)).order_by(change.c.seq).limit(limit + 1)).all()
    entries = tuple(Entry(row.kind, row.key, row.text, row.store, row.customer, row.seq) for row in rows[:limit])
    more = len(rows) > limit
    return Page(entries, entries[-1].seq if more else max(after, latest), more)
