"""Facts arrive once, with all that they move, whoever pushes them how often."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from posdevkit.contract import CustomerEdited, Hlc, HlcClock, Movement, ShiftClosed, StockMoved, Tender
from posdevkit.server import create_app, tables

from .shop import ANNA, DAY, Shop, Till, replaced, sale


def test_a_fact_is_created_then_known_then_in_conflict(shop: Shop, till: Till) -> None:
    fact = till.fact(sale())
    assert till.push(fact)[0]["verdict"] == "created"
    assert till.push(fact, fact) == [{"id": fact["id"], "verdict": "duplicate"}] * 2
    (other,) = till.push(replaced(fact, cashier="Bo"))
    assert (other["verdict"], other["code"]) == ("rejected", "conflict")
    assert shop.report("day")[0]["amount"] == 7600
    shop.check_sums()


def test_the_same_fact_twice_in_one_push(shop: Shop, till: Till) -> None:
    fact = till.fact(sale())
    verdicts = [one["verdict"] for one in till.push(fact, fact, replaced(fact, cashier="Bo"))]
    assert verdicts == ["created", "duplicate", "rejected"]
    shop.check_sums()


def test_a_bad_fact_blocks_no_other(shop: Shop, till: Till) -> None:
    good, late = till.fact(sale(1)), till.fact(sale(2))
    huge = replaced(till.fact(sale(3)), movements=[{"sku": "1005", "quantity": "99999999999", "reason": "sale"}])
    broken: list[Any] = [{}, {"id": 7}, {"id": "x\ny", "kind": "sale"}, replaced(good, total=1), huge]
    results = till.push(good, *broken, late)
    assert [one["verdict"] for one in results] == ["created", *["rejected"] * 5, "created"]
    assert [one.get("code", "") for one in results] == ["", *["bad-fact"] * 5, ""]
    assert "99999999999" in results[5]["detail"]
    assert shop.report("day")[0]["sales"] == 2
    shop.check_sums()


@pytest.mark.parametrize(
    ("who", "register", "verdict"),
    [("till nord 1", "1", "created"), ("till nord 1", "2", "rejected"), ("owner", "1", "rejected")],
)
def test_a_terminal_pushes_for_its_own_register(shop: Shop, who: str, register: str, verdict: str) -> None:
    till = shop.till(who, register)
    (result,) = till.push(till.fact(sale(register=register)))
    assert result["verdict"] == verdict
    if verdict == "rejected":
        assert result["code"] == "not-yours"
        assert till.client.get(f"/v1/orders/{result['id']}", headers=shop.auth()).status_code == 404


def test_an_app_pushes_nothing(shop: Shop) -> None:
    app = shop.till("app", "1")
    answer = shop.client.post("/v1/sync/push", json={"facts": [app.fact(sale())]}, headers=app.headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_all_that_a_sale_moves(shop: Shop, till: Till) -> None:
    till.push(till.fact(StockMoved((Movement("1005", Decimal("10.5"), "delivery"),))))
    fact = till.sell(customer=ANNA, points=7)
    assert shop.get("/v1/reports/stock")["rows"] == [{"store": "nord", "sku": "1005", "quantity": 8.5}]
    assert shop.get(f"/v1/customers/{ANNA}")["points"] == 7
    order = shop.get(f"/v1/orders/{fact['id']}")
    assert order["lines"][0]["quantity"] == 2
    assert order["vat"] == [{"rate": 2500, "gross": 7600, "vat": 1520}]
    for by, key in (("hour", "10"), ("product", "1005"), ("vat", "02500"), ("payment", "card"), ("store", "nord")):
        (row,) = shop.report(by)
        assert (row["key"], row["amount"], row["sales"]) == (key, 7600, 1)
    shop.check_sums()


def test_a_product_on_two_lines_and_two_cards_are_one_sale(shop: Shop, till: Till) -> None:
    one = sale()
    (line,) = one.lines
    half = replace(line, quantity=Decimal(1), total=3800)
    till.push(till.fact(replace(one, lines=(half, half), tenders=(Tender("card", 3000), Tender("card", 4600)))))
    till.sell(sequence=2)
    for by in ("day", "hour", "product", "vat", "payment", "store"):
        (row,) = shop.report(by)
        assert (row["amount"], row["sales"]) == (15200, 2), by
    shop.check_sums()


@pytest.mark.parametrize("late", [False, True])
def test_a_refund_gives_back_points_in_either_order(shop: Shop, till: Till, late: bool) -> None:
    bought = till.fact(sale(customer=ANNA, points=7))
    half = till.fact(sale(2, amount=-3800, pieces=-1, customer=ANNA, refund_of=bought["id"]))
    rest = till.fact(sale(3, amount=-3800, pieces=-1, customer=ANNA, refund_of=bought["id"]))
    for fact in (half, rest, bought) if late else (bought, half, rest):
        assert till.push(fact)[0]["verdict"] == "created"
    assert shop.get(f"/v1/customers/{ANNA}").get("points", 0) == 0
    entries = shop.get(f"/v1/customers/{ANNA}/points")["entries"]
    assert sum(one["points"] for one in entries if one["kind"] == "reverse") == -7
    assert shop.get(f"/v1/orders/{bought['id']}")["state"] == "refunded"
    assert shop.report("day")[0]["amount"] == 0
    shop.check_sums()


def test_a_till_that_gave_points_back_is_believed(shop: Shop, till: Till) -> None:
    bought = till.sell(customer=ANNA, points=7)
    body = sale(2, amount=-7600, pieces=-2, customer=ANNA, refund_of=bought["id"])
    refund = till.fact(body)
    refund["body"]["points"] = [{"customer": ANNA, "rule": "points", "kind": "reverse", "points": -6}]
    till.push(refund)
    assert shop.get(f"/v1/customers/{ANNA}")["points"] == 1
    shop.check_sums()


def test_the_latest_word_wins_per_field(shop: Shop, till: Till) -> None:
    early, late = HlcClock("early", wall=lambda: 1_000), HlcClock("late", wall=lambda: 2_000)
    name = "01890000-0000-7000-8000-00000000beef"
    first = {**till.fact(CustomerEdited(name, name="Anna", phone="1")), "hlc": str(early.now())}
    second = {**till.fact(CustomerEdited(name, name="Anna Holm")), "hlc": str(late.now())}
    till.push(second)
    till.push(first)
    assert shop.get(f"/v1/customers/{name}") == {"id": name, "name": "Anna Holm", "phone": "1"}
    (entry, *_) = shop.get("/v1/audit")["entries"]
    assert entry["target"] == name


def test_a_clock_that_is_years_ahead_does_not_win_for_years(shop: Shop, till: Till) -> None:
    ahead = {**till.fact(CustomerEdited(ANNA, name="2090")), "hlc": str(Hlc(3_800_000_000_000, 0, "t"))}
    till.push(ahead)
    with shop.database.reading() as connection:
        row = connection.execute(select(tables.customer.c.name_hlc).where(tables.customer.c.id == ANNA)).scalar_one()
    assert row < str(ahead["hlc"])


def test_the_clouds_clock_goes_on_after_a_restart(shop: Shop, till: Till) -> None:
    hour_ahead = HlcClock("fast", wall=lambda: int(time.time() * 1000) + 3_600_000)
    till.push({**till.fact(CustomerEdited(ANNA, name="till's")), "hlc": str(hour_ahead.now())})
    with TestClient(create_app(shop.database)) as client:
        answer = client.put(f"/v1/customers/{ANNA}", json={"name": "owner's"}, headers=shop.auth())
    assert answer.json()["name"] == "owner's"


def test_a_shift_is_kept(shop: Shop, till: Till) -> None:
    at = "2026-03-14T08:00:00+01:00"
    shift = ShiftClosed("1", 1, at, at, 0, 0, 0, 0, "DKK", 0, 0, (), ())
    assert till.push(till.fact(shift))[0]["verdict"] == "created"


def test_concurrent_duplicates_arrive_once(shop: Shop, till: Till) -> None:
    facts = [till.fact(sale(number, customer=ANNA, points=1)) for number in range(1, 41)]
    verdicts: list[str] = []
    guard = threading.Lock()

    def push(turn: int) -> None:
        for start in range(0, 40, 5):
            chosen = facts[(start + turn) % 40 :][:5]
            found = [one["verdict"] for one in till.push(*chosen)]
            with guard:
                verdicts.extend(found)

    threads = [threading.Thread(target=push, args=(turn,)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = verdicts.count("created")
    with shop.database.reading() as connection:
        count = select(func.count()).select_from(tables.order)
        assert stored == connection.scalar(count) == len({one["id"] for one in shop.get("/v1/orders")["orders"]})
    assert verdicts.count("rejected") == 0
    shop.check_sums()
    seqs = [one["seq"] for one in shop.get("/v1/sync/changes", limit=1000)["changes"]]
    assert len(seqs) == len(set(seqs))


def test_two_tenants_may_have_the_same_fact(shop: Shop, till: Till) -> None:
    with shop.database.writing() as connection:
        connection.execute(tables.tenant.insert().values(id="other", name="Other", seq=0))
        connection.execute(tables.store.insert().values(tenant="other", id="main", name="Main"))
        from posdevkit.server import create_token

        token = create_token(connection, "other", "terminal", store_id="main", terminal="1").reveal()
    fact = till.sell()
    other = Till(shop.client, token, "1")
    assert other.push(fact)[0]["verdict"] == "created"
    assert shop.report("day")[0]["amount"] == 7600
    shop.check_sums()


def test_a_terminal_is_seen(shop: Shop, till: Till) -> None:
    headers = {**till.headers, "X-Posdevkit-Pending": "12", "User-Agent": "posdevkit/0.1"}
    shop.client.post("/v1/sync/push", json={"facts": []}, headers=headers)
    (device,) = [one for one in shop.get("/v1/devices")["devices"] if one["version"] != "demo"]
    assert (device["store"], device["terminal"], device["pending"]) == ("nord", "1", 12)


def test_changes_come_in_pages_without_a_gap(shop: Shop, till: Till) -> None:
    for number in range(1, 8):
        till.sell(sequence=number)
    whole = shop.get("/v1/sync/changes", limit=1000)
    paged: list[Any] = []
    after, more = 0, True
    while more:
        page = shop.get("/v1/sync/changes", after=after, limit=3)
        paged += page["changes"]
        after, more = page["next"], page["more"]
    assert paged == whole["changes"]
    assert after == whole["next"]
    only = shop.get("/v1/sync/changes", kinds="order")["changes"]
    assert {one["kind"] for one in only} == {"order"}
    assert shop.get("/v1/sync/changes", after=after)["changes"] == []


def test_an_order_goes_forward_only(shop: Shop, till: Till) -> None:
    name = till.sell(customer=ANNA)["id"]

    def move(state: str) -> int:
        return shop.client.post(f"/v1/orders/{name}/state", json={"state": state}, headers=till.headers).status_code

    assert [move("preparing"), move("preparing"), move("collected"), move("paid")] == [200, 200, 200, 409]
    messages = [one["body"]["state"] for one in shop.get("/v1/sync/changes", "app", kinds="order")["changes"]]
    assert messages == ["paid", "preparing", "collected"]
    assert shop.client.post(f"/v1/orders/{name}/state", json={"state": "gone"}, headers=till.headers).status_code == 422


def test_a_product_is_versioned(shop: Shop) -> None:
    def put(version: int, price: int) -> Any:
        body = {"name": "Flat white", "price": price, "vat_rate": 2500, "version": version}
        return shop.client.put("/v1/products/1005", json=body, headers=shop.auth())

    assert put(1, 3900).json()["version"] == 2
    assert put(1, 4000).status_code == 409
    last = shop.get("/v1/sync/changes", "till nord 1", kinds="product")["changes"][-1]
    assert (last["body"]["sku"], last["body"]["price"]) == ("1005", 3900)
    assert shop.client.delete("/v1/products/1005", headers=shop.auth()).json()["active"] is False
    assert shop.client.put("/v1/products/x", json={}, headers=shop.auth("till nord 1")).status_code in (403, 422)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b"{}", "text/plain", 415),
        (b'{"facts":[]}' + b" " * (1 << 20), "application/json", 413),
        (b'{"facts":' + b"[" + b"{}," * 100 + b"{}]}", "application/json", 422),
        (b'{"facts":[1]}', "application/json", 422),
    ],
)
def test_bodies_are_bounded(shop: Shop, till: Till, body: bytes, kind: str, status: int) -> None:
    answer = shop.client.post("/v1/sync/push", content=body, headers={**till.headers, "Content-Type": kind})
    assert answer.status_code == status
    problem = answer.json()
    assert problem["status"] == status
    assert problem["remedy"]
    assert DAY not in problem["detail"]
