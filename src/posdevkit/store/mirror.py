"""What the cloud is master of, as it was last pulled: products, campaigns, customers, and news of orders."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import TypeVar

from posdevkit.contract import Campaign, Change, Customer, OrderMessage, Product, from_json, to_json

__all__ = ["Mirror"]

B = TypeVar("B", Product, Campaign, Customer, OrderMessage)


class Mirror:
    """Copies that only `apply` changes: the till reads them, offline as well."""

    def apply(self, transaction: sqlite3.Connection, change: Change) -> bool:
        """Take a change over; whether it told anything new. One that is older than what is here changes nothing."""
        body = change.body
        key = _key(body)
        # Documents have versions of their own; for the rest the server's order is the version.
        version = body.version if isinstance(body, Product | Campaign) else change.seq
        text = json.dumps(to_json(body), ensure_ascii=False, separators=(",", ":"))
        put = transaction.execute(
            "INSERT INTO mirror (kind, key, version, body) VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE"
            " SET version = excluded.version, body = excluded.body"
            " WHERE excluded.version >= version AND excluded.body <> body",
            (change.kind, key, version, text),
        )
        if put.rowcount and isinstance(body, Product):
            transaction.execute("DELETE FROM product_code WHERE sku = ?", (body.sku,))
            transaction.executemany(
                "INSERT OR IGNORE INTO product_code (code, sku) VALUES (?, ?)",
                [(code, body.sku) for code in body.codes],
            )
        return bool(put.rowcount)

    def product(self, connection: sqlite3.Connection, sku: str) -> Product | None:
        """The product of that sku, active or not."""
        return self._one(connection, Product, "product", sku)

    def products_by_code(self, connection: sqlite3.Connection, code: str) -> list[Product]:
        """The active products that have this number on their package: one, if the catalogue is in order."""
        rows = connection.execute(
            "SELECT m.body FROM product_code c JOIN mirror m ON m.kind = 'product' AND m.key = c.sku"
            " WHERE c.code = ? ORDER BY c.sku",
            (code,),
        )
        found = (from_json(Product, json.loads(text)) for (text,) in rows)
        return [product for product in found if product.active]

    def products(self, connection: sqlite3.Connection) -> Iterator[Product]:
        """All products, active or not, by sku."""
        return self._all(connection, Product, "product")

    def campaigns(self, connection: sqlite3.Connection) -> Iterator[Campaign]:
        """All campaigns, active or not, by identifier."""
        return self._all(connection, Campaign, "campaign")

    def customer(self, connection: sqlite3.Connection, identifier: str) -> Customer | None:
        """The customer, with the points that the cloud counted last."""
        return self._one(connection, Customer, "customer", identifier)

    def customers(self, connection: sqlite3.Connection) -> Iterator[Customer]:
        """All customers, active or not."""
        return self._all(connection, Customer, "customer")

    def customers_reached(self, connection: sqlite3.Connection, word: str) -> Iterator[Customer]:
        """Those with this phone number or e-mail address."""
        rows = connection.execute(
            "SELECT body FROM mirror WHERE kind = 'customer'"
            " AND ? IN (json_extract(body, '$.phone'), json_extract(body, '$.email')) ORDER BY key",
            (word,),
        )
        return (from_json(Customer, json.loads(text)) for (text,) in rows)

    def order(self, connection: sqlite3.Connection, identifier: str) -> OrderMessage | None:
        """The latest news of an order."""
        return self._one(connection, OrderMessage, "order", identifier)

    @staticmethod
    def _one(connection: sqlite3.Connection, kind: type[B], name: str, key: str) -> B | None:
        row = connection.execute("SELECT body FROM mirror WHERE kind = ? AND key = ?", (name, key)).fetchone()
        return None if row is None else from_json(kind, json.loads(row[0]))

    @staticmethod
    def _all(connection: sqlite3.Connection, kind: type[B], name: str) -> Iterator[B]:
        rows = connection.execute("SELECT body FROM mirror WHERE kind = ? ORDER BY key", (name,))
        return (from_json(kind, json.loads(text)) for (text,) in rows)


def _key(body: Product | Campaign | Customer | OrderMessage) -> str:
    if isinstance(body, Product):
        return body.sku
    return body.order if isinstance(body, OrderMessage) else body.id
