"""The words of a receipt, as data in `words.toml`, and how amounts, rates and quantities are written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import cast

from posdevkit.money import DANISH, ENGLISH, Money, Notation

from .order import Language

__all__ = ["Words", "words"]

_NOTATIONS = {"danish": DANISH, "english": ENGLISH}


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    table: dict[str, str]
    means: dict[str, str]
    points: dict[str, str]
    notation: Notation

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def amount(self, money: Money) -> str:
        """ "1.234,50": without the currency, which stands at the total."""
        return money.write(self.notation)

    def number(self, value: Decimal) -> str:
        """ "0,35": no more decimals than it has."""
        text = f"{value:f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", self.notation.decimal)

    def rate(self, basis_points: int) -> str:
        """ "25 %"."""
        return f"{self.number(Decimal(basis_points) / 100)} %"


@cache
def words(language: Language) -> Words:
    """The words of `language`."""
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    table = cast(dict[str, dict[str, object]], tomllib.loads(text))[language]
    plain = {key: value for key, value in table.items() if isinstance(value, str)}
    means, points = (cast(dict[str, str], table[key]) for key in ("means", "points"))
    return Words(plain, means, points, _NOTATIONS[plain["notation"]])
