"""`posdevkit COMMAND ...`: finds the command, runs it, and tells whatever goes wrong in one way."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Sequence
from typing import cast

from posdevkit._version import __version__
from posdevkit.errors import OutputFailed, PosError, UsageError

from . import exits
from .commands import OWN, add_others, add_own
from .console import note, readable_streams
from .parsing import Commands, Parser, add_common, refuse_unknown, unknown_words
from .report import tell
from .signals import Terminated, second_signal_kills, termination_raises

__all__ = ["build_parser", "main"]

_VALUED = ("--language",)
"""Options before the command that take a value."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line (`sys.argv` by default) and give its exit code; see `exits`. Raises nothing."""
    words = list(sys.argv[1:] if argv is None else argv)
    with readable_streams(), termination_raises():
        try:
            code = _guarded(words)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            _forget_stdout()
            return exits.BROKEN_PIPE
        except OSError as problem:  # a full disk under standard output
            _forget_stdout()
            detail = f"{problem.filename or 'standard output'}: {problem.strerror or problem}"
            return tell(OutputFailed(detail), as_json=False, language="en")
        except KeyboardInterrupt as problem:
            if argv is None:
                second_signal_kills()
            return exits.TERMINATED if isinstance(problem, Terminated) else exits.INTERRUPTED
    return code


def build_parser(*, others: bool) -> Parser:
    """The whole parser; `others`: with the commands of other distributions, which takes a look at what is installed."""
    parser = Parser(prog="posdevkit", description="Drive point-of-sale hardware.", epilog=_epilog())
    parser.add_argument("--version", action="version", version=f"posdevkit {__version__}")
    commands: Commands[Parser] = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    add_own(commands)
    if others:
        add_others(commands)
    add_common(parser, top=True)
    return parser


def _guarded(words: list[str]) -> int:
    as_json = "--json" in words
    # For errors that come before, or from, the parsing itself.
    language = "da" if "--language=da" in words or "da" in _after(words, "--language") else "en"
    try:
        return _run(words)
    except SystemExit as end:  # --help and --version
        return end.code if isinstance(end.code, int) else exits.OK
    except PosError as problem:
        return tell(problem, as_json=as_json, language=language)
    except OSError:
        raise
    except Exception as problem:
        if os.environ.get("POSDEVKIT_TRACEBACK"):
            raise
        note(f"error: this is a bug in posdevkit: {type(problem).__name__}: {problem}")
        note("  Please report it, with what POSDEVKIT_TRACEBACK=1 shows when you run it again.")
        return exits.BUG


def _run(words: list[str]) -> int:
    command = _command(words)
    parser = build_parser(others=command not in OWN)
    if command is None and not words:
        parser.print_help(sys.stderr)
        return exits.USAGE
    refuse_unknown(parser, words, _nearest_help(command if command in _known(parser) else None))
    if command is not None:
        _make_sure(command, parser)
    args, unknown = parser.parse_known_args(words)
    if unknown:
        raise UsageError(
            f"{command or 'posdevkit'} does not know {unknown_words(unknown, words)}",
            remedy=f"See '{_nearest_help(command)} --help'.",
        )
    if args.verbose:
        _log(args.verbose)
    run = cast("Callable[[object], int] | None", getattr(args, "run", None))
    if run is None:
        raise UsageError(
            f"{_nearest_help(command)}: a command is missing", remedy=f"See '{_nearest_help(command)} --help'."
        )
    return run(args)


def _command(words: list[str]) -> str | None:
    """The first word that is neither an option nor an option's value."""
    rest = iter(words)
    for word in rest:
        if word in _VALUED:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def _after(words: list[str], option: str) -> list[str]:
    return [words[place + 1] for place, word in enumerate(words[:-1]) if word == option]


def _known(parser: Parser) -> list[str]:
    return list(next(action for action in parser._actions if isinstance(action, Commands)).choices)


def _make_sure(command: str, parser: Parser) -> None:
    known = _known(parser)
    if command not in known:
        near = difflib.get_close_matches(command, known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"no command {command!r}{hint}", remedy=f"Commands: {', '.join(known)}.")


def _nearest_help(command: str | None) -> str:
    return f"posdevkit {command}" if command else "posdevkit"


def _epilog() -> str:
    lines = [f"  {code:3}  {meaning}" for code, meaning in exits.MEANINGS.items()]
    return "\n".join(["exit codes:", *lines, "", "POSDEVKIT_TRACE=DIR records every connection into DIR."])


def _log(verbosity: int) -> None:
    import logging

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("posdevkit").setLevel(logging.INFO if verbosity == 1 else logging.DEBUG)


def _forget_stdout() -> None:
    """Nobody reads any more: what is still buffered must not raise again when Python ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        pass
