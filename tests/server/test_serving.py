"""A server in a thread, and a shop of one's own in it."""

from __future__ import annotations

import socket

import httpx2 as httpx
import pytest

from posdevkit.contract import Campaign, Product
from posdevkit.errors import PortInUse, UsageError
from posdevkit.server import Database, create_tenant, create_token, serving


def test_it_serves_as_long_as_the_block_lasts(database: Database) -> None:
    with database.writing() as connection:
        goods = [Product("1005", "Flat white", 3800, 2500)]
        campaigns = [Campaign("point", "Et point for hver 10 kr.", "earn", amount=1000)]
        create_tenant(connection, "mine", "Min butik", {"nord": "Nordby"}, products=goods, campaigns=campaigns)
        owner = create_token(connection, "mine", "owner")
        till = create_token(connection, "mine", "terminal", store_id="nord", terminal="K1")
    with serving(database) as port:
        base = f"http://127.0.0.1:{port}"
        headers = {"Authorization": f"Bearer {owner.reveal()}"}
        assert [one["sku"] for one in httpx.get(f"{base}/v1/products", headers=headers).json()["products"]] == ["1005"]
        assert len(httpx.get(f"{base}/v1/campaigns", headers=headers).json()["campaigns"]) == 1
        with (
            httpx.stream("GET", f"{base}/v1/events", headers={"Authorization": f"Bearer {till.reveal()}"}) as events,
            pytest.raises(PortInUse),
            serving(database, port=port),
        ):
            assert events.status_code == 200
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_shop_is_made_once(database: Database) -> None:
    with database.writing() as connection:
        create_tenant(connection, "mine", "Min butik", {})
        with pytest.raises(UsageError, match="mine"):
            create_tenant(connection, "mine", "En anden", {})
