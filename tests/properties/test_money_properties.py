"""Money: what is written is read back, parts sum to the whole, refunds mirror sales."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from posdevkit.money import DANISH, ENGLISH, PLAIN, Money, exponent, rounded, share, vat_of_gross

amounts = st.integers(-(10**12), 10**12)
currencies = st.sampled_from(["DKK", "EUR", "JPY", "KWD"])


@given(amounts, currencies, st.sampled_from([DANISH, ENGLISH, PLAIN]))
def test_written_and_read_back(minor: int, currency: str, notation: object) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.write(notation), currency, notation) == money  # type: ignore[arg-type]
    assert Money.of(Decimal(money.write(PLAIN)), currency) == money


@given(amounts, st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any))
def test_shares_sum_to_the_whole_and_none_is_off_by_a_unit(minor: int, weights: list[int]) -> None:
    parts = share(Money(minor), weights)
    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1
    assert share(Money(-minor), weights) == tuple(-part for part in parts)


@given(amounts, st.integers(1, 10**6))
def test_rounding_is_that_of_decimal(numerator: int, denominator: int) -> None:
    # An independent judge: the standard library's half-up, which is away from zero too.
    exact = Decimal(numerator * 2) / Decimal(denominator * 2)
    if abs(Fraction(numerator, denominator) % 1 - Fraction(1, 2)) > Fraction(1, 10**9):
        assert rounded(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert abs(rounded(numerator, denominator) - Fraction(numerator, denominator)) <= Fraction(1, 2)
    assert rounded(-numerator, denominator) == -rounded(numerator, denominator)


@given(amounts, st.integers(0, 10_000))
def test_vat_and_net_make_the_gross(minor: int, rate: int) -> None:
    gross = Money(minor)
    vat = vat_of_gross(gross, rate)
    net = gross - vat
    # net * rate is the VAT again, to half an øre scaled by the rate
    assert abs(Fraction(net.minor * rate, 10_000) - vat.minor) <= Fraction(1, 2) * (1 + Fraction(rate, 10_000))
    assert vat_of_gross(-gross, rate) == -vat


def test_the_currencies_here_cover_every_exponent() -> None:
    assert {exponent(code) for code in ("DKK", "EUR", "JPY", "KWD")} == {0, 2, 3}
