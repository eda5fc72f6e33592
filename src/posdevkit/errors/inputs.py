"""One way to refuse an argument of the wrong type where it is given, instead of where something stumbles over it."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Final, TypeVar

from .base import PosError
from .tree import UsageError

__all__ = ["check_seconds", "expect", "path_of", "several", "shown"]

T = TypeVar("T")

_SHORT: Final = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 40


def shown(value: object) -> str:
    """A value as its giver knows it again, with its type; short."""
    return "None" if value is None else f"the {type(value).__name__} {_SHORT.repr(value)}"


def expect(
    value: object,
    kind: type | tuple[type, ...],
    says: str,
    remedy: str | None = None,
    error: type[PosError] = UsageError,
) -> None:
    """Refuse what is of another type; `says` tells what it has to be."""
    if not isinstance(value, kind):
        raise error(f"{says}, not {shown(value)}", remedy=remedy)


def several(value: Iterable[T], says: str, remedy: str, error: type[PosError] = UsageError) -> tuple[T, ...]:
    """The things of an iterable. Refuses one thing alone, and text, whose letters are hardly meant."""
    if isinstance(value, str | bytes | bytearray) or not isinstance(value, Iterable):
        raise error(f"{says}, not {shown(value)}", remedy=remedy)
    return tuple(value)


def check_seconds(value: object, what: str) -> None:
    """Refuse what is no number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise UsageError(f"{what} is a number of seconds, not {shown(value)}", remedy="Give a number, or None.")


def path_of(value: str | Path, what: str, error: type[PosError] = UsageError) -> Path:
    """The path. Refuses what is none."""
    remedy = "Give the path as text or as a Path."
    expect(value, (str, PathLike), f"{what} is a path", remedy, error)
    if "\0" in str(value):
        raise error(f"{what} is a path, not {shown(value)}", remedy=remedy)
    return Path(value)
