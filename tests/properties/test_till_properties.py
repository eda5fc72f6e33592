"""Sales: parts sum to the whole, a refund undoes a sale however it is cut, and nothing is lost on the way to a file."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posdevkit.codes.checkdigit import check_digit
from posdevkit.contract import Campaign, Customer, Product, Sale, from_json, to_json
from posdevkit.money import Money
from posdevkit.till import (
    Basket,
    Catalogue,
    Discount,
    Paid,
    appended,
    cash_of,
    refund_of,
    sale_of,
    settle,
    verify,
)
from posdevkit.till.journal import Entry

DAY = "2026-03-14"
ANNA = Customer("0198c1a2-b3c4-7000-8000-000000000001", "Anna", points=500)
SALE_ID = "0198c1a2-b3c4-7000-8000-0000000000aa"
GROUPS = ("a", "b", "")
CURRENCIES = [("DKK", ""), ("SEK", ""), ("NOK", ""), ("CHF", ""), ("EUR", "FI"), ("EUR", "")]

names = st.text("abcÆøå ;,\"'\n", min_size=1, max_size=12).map(lambda text: f"x{text}x")
amounts = st.integers(0, 100_000)
rates = st.sampled_from([0, 1200, 2500])


@st.composite
def products(draw: st.DrawFn, number: int = 0) -> Product:
    code = f"952{number:09d}"
    return Product(
        sku=f"p{number}",
        name=draw(names),
        price=draw(amounts),
        vat_rate=draw(rates),
        codes=draw(st.sampled_from([(), (code + check_digit(code),)])),
        by_weight=draw(st.booleans()),
        group=draw(st.sampled_from(GROUPS)),
    )


@st.composite
def campaigns(draw: st.DrawFn, number: int = 0) -> Campaign:
    return Campaign(
        id=f"c{number}",
        name="C",
        kind=draw(st.sampled_from(["percent", "bundle", "earn", "redeem"])),
        groups=draw(st.sampled_from([(), ("a",), ("a", "b")])),
        basis_points=draw(st.integers(0, 10_000)),
        count=draw(st.integers(0, 4)),
        amount=draw(st.integers(0, 50_000)),
        members_only=draw(st.booleans()),
    )


@st.composite
def baskets(draw: st.DrawFn) -> tuple[Basket, str]:
    currency, country = draw(st.sampled_from(CURRENCIES))
    offered = tuple(draw(campaigns(number)) for number in range(draw(st.integers(0, 4))))
    basket = Basket(DAY, currency, campaigns=offered)
    for number in range(draw(st.integers(1, 5))):
        product = draw(products(number))
        grams, pieces = draw(st.integers(1, 5000)), draw(st.integers(1, 6))
        basket = basket.add(product, Decimal(grams) / 1000 if product.by_weight else pieces)
        if draw(st.booleans()) and draw(st.booleans()):
            basket = basket.discounted(Discount(draw(st.integers(0, 10_000))), number)
    if draw(st.booleans()):
        off = draw(st.integers(0, basket.subtotal.minor))
        basket = basket.discounted(Discount(amount=Money(off, currency)))
    if draw(st.booleans()):
        # A customer may open campaigns for members, and leave less than the discount was.
        basket = basket.discounted(None).for_customer(ANNA)
        if any(one.kind == "redeem" and one.amount for one in basket.running):
            basket = basket.redeem(draw(st.integers(0, 500)))
    return basket, country


@st.composite
def sales(draw: st.DrawFn) -> tuple[Sale, str]:
    basket, country = draw(baskets())
    currency, due = basket.currency, basket.total.minor
    card = draw(st.sampled_from([0, due, due // 2]))
    payments = [Paid("card", Money(card, currency))] if card else []
    if due > card:
        payments.append(Paid("cash", Money(due - card + draw(st.integers(100, 10_000)), currency)))
    sale = sale_of(basket, payments, receipt="1", register="K", sequence=1, country=country)
    return sale, country


@given(baskets())
def test_the_parts_sum_to_the_whole(drawn: tuple[Basket, str]) -> None:
    basket, _ = drawn
    assert sum(one.total.minor for one in basket.priced) == basket.total.minor
    assert sum(group.gross.minor for group in basket.vat_groups) == basket.total.minor
    for one in basket.priced:
        assert 0 <= one.total.minor <= one.gross.minor
    assert basket.total.minor <= sum(one.gross.minor for one in basket.priced)


@given(baskets(), st.data())
def test_campaigns_have_no_order(drawn: tuple[Basket, str], data: st.DataObject) -> None:
    basket, _ = drawn
    other = tuple(data.draw(st.permutations(basket.campaigns)))
    assert replace(basket, campaigns=other).priced == basket.priced


@given(baskets())
def test_resuming_what_was_parked(drawn: tuple[Basket, str]) -> None:
    basket, _ = drawn
    again = Basket.resume(basket.park())
    assert again == basket
    assert again.priced == basket.priced
    assert again.park() == basket.park()


@given(baskets(), st.integers(0, 100_000))
def test_the_change_is_right_and_coins_make_it(drawn: tuple[Basket, str], more: int) -> None:
    basket, country = drawn
    cash = cash_of(basket.currency, country)
    handed = Money((basket.total.minor // cash.step + 1) * cash.step + more // cash.step * cash.step, basket.currency)
    found = settle(basket, [Paid("cash", handed)], country=country)
    if not basket.total:
        assert found.change == handed
    assert found.due + found.change == handed
    if cash.rule == "down":
        assert -cash.step < found.rounding.minor <= 0
    else:
        assert 2 * abs(found.rounding.minor) <= cash.step
    if found.change.minor % cash.money[0]:
        # Finland does not round one or two cents, and gives shops no coins that could be change for them.
        assert 0 < found.due.minor <= cash.exact
        with pytest.raises(ValueError, match="no coins"):
            cash.pieces(found.change)
    else:
        pieces = cash.pieces(found.change)
        assert sum(piece * count for piece, count in pieces.items()) == found.change.minor


@given(sales())
def test_a_sale_survives_the_wire(drawn: tuple[Sale, str]) -> None:
    sale, _ = drawn
    assert from_json(Sale, to_json(sale)) == sale
    for line in sale.lines:
        gross = Money(line.price, sale.currency) * line.quantity
        assert line.total + line.discount == gross.minor


def figures(sale: Sale) -> dict[object, Decimal | int]:
    """All that a sale moves, by what it moves."""
    found: dict[object, Decimal | int] = {}

    def add(key: object, amount: Decimal | int) -> None:
        found[key] = found.get(key, 0) + amount

    for place, line in enumerate(sale.lines, 1):
        for what, amount in (("total", line.total), ("discount", line.discount), ("quantity", line.quantity)):
            add((what, line.of or place), amount)
    for group in sale.vat:
        add(("gross", group.rate), group.gross)
        add(("vat", group.rate), group.vat)
    for move in sale.movements:
        add(("stock", move.sku), move.quantity)
    for entry in sale.points:
        add(("points", entry.rule), entry.points)
    add("total", sale.total)
    return found


def summed(sales: list[Sale]) -> dict[object, Decimal | int]:
    found: dict[object, Decimal | int] = {}
    for sale in sales:
        for key, amount in figures(sale).items():
            found[key] = found.get(key, 0) + amount
    return found


def refunded(sale: Sale, **more: object) -> Sale:
    return refund_of(sale, SALE_ID, receipt="2", register="K", sequence=2, business_day=DAY, **more)  # type: ignore[arg-type]


@given(sales())
def test_a_refund_and_its_sale_are_nothing(drawn: tuple[Sale, str]) -> None:
    sale, country = drawn
    back = refunded(sale, country=country)
    assert set(summed([sale, back]).values()) <= {0}
    assert back.rounding == -sale.rounding
    assert sorted((one.means, -one.amount) for one in back.tenders) == sorted(
        (one.means, one.amount) for one in sale.tenders if one.amount
    )


@given(sales(), st.data())
def test_however_a_sale_is_cut_into_refunds_they_undo_it(drawn: tuple[Sale, str], data: st.DataObject) -> None:
    sale, country = drawn
    parts: list[Sale] = []
    left = [line.quantity for line in sale.lines]
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(left) - 1))
        if not left[place]:
            continue
        grains = 1 if sale.lines[place].quantity % 1 == 0 else 1000
        quantity = Decimal(data.draw(st.integers(1, int(left[place] * grains)))) / grains
        parts.append(refunded(sale, quantities={place: quantity}, earlier=parts, means="cash", country=country))
        left[place] -= quantity
    if any(left):
        parts.append(refunded(sale, earlier=parts, means="card"))
    assert set(summed([sale, *parts]).values()) <= {0}
    for part in parts:
        paid = sum(one.amount for one in part.tenders if one.means == "cash")
        cash = cash_of(sale.currency, country)
        assert paid % cash.step == 0 or abs(paid) <= cash.exact


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8, unique=True).flatmap(
    lambda numbers: st.tuples(*(products(number) for number in numbers))
))  # fmt: skip
def test_a_catalogue_survives_its_file(found: tuple[Product, ...]) -> None:
    catalogue = Catalogue(replace(one, name=one.name.replace("\n", " ")) for one in found)
    assert Catalogue.parse(catalogue.to_csv()) == catalogue


def journal(payloads: list[object]) -> list[Entry]:
    rows: list[Entry] = []
    for payload in payloads:
        at = datetime(2026, 3, 14, 10, tzinfo=timezone.utc)  # noqa: UP017
        rows.append(appended(rows[-1] if rows else None, at=at, actor="Åse", kind="sale", payload=payload))
    return rows


@settings(max_examples=300)
@given(st.lists(st.integers() | names, min_size=1, max_size=5), st.data())
def test_a_change_of_any_character_of_a_journal_is_found(payloads: list[object], data: st.DataObject) -> None:
    rows = journal(payloads)
    head = rows[-1]
    assert verify(rows, head=head) is None
    place = data.draw(st.integers(0, len(rows) - 1))
    row = rows[place]
    name = data.draw(st.sampled_from([one.name for one in fields(Entry)]))
    value = getattr(row, name)
    if isinstance(value, int):
        changed: object = data.draw(st.integers().filter(lambda other: other != value))
    else:
        at = data.draw(st.integers(0, len(value)))
        new = data.draw(st.text(min_size=1, max_size=1))
        changed = data.draw(
            st.sampled_from([value[:at] + new + value[at + 1 :], value[:at] + new + value[at:], value[:at]])
        )
    rows[place] = Entry(**{**{one.name: getattr(row, one.name) for one in fields(Entry)}, name: changed})
    broken = verify(rows, head=head)
    assert (broken is None) == (changed == value)
    if broken:
        assert broken.seq in (place + 1, place + 2)


@given(st.integers(1, 6), st.data())
def test_rows_taken_out_or_moved_are_found(count: int, data: st.DataObject) -> None:
    rows = journal(list(range(count)))
    order = data.draw(st.lists(st.sampled_from(rows), max_size=count + 1))
    assert (verify(order, head=rows[-1]) is None) == (order == rows)
