"""What is checked when a piece of a document is made: one refusal that names the input and what to give instead.

Elsewhere what is wrong with an input would be told by whatever stumbles over it first, far from who gave it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from posdevkit.errors import BadDocument, BadText
from posdevkit.errors.inputs import expect, shown
from posdevkit.errors.inputs import several as _several

__all__ = ["each", "flag", "instance", "no_text", "one_of", "several", "shown", "text_of", "whole"]

T = TypeVar("T")


def whole(value: object, least: int, most: int | None, says: str) -> None:
    """Refuse what is no whole number from `least` to `most`; `says` tells what it is for and the range."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadDocument(f"{says}, not {shown(value)}", remedy="Give a whole number.")
    if value < least or (most is not None and value > most):
        raise BadDocument(f"{says}, not {value}")


def flag(value: object, what: str) -> None:
    """Refuse what is neither True nor False."""
    if type(value) is not bool:
        raise BadDocument(f"{what} is True or False, not {shown(value)}", remedy="Give True or False.")


def one_of(value: object, allowed: tuple[object, ...], what: str) -> None:
    """Refuse what is none of the words (or numbers) that are allowed."""
    if value not in allowed or isinstance(value, bool | float):
        known = ", ".join(map(repr, allowed))
        raise BadDocument(f"{what} is one of {known}, not {value!r:.40}", remedy=f"Give one of {known}.")


def instance(value: object, kind: type | tuple[type, ...], says: str, remedy: str) -> None:
    """Refuse what is of another type; `says` tells what it has to be."""
    expect(value, kind, says, remedy, BadDocument)


def several(value: Iterable[T], what: str, remedy: str) -> tuple[T, ...]:
    """The things of an iterable. Refuses one thing alone, and text, whose letters are hardly meant."""
    return _several(value, f"{what} are several", remedy, BadDocument)


def each(values: object, kind: type | tuple[type, ...], says: str, remedy: str) -> None:
    """Refuse the first that is of another type, and what are not several."""
    if not isinstance(values, tuple | list):
        raise BadDocument(f"{says}, not {shown(values)}", remedy=remedy)
    for value in values:
        instance(value, kind, says, remedy)


def text_of(value: object, what: str) -> None:
    """Refuse what is no text."""
    if not isinstance(value, str):
        raise no_text(value, what)


def no_text(value: object, what: str) -> BadText:
    """What is to be told of something that is no text."""
    return BadText(f"{what} is text, not {shown(value)}", remedy=_remedy(value))


def _remedy(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return "Decode the bytes: data.decode()."
    if isinstance(value, list | tuple):
        return "Give the texts one by one, or join them."
    return "Write it as it is to be read, such as f'{price:.2f}' or str(number)."
