"""Cash as data: what it is rounded to where, and which coins and notes make up an amount (`data/cash.toml`)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from posdevkit.errors import UsageError
from posdevkit.money import Money, exponent, rounded

__all__ = ["Cash", "cash_of"]

_COUNTRY = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Cash:
    """The cash of one currency, or of one country."""

    currency: str
    step: int = 1
    """What amounts are rounded to, in minor units."""
    rule: Literal["nearest", "down"] = "nearest"
    """To the nearest step, halves away from zero; or towards zero, always."""
    exact: int = 0
    """Amounts up to this one are not rounded, in minor units."""
    money: tuple[int, ...] = ()
    """Coins and notes in minor units, the smallest first."""

    def round(self, amount: Money) -> Money:
        """By the country's rule. A negative amount is the mirror image of a positive one."""
        size = abs(amount.minor)
        if size <= self.exact:
            return amount
        steps = rounded(size, self.step) if self.rule == "nearest" else size // self.step
        return Money((steps if amount.minor >= 0 else -steps) * self.step, amount.currency)

    def pieces(self, amount: Money) -> dict[int, int]:
        """How many of which coins and notes make up `amount`, the largest first.

        The largest that fits each time: with the money of these countries nothing else takes fewer pieces (a test
        compares). ValueError for a negative amount, or one that the coins cannot make up.
        """
        left, found = amount.minor, dict[int, int]()
        for piece in reversed(self.money):
            if left >= piece:
                found[piece], left = divmod(left, piece)
        if left:
            raise ValueError(f"no coins for {Money(left, amount.currency)}")
        return found


@cache
def _table() -> dict[str, Cash]:
    text = files(__package__).joinpath("data/cash.toml").read_text("utf-8")
    return {
        name: Cash(
            cast(str, row["currency"]),
            cast(int, row["step"]),
            cast(Literal["nearest", "down"], row["rule"]),
            cast(int, row.get("exact", 0)),
            tuple(cast(list[int], row["money"])),
        )
        for name, row in tomllib.loads(text).items()
    }


def cash_of(currency: str, country: str = "") -> Cash:
    """The cash of `currency` (DKK), as `country` (two letters, FI) handles it where that differs.

    A currency that is not in the table is not rounded. ValueError for what is no currency's code, UsageError for what
    is no country's.
    """
    exponent(currency)
    if country and not _COUNTRY.fullmatch(country):
        raise UsageError(f"country {country[:20]!r}", remedy="Write it in two capital letters, as FI.")
    found = _table().get(country)
    if found is None or found.currency != currency:
        found = _table().get(currency)
    return found or Cash(currency)
