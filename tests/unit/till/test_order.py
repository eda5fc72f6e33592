"""Orders: figures worked by hand, an independent sum, and what a person gets wrong."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from posdevkit.documents.reading import read_json
from posdevkit.errors import BadOrder, BadText
from posdevkit.money import Money
from posdevkit.till import Discount, Order, OrderLine, Paid, Seller, VatGroup, order_from_json, order_schema

SCHEMA = Draft202012Validator(order_schema())
DEMO = files("posdevkit_emulators").joinpath("demo", "data")

ORDER: dict[str, Any] = {
    "kind": "order",
    "shop": {"name": "Café Nord", "address": ["Ærøgade 7", "9999 Nordby"], "cvr": "12345678"},
    "number": 1042,
    "time": "2026-03-14T10:32:05+01:00",
    "currency": "DKK",
    "lines": [
        {"name": "Flat white", "quantity": 2, "price": 38.00, "vat": 25},
        {"name": "Kanelsnegl", "price": "32.00", "vat": 25},
        {"name": "Avis", "price": 40, "vat": 0},
    ],
    "payments": [{"means": "card", "amount": 148}],
}


def changed(**changes: Any) -> dict[str, Any]:
    """The order above with fields set by path: `changed(**{"lines.0.price": 5})`; None takes one out."""
    value = copy.deepcopy(ORDER)
    for path, new in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        target: Any = value
        for step in way:
            target = target[step]
        if new is None:
            del target[last]
        else:
            target[last] = new
    return value


def test_a_simple_order() -> None:
    order = order_from_json(ORDER)
    assert order == Order(
        shop=Seller("Café Nord", ("Ærøgade 7", "9999 Nordby"), "12345678"),
        number="1042",
        time=datetime(2026, 3, 14, 10, 32, 5, tzinfo=timezone(timedelta(hours=1))),
        currency="DKK",
        lines=(
            OrderLine("Flat white", Money(3800), 2500, Decimal(2)),
            OrderLine("Kanelsnegl", Money(3200), 2500),
            OrderLine("Avis", Money(4000), 0),
        ),
        payments=(Paid("card", Money(14800)),),
    )
    assert order.total == order.due == order.paid == Money(14800)
    assert order.vat_groups == (VatGroup(2500, Money(10800), Money(2160)), VatGroup(0, Money(4000), Money(0)))
    assert [group.net for group in order.vat_groups] == [Money(8640), Money(4000)]
    assert (order.vat, order.change, order.rounding, order.takes_cash) == (Money(2160), Money(0), Money(0), False)


def test_the_demos_order_by_hand() -> None:
    order = order_from_json(read_json(DEMO.joinpath("cafe-order.json").read_bytes(), BadOrder))
    assert [line.gross.minor for line in order.lines] == [7600, 3200, 8900, 4200, 4000]
    assert [line.reduction.minor for line in order.lines] == [0, 0, 0, 420, 0]
    assert (order.subtotal, order.reduction, order.total) == (Money(27480), Money(1500), Money(25980))
    # 15.00 by largest remainder over 76, 32, 89, 37.80 and 40: 4.15, 1.75, 4.86, 2.06 and 2.18
    assert order.vat_groups == (VatGroup(2500, Money(22198), Money(4440)), VatGroup(0, Money(3782), Money(0)))
    # 259.80 in cash is 260.00
    assert (order.rounding, order.due, order.change) == (Money(20), Money(26000), Money(4000))


@pytest.mark.parametrize("name", ["cafe-order.json", "cafe-order-2.json"])
def test_the_demos_orders_by_an_independent_sum(name: str) -> None:
    text = DEMO.joinpath(name).read_text(encoding="utf-8")
    order = order_from_json(read_json(text, BadOrder))
    raw = json.loads(text, parse_float=Fraction, parse_int=Fraction)
    SCHEMA.validate(json.loads(text))

    def half_up(value: Fraction) -> int:
        return (value + Fraction(1, 2)).__floor__()

    def off(discount: dict[str, Any] | None, ore: int) -> int:
        if not discount:
            return 0
        return int(discount["amount"] * 100) if "amount" in discount else half_up(ore * discount["percent"] / 100)

    lines = [half_up(line["price"] * line.get("quantity", 1) * 100) for line in raw["lines"]]
    lines = [ore - off(line.get("discount"), ore) for ore, line in zip(lines, raw["lines"], strict=True)]
    total = sum(lines) - off(raw.get("discount"), sum(lines))
    assert order.total.minor == total
    assert sum(group.gross.minor for group in order.vat_groups) == total
    assert order.vat.minor == sum((group.gross - group.net).minor for group in order.vat_groups)
    paid = sum(int(payment["amount"] * 100) for payment in raw["payments"])
    by_coin = {"cash": 50}
    electronic = sum(int(p["amount"] * 100) for p in raw["payments"] if p["means"] not in by_coin)
    rest = total - electronic
    coins = half_up(Fraction(rest, 50)) * 50
    assert order.change.minor == paid - electronic - coins
    assert order.rounding.minor == coins - rest
    assert order.takes_cash


@pytest.mark.parametrize(
    ("payments", "rounding", "change"),
    [
        ([("card", 6212)], 0, 0),
        ([("cash", 7000)], -12, 800),
        ([("cash", 6200)], -12, 0),
        ([("cash", 6212)], 0, 0),  # agreed otherwise: paid to the øre
        ([("mobilepay", 5000), ("cash", 2000)], -12, 800),
        ([("mobilepay", 6185), ("cash", 50)], 23, 0),  # 0.27 left in cash is 0.50
        ([("cash", 5000), ("voucher", 1212)], 0, 0),
        ([("card", 6212), ("cash", 1000)], 0, 1000),  # nothing is left to pay in cash
    ],
)
def test_only_the_cash_part_is_rounded_and_once(payments: list[tuple[Any, int]], rounding: int, change: int) -> None:
    order = plain_order([6212], [Paid(means, Money(amount)) for means, amount in payments])
    assert (order.rounding.minor, order.change.minor) == (rounding, change)
    assert order.total == Money(6212)
    assert order.vat == Money(1242)  # rounding carries no VAT


def plain_order(prices: list[int], payments: list[Paid], discount: Discount | None = None) -> Order:
    lines = tuple(OrderLine(f"line {n}", Money(price), 2500) for n, price in enumerate(prices))
    return Order(Seller("S"), "1", datetime(2026, 1, 1, tzinfo=timezone.utc), "DKK", lines, tuple(payments), discount)  # noqa: UP017


def test_a_free_order_needs_no_payment() -> None:
    order = plain_order([0], [])
    assert (order.total, order.vat_groups) == (Money(0), (VatGroup(2500, Money(0), Money(0)),))
    assert plain_order([100], [], Discount(10_000)).total == Money(0)


FLAWS: list[tuple[dict[str, Any], str]] = [
    (changed(kind="receipt"), "kind: no 'receipt'; one of order"),
    (changed(number=None), "'number' is missing"),
    (changed(curency="DKK"), "curency: no such key; did you mean 'currency'?"),
    (changed(shop="Café"), 'shop: "Café" is not an object'),
    (changed(**{"shop.cvr": "1234"}), "shop.cvr: a CVR number has eight digits, not '1234'"),
    (changed(**{"shop.name": ""}), "shop.name: is empty"),
    (changed(number=-1), "number: -1 is negative"),
    (changed(number=1.5), "number: 1.5 is not a whole number"),
    (changed(time="14-03-2026"), 'time: "14-03-2026" is not a time such as'),
    (changed(time="2026-02-30T10:00"), 'time: "2026-02-30T10:00": day is out of range for month'),
    (changed(currency="kr"), "currency: a currency is three capital letters, not 'kr'"),
    (changed(lines=[]), "lines: takes 1 or more, not 0"),
    (changed(**{"lines.2.price": -38.00}), "lines[2].price: -38.0 is negative"),
    (changed(**{"lines.2.price": Decimal("-38.00")}), "lines[2].price: -38.00 is negative"),
    (changed(**{"lines.2.price": "-38.00"}), "lines[2].price: -38.00 is negative"),
    (changed(**{"lines.2.price": "38,00"}), 'lines[2].price: "38,00" is not a number such as 38.00'),
    (changed(**{"lines.2.price": 38.005}), "lines[2].price: 38.005 has more than 2 decimals (DKK)"),
    (changed(**{"lines.2.price": 1e13}), "lines[2].price: 10000000000000.0 is out of range"),
    (changed(**{"lines.2.price": 1e300}), "lines[2].price: 1e+300 is out of range"),
    (changed(**{"lines.2.price": float("inf")}), "lines[2].price: Infinity is not a number"),
    (changed(**{"lines.2.price": True}), "lines[2].price: true is not a number"),
    (changed(**{"lines.2.price": None}), "lines[2]: 'price' is missing"),
    (changed(**{"lines.0.quantity": -2}), "lines[0].quantity: a quantity is above 0 and below 1000000, not -2"),
    (changed(**{"lines.0.quantity": 0}), "lines[0].quantity: a quantity is above 0"),
    (changed(**{"lines.0.quantity": 0.3555}), "lines[0].quantity: 0.3555 has more than 3 decimals"),
    (changed(**{"lines.0.qantity": 2}), "lines[0].qantity: no such key; did you mean 'quantity'?"),
    (changed(**{"lines.0.vat": 125}), "lines[0].vat: a VAT rate is 0 to 100 %, not 125"),
    (changed(**{"lines.0.vat": -1}), "lines[0].vat: a VAT rate is 0 to 100 %, not -1"),
    (changed(**{"lines.0.vat": 0.255}), "lines[0].vat: 0.255 has more than 2 decimals"),
    (changed(**{"lines.0.discount": {}}), "lines[0].discount: a discount has either a percent or an amount"),
    (changed(**{"lines.0.discount": {"percent": 5, "amount": 5}}), "lines[0].discount: a discount has either"),
    (changed(**{"lines.0.discount": {"percent": 101}}), "lines[0].discount.percent: a discount is 0 to 100 %, not 101"),
    (changed(**{"lines.0.discount": {"amount": 76.01}}), "lines[0].discount: a discount of 76.01 DKK is more than the"),
    (changed(**{"lines.0.discount": {"amount": -1}}), "lines[0].discount.amount: -1 is negative"),
    (changed(discount={"amount": 148.01}), "discount: 148.01 DKK is more than the lines' 148.00 DKK"),
    (changed(**{"payments.0.means": "kash"}), "payments[0].means: no 'kash'; did you mean 'cash'?"),
    (changed(**{"payments.0.amount": 0}), "payments[0].amount: is not above 0"),
    (changed(**{"payments.0.amount": 138}), "payments: 138.00 DKK is 10.00 DKK short of the total of 148.00 DKK"),
    (changed(payments=[]), "payments: 0.00 DKK is 148.00 DKK short"),
    (changed(**{"payments.0.amount": 150}), "payments: 2.00 DKK more than the total of 148.00 DKK, and change is"),
    (changed(link="ftp://x"), 'link: "ftp://x" is not a link'),
    (changed(link="https://æ.dk"), "link: "),
    (changed(language="se"), "language: no 'se'; one of da, en"),
    (changed(footer="Tak"), 'footer: "Tak" is not an array'),
]
# What no shape can tell: sums, decimals of a currency, ranges of strings, days of a month.
BEYOND_SHAPE = ("decimals", "more than the", "short", "day is out", "-38.00 is negative")


@pytest.mark.parametrize(("value", "says"), FLAWS, ids=[says[:50] for _, says in FLAWS])
def test_an_error_names_the_field(value: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOrder) as caught:
        order_from_json(value)
    assert caught.value.detail.startswith(says)
    if not any(words in says for words in BEYOND_SHAPE):
        assert not SCHEMA.is_valid(value)


def test_control_characters_are_named_with_their_field() -> None:
    with pytest.raises(BadText) as caught:
        order_from_json(changed(**{"lines.1.name": "Bob\x1dV\x00"}))
    assert caught.value.detail.startswith("lines[1].name: character U+001D at position 4")


def test_values_made_by_hand_are_checked_too() -> None:
    for wrong in (
        lambda: OrderLine("x", Money(-1), 0),
        lambda: OrderLine("x", Money(1), 0, Decimal(0)),
        lambda: OrderLine("x", Money(1), 10_001),
        Discount,
        lambda: Discount(1, Money(1)),
        lambda: Discount(10_001),
        lambda: Discount(amount=Money(-1)),
        lambda: Paid("cash", Money(0)),
        lambda: plain_order([], []),
        lambda: plain_order([100], [Paid("cash", Money(100, "SEK"))]),
        lambda: plain_order([100], [Paid("cash", Money(100))], Discount(amount=Money(1, "SEK"))),
    ):
        with pytest.raises(BadOrder):
            wrong()


def test_the_schema_is_a_schema_and_takes_the_order() -> None:
    Draft202012Validator.check_schema(order_schema())
    SCHEMA.validate(ORDER)


def test_a_logo_is_found_beside_the_order(tmp_path: Path) -> None:
    order = order_from_json(changed(**{"shop.logo": "logo.png"}), folder=tmp_path)
    assert order.shop.logo == tmp_path / "logo.png"
    assert order_from_json(changed(**{"shop.logo": "logo.png"})).shop.logo == Path("logo.png")
