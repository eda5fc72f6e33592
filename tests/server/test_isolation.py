"""No route shows or changes another shop's rows: asked of every route that the OpenAPI names, with every token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from posdevkit.server import create_app, create_shop, create_token, tables

from .shop import ANNA, BO, DAY, Shop, Till, sale

# What the other shop's rows say, and no request does: wherever it is read, a row has leaked.
MARK = "zqxother"
# A key that the other shop has as well, to be asked for and written to.
KEY = "zqxkey"
IDENTIFIERS = {KEY: "0199ffff-ffff-7fff-8fff-fffffffffff0", MARK: "0199ffff-ffff-7fff-8fff-fffffffffff1"}
WHOSE = ("owner", "till nord 1", "app")


@pytest.fixture
def two(shop: Shop) -> Shop:
    """The demo shop and another one beside it, with the same sort of rows, each marked; its keys are KEY and MARK."""
    tills = {}
    with shop.database.writing() as connection:
        connection.execute(tables.tenant.insert().values(id="other", name=MARK, seq=0))
        for key in IDENTIFIERS:
            connection.execute(tables.store.insert().values(tenant="other", id=key, name=MARK))
            scope = {"store_id": key, "terminal": "1", "label": MARK}
            tills[key] = Till(shop.client, create_token(connection, "other", "terminal", **scope).reveal(), "1")
        shop.tokens["other owner"] = create_token(connection, "other", "owner", label=MARK).reveal()
    auth = shop.auth("other owner")
    for key, identifier in IDENTIFIERS.items():
        for path, body in (
            (f"/v1/products/{key}", {"name": MARK, "price": 1, "vat_rate": 2500}),
            (f"/v1/campaigns/{key}", {"name": MARK, "kind": "earn"}),
            (f"/v1/customers/{identifier}", {"name": MARK}),
            (f"/v1/customers/{ANNA}", {"name": MARK}),
        ):
            assert shop.client.put(path, json=body, headers=auth).status_code == 200
        fact = tills[key].fact(sale(name=MARK, sku=key, customer=ANNA, points=3))
        fact["id"] = identifier
        assert tills[key].push(fact)[0]["verdict"] == "created"
    return shop


def operations(shop: Shop) -> Iterator[tuple[str, str]]:
    document = shop.client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method in methods:
            if path != "/v1/events":  # a stream without an end: in test_events
                yield method, path


def rows_of(shop: Shop, tenant: str) -> str:
    """All rows of one tenant, as text."""
    found = []
    with shop.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            if "tenant" in table.c:
                rows = connection.execute(select(table).where(table.c.tenant == tenant))
                found += sorted(str(tuple(row)) for row in rows)
    return "\n".join(found)


values = st.sampled_from([KEY, IDENTIFIERS[KEY], ANNA, BO, "1005", "' OR '1'='1", "%", "day", "store"])
bodies = st.sampled_from(
    [
        {"facts": []},
        {"state": "ready"},
        {"name": "mine", "price": 5, "vat_rate": 0},
        {"name": "mine", "kind": "earn", "version": 1},
        {"name": "mine"},
        {"name": "mine", "price": 5, "vat_rate": 0, "version": 1},
    ]
)


def test_every_route_keeps_shops_apart(two: Shop) -> None:
    routes = list(operations(two))
    assert len(routes) > 20
    before = rows_of(two, "other")
    assert before.count(MARK) > 20
    reached = set()

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        method, path = data.draw(st.sampled_from(routes))
        who = data.draw(st.sampled_from(WHOSE))
        address = re.sub(r"\{\w+\}", lambda _: data.draw(values).replace("/", "-"), path)
        query = {name: data.draw(values) for name in ("after", "store") if data.draw(st.booleans())}
        words: dict[str, Any] = {"json": data.draw(bodies)} if method in ("post", "put") else {}
        answer = two.client.request(method.upper(), address, params=query, headers=two.auth(who), **words)
        assert answer.status_code < 500
        assert MARK not in answer.text
        if answer.status_code == 200:
            reached.add((method, path))

    ask()
    # Plain ones, so that nothing above passes for want of an answer.
    plain = [(method, path) for method, path in routes if method == "get" and "{" not in path]
    for method, path in plain:
        for who in WHOSE:
            answer = two.client.get(path, headers=two.auth(who))
            assert answer.status_code in (200, 403)
            assert MARK not in answer.text
            if answer.status_code == 200:
                reached.add((method, path))
    for path, more in (
        (f"/v1/products/{KEY}", {"price": 5, "vat_rate": 0}),
        (f"/v1/campaigns/{KEY}", {"kind": "earn"}),
        (f"/v1/customers/{ANNA}", {}),
    ):
        answer = two.client.put(path, json={"name": "mine", **more}, headers=two.auth("owner"))
        assert answer.status_code == 200
        assert MARK not in answer.text
    assert len(plain) > 8
    assert reached >= set(plain)
    assert rows_of(two, "other") == before


def test_an_app_sees_its_customer_alone(two: Shop) -> None:
    till = two.till("till nord 1", "1")
    own, strange = till.sell(customer=ANNA, points=1), till.sell(sequence=2, customer=BO, points=1)
    nobody = till.sell(sequence=3)
    assert [one["id"] for one in two.get("/v1/orders", "app")["orders"]] == [own["id"]]
    for path in (f"/v1/orders/{strange['id']}", f"/v1/orders/{nobody['id']}", f"/v1/customers/{BO}"):
        assert two.client.get(path, headers=two.auth("app")).status_code == 404
    assert two.client.get(f"/v1/customers/{BO}/points", headers=two.auth("app")).status_code == 404
    answer = two.client.put(f"/v1/customers/{BO}", json={"name": "x"}, headers=two.auth("app"))
    assert answer.status_code == 404
    changes = two.get("/v1/sync/changes", "app", limit=1000)["changes"]
    seen = {one["body"].get("customer") or one["body"]["id"] for one in changes if one["kind"] in ("customer", "order")}
    assert seen == {ANNA}
    assert two.client.get("/v1/reports/day", headers=two.auth("app")).status_code == 403


def test_an_owner_of_one_store_sees_that_store_alone(shop: Shop) -> None:
    for name in ("nord", "havn"):
        shop.till(f"till {name} 1", "1").sell(customer=ANNA, points=3)
    with shop.database.writing() as connection:
        shop.tokens["manager"] = create_token(connection, "demo", "owner", store_id="havn").reveal()
    query = {"first": DAY, "last": DAY}
    assert [row["key"] for row in shop.get("/v1/reports/store", "manager", **query)["rows"]] == ["havn"]
    assert shop.get("/v1/reports/day", "manager", store="nord", **query)["rows"][0]["amount"] == 7600
    assert [row["points"] for row in shop.get("/v1/reports/points", "manager")["rows"]] == [3]
    assert {row["store"] for row in shop.get("/v1/reports/stock", "manager")["rows"]} == {"havn"}
    assert shop.client.get("/v1/audit", headers=shop.auth("manager")).status_code == 403
    assert "Café Nord<" not in shop.client.get("/", headers=shop.auth("manager")).text


def test_whoever_is_nobody_hears_of_nothing_else(shop: Shop) -> None:
    for path in ("/v1/reports/stock?store=", "/v1/orders/x", "/v1/sync/changes?after=-1"):
        assert shop.client.get(path).status_code == 401
    assert shop.client.post("/v1/sync/push", content=b"{").status_code == 401


def test_a_wrong_method_is_told_the_right_ones(shop: Shop) -> None:
    answer = shop.client.post("/v1/products/1005")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, PUT")


def test_a_till_sees_orders_of_its_store_alone(shop: Shop) -> None:
    nord, havn = shop.till("till nord 1", "1"), shop.till("till havn 1", "1")
    nord.sell()
    there = havn.sell()
    found = [one["id"] for one in shop.get("/v1/orders", "till havn 1")["orders"]]
    assert found == [there["id"]]
    told = shop.get("/v1/sync/changes", "till havn 1", kinds="order")["changes"]
    assert [one["body"]["order"] for one in told] == [there["id"]]


@pytest.mark.parametrize("token", ["", "pdk_", "pdk_x_y", "Bearer", "pdk_\u00e6_x", "a" * 5000])
def test_what_is_no_token_opens_nothing(shop: Shop, token: str) -> None:
    answer = shop.client.get("/v1/products", headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_one_letter_less_opens_nothing_and_a_revoked_token_neither(shop: Shop) -> None:
    from posdevkit.server import revoke_token

    token = shop.tokens["owner"]
    for wrong in (token[:-1], f"{token}x", token.upper()):
        assert shop.client.get("/v1/products", headers={"Authorization": f"Bearer {wrong}"}).status_code == 401
    with shop.database.writing() as connection:
        assert revoke_token(connection, token.split("_")[1])
    assert shop.client.get("/v1/products", headers=shop.auth()).status_code == 401


def test_only_a_hash_is_stored(shop: Shop) -> None:
    secrets = [token.split("_", 2)[2] for token in shop.tokens.values()]
    with shop.database.reading() as connection:
        stored = str(connection.execute(select(tables.token)).all())
    assert not [one for one in secrets if one in stored]


def test_a_second_start_makes_no_second_shop(shop: Shop) -> None:
    assert create_shop(shop.database) is None
    with TestClient(create_app(shop.database)) as client:
        assert client.get("/v1/health").json() == {"ok": True}
