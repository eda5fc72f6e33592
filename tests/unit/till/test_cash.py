"""Cash rounding by tables worked out by hand from each country's rule, and change with the fewest pieces."""

from __future__ import annotations

from functools import cache

import pytest

from posdevkit.errors import BadTender, UsageError
from posdevkit.money import Money
from posdevkit.till import Cash, Paid, Settlement, cash_of

# (currency, country, rule as its source has it, amount in minor units -> rounded)
TABLE = [
    # Bekendtgørelse 928 of 2008, section 2, and register practice: 0-24 to 0, 25-74 to 50, 75-99 to 100.
    ("DKK", "", {0: 0, 1: 0, 24: 0, 25: 50, 26: 50, 49: 50, 74: 50, 75: 100, 99: 100, 1225: 1250, 25980: 26000}),
    # Sweden: whole kronor, 1-49 down, 50-99 up.
    ("SEK", "", {0: 0, 1: 0, 49: 0, 50: 100, 51: 100, 99: 100, 1050: 1100, 1149: 1100, 9950: 10000}),
    # Norway, forskrift 294 of 2011, section 2: whole kroner, 1-49 down, 50-99 up.
    ("NOK", "", {0: 0, 1: 0, 49: 0, 50: 100, 99: 100, 1249: 1200, 1250: 1300}),
    # Switzerland: shops take no more than their price tags say: 0-4 to 0, 5-9 to 5.
    ("CHF", "", {0: 0, 1: 0, 4: 0, 5: 5, 6: 5, 9: 5, 10: 10, 1002: 1000, 1003: 1000, 1998: 1995}),
    # Finland, act 890/2000, section 1: 1-2 down, 3-4 up to 5, 6-7 down to 5, 8-9 up; 1 and 2 cents in all stay.
    ("EUR", "FI", {0: 0, 1: 1, 2: 2, 3: 5, 4: 5, 5: 5, 6: 5, 7: 5, 8: 10, 9: 10, 11: 10, 12: 10, 1992: 1990}),
    ("EUR", "DE", {1: 1, 2: 2, 1993: 1993}),
    ("USD", "", {1: 1, 99: 99}),
]


@pytest.mark.parametrize(("currency", "country", "table"), TABLE, ids=[f"{row[0]}{row[1]}" for row in TABLE])
def test_rounding_by_the_rule_and_its_mirror_for_refunds(currency: str, country: str, table: dict[int, int]) -> None:
    cash = cash_of(currency, country)
    for amount, expected in table.items():
        assert cash.round(Money(amount, currency)) == Money(expected, currency), amount
        assert cash.round(Money(-amount, currency)) == Money(-expected, currency), -amount


def test_every_amount_of_a_danish_krone() -> None:
    for ore in range(100):
        expected = 0 if ore < 25 else 50 if ore < 75 else 100
        assert cash_of("DKK").round(Money(1200 + ore)) == Money(1200 + expected)


@pytest.mark.parametrize("country", ["fi", "FIN", "Finland", "F1", "ÅÆ"])
def test_what_is_no_country_is_refused(country: str) -> None:
    """Written otherwise it would be rounded by no rule, in silence."""
    with pytest.raises(UsageError, match="two capital letters"):
        cash_of("EUR", country)


def test_down_is_towards_zero() -> None:
    down = Cash("DKK", 50, "down")
    assert [down.round(Money(n)).minor for n in (0, 49, 50, 99, 100, -49, -50, -99)] == [0, 0, 50, 50, 100, 0, -50, -50]


def test_a_country_counts_for_its_own_currency_alone() -> None:
    assert cash_of("DKK", "FI").step == 50
    with pytest.raises(ValueError, match="three capital letters"):
        cash_of("kr")


@pytest.mark.parametrize(("currency", "country"), [("DKK", ""), ("SEK", ""), ("NOK", ""), ("CHF", ""), ("EUR", "FI")])
def test_the_largest_piece_first_takes_the_fewest(currency: str, country: str) -> None:
    """Kozen and Zaks (1994): where greedy is not optimal, it fails below the sum of the two largest pieces."""
    cash = cash_of(currency, country)
    unit = cash.money[0]
    pieces = [piece // unit for piece in cash.money]
    top = pieces[-1] + pieces[-2]
    best = [0] * (top + 1)
    for amount in range(1, top + 1):
        best[amount] = 1 + min(best[amount - piece] for piece in pieces if piece <= amount)
    for amount in range(top + 1):
        found = cash.pieces(Money(amount * unit, currency))
        assert sum(piece * count for piece, count in found.items()) == amount * unit
        assert sum(found.values()) == best[amount]


def test_greedy_is_not_always_best_so_the_comparison_can_fail() -> None:
    odd = Cash("DKK", 1, money=(1, 3, 4))
    assert sum(odd.pieces(Money(6)).values()) == 3

    @cache
    def fewest(amount: int) -> int:
        return 0 if not amount else 1 + min(fewest(amount - piece) for piece in odd.money if piece <= amount)

    assert fewest(6) == 2


def test_change_that_no_coin_makes() -> None:
    with pytest.raises(ValueError, match="no coins for 0"):
        cash_of("DKK").pieces(Money(1025))
    with pytest.raises(ValueError, match="no coins"):
        cash_of("DKK").pieces(Money(-50))
    assert cash_of("DKK").pieces(Money(38650)) == {20000: 1, 10000: 1, 5000: 1, 2000: 1, 1000: 1, 500: 1, 100: 1, 50: 1}


@pytest.mark.parametrize(
    ("payments", "says"),
    [
        ([("cash", 6199)], "payments: 61.99 DKK is 0.01 DKK short of the total of 62.00 DKK"),
        ([("card", 6213)], "payments: 0.01 DKK more than the total of 62.12 DKK, and change is given from cash alone"),
        ([("card", 7000), ("cash", 500)], "payments: 7.88 DKK more than the total"),
        ([], "payments: 0.00 DKK is 62.12 DKK short"),
    ],
)
def test_too_little_and_too_much_is_one_error_with_a_remedy(payments: list[tuple[str, int]], says: str) -> None:
    with pytest.raises(BadTender) as caught:
        Settlement(Money(6212), tuple(Paid(m, Money(a)) for m, a in payments), cash_of("DKK"))  # type: ignore[arg-type]
    assert caught.value.detail.startswith(says)
    assert "Modtag" in caught.value.remedy("da")
