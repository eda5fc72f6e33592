"""Money without floats: whole minor units and a currency, VAT out of gross, fair shares, and how people write amounts.

Errors are ValueErrors: this floor lies below the library's own, and whoever reads an amount knows where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

__all__ = [
    "DANISH",
    "ENGLISH",
    "PLAIN",
    "Money",
    "Notation",
    "exponent",
    "per_cent",
    "rounded",
    "share",
    "total",
    "vat_of_gross",
]

# ISO 4217: digits after the decimal mark where it is not two.
_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),  # noqa: SIM905
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),  # noqa: SIM905
}

_CURRENCY = re.compile("[A-Z]{3}")
_BASIS_POINTS = 10_000
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Notation:
    """How amounts are written: the decimal mark, and what parts the thousands ("" for nothing)."""

    decimal: str
    thousands: str


DANISH = Notation(",", ".")
ENGLISH = Notation(".", ",")
PLAIN = Notation(".", "")
"""For files and logs."""


def exponent(currency: str) -> int:
    """Digits after the decimal mark (ISO 4217): 2 for DKK, 0 for JPY, 3 for KWD. ValueError for what is no code."""
    if not _CURRENCY.fullmatch(currency):
        raise ValueError(f"a currency is three capital letters, not {currency!r}")
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (øre, cent). Adding two currencies is a ValueError; there is no division."""

    minor: int
    currency: str = "DKK"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise ValueError(f"an amount is a whole number of minor units, not {self.minor!r}")
        exponent(self.currency)

    @classmethod
    def of(cls, amount: Decimal | int, currency: str = "DKK") -> Money:
        """From major units: `Money.of(Decimal("38.50"))`. ValueError for more digits than the currency has."""
        value = Decimal(amount)
        digits = exponent(currency)
        if value.is_zero():
            return cls(0, currency)
        if not value.is_finite() or value.adjusted() + digits >= _MOST_DIGITS:
            raise ValueError(f"{value} is too large an amount")
        # Told before any power of ten is worked out: a file may hold 1e-999999999.
        if value.adjusted() < -digits:
            raise ValueError(f"{value} has more than {digits} decimals")
        numerator, denominator = value.as_integer_ratio()
        minor, rest = divmod(numerator * 10**digits, denominator)
        if rest:
            raise ValueError(f"{value} has more than {digits} decimals")
        return cls(minor, currency)

    @classmethod
    def parse(cls, text: str, currency: str = "DKK", notation: Notation = DANISH) -> Money:
        """From what people write: `Money.parse("1.234,50")`; marks for thousands may be left out, not misplaced.

        ValueError for anything else, and for more digits than the currency has.
        """
        digits = exponent(currency)
        whole = "[0-9]+"
        if notation.thousands:
            whole += f"|[0-9]{{1,3}}(?:{re.escape(notation.thousands)}[0-9]{{3}})+"
        found = re.fullmatch(f"([-−]?)({whole})(?:{re.escape(notation.decimal)}([0-9]+))?", text)
        if not found or len(text) > 2 * _MOST_DIGITS:
            raise ValueError(f"{text!r} is no amount such as {cls(123450, 'DKK').write(notation)}")
        sign, major, fraction = found[1], found[2], found[3] or ""
        if len(fraction) > digits:
            raise ValueError(f"{text!r} has more than {digits} decimals")
        if notation.thousands:
            major = major.replace(notation.thousands, "")
        minor = int(major + fraction.ljust(digits, "0"))
        return cls(-minor if sign else minor, currency)

    def write(self, notation: Notation = DANISH) -> str:
        """As people write it, without the currency: "1.234,50"."""
        digits = exponent(self.currency)
        text = str(abs(self.minor)).rjust(digits + 1, "0")
        whole, fraction = (text[:-digits], text[-digits:]) if digits else (text, "")
        if notation.thousands:
            whole = f"{int(whole):,}".replace(",", notation.thousands)
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}{notation.decimal}{fraction}" if digits else f"{sign}{whole}"

    def __str__(self) -> str:
        return f"{self.write(PLAIN)} {self.currency}"

    def __bool__(self) -> bool:
        return self.minor != 0

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int | Decimal) -> Money:
        """So many times as much; a fraction (0.350 kg) is rounded half up, away from zero."""
        numerator, denominator = times.as_integer_ratio()
        return Money(rounded(self.minor * numerator, denominator), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are different currencies")
        return other.minor


def total(amounts: Iterable[Money], currency: str = "DKK") -> Money:
    """The sum; nothing sums to zero in `currency`."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result


def rounded(numerator: int, denominator: int) -> int:
    """A fraction as the nearest whole number, halves away from zero: a refund mirrors its sale to the last øre."""
    if denominator < 1:
        raise ValueError(f"a denominator is at least 1, not {denominator}")
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -size if numerator < 0 else size


def per_cent(amount: Money, basis_points: int) -> Money:
    """So many hundredths of a per cent of `amount` (2500 is 25 %), rounded half up."""
    return Money(rounded(amount.minor * basis_points, _BASIS_POINTS), amount.currency)


def vat_of_gross(gross: Money, basis_points: int) -> Money:
    """The VAT contained in an amount that includes it, rounded half up: 25 % VAT (2500) is a fifth of the gross."""
    if basis_points < 0:
        raise ValueError(f"a VAT rate is not negative: {basis_points}")
    return Money(rounded(gross.minor * basis_points, _BASIS_POINTS + basis_points), gross.currency)


def share(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """`amount` split in proportion to `weights` (none negative, not all zero), to the last minor unit.

    Largest remainder: each part is cut down to whole units, and the units left over go one each to the parts that lost
    most, the earlier one on a tie. A negative amount is split as its mirror image.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError(f"weights are not negative and not all zero: {list(weights)}")
    size = abs(amount.minor)
    parts = [size * weight // whole for weight in weights]
    lost = sorted(range(len(weights)), key=lambda place: -(size * weights[place] % whole))
    for place in lost[: size - sum(parts)]:
        parts[place] += 1
    sign = -1 if amount.minor < 0 else 1
    return tuple(Money(sign * part, amount.currency) for part in parts)
