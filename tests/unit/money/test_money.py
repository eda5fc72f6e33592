"""Money: figures worked by hand, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from posdevkit import money
from posdevkit.money import (
    DANISH,
    ENGLISH,
    PLAIN,
    Money,
    Notation,
    per_cent,
    rounded,
    share,
    vat_of_gross,
)


@pytest.mark.parametrize(
    ("text", "currency", "notation", "minor"),
    [
        ("38,00", "DKK", DANISH, 3800),
        ("38", "DKK", DANISH, 3800),
        ("38,5", "DKK", DANISH, 3850),
        ("0,05", "DKK", DANISH, 5),
        ("-0,05", "DKK", DANISH, -5),
        ("−12,00", "DKK", DANISH, -1200),
        ("1.234,50", "DKK", DANISH, 123450),
        ("1234,50", "DKK", DANISH, 123450),
        ("1.234.567,89", "DKK", DANISH, 123456789),
        ("1,234.50", "EUR", ENGLISH, 123450),
        ("1234.5", "EUR", PLAIN, 123450),
        ("1.500", "JPY", DANISH, 1500),
        ("1,500", "KWD", DANISH, 1500),
        ("0012,00", "DKK", DANISH, 1200),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, currency: str, notation: Notation, minor: int) -> None:
    assert Money.parse(text, currency, notation) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ",50",
        "38,",
        "38.00",
        "1.23,00",
        "12.34.567,00",
        "1234.567,00",
        ".123,00",
        "38,005",
        "38,00 kr",
        " 38,00",
        "+38,00",
        "3 8,00",
        "１２,00",
        "1e3",
        "0x10",
        "9" * 40,
        "38\n",
    ],
)
def test_what_is_no_danish_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        Money.parse(text)


def test_no_decimals_where_the_currency_has_none() -> None:
    with pytest.raises(ValueError, match="more than 0 decimals"):
        Money.parse("100,0", "JPY")


@pytest.mark.parametrize(
    ("money_", "danish", "english", "plain"),
    [
        (Money(3800), "38,00", "38.00", "38.00"),
        (Money(5), "0,05", "0.05", "0.05"),
        (Money(-5), "-0,05", "-0.05", "-0.05"),
        (Money(0), "0,00", "0.00", "0.00"),
        (Money(99999), "999,99", "999.99", "999.99"),
        (Money(100000), "1.000,00", "1,000.00", "1000.00"),
        (Money(-123456789), "-1.234.567,89", "-1,234,567.89", "-1234567.89"),
        (Money(1500, "JPY"), "1.500", "1,500", "1500"),
        (Money(1500, "KWD"), "1,500", "1.500", "1.500"),
    ],
)
def test_amounts_are_written(money_: Money, danish: str, english: str, plain: str) -> None:
    assert (money_.write(), money_.write(ENGLISH), money_.write(PLAIN)) == (danish, english, plain)
    assert str(money_) == f"{plain} {money_.currency}"


def test_from_major_units() -> None:
    assert Money.of(Decimal("38.50")) == Money(3850)
    assert Money.of(Decimal("38.5000")) == Money(3850)
    assert Money.of(7) == Money(700)
    assert Money.of(Decimal("1E+3"), "JPY") == Money(1000, "JPY")
    assert Money.of(Decimal("-0")) == Money(0)
    assert Money.of(Decimal("0E-999999999")) == Money(0)
    for text in ("38.005", "1e-999999999", "0.10000000000000000000000000000000000001"):
        with pytest.raises(ValueError, match="more than 2 decimals"):
            Money.of(Decimal(text))
    for text in ("1e13", "1e999999999", "Infinity", "NaN"):
        with pytest.raises(ValueError, match="too large"):
            Money.of(Decimal(text))


def test_no_floats_no_bools_and_no_mixed_currencies() -> None:
    for wrong in (1.0, True, Decimal(1)):
        with pytest.raises(ValueError, match="whole number"):
            Money(wrong)  # type: ignore[arg-type]
    for code in ("dkk", "KR", "", "DKKK"):
        with pytest.raises(ValueError, match="three capital letters"):
            Money(1, code)
    one, other = Money(1, "DKK"), Money(1, "SEK")
    for mix in (one.__add__, one.__sub__, one.__lt__, one.__ge__, one.__gt__, one.__le__):
        with pytest.raises(ValueError, match="different currencies"):
            mix(other)
    assert one != other


def test_arithmetic() -> None:
    assert Money(100) + Money(23) - Money(200) == Money(-77)
    assert -Money(5) == Money(-5)
    assert Money(3800) * 3 == Money(11400)
    assert Money(11950) * Decimal("0.355") == Money(4242)  # 42.4225
    assert Money(-11950) * Decimal("0.355") == Money(-4242)
    assert Money(1) * Decimal("0.5") == Money(1)  # half up
    assert Money(-1) * Decimal("0.5") == Money(-1)  # and its mirror image
    assert Money(1) < Money(2) <= Money(2) < Money(3) > Money(2) >= Money(2)
    assert not Money(0)
    assert Money(-1)
    assert money.total([Money(1), Money(2)]) == Money(3)
    assert money.total([], "EUR") == Money(0, "EUR")


@pytest.mark.parametrize(
    ("numerator", "denominator", "result"),
    [
        (0, 3, 0),
        (1, 3, 0),
        (1, 2, 1),
        (3, 2, 2),
        (-1, 2, -1),
        (-3, 2, -2),
        (-1, 3, 0),
        (2, 3, 1),
        (-2, 3, -1),
        (7, 1, 7),
    ],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, result: int) -> None:
    assert rounded(numerator, denominator) == result


def test_a_fraction_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="denominator"):
        rounded(1, 0)


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [
        (10000, 2500, 2000),  # 25 % VAT is 20 % of the gross (momsbekendtgørelsen, section 64)
        (7000, 2500, 1400),
        (-7000, 2500, -1400),
        (1, 2500, 0),
        (2, 2500, 0),
        (3, 2500, 1),  # 0.6 øre
        (10000, 0, 0),
        (11200, 1200, 1200),
        (10700, 700, 700),
        (9999, 1900, 1596),  # 1596.478
        (10550, 550, 550),
        (5, 10000, 3),  # 2.5
        (-5, 10000, -3),
    ],
)
def test_vat_out_of_gross(gross: int, rate: int, vat: int) -> None:
    assert vat_of_gross(Money(gross), rate) == Money(vat)


def test_a_negative_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        vat_of_gross(Money(1), -1)


def test_per_cent() -> None:
    assert per_cent(Money(4200), 1000) == Money(420)
    assert per_cent(Money(25), 1000) == Money(3)  # 2.5
    assert per_cent(Money(-25), 1000) == Money(-3)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1500, [7600, 3200, 8900, 3780, 4000], [415, 175, 486, 206, 218]),
        (0, [1, 2], [0, 0]),
        (5, [0, 1], [0, 5]),
        (1, [1, 1], [1, 0]),
        (10, [3, 3, 4], [3, 3, 4]),
    ],
)
def test_shares_by_largest_remainder(amount: int, weights: list[int], parts: list[int]) -> None:
    assert share(Money(amount), weights) == tuple(Money(part) for part in parts)


def test_shares_of_nothing_are_refused() -> None:
    for weights in ([], [0, 0], [2, -1]):
        with pytest.raises(ValueError, match="weights"):
            share(Money(1), weights)


def test_exponents() -> None:
    assert [money.exponent(code) for code in ("DKK", "EUR", "JPY", "ISK", "KWD")] == [2, 2, 0, 0, 3]
