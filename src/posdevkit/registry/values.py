"""What reads the values of a shop's file: each gives a setting, or says what was expected."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from posdevkit.profiles.schema import WrongValue, did_you_mean
from posdevkit.secret import Secret

from .kinds import Place

__all__ = ["always", "choice", "file", "profile", "secret", "text"]

Reader = Callable[[object, Place], object]


def text(value: object, _: Place) -> str:
    """Text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value
    raise WrongValue(f"expected text, got {value!r}")


def secret(value: object, _: Place) -> Secret:
    """Text that nobody is shown, not even when it is wrong."""
    if isinstance(value, str) and value:
        return Secret(value)
    raise WrongValue("expected text in quotation marks")


def choice(known: Collection[str]) -> Reader:
    """One of some words."""

    def read(value: object, place: Place) -> str:
        if (word := text(value, place)) in known:
            return word
        raise WrongValue(f"expected one of {', '.join(known)}, got {word!r}{did_you_mean(word, tuple(known))}")

    return read


def file(value: object, place: Place) -> str:
    """A path; a relative one starts at the shop's file."""
    path = (place.folder / text(value, place)).absolute()
    if not path.parent.is_dir():
        raise WrongValue(f"there is no directory {str(path.parent)!r}")
    if path.is_dir():
        raise WrongValue(f"{str(path)!r} is a directory")
    return str(path)


def profile(load: Callable[[str], object]) -> Reader:
    """A profile's name, or the path of a TOML file, that `load` takes."""

    def read(value: object, place: Place) -> str:
        name = text(value, place)
        if name.endswith(".toml") or "/" in name or "\\" in name:
            name = str((place.folder / Path(name)).absolute())
        load(name)
        return name

    return read


def always(value: object) -> Callable[[Place], object]:
    """A default that does not depend on the place."""
    return lambda _: value
