"""Orders from JSON, by the published schema `order.schema.json` (JSON Schema 2020-12) beside this file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import cast, get_args

from posdevkit.contract import Means
from posdevkit.documents import plain
from posdevkit.documents.reading import Fields, Node
from posdevkit.errors import BadOrder
from posdevkit.money import Money, exponent

from .order import Language, Order, OrderLine, Seller
from .sums import Discount, Paid

__all__ = ["order_from_json", "order_schema"]

_MEANS: tuple[Means, ...] = get_args(Means)
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_CVR = re.compile("[0-9]{8}")
_LINK = re.compile("https?://[!-~]+")
_MOST = Decimal(1_000_000)
_MOST_MONEY = Decimal(10**12)


@cache
def order_schema() -> dict[str, object]:
    """The published JSON Schema of orders."""
    return cast(dict[str, object], json.loads(files(__package__).joinpath("order.schema.json").read_text("utf-8")))


def order_from_json(value: object, *, folder: Path | None = None) -> Order:
    """An order from parsed JSON (`documents.reading.read_json` keeps amounts exact); the logo's path is in `folder`.

    Raises BadOrder, or BadText for characters that cannot be printed, with the path of the field:
    `lines[2].price: -38.00 is negative`.
    """
    node = Node(value, BadOrder)
    found = node.fields(
        ("kind", "shop", "number", "time", "currency", "lines", "payments"),
        ("$schema", "register", "cashier", "discount", "table", "note", "link", "footer", "language"),
    )
    found["kind"].choice(["order"])
    found.get("$schema", Node.text, "")
    currency = _currency(found["currency"])
    lines = tuple(_line(line, currency) for line in found["lines"].items(least=1))
    discount = found.get("discount", partial(_discount, currency=currency), None)
    payments = tuple(_payment(payment, currency) for payment in found["payments"].items())
    return Order(
        shop=_shop(found["shop"], folder),
        number=_label(found["number"]),
        time=_time(found["time"]),
        currency=currency,
        lines=lines,
        payments=payments,
        discount=discount,
        register=found.get("register", _label, ""),
        cashier=_words(found, "cashier"),
        table=found.get("table", _label, ""),
        note=_words(found, "note"),
        link=found.get("link", _link, ""),
        footer=found.get("footer", _texts, ()),
        language=found.choice("language", _LANGUAGES, "da"),
    )


def _shop(node: Node, folder: Path | None) -> Seller:
    found = node.fields(("name",), ("address", "cvr", "phone", "logo"))
    logo = found.get("logo", lambda path: (folder or Path()) / path.text(least=1), None)
    cvr = found.get("cvr", Node.text, "")
    if "cvr" in found and not _CVR.fullmatch(cvr):
        found["cvr"].fail(f"a CVR number has eight digits, not {cvr!r}")
    return Seller(_text(found["name"]), found.get("address", _texts, ()), cvr, _words(found, "phone"), logo)


def _line(node: Node, currency: str) -> OrderLine:
    found = node.fields(("name", "price", "vat"), ("quantity", "discount", "note"))
    name, note = _text(found["name"]), _words(found, "note")
    price = _amount(found["price"], currency)
    vat = _basis_points(found["vat"], "a VAT rate")
    quantity = found.get("quantity", _quantity, Decimal(1))
    discount = found.get("discount", partial(_discount, currency=currency), None)
    line = OrderLine(name, price, vat, quantity, note=note)
    if discount is None:
        return line
    # Added afterwards, so that a discount too large is named as the discount's own error.
    return found["discount"].make(lambda _: replace(line, discount=discount))


def _discount(node: Node, currency: str) -> Discount:
    found = node.fields((), ("percent", "amount", "name"))
    if ("percent" in found) == ("amount" in found):
        node.fail("a discount has either a percent or an amount")
    percent = found.get("percent", lambda value: _basis_points(value, "a discount"), None)
    amount = found.get("amount", lambda value: _amount(value, currency), None)
    return Discount(percent, amount, _words(found, "name"))


def _payment(node: Node, currency: str) -> Paid:
    found = node.fields(("means", "amount"))
    means = found["means"].choice(_MEANS)
    amount = _amount(found["amount"], currency)
    if not amount:
        found["amount"].fail("is not above 0")
    return Paid(means, amount)


def _amount(node: Node, currency: str) -> Money:
    value = node.decimal()
    if value < 0:
        node.fail(f"{value} is negative")
    if value >= _MOST_MONEY:
        node.fail(f"{value} is out of range")
    try:
        return Money.of(value, currency)
    except ValueError as problem:
        node.fail(f"{problem} ({currency})")


def _basis_points(node: Node, what: str) -> int:
    value = node.decimal()
    if not 0 <= value <= 100:
        node.fail(f"{what} is 0 to 100 %, not {value}")
    if 100 % value.as_integer_ratio()[1]:
        node.fail(f"{value} has more than 2 decimals")
    return int(value * 100)


def _quantity(node: Node) -> Decimal:
    value = node.decimal()
    if not 0 < value < _MOST:
        node.fail(f"a quantity is above 0 and below {_MOST}, not {value}")
    if 1000 % value.as_integer_ratio()[1]:
        node.fail(f"{value} has more than 3 decimals")
    return value


def _currency(node: Node) -> str:
    text = node.text()
    try:
        exponent(text)
    except ValueError as problem:
        node.fail(str(problem))
    return text


def _time(node: Node) -> datetime:
    text = node.text()
    if not _TIME.fullmatch(text):
        node.fail(f"{node.shown()} is not a time such as 2026-03-14T10:32:05+01:00")
    try:
        return datetime.fromisoformat(text)
    except ValueError as problem:
        node.fail(f"{node.shown()}: {problem}")


def _text(node: Node) -> str:
    return node.make(lambda value: plain(value.text(least=1)))


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(_text(line) for line in node.items())


def _words(found: Fields, key: str) -> str:
    return found.get(key, _text, "")


def _label(node: Node) -> str:
    """A name that is often a number: `"7"` or `7`."""
    if isinstance(node.value, str):
        return _text(node)
    number = node.integer()
    if number < 0:
        node.fail(f"{number} is negative")
    return str(number)


def _link(node: Node) -> str:
    text = node.text()
    if not _LINK.fullmatch(text):
        node.fail(f"{node.shown()} is not a link such as https://example.com/r/1 (ASCII, without blanks)")
    return text
