"""A new shop in the database: its name, its stores, and what it sells from the first day on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from posdevkit.contract import Campaign, Product
from posdevkit.errors import UsageError

from . import tables
from .documents import put_all

__all__ = ["create_tenant"]


def create_tenant(
    connection: Connection,
    tenant_id: str,
    name: str,
    stores: Mapping[str, str],
    *,
    products: Iterable[Product] = (),
    campaigns: Iterable[Campaign] = (),
) -> None:
    """Make a shop; `stores` are names by identifier. Raises UsageError where the identifier is taken."""
    if connection.scalar(select(tables.tenant.c.id).where(tables.tenant.c.id == tenant_id)) is not None:
        raise UsageError(f"there is a tenant {tenant_id!r}", remedy="Give another identifier.")
    connection.execute(tables.tenant.insert().values(id=tenant_id, name=name, seq=0))
    if stores:
        rows = [{"tenant": tenant_id, "id": one, "name": words} for one, words in stores.items()]
        connection.execute(tables.store.insert(), rows)
    put_all(connection, tenant_id, [*products, *campaigns])
