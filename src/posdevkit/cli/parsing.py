"""The argument parser: errors are PosErrors, and every command takes the common options in any place."""

from __future__ import annotations

import argparse
import math
from typing import Final, NoReturn

from posdevkit.errors import UsageError

__all__ = ["Commands", "Parser", "add_common", "number", "seconds"]

# The type of what `add_subparsers` gives has no public name.
Commands = argparse._SubParsersAction

_LANGUAGES: Final = ("en", "da")


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of ending the process."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(message, remedy=f"See '{self.prog} --help'.")


def add_common(parser: argparse.ArgumentParser, *, top: bool = False) -> None:
    """Give `parser` and all below it the options that every command has."""
    if "-" not in parser.prefix_chars:
        return  # a stand-in for a command that is not there: it takes any words
    taken = parser._option_string_actions
    missing = None if top else argparse.SUPPRESS
    if "-v" not in taken and "--verbose" not in taken:
        parser.add_argument(
            "-v", "--verbose", action="count", default=0 if top else missing, help="log to standard error; -vv more"
        )
    if "--language" not in taken:
        parser.add_argument(
            "--language",
            choices=_LANGUAGES,
            default="en" if top else missing,
            help="language of errors and remedies (en)",
        )
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in {id(child): child for child in action.choices.values()}.values():
                add_common(child)


def seconds(text: str) -> float:
    """A number of seconds above 0, for `add_argument(type=...)`."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def number(text: str) -> int:
    """A whole number from 1, for `add_argument(type=...)`."""
    if not text.isdecimal() or not text.isascii() or not 1 <= int(text[:10]) < 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)
