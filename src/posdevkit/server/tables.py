"""The tables. Every one is keyed by tenant first, so that no query can forget whose rows it reads.

Quantities are whole millionths (a till writes at most six decimals), amounts whole minor units: sums are exact in both
databases. Ledgers are only ever added to; balances and rollups are kept in the transaction that adds.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

__all__ = [
    "audit",
    "balance",
    "change",
    "customer",
    "device",
    "document",
    "fact",
    "line",
    "metadata",
    "movement",
    "order",
    "points",
    "rollup",
    "session",
    "store",
    "tenant",
    "tender",
    "token",
    "vat",
]

metadata: Final = MetaData()


def _text(*names: str, missing: bool = False) -> list[Column[str]]:
    return [Column(name, Text, nullable=missing) for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


tenant: Final = Table("tenant", metadata, Column("id", Text, primary_key=True), *_text("name"), *_whole("seq"))
"""`seq` is the number of the latest change; whoever writes locks this row first, so changes commit in their order."""

store: Final = Table("store", metadata, *_text("tenant", "id", "name"), PrimaryKeyConstraint("tenant", "id"))

token: Final = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    *_text("tenant", "hash", "role", "label", "created_at"),
    *_text("store", "terminal", "customer", "revoked_at", missing=True),
)

session: Final = Table("session", metadata, Column("hash", Text, primary_key=True), *_text("token"), *_whole("ends"))
"""A browser that has logged in with a token; it lives no longer than the token. `ends`: seconds since 1970."""

fact: Final = Table(
    "fact",
    metadata,
    *_text("tenant", "id", "fingerprint", "kind", "token", "at", "hlc", "received_at", "text"),
    *_text("store", missing=True),
    PrimaryKeyConstraint("tenant", "id"),
)

order: Final = Table(
    "sale",
    metadata,
    *_text("tenant", "id", "store", "register", "receipt", "day", "at", "currency", "cashier", "state"),
    *_whole("sequence", "total", "rounding"),
    *_text("customer", "refund_of", missing=True),
    PrimaryKeyConstraint("tenant", "id"),
    Index("sale_by_refund", "tenant", "refund_of"),
    Index("sale_by_customer", "tenant", "customer"),
)

line: Final = Table(
    "sale_line",
    metadata,
    *_text("tenant", "sale", "sku", "name", "campaign"),
    *_whole("number", "quantity", "price", "total", "vat_rate", "discount"),
    PrimaryKeyConstraint("tenant", "sale", "number"),
)

tender: Final = Table(
    "sale_tender",
    metadata,
    *_text("tenant", "sale", "means", "reference"),
    *_whole("number", "amount"),
    PrimaryKeyConstraint("tenant", "sale", "number"),
)

vat: Final = Table(
    "sale_vat",
    metadata,
    *_text("tenant", "sale"),
    *_whole("number", "rate", "gross", "vat"),
    PrimaryKeyConstraint("tenant", "sale", "number"),
)

movement: Final = Table(
    "stock_movement",
    metadata,
    *_text("tenant", "fact", "store", "sku", "reason", "at"),
    *_whole("number", "quantity"),
    PrimaryKeyConstraint("tenant", "fact", "number"),
)

balance: Final = Table(
    "stock_balance",
    metadata,
    *_text("tenant", "store", "sku"),
    *_whole("quantity"),
    PrimaryKeyConstraint("tenant", "store", "sku"),
)

customer: Final = Table(
    "customer",
    metadata,
    *_text("tenant", "id", "name", "phone", "email", "name_hlc", "phone_hlc", "email_hlc", "active_hlc"),
    Column("active", Boolean, nullable=False),
    *_whole("points"),
    PrimaryKeyConstraint("tenant", "id"),
)

points: Final = Table(
    "points_entry",
    metadata,
    *_text("tenant", "sale", "rule", "kind", "customer", "at"),
    *_whole("points"),
    PrimaryKeyConstraint("tenant", "sale", "rule", "kind", "customer"),
    Index("points_by_customer", "tenant", "customer"),
)

document: Final = Table(
    "document",
    metadata,
    *_text("tenant", "kind", "id", "text"),
    *_whole("version"),
    PrimaryKeyConstraint("tenant", "kind", "id"),
)
"""Products and campaigns, each as its JSON."""

change: Final = Table(
    "change",
    metadata,
    *_text("tenant", "kind", "key", "text"),
    *_whole("seq"),
    *_text("store", "customer", missing=True),
    PrimaryKeyConstraint("tenant", "seq"),
    Index("change_by_key", "tenant", "kind", "key"),
)

device: Final = Table(
    "device",
    metadata,
    *_text("tenant", "store", "terminal", "token", "version", "seen_at"),
    Column("pending", Integer),
    PrimaryKeyConstraint("tenant", "store", "terminal"),
)

audit: Final = Table(
    "audit",
    metadata,
    *_text("tenant"),
    # SQLite numbers a column of exactly this type by itself.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    *_text("at", "token", "action", "target", "text"),
    Index("audit_by_tenant", "tenant", "id"),
)

rollup: Final = Table(
    "rollup",
    metadata,
    *_text("tenant", "store", "day", "by", "key", "currency", "label"),
    *_whole("sales", "quantity", "amount", "vat"),
    PrimaryKeyConstraint("tenant", "by", "day", "store", "key", "currency"),
)
"""Sums of one business day, one store and one key: `by` is day, hour, product, vat or payment."""
