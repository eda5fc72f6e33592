"""Messages and remedies as data, read from `texts.toml` when the first error speaks."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["LANGUAGES", "message", "remedy", "texts"]

LANGUAGES = ("en", "da")


@cache
def texts() -> dict[str, dict[str, dict[str, str]]]:
    """slug -> language -> {"message", "remedy"}."""
    return tomllib.loads(files(__package__).joinpath("texts.toml").read_text(encoding="utf-8"))


def _text(slug: str, language: str, kind: str) -> str:
    entry = texts()[slug]
    return entry.get(language, entry["en"])[kind]


def message(slug: str, language: str = "en") -> str:
    """The short message of an error's slug, without a closing stop."""
    return _text(slug, language, "message")


def remedy(slug: str, language: str = "en") -> str:
    """One or two sentences that tell a person what to do."""
    return _text(slug, language, "remedy")
