"""What can be written on the command line, read off the parser: the data from which every shell's script is made."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Place", "Value", "words_of"]

_FILES: Final = ("FILE", "PATH", "DIR", "PNG")


@dataclass(frozen=True, slots=True)
class Value:
    """An option that takes a value: the choices, or files, or neither where anything may stand."""

    flags: tuple[str, ...]
    choices: tuple[str, ...]
    files: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One command or subcommand: what may follow it."""

    path: str
    """As "posdevkit config check"."""
    words: tuple[str, ...]
    """Subcommands, choices of positional arguments, and options."""
    values: tuple[Value, ...]


def words_of(parser: argparse.ArgumentParser) -> tuple[Place, ...]:
    """The places of `parser` and all below it, the top first."""
    return tuple(_places(parser, parser.prog))


def _places(parser: argparse.ArgumentParser, path: str) -> Iterator[Place]:
    words: list[str] = []
    values: list[Value] = []
    below: list[Place] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                words.append(name)
                below += _places(child, f"{path} {name}")
        elif not action.option_strings:
            words += _choices(action)
        elif "-" in parser.prefix_chars:
            words += action.option_strings
            if action.nargs != 0:
                files = (action.metavar or "") in _FILES
                values.append(Value(tuple(action.option_strings), _choices(action), files))
    yield Place(path, tuple(words), tuple(values))
    yield from below


def _choices(action: argparse.Action) -> tuple[str, ...]:
    if action.choices is not None:
        return tuple(map(str, action.choices))
    known = _KNOWN.get(action.dest)
    return known() if known is not None else ()


def _profiles() -> tuple[str, ...]:
    from posdevkit.profiles import profile_names

    return profile_names()


_KNOWN: Final[dict[str, Callable[[], tuple[str, ...]]]] = {"profile": _profiles, "name": _profiles}
"""Arguments whose values the library itself knows; `name` is that of `posdevkit profiles`."""
