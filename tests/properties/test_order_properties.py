"""Orders: the parts sum to the whole whatever is sold, and schema and parser refuse the same shapes."""

from __future__ import annotations

import copy
import random
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from posdevkit.errors import BadDocument, BadText
from posdevkit.money import Money, total
from posdevkit.till import Discount, Order, OrderLine, Paid, Seller, order_from_json, order_receipt, order_schema

SCHEMA = Draft202012Validator(order_schema())

rates = st.sampled_from([0, 500, 1200, 2500])
quantities = st.integers(1, 5000).map(lambda thousandths: Decimal(thousandths) / 1000)
lines = st.builds(
    OrderLine,
    st.sampled_from(["Kanelsnegl", "Flat white"]),
    st.integers(0, 100_000).map(Money),
    rates,
    quantities | st.just(Decimal(1)),
    st.none() | st.builds(Discount, st.integers(0, 10_000)),
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    sold = tuple(draw(st.lists(lines, min_size=1, max_size=12)))
    subtotal = total(line.total for line in sold)
    discount = draw(
        st.none()
        | st.builds(Discount, st.integers(0, 10_000))
        | st.builds(lambda ore: Discount(amount=Money(ore)), st.integers(0, subtotal.minor))
    )
    due = subtotal - discount.on(subtotal) if discount else subtotal
    card = draw(st.integers(0, due.minor))
    payments = [Paid("card", Money(card))] if card else []
    if due.minor > card:
        # A coin more than is due covers the rounding.
        payments.append(Paid("cash", Money(due.minor - card + draw(st.integers(50, 10_000)))))
    return Order(Seller("S"), "1", datetime(2026, 1, 1), "DKK", sold, tuple(payments), discount)  # noqa: DTZ001


@given(orders())
def test_the_parts_sum_to_the_whole(order: Order) -> None:
    groups = order.vat_groups
    assert sum(group.gross.minor for group in groups) == order.total.minor
    assert sum((group.net + group.vat).minor for group in groups) == order.total.minor
    assert order.total + order.reduction == order.subtotal
    assert order.paid == order.due + order.change
    assert order.total.minor >= 0
    assert order.change.minor >= 0
    assert 2 * abs(order.rounding.minor) <= 50
    assert order.takes_cash or not order.rounding
    for group in groups:
        # The VAT of a rate is that of its exact gross, to half an øre.
        exact = Fraction(group.gross.minor * group.rate, 10_000 + group.rate)
        assert abs(group.vat.minor - exact) <= Fraction(1, 2)
        assert group.gross.minor >= 0


@given(orders())
def test_a_discount_reaches_every_rate_in_proportion(order: Order) -> None:
    if not order.subtotal:
        return
    for group in order.vat_groups:
        sold = [line.total.minor for line in order.lines if line.vat == group.rate]
        exact = Fraction(sum(sold) * order.total.minor, order.subtotal.minor)
        assert abs(group.gross.minor - exact) < len(sold)


@given(orders())
def test_every_order_has_a_receipt(order: Order) -> None:
    assert len(order_receipt(order)) > 10


VALID: dict[str, Any] = {
    "kind": "order",
    "shop": {"name": "Café", "address": ["A 1"], "cvr": "12345678", "phone": "1", "logo": "logo.png"},
    "register": 1,
    "number": "1042",
    "time": "2026-03-14T10:32:05+01:00",
    "cashier": "Åse",
    "currency": "DKK",
    "lines": [
        {"name": "Te", "quantity": 2, "price": 38.5, "vat": 25, "note": "x", "discount": {"percent": 10, "name": "x"}},
        {"name": "Avis", "price": "40.00", "vat": 0, "discount": {"amount": 1}},
    ],
    "discount": {"amount": 5},
    "payments": [{"means": "cash", "amount": 500}],
    "table": 7,
    "note": "x",
    "link": "https://example.com/1",
    "footer": ["x"],
    "language": "da",
}
NUMBERS = [0, 1, -1, 2.0, 2.5, 99, 101, 1e13]
STRANGE: list[Any] = [None, True, *NUMBERS, "", "x", "38.00", "-1.00", "DKK", "12345678", "\x1b", "\n", [], ["x"], {}]
KEYS = ["price", "amount", "percent", "name", "vat", "note", "quantity", "means", "lines", "qantity"]
# Sums, a currency's decimals, numbers within text, days of a month: what no shape can tell.
BEYOND_SHAPE = (
    "decimals",
    "more than",
    "short",
    "out of range",
    "is negative",
    "0 to 100",
    "is above 0",
    "not above 0",
)


def places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found += [(value, key), *places(value[key])]
    return found


@given(st.integers(0, 2**32), st.integers(0, 2))
def test_parser_and_schema_refuse_the_same_shapes(seed: int, times: int) -> None:
    dice = random.Random(seed)
    value = copy.deepcopy(VALID)
    for _ in range(times):
        container, key = dice.choice(places(value))
        match dice.randrange(4):
            case 0 | 1:
                container[key] = dice.choice(STRANGE)
            case 2:
                del container[key]
            case _ if isinstance(container, dict):
                container[dice.choice(KEYS)] = dice.choice(STRANGE)
    valid = SCHEMA.is_valid(value)
    refused = ""
    try:
        order_from_json(value)
    except (BadDocument, BadText) as problem:
        refused = problem.detail
    if not any(words in refused for words in BEYOND_SHAPE):
        assert valid == (not refused), (value, refused, list(SCHEMA.iter_errors(value)))
