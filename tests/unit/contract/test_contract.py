"""Facts and changes survive the wire, and what is wrong is named with its place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.contract import (
    BadMessage,
    Change,
    Fact,
    Hlc,
    HlcClock,
    Line,
    Movement,
    Product,
    Sale,
    Tender,
    VatTotal,
    change_from_json,
    change_to_json,
    fact_from_json,
    fact_to_json,
    fingerprint,
    json_schema,
    to_json,
    uuid7,
)

SALE = Sale(
    receipt="1-000001",
    register="1",
    sequence=1,
    currency="DKK",
    business_day="2026-03-14",
    lines=(
        Line("coffee", "Flat white", Decimal(2), 3800, 7600, 2500),
        Line("bun", "Snegl", Decimal("0.350"), 100, 35, 0),
    ),
    tenders=(Tender("cash", 7650),),
    vat=(VatTotal(2500, 7600, 1520), VatTotal(0, 35, 0)),
    total=7635,
    rounding=15,
    movements=(Movement("coffee", Decimal(-2), "sale"),),
)
FACT = Fact(uuid7(0x0123456789AB), datetime(2026, 3, 14, 10, 32, tzinfo=UTC), Hlc(5, 1, "till-1"), SALE)


def test_a_fact_survives_the_wire_and_keeps_its_fingerprint() -> None:
    again = fact_from_json(json.loads(json.dumps(fact_to_json(FACT))))
    assert again == FACT
    assert fingerprint(again) == fingerprint(FACT)
    other = replace(FACT, body=replace(SALE, cashier="Bo"))
    assert fingerprint(other) != fingerprint(FACT)


def test_equal_quantities_have_one_spelling() -> None:
    def with_quantity(text: str) -> str:
        line = replace(SALE.lines[0], quantity=Decimal(text))
        return fingerprint(replace(FACT, body=replace(SALE, lines=(line, SALE.lines[1]))))

    assert with_quantity("2") == with_quantity("2.000")


def test_a_whole_number_with_a_point_is_one() -> None:
    whole = json.loads(json.dumps(fact_to_json(FACT)).replace("7635", "7635.0"))
    again = fact_from_json(whole)
    assert again == FACT
    assert fingerprint(again) == fingerprint(FACT)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("body", "total"), 1, "body: expected lines that sum to 1, not to 7635"),
        (("body", "rounding"), 0, "body: expected tenders that sum to 7635, not to 7650"),
        (("body", "lines", 0, "quantity"), 2, "body.lines[0].quantity: expected a decimal number as text"),
        (("body", "lines", 0, "quantity"), "1e9", "body.lines[0].quantity: expected a decimal number as text"),
        (("body", "lines", 0, "name"), "\x1b@", "body.lines[0].name: expected text without control characters"),
        (("body", "lines", 0, "sku"), "a b", "body.lines[0].sku: expected text like"),
        (("body", "business_day"), "2026-02-30", "body: expected day is out of range"),
        (("body", "surprise"), 1, "body: expected no field 'surprise'"),
        (("kind",), "theft", "kind: expected one of sale, stock, customer, shift"),
        (("hlc",), "yesterday-is-not-a-time", "expected 'yesterday-is-not-a-time' is no time"),
        (("at",), "2026-03-14T10:32:00", "at: expected text"),
        (("id",), "1", "id: expected text of 36 to 36 characters"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(path: tuple[str | int, ...], value: object, told: str) -> None:
    whole = json.loads(json.dumps(fact_to_json(FACT)))
    inside = whole
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    with pytest.raises(BadMessage) as raised:
        fact_from_json(whole)
    assert str(raised.value).startswith(told)


def test_a_change_survives_the_wire() -> None:
    change = Change(7, Product("bun", "Kanelsnegl", None, 2500, codes=("5701234567899",)))
    assert change_from_json(json.loads(json.dumps(change_to_json(change)))) == change
    with pytest.raises(BadMessage, match="seq"):
        change_from_json({"seq": True, "kind": "product", "body": {}})


def test_a_till_that_is_older_than_its_cloud_passes_over_new_fields() -> None:
    change = Change(7, Product("bun", "Kanelsnegl", 3200, 2500))
    told = json.loads(json.dumps(change_to_json(change)))
    told["body"]["allergens"] = ["gluten"]
    assert change_from_json(told) == change
    told["body"]["price"] = "32"
    with pytest.raises(BadMessage, match=r"body\.price"):
        change_from_json(told)


def test_the_schema_takes_what_is_written() -> None:
    schema = json_schema(Sale)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(to_json(SALE), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(json.dumps(to_json(SALE))), "total": "1"}, schema)


def test_identifiers_of_version_7_sort_by_time() -> None:
    ids = [uuid7(at) for at in (1, 2, 3, 1 << 40)]
    assert ids == sorted(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}


@given(st.lists(st.integers(0, 1 << 40), min_size=1))
def test_the_hybrid_clock_never_goes_back(walls: list[int]) -> None:
    times = iter(walls)
    clock = HlcClock("a", wall=lambda: next(times))
    moments = [clock.now() for _ in walls]
    assert moments == sorted(set(moments))
    assert [str(one) for one in moments] == sorted(str(one) for one in moments)
    assert [Hlc.parse(str(one)) for one in moments] == moments


def test_what_was_heard_is_past() -> None:
    clock = HlcClock("a", wall=lambda: 10)
    assert clock.heard(Hlc(99, 7, "b")) > Hlc(99, 7, "b")
    assert clock.now() > Hlc(99, 8, "b")
