"""The sum of the page, against figures that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import posdevkit as pos
from posdevkit_emulators.demo.morning import Line, Morning, morning
from posdevkit_emulators.demo.sums import Slip, figures, kroner


def slip(name: str, page: Morning | None = None) -> Slip:
    return next(one for one in figures(page or morning()).slips if one.name == name)


def test_each_receipt_by_hand() -> None:
    by_hand = {
        "bread-and-milk": ("K1-000001", 8580, 20, 1400),  # 34.95 + 2 x 13.95 + 22.95; 86.00 in coins
        "apples": ("K1-000002", 11514, 0, 0),  # 1.248 kg at 24.95 is 31.1376; + 42.00 + 42.00
        "two-flat-whites": ("B1-000001", 10400, 0, 0),
        "lunch-in-the-sun": ("T1-000001", 12195, 0, 0),
        "a-big-basket": ("K1-000003", 35578, 22, 14400),  # 356.00 in coins
        "breakfast": ("B1-000002", 4800, 0, 0),
        "offline-cake": ("K1-000004", 4300, 0, 700),
        "offline-coffee": ("B1-000003", 4500, 0, 0),
        "offline-beer": ("T1-000002", 5600, 0, 4400),
        "buns-for-a-member": ("K1-000005", 9995, 0, 0),  # two buns for 50.00, and 49.95
        "latte-for-points": ("B1-000004", 3300, 0, 1700),  # 42.00 less 9 points
        "the-last-one": ("T1-000003", 6495, 0, 0),
        "a-bun-comes-back": ("K1-000006", -2500, 0, 0),  # half of 50.00, not the 32.00 of one bun
    }
    found = {one.name: (one.number, one.total, one.rounding, one.change) for one in figures(morning()).slips}
    assert found == by_hand


def test_vat_is_a_fifth_of_what_is_under_25_per_cent() -> None:
    assert dict(slip("apples").vat) == {25: (7314, 1463), 0: (4200, 0)}  # 14.628
    assert dict(slip("a-bun-comes-back").vat) == {25: (-2500, -500)}


def test_the_whole_morning_by_hand() -> None:
    sums = figures(morning())
    assert sums.total == 114_757
    assert sums.by_means() == {"cash": 57_400, "card": 42_499, "wallet": 14_900}
    assert sum(sums.by_means().values()) == sums.total + sum(one.rounding for one in sums.slips)
    assert sums.by_vat() == {25: (105_757, 21_152), 0: (9_000, 0)}
    assert sum(sums.by_product().values()) == sums.total
    # 9 for 99.95, 3 for 33.00; 9 spent; 2 of the 9 go back with 25.00 of 99.95
    assert sums.points() == {"earn": 12, "redeem": -9, "reverse": -2, "balance": 1}
    assert (sums.stock["1100"], sums.stock["3001"], sums.stock["3101"]) == (29_000, 23_752, 3_654)
    assert sums.pieces()["1100"] == 1


def test_a_line_more_is_seen() -> None:
    page = morning()
    first, *others = page.sales
    more = replace(first, lines=(*first.lines, Line("2509", "Bærepose", 500, 25, pieces=1)))
    assert figures(replace(page, sales=(more, *others))).total == figures(page).total + 500


def test_the_pages_names_and_prices_are_the_catalogues() -> None:
    goods = pos.Catalogue.demo()
    for sale in morning().sales:
        for line in sale.lines:
            product = goods.products[line.sku]
            assert (product.name, product.vat_rate) == (line.name, line.vat * 100)
            if not line.stock_grams:
                assert product.price == line.price


def test_danish_amounts() -> None:
    assert [kroner(ore) for ore in (0, 5, -2500, 114_757, 123_456_789)] == [
        "0,00",
        "0,05",
        "-25,00",
        "1.147,57",
        "1.234.567,89",
    ]
