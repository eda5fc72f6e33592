"""From what a device calls itself to the profile to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posdevkit.profiles import load_profile, profile_names

__all__ = ["suggested_profile"]

_CALLED: Final[Mapping[str, str]] = {
    "tsp143iv": "star-tsp100iv",
    "tsp143": "star-tsp100",
    "tsp113": "star-tsp100",
    "tsp654ii": "star-tsp650ii",
    "tsp743ii": "star-tsp700ii",
    "mcp31": "star-mc-print3",
    "pop10": "star-mpop",
}
"""What devices call themselves that their model's name does not tell: Star's product codes, which name cutter and cable
too."""


def suggested_profile(name: str) -> str | None:
    """The profile whose model is named in `name`, the longest where several are; None for none."""
    words = name.casefold()
    models = {load_profile(known).model.casefold(): known for known in profile_names()} | dict(_CALLED)
    named = [model for model in models if model in words]
    return models[max(named, key=len)] if named else None
