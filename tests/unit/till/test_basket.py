"""Baskets: what they take, what they refuse, and campaigns worked out by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from posdevkit.codes.checkdigit import check_digit
from posdevkit.contract import Campaign, Customer, Product
from posdevkit.errors import BadOrder, NotForSale
from posdevkit.money import Money
from posdevkit.till import Basket, Catalogue, Discount, VatGroup

COFFEE = Product("coffee", "Flat white", 3800, 2500, group="bar")
BUN = Product("bun", "Kanelsnegl", 3200, 2500, group="bakery")
PAPER = Product("paper", "Avis", 4000, 0)
APPLES = Product("apples", "Æbler", 2495, 2500, codes=("2300001000006",), by_weight=True)
ANNA = Customer("0198c1a2-b3c4-7000-8000-000000000001", "Anna", points=50)
DAY = "2026-03-14"


def basket(*campaigns: Campaign, **more: Any) -> Basket:
    return Basket(DAY, campaigns=campaigns, **more)


def percent(name: str, basis_points: int, **more: Any) -> Campaign:
    return Campaign(name, name, "percent", basis_points=basis_points, **more)


def bundle(name: str, count: int, amount: int, **more: Any) -> Campaign:
    return Campaign(name, name, "bundle", count=count, amount=amount, **more)


def totals(one: Basket) -> list[int]:
    return [line.total.minor for line in one.priced]


def test_add_and_remove_leave_the_old_basket_alone() -> None:
    empty = basket()
    two = empty.add(COFFEE, 2).add(APPLES, Decimal("0.455"))
    assert totals(two) == [7600, 1135]
    assert two.total == Money(8735)
    assert two.remove(0).total == Money(1135)
    assert (empty.lines, empty.total, empty.vat_groups) == ((), Money(0), ())
    mixed = two.add(PAPER)
    assert mixed.vat_groups == (VatGroup(2500, Money(8735), Money(1747)), VatGroup(0, Money(4000), Money(0)))


def test_scans() -> None:
    catalogue = Catalogue(
        [COFFEE, APPLES, Product("cheese", "Ost", 11900, 2500, codes=("2100001000000",), by_weight=True)]
    )
    body = "230000100455"
    assert basket().scan(body + check_digit(body), catalogue).total == Money(1135)
    body = "210000104123"
    (line,) = basket().scan(body + check_digit(body), catalogue).lines
    assert (line.quantity, line.price, line.stock) == (Decimal(1), 4123, Decimal("0.346"))
    with pytest.raises(NotForSale) as caught:
        basket().scan("9520000010013", catalogue)
    assert "9520000010013" not in str(caught.value)


@pytest.mark.parametrize("quantity", [0, -1, Decimal("0.5"), 1_000_000, Decimal("NaN"), Decimal("Infinity")])
def test_no_quantity(quantity: Decimal | int) -> None:
    with pytest.raises(BadOrder):
        basket().add(COFFEE, quantity)


def test_what_cannot_be_sold() -> None:
    with pytest.raises(NotForSale, match="x X has no price"):
        basket().add(Product("x", "X", None, 2500))
    with pytest.raises(NotForSale, match="no longer sold"):
        basket().add(Product("x", "X", 100, 2500, active=False))
    with pytest.raises(BadOrder, match="Weigh it"):
        basket().add(APPLES)
    with pytest.raises(BadOrder):
        basket().add(APPLES, Decimal("0.4555"))
    with pytest.raises(BadOrder, match="no line 1"):
        basket().add(COFFEE).remove(1)
    with pytest.raises(BadOrder, match="no line -1"):
        basket().add(COFFEE).discounted(None, -1)


def test_discounts_of_the_cashier() -> None:
    one = basket().add(COFFEE, 2).add(BUN).discounted(Discount(1000), 0)
    assert totals(one) == [6840, 3200]
    assert totals(one.discounted(Discount(amount=Money(1004)))) == [6156, 2880]
    assert one.discounted(None, 0).total == Money(10800)
    for wrong in (Discount(amount=Money(7601)), Discount(amount=Money(1, "SEK"))):
        with pytest.raises(BadOrder):
            one.discounted(wrong, 0)
    with pytest.raises(BadOrder):
        one.discounted(Discount(amount=Money(10041)))


def test_of_two_percentages_the_better_one_and_only_one() -> None:
    one = basket(percent("a10", 1000), percent("b20", 2000, groups=("bakery",))).add(COFFEE).add(BUN)
    assert totals(one) == [3420, 2560]
    assert [line.saving.campaign.id for line in one.priced if line.saving] == ["a10", "b20"]
    tie = basket(percent("z", 1000), percent("a", 1000)).add(COFFEE)
    assert [line.saving.campaign.id for line in tie.priced if line.saving] == ["a"]
    assert totals(one.discounted(Discount(100), 0)) == [3762, 2560]  # a cashier's own discount stands alone
    assert totals(basket(percent("all", 10_000)).add(COFFEE)) == [0]


def test_when_and_for_whom() -> None:
    for other in (
        percent("x", 1000, starts="2026-03-15"),
        percent("x", 1000, ends="2026-03-13"),
        percent("x", 1000, active=False),
        percent("x", 1000, members_only=True),
        percent("x", 1000, skus=("bun",)),
    ):
        assert totals(basket(other).add(COFFEE)) == [3800]
    assert totals(basket(percent("x", 1000, starts=DAY, ends=DAY)).add(COFFEE)) == [3420]
    assert totals(basket(percent("x", 1000, members_only=True)).add(COFFEE).for_customer(ANNA)) == [3420]


def test_bundles_take_the_dearest_and_never_cost_more() -> None:
    two = bundle("two-for-60", 2, 6000)
    assert basket(two).add(COFFEE).total == Money(3800)
    # 38 + 38 together for 60, the bun for itself: sixteen off the coffees.
    assert totals(basket(two).add(BUN).add(COFFEE, 2)) == [3200, 6000]
    # 38 + 32 for 60, ten off in proportion: 5.43 and 4.57.
    assert totals(basket(two).add(BUN).add(COFFEE)) == [2743, 3257]
    assert totals(basket(bundle("dear", 2, 8000)).add(COFFEE, 2)) == [7600]
    assert totals(basket(bundle("free", 2, 0)).add(COFFEE, 2)) == [0]
    assert totals(basket(two).add(APPLES, 2)) == [4990]  # what is weighed has no pieces


def test_a_bundle_against_a_percentage() -> None:
    small, large = percent("p", 500), percent("p", 5000)
    two = bundle("two-for-60", 2, 6000)
    assert totals(basket(two, small).add(COFFEE, 2)) == [6000]
    assert totals(basket(two, large).add(COFFEE, 2)) == [3800]
    # One campaign per line: the third coffee is in the bundle's line, and two buns beside it have their percentage.
    assert totals(basket(two, small).add(COFFEE, 3)) == [9800]


def test_the_order_of_campaigns_changes_nothing() -> None:
    some = [percent("a", 1000), bundle("b", 3, 9000), bundle("c", 2, 6000), percent("d", 1500, groups=("bakery",))]
    results = {
        basket(*some[turn:], *some[:turn]).add(COFFEE, 3).add(BUN, 2).total for turn in range(len(some))
    }  # fmt: skip
    # b: three coffees for 90 saves 24; then c: two buns for 60 saves 4, less than 15 % of 64.
    assert results == {Money(9000 + 5440)}


def test_points_are_earned_on_what_is_paid() -> None:
    earn = Campaign("points", "Points", "earn", amount=1000)
    one = basket(earn).add(COFFEE, 2).add(BUN)
    assert one.points == ()
    assert [points for _, points in one.for_customer(ANNA).points] == [10]
    cheaper = one.for_customer(ANNA).discounted(Discount(1000))
    assert [points for _, points in cheaper.points] == [9]
    assert basket(Campaign("p", "P", "earn", amount=0)).add(COFFEE).for_customer(ANNA).points == ()


def test_points_are_redeemed_down_to_zero_and_not_below() -> None:
    redeem = Campaign("use", "Use", "redeem", amount=100)
    one = basket(redeem).add(COFFEE).add(PAPER).for_customer(ANNA)
    used = one.redeem(20)
    assert used.total == Money(7800 - 2000)
    assert totals(used) == [3800 - 974, 4000 - 1026]
    assert [points for _, points in used.points] == [-20]
    cheap = basket(redeem).add(Product("x", "X", 150, 2500)).for_customer(ANNA).redeem(50)
    assert cheap.total == Money(0)
    assert [points for _, points in cheap.points] == [-2]  # no more than are of use
    bakery = basket(Campaign("use", "Use", "redeem", amount=100, groups=("bakery",))).add(COFFEE).add(BUN)
    assert totals(bakery.for_customer(ANNA).redeem(50)) == [3800, 0]
    assert used.for_customer(None).redeemed == 0
    for other, points in ((one, 51), (basket(redeem), 1), (basket().for_customer(ANNA), 1)):
        with pytest.raises(BadOrder):
            other.redeem(points)


def test_park_and_resume() -> None:
    one = basket(percent("a", 1000), currency="DKK").add(COFFEE, 2).add(APPLES, Decimal("0.455")).for_customer(ANNA)
    one = one.discounted(Discount(amount=Money(100), name="Stamkunde")).discounted(Discount(500), 0)
    again = Basket.resume(one.park())
    assert again == one
    assert again.total == one.total


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda value: value.update(version=2), "version 1"),
        (lambda value: value.pop("basket"), "version 1"),
        (lambda value: value["basket"].update(colour="red"), "no field 'colour'"),
        (lambda value: value["basket"].pop("day"), "'day' is missing"),
        (lambda value: value["basket"]["lines"][0].update(quantity="-1"), "a quantity is above 0"),
        (lambda value: value["basket"]["lines"][0].update(quantity=1), r"basket.lines\[0\].quantity"),
        (lambda value: value["basket"]["lines"][0].update(price=1.5), r"basket.lines\[0\].price"),
        (lambda value: value["basket"]["lines"][0].update(discount={}), "either a percentage or an amount"),
        (lambda value: value["basket"].update(currency="kro"), "currency"),
    ],
)
def test_resume_is_strict(change: Any, says: str) -> None:
    value = json.loads(basket().add(COFFEE).park())
    change(value)
    with pytest.raises(BadOrder, match=says):
        Basket.resume(json.dumps(value))
    for text in ("", "[]", "null", "{"):
        with pytest.raises(BadOrder):
            Basket.resume(text)
