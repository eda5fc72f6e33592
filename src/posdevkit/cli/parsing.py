"""The argument parser: errors are PosErrors, and every command takes the common options in any place."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from typing import Final, NoReturn

from posdevkit.errors import UsageError

__all__ = ["DEFAULT_CONFIG", "Commands", "Parser", "add_common", "number", "refuse_unknown", "seconds", "unknown_words"]

DEFAULT_CONFIG: Final = "shop.toml"
"""Where the devices are named, if `--config` does not say it."""
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
        # A value behind an option that takes none may be a secret of another's.
        option, ignored, _ = message.partition(": ignored explicit argument")
        message = f"{option} takes no value" if ignored else message
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


def refuse_unknown(parser: argparse.ArgumentParser, words: Sequence[str], command: str) -> None:
    """Refuse options that no parser on the way knows, before one takes what follows for a word of its own.

    Such an option is named and its value never: what stands behind a mistyped `--token` is a secret. Raises UsageError.
    """
    unknown = list(dict.fromkeys(_unknown_options(parser, words)))
    if unknown:
        raise UsageError(f"{command} does not know {' '.join(unknown)}", remedy=f"See '{command} --help'.")


def unknown_words(unknown: Sequence[str], words: Sequence[str]) -> str:
    """What to call the words of a command line that no parser took: options without values, and no word behind one."""
    named: list[str] = []
    for word in unknown:
        before = words[words.index(word) - 1] if word in words[1:] else ""
        if _is_option(word):
            named.append(_name_of(word))
        elif _is_option(before):
            named.append(f"the word behind {_name_of(before)}")
        else:
            named.append(word)
    return " ".join(dict.fromkeys(named))


def _unknown_options(parser: argparse.ArgumentParser, words: Sequence[str]) -> Iterator[str]:
    """Names, in the order of the command line."""
    rest = iter(words)
    for word in rest:
        if word == "--" or "-" not in parser.prefix_chars:
            return
        if not _is_option(word):
            parser = _below(parser).get(word, parser)
            continue
        known = parser._option_string_actions
        action = known.get(word) or known.get(_name_of(word))
        if action is None:
            yield _name_of(word)
        elif action.nargs is None and word in known:
            next(rest, None)  # its value


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def _is_option(word: str) -> bool:
    """As `argparse` sees it: a lone dash, a negative number and what holds a space are values."""
    return (
        word.startswith("-") and word not in ("-", "--") and " " not in word.partition("=")[0] and not _negative(word)
    )


def _negative(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _name_of(option: str) -> str:
    """Without its value, which stands behind `=`, or at once behind a short one's letter."""
    return option.partition("=")[0] if option.startswith("--") else option[:2]


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
