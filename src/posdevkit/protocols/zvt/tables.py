"""Result codes, texts of the intermediate status, and names of cards: data, read when first asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["OK", "TRY_LATER", "WITHDRAWN", "card_name", "currency_number", "intermediate_text", "result_text"]

OK: Final = 0x00
WITHDRAWN: Final = 0x6C
"""The till, the customer or a timeout ended it."""
TRY_LATER: Final = 0x9C

_CURRENCIES: Final = {"EUR": 978, "DKK": 208, "SEK": 752, "NOK": 578, "CHF": 756, "GBP": 826, "USD": 840, "PLN": 985}
"""ISO 4217 numbers."""


@cache
def _tables() -> dict[str, dict[str, str]]:
    data = tomllib.loads(files(__package__).joinpath("tables.toml").read_text("utf-8"))
    return {
        "results": data["results"],
        "cards": data["cards"],
        **{f"intermediate.{language}": texts for language, texts in data["intermediate"].items()},
    }


def result_text(code: int) -> str:
    """What a result code means, in English."""
    return _tables()["results"].get(f"{code:02X}", f"result code {code:02X}")


def intermediate_text(status: int, language: str = "en") -> str:
    """What an intermediate status says; "" for one without a text. Languages: en, de; another gives English."""
    tables = _tables()
    return tables.get(f"intermediate.{language}", tables["intermediate.en"]).get(f"{status:02X}", "")


def card_name(kind: int) -> str:
    """The brand of a card type, "" where it is not known."""
    return _tables()["cards"].get(str(kind), "")


def currency_number(currency: str) -> int:
    """ISO 4217 number of a currency. Raises ValueError for one that is not known here."""
    try:
        return _CURRENCIES[currency]
    except KeyError:
        raise ValueError(f"no number is known for the currency {currency}") from None
