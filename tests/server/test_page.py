"""The owner's page: a log-in without a token in any address, and figures as Danes write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert

from posdevkit.secret import Secret
from posdevkit.server import revoke_token, sell, tables
from posdevkit.server.page_words import Words
from posdevkit.server.routes_reports import _local

from .shop import Shop, Till, sale


def log_in(shop: Shop, who: str = "owner") -> str:
    """The cookie."""
    answer = shop.client.post("/login", data={"token": shop.tokens[who]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    told: str = answer.headers["set-cookie"]
    shop.client.cookies.clear()
    return told


def test_the_cookie_is_a_session_that_scripts_and_other_sites_cannot_use(shop: Shop) -> None:
    cookie = log_in(shop)
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    value = cookie.partition(";")[0]
    assert shop.tokens["owner"].split("_", 2)[2] not in value
    page = shop.client.get("/", headers={"Cookie": value})
    assert "Café Nord &amp; Havn" in page.text
    assert page.headers["cache-control"] == "no-store"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert shop.client.get("/v1/reports/day/csv", headers={"Cookie": value}).status_code == 200
    # A cookie reads reports and nothing else: another site's form changes nothing.
    assert shop.client.get("/v1/products", headers={"Cookie": value}).status_code == 401
    assert shop.client.put("/v1/products/x", json={}, headers={"Cookie": value}).status_code in (401, 422)


def test_log_out_and_revocation_end_the_session(shop: Shop) -> None:
    first, second = (log_in(shop).partition(";")[0] for _ in range(2))
    shop.client.post("/logout", headers={"Cookie": first})
    assert "/login" in shop.client.get("/", headers={"Cookie": first}).text
    assert "/logout" in shop.client.get("/", headers={"Cookie": second}).text
    with shop.database.writing() as connection:
        revoke_token(connection, shop.tokens["owner"].split("_")[1])
    assert "/login" in shop.client.get("/", headers={"Cookie": second}).text


@pytest.mark.parametrize("who", ["till nord 1", "app"])
def test_only_an_owner_logs_in(shop: Shop, who: str) -> None:
    answer = shop.client.post("/login", data={"token": shop.tokens[who]})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(("form", "status"), [(b"a&b&c&d&e&f&g=1&" * 3, 400), (b"\xff\x00", 403), (b"", 403)])
def test_a_strange_form_is_refused(shop: Shop, form: bytes, status: int) -> None:
    assert shop.client.post("/login", content=form).status_code == status


def test_figures_are_written_as_in_denmark(shop: Shop, till: Till) -> None:
    today = date.today().isoformat()  # noqa: DTZ011
    till.sell(day=today, amount=123450, pieces=1)
    page = shop.client.get("/", headers=shop.auth()).text
    assert "1.234,50\u00a0kr." in page
    assert "246,90\u00a0kr." in page  # the VAT in it
    english = shop.client.get("/", headers={**shop.auth(), "Accept-Language": "en-GB,da;q=0.5"}).text
    assert 'lang="en"' in english
    assert "kr.\u00a01,234.50" in english


def test_a_running_day_is_compared_up_to_the_same_hour(shop: Shop, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.fromisoformat("2026-03-14T11:20:00+01:00")
    monkeypatch.setattr("posdevkit.server.routes_reports._now", lambda: now)
    sold = {"2026-03-13": {9: 10000, 10: 10000, 11: 5000, 17: 90000}, "2026-03-14": {9: 30000, 11: 50000}}
    number = 0
    for day, hours in sold.items():
        for hour, amount in hours.items():
            number += 1
            fact = till.fact(sale(number, amount=amount, pieces=1, day=day))
            till.push({**fact, "at": f"{day}T{hour:02}:30:00+01:00"})
    page = shop.client.get("/?days=1", headers=shop.auth()).text
    # 300 until 11 against 200 until 11; in one sale against two; the figures themselves are all of the day.
    assert "800,00\u00a0kr." in page
    assert re.findall(r"([▲▼=] [+-]\d+)\u00a0% <span>([^<]*)<", page) == [
        (change, "mod perioden før til kl. 11") for change in ("▲ +50", "▼ -50", "▲ +200")
    ]
    longer = shop.client.get("/?days=7", headers={**shop.auth(), "Accept-Language": "en"}).text
    assert "nothing in the period before until 11:00" in longer
    # Days that are over count whole, in either period.
    monkeypatch.setattr("posdevkit.server.routes_reports._now", lambda: now + timedelta(days=7))
    week = shop.client.get("/?days=7", headers={**shop.auth(), "Accept-Language": "en"}).text
    assert "nothing in the period before" not in week
    assert "▼ -100" in week


def test_a_register_was_seen_in_the_shops_own_time(shop: Shop) -> None:
    seen = "2026-03-14T23:45:10.123+00:00"
    row = {"tenant": "demo", "store": "nord", "terminal": "7", "token": "t", "version": "1", "seen_at": seen}
    with shop.database.writing() as connection:
        connection.execute(insert(tables.device), [row])
    page = shop.client.get("/", headers=shop.auth()).text
    assert datetime.fromisoformat(seen).astimezone().strftime("<td>%Y-%m-%d %H:%M</td>") in page
    assert "UTC" not in page
    assert _local(seen, timezone(timedelta(hours=1))) == "2026-03-15T00:45:10.123000+01:00"


def test_every_chart_has_its_table(shop: Shop) -> None:
    sell(shop.database, Secret(shop.tokens["till nord 1"]), 3, 20)
    page = shop.client.get("/?days=7", headers=shop.auth()).text
    assert len(re.findall(r'<svg class="chart"[^>]* role="img" aria-label="[^"]+"', page)) == 2
    assert page.count("<details>") == 2
    rows = shop.get("/v1/reports/day")["rows"]
    for row in rows:
        assert Words("da").money(row["amount"], "DKK") in page


def test_a_day_with_refunds_alone_is_drawn_below_the_line(shop: Shop, till: Till) -> None:
    today = date.today().isoformat()  # noqa: DTZ011
    refund = till.fact(sale(1, amount=-3800, pieces=-1, day=today, refund_of="01890000-0000-7000-8000-00000000dead"))
    till.push(refund)
    page = shop.client.get("/", headers=shop.auth()).text
    assert "-38,00\u00a0kr." in page
    assert 'height="-' not in page


def test_what_is_missing_from_the_shelves_is_named(shop: Shop, till: Till) -> None:
    """By its name, the most first, however many products lie there."""
    with shop.database.writing() as connection:
        rows = [{"tenant": "demo", "store": "havn", "sku": f"a{number:05}", "quantity": 1} for number in range(5001)]
        connection.execute(insert(tables.balance), rows)
    till.sell(sku="1005", pieces=2)
    till.sell(sequence=2, sku="gone-1", pieces=70, amount=7000, name="?")
    page = shop.client.get("/", headers=shop.auth()).text
    low = page[page.index("Varer med negativ beholdning") :]
    assert re.findall(r"<td>([^<]*)</td>", low) == ["gone-1, Café Nord", "-70", "Flat white, Café Nord", "-2"]


def test_an_empty_shop_has_a_page(shop: Shop) -> None:
    assert "Ingen salg" in shop.client.get("/", headers=shop.auth()).text
    assert shop.client.get("/?days=2", headers=shop.auth()).status_code == 404
    assert shop.client.get("/page.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("header", "language"), [("", "da"), ("de,fr;q=0.1", "da"), ("en-US,en;q=0.9", "en"), ("da, en", "da")]
)
def test_the_language_is_the_browsers(shop: Shop, header: str, language: str) -> None:
    assert f'lang="{language}"' in shop.client.get("/", headers={"Accept-Language": header}).text


def test_a_client_that_is_nobody_sees_no_figures(shop: Shop) -> None:
    page = shop.client.get("/").text
    assert "/login" in page
    assert "Omsætning" not in page
