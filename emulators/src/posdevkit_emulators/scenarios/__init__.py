"""Scenarios: faults, and what a person does about them and when, as TOML files.

title = "The paper runs out in the middle of a ticket"
faults = ["paper-out-after=12"]

[[hands]]
after = "paper-out"     # an event, or "start"
count = 1               # its how-manieth time; left out: every time
seconds = 2.0           # how long after it
do = "paper"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from posdevkit.errors import BadConfiguration, UsageError
from posdevkit_emulators.faults import Fault, parse_fault

__all__ = ["START", "Move", "Scenario", "load_scenario", "scenario_names"]

START: Final = "start"
_KEYS: Final = {"title", "faults", "hands"}
_MOVE_KEYS: Final = {"after", "count", "seconds", "do"}


@dataclass(frozen=True, slots=True)
class Move:
    """Something a person does `seconds` after the event `after` (its `count`-th time; None: every time)."""

    after: str
    do: str
    seconds: float = 0.0
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Faults, and what a person does about them."""

    name: str
    title: str = ""
    faults: tuple[Fault, ...] = ()
    hands: tuple[Move, ...] = ()


@cache
def scenario_names() -> tuple[str, ...]:
    """The scenarios that come along, sorted."""
    from importlib.resources import files

    names = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_scenario(name: str | Path) -> Scenario:
    """The scenario of that name, or of that TOML file. Raises UsageError (unknown name) or BadConfiguration."""
    if isinstance(name, str) and not (name.endswith(".toml") or "/" in name or "\\" in name):
        if name not in scenario_names():
            raise UsageError(f"{name!r} is no scenario", remedy=f"Known scenarios: {', '.join(scenario_names())}.")
        from importlib.resources import files

        return _parsed(name, files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    path = Path(name)
    try:
        return _parsed(path.stem, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfiguration(f"{path}: {error.strerror or error}", remedy="Give a TOML file you can read.") from None
    except UnicodeDecodeError:
        raise BadConfiguration(f"{path}: not UTF-8 text", remedy="Save the file as UTF-8.") from None


def _wrong(name: str, what: str) -> BadConfiguration:
    return BadConfiguration(f"scenario {name}: {what}", remedy="Correct the key that is named.")


def _parsed(name: str, text: str) -> Scenario:
    try:
        raw: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(name, str(error)) from None
    if unknown := set(raw) - _KEYS:
        raise _wrong(name, f"unknown key {min(unknown)!r}; known are {', '.join(sorted(_KEYS))}")
    title, faults, hands = raw.get("title", ""), raw.get("faults", []), raw.get("hands", [])
    if not isinstance(title, str):
        raise _wrong(name, "title is not text")
    if not isinstance(faults, list) or not all(isinstance(fault, str) for fault in faults):
        raise _wrong(name, "faults is not a list of texts")
    if not isinstance(hands, list):
        raise _wrong(name, "hands is not a list of tables")
    try:
        told = tuple(parse_fault(str(fault)) for fault in faults)
    except UsageError as error:
        raise _wrong(name, error.detail) from None
    return Scenario(name, title, told, tuple(_move(name, entry) for entry in hands))


def _move(name: str, entry: object) -> Move:
    from posdevkit_emulators.hands import HANDS
    from posdevkit_emulators.printers.effects import What

    if not isinstance(entry, dict):
        raise _wrong(name, "hands is not a list of tables")
    if unknown := set(entry) - _MOVE_KEYS:
        raise _wrong(name, f"hands: unknown key {min(unknown)!r}; known are {', '.join(sorted(_MOVE_KEYS))}")
    after, do, seconds, count = entry.get("after"), entry.get("do"), entry.get("seconds", 0), entry.get("count")
    known = [START, *(what.value for what in What)]
    if after not in known:
        raise _wrong(name, f"hands.after: {after!r} is not one of {', '.join(known)}")
    if do not in HANDS:
        raise _wrong(name, f"hands.do: {do!r} is not one of {', '.join(HANDS)}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 86_400:
        raise _wrong(name, f"hands.seconds: {seconds!r} is not a number from 0 to 86400")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        raise _wrong(name, f"hands.count: {count!r} is not a whole number from 1")
    return Move(str(after), str(do), float(seconds), count)
