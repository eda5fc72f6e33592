"""Products and campaigns: versioned documents that the cloud is master of. A version is written once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from sqlalchemy import Connection, select

from posdevkit.contract import Campaign, Product, from_json, to_json

from . import tables
from .changes import Entry, append, lock
from .customers import note_edit
from .database import upsert
from .problems import Problem
from .tokens import Access

__all__ = ["KINDS", "Document", "find", "listed", "put", "put_all", "retire"]

Document = Product | Campaign
D = TypeVar("D", Product, Campaign)
KINDS: Final[dict[type[Document], str]] = {Product: "product", Campaign: "campaign"}


def _key(value: Document) -> str:
    return value.sku if isinstance(value, Product) else value.id


def find(connection: Connection, tenant_id: str, kind: type[D], key: str) -> D | None:
    """The latest version."""
    table = tables.document.c
    query = select(table.text).where(table.tenant == tenant_id, table.kind == KINDS[kind], table.id == key)
    text = connection.scalar(query)
    return None if text is None else from_json(kind, json.loads(text))


def listed(connection: Connection, tenant_id: str, kind: type[D], after: str, limit: int) -> list[D]:
    """The latest versions in the order of their keys, behind the key `after`."""
    table = tables.document.c
    query = select(table.text).where(table.tenant == tenant_id, table.kind == KINDS[kind], table.id > after)
    rows = connection.execute(query.order_by(table.id).limit(limit))
    return [from_json(kind, json.loads(row.text)) for row in rows]


def put(connection: Connection, access: Access, value: D) -> D:
    """Store `value` as the next version. Raises Problem `stale` unless its version is the one that is known."""
    seq = lock(connection, access.tenant)
    known = find(connection, access.tenant, type(value), _key(value))
    version = 0 if known is None else known.version
    if value.version != version:
        raise Problem("stale", f"version {version} is known, and the change was made on version {value.version}")
    after = replace(value, version=version + 1)
    words = [None if known is None else to_json(known), to_json(after)]
    note_edit(connection, access, KINDS[type(value)], _key(value), words)
    _write(connection, access.tenant, seq, [after])
    return after


def put_all(connection: Connection, tenant_id: str, values: Sequence[Document]) -> None:
    """Store many first versions at once, as a new shop needs them."""
    _write(connection, tenant_id, lock(connection, tenant_id), [replace(one, version=1) for one in values])


def retire(connection: Connection, access: Access, kind: type[D], key: str) -> D | None:
    """Make it inactive; None where there is none. It is never removed: sales name it."""
    lock(connection, access.tenant)
    known = find(connection, access.tenant, kind, key)
    return known if known is None or not known.active else put(connection, access, replace(known, active=False))


def _write(connection: Connection, tenant_id: str, seq: int, values: Sequence[Document]) -> None:
    rows = [
        {
            "tenant": tenant_id,
            "kind": KINDS[type(value)],
            "id": _key(value),
            "version": value.version,
            "text": json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":")),
        }
        for value in values
    ]
    upsert(connection, tables.document, rows, replace=("version", "text"))
    append(connection, tenant_id, seq, [Entry.of(value) for value in values])
