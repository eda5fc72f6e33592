"""From what a printer calls itself to its profile: the one place where that question is answered.

The answer comes from the profiles' own `known_as`, so a new model brings its names along. Only those tables are read,
once, and no profile is built for it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from .loader import profile_names, profile_text
from .model import KnownAs
from .schema import KEYS

__all__ = ["KnownPrinter", "known_printers", "profile_called", "profile_identified", "profiles_like"]

_TELLING: Final = 5
"""Letters of a model's name from which on it is looked for in other words: "T-1" stands in much."""


@dataclass(frozen=True, slots=True)
class KnownPrinter:
    """What tells one profile's model from others."""

    profile: str
    vendor: str
    model: str
    known_as: KnownAs

    @property
    def patterns(self) -> tuple[str, ...]:
        """All that it may call itself."""
        return (*self.known_as.model, *self.known_as.product, self.model)


@cache
def known_printers() -> tuple[KnownPrinter, ...]:
    """Every profile of a model that comes with the library; generic ones are no model."""
    found = []
    for name in profile_names():
        raw: dict[str, object] = tomllib.loads(profile_text(name))
        known = KEYS["known_as"](raw["known_as"]) if "known_as" in raw else None
        vendor, model = raw.get("vendor"), raw.get("model")
        if isinstance(known, KnownAs) and isinstance(vendor, str) and isinstance(model, str):
            found.append(KnownPrinter(name, vendor, model, known))
    return tuple(found)


def profile_identified(maker: str, model: str) -> str | None:
    """The profile of a printer that says it is `model` by `maker` (`GS I` 67 and 66, Star's version); None for none.

    The whole model must be what a profile is known as; of several the one that says most. A maker that was told must
    be the right one.
    """
    told = model.strip()
    if not told:
        return None
    fits = (
        (len(pattern.rstrip("*")), one.profile)
        for one in known_printers()
        if _made_by(one, maker)
        for pattern in one.patterns
        if _regex(pattern, whole=True).fullmatch(told)
    )
    return _most(fits)


def profile_called(name: str) -> str | None:
    """The profile whose model is named among other words: a network name, a queue's, a USB product. None for none."""
    fits = []
    for one in known_printers():
        vendor = one.vendor.casefold() in name.casefold()
        fits += [
            (len(pattern.rstrip("*")), one.profile)
            for pattern in one.patterns
            if (vendor or len(pattern) >= _TELLING) and _regex(pattern, whole=False).search(name)
        ]
    return _most(fits)


def profiles_like(words: str) -> tuple[str, ...]:
    """Profiles whose name, maker, model or other names hold all of `words`, in any order."""
    wanted = words.casefold().split()
    found = []
    for one in known_printers():
        known = (one.profile, one.vendor, *one.patterns, *one.known_as.names, *one.known_as.maker)
        text = " ".join(known).casefold()
        if all(word in text for word in wanted):
            found.append(one.profile)
    return tuple(found)


def _made_by(one: KnownPrinter, maker: str) -> bool:
    told = maker.strip().casefold()
    if not told:
        return True
    names = [name.casefold() for name in one.known_as.maker or (one.vendor,)]
    return any(name in told or told in name for name in names)


def _most(fits: Iterable[tuple[int, str]]) -> str | None:
    best = max(fits, default=None, key=lambda fit: fit[0])
    return best[1] if best is not None else None


@lru_cache(maxsize=512)
def _regex(pattern: str, *, whole: bool) -> re.Pattern[str]:
    said = re.escape(pattern).replace(r"\*", ".*" if whole else r"[\w-]*").replace(r"\?", ".")
    return re.compile(said if whole else rf"(?<![^\W_]){said}(?![^\W_])", re.IGNORECASE)
