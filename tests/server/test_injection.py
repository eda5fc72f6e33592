"""What is typed at a till stays text: in SQL, in a spreadsheet, on the owner's page."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.server.tabletext import harmless, to_csv

from .shop import DAY, Shop, Till, sale

ATTACKS = (
    "'; DROP TABLE sale; --",
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    '=HYPERLINK("http://x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "æøå €",
)


@pytest.mark.parametrize("words", ATTACKS)
def test_a_name_is_text_everywhere(shop: Shop, till: Till, words: str) -> None:
    today = date.today().isoformat()  # noqa: DTZ011  # the page's own day
    fact = till.fact(sale(name=words, day=today))
    fact["body"] |= {"cashier": words[:60], "receipt": words[:40]}
    assert till.push(fact)[0]["verdict"] == "created"
    assert shop.get(f"/v1/orders/{fact['id']}")["lines"][0]["name"] == words
    query = {"first": today, "last": today}
    assert shop.get("/v1/reports/product", **query)["rows"][0]["label"] == words
    answer = shop.client.get("/v1/reports/product/csv", params=query, headers=shop.auth())
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0]["label"].lstrip("'") == words.lstrip("'")
    assert rows[0]["label"][0] not in "=+-@\t\r"
    page = shop.client.get("/", headers=shop.auth()).text
    assert "<script" not in page
    assert "<img" not in page
    assert "Omsætning" in page
    shop.check_sums()


@pytest.mark.parametrize("words", ["'--", "%", "a' OR 'a'='a", "x\x00y", "../../etc"])
def test_queries_are_values(shop: Shop, words: str) -> None:
    for path, name in (("/v1/products", "after"), ("/v1/reports/day", "store"), ("/v1/orders", "after")):
        answer = shop.client.get(path, params={name: words}, headers=shop.auth())
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
    assert shop.client.get(f"/v1/products/{words!r}", headers=shop.auth()).status_code in (404, 422)


@given(st.lists(st.lists(st.one_of(st.text(), st.integers()), min_size=2, max_size=2), max_size=5))
def test_no_cell_begins_a_formula_and_none_is_lost(rows: list[list[Any]]) -> None:
    text = to_csv(("a", "b"), rows).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert read == [[str(harmless(value)) for value in row] for row in rows]
    for row, values in zip(read, rows, strict=True):
        for cell, value in zip(row, values, strict=True):
            assert not (isinstance(value, str) and cell[:1] in set("=+-@\t\r\n"))


def test_reports_are_of_their_days(shop: Shop, till: Till) -> None:
    till.sell(day=DAY)
    till.sell(sequence=2, day="2026-03-15", amount=100, pieces=1)
    assert [row["amount"] for row in shop.report("day")] == [7600]
    both = shop.get("/v1/reports/day", first=DAY, last="2026-03-15")["rows"]
    assert [(row["key"], row["amount"]) for row in both] == [(DAY, 7600), ("2026-03-15", 100)]
    assert shop.report("day", store="havn") == []
