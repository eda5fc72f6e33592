"""Keyboard layouts as data: which character a key code makes. Codes are Linux's (`input-event-codes.h`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from posdevkit.errors import BadUrl

__all__ = ["KeyLayout", "key_layout", "layout_names"]


@dataclass(frozen=True, slots=True)
class KeyLayout:
    """Characters by key code, for each of the three levels that have one."""

    name: str
    plain: dict[int, str]
    shift: dict[int, str]
    altgr: dict[int, str]


def layout_names() -> tuple[str, ...]:
    """The layouts that there are."""
    folder = resources.files(__package__).joinpath("data")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


@cache
def key_layout(name: str) -> KeyLayout:
    """The layout of that name. Raises BadUrl for one that is not there, since the name comes from a URL's option."""
    if name not in layout_names():
        raise BadUrl(f"the keyboard layout {name!r} is unknown", remedy=f"Use one of {', '.join(layout_names())}.")
    read = tomllib.loads(resources.files(__package__).joinpath(f"data/{name}.toml").read_text("utf-8"))
    levels: dict[str, dict[int, str]] = {}
    for level in ("plain", "shift", "altgr"):
        levels[level] = {
            row["first"] + place: character
            for row in read["row"]
            for place, character in enumerate(row.get(level, ""))
            if character != " "
        }
    return KeyLayout(name, **levels)
