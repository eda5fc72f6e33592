"""Which commands there are: the library's own, and those that other distributions add."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Final, NoReturn

from posdevkit.errors import MissingExtra, UsageError

from .parsing import Commands, Parser

__all__ = ["ENTRY_POINTS", "OWN", "add_others", "add_own"]

ENTRY_POINTS: Final = "posdevkit.commands"
"""Group of entry points; each is a `register(commands)` that adds a parser with `set_defaults(run=...)`.

`run(args)` gives the exit code and may raise any PosError, which is told for it.
"""

OWN: Final = {
    "print": "posdevkit.cli.print_",
    "label": "posdevkit.cli.label",
    "status": "posdevkit.cli.status",
    "logo": "posdevkit.cli.logo",
    "discover": "posdevkit.cli.discover",
    "doctor": "posdevkit.cli.doctor",
    "render": "posdevkit.cli.render",
    "scan": "posdevkit.cli.scan",
    "decode": "posdevkit.cli.decode",
    "show": "posdevkit.cli.show",
    "weigh": "posdevkit.cli.weigh",
    "card": "posdevkit.cli.card",
    "pay": "posdevkit.cli.pay",
    "queue": "posdevkit.cli.queue",
    "till": "posdevkit.cli.till",
    "journal": "posdevkit.cli.journal",
    "cloud": "posdevkit.cli.cloud",
    "hub": "posdevkit.cli.hub",
    "config": "posdevkit.cli.config",
    "profiles": "posdevkit.cli.profiles",
    "profile": "posdevkit.cli.profile",
    "completion": "posdevkit.cli.completion",
}

_EMULATORS: Final = {
    "emulate": "run an emulated device to print into",
    "demo": "print receipts on an emulated printer and show what comes out",
}

Register = Callable[["Commands[Parser]"], None]


def add_own(commands: Commands[Parser]) -> None:
    """The library's own commands."""
    for module in OWN.values():
        import_module(module).register(commands)


def add_others(commands: Commands[Parser]) -> None:
    """The commands of other distributions. One that cannot be loaded fails when it is called, not before."""
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        if point.name in commands.choices:
            continue
        try:
            point.load()(commands)
        except Exception as problem:  # noqa: BLE001  # somebody else's code
            if point.name not in commands.choices:
                owner = point.dist.name if point.dist is not None else point.value
                _add_broken(commands, point.name, f"{point.name} of {owner}: {type(problem).__name__}: {problem}")
    for name, about in _EMULATORS.items():
        if name not in commands.choices:
            _add_missing(commands, name, about)


def _add_broken(commands: Commands[Parser], name: str, detail: str) -> None:
    def run(_args: argparse.Namespace) -> NoReturn:
        raise UsageError(detail, remedy="Install that distribution again, in the version of this posdevkit.")

    _add_stand_in(commands, name, "cannot be loaded", run)


def _add_missing(commands: Commands[Parser], name: str, about: str) -> None:
    def run(_args: argparse.Namespace) -> NoReturn:
        raise MissingExtra(
            f"'posdevkit {name}' is part of posdevkit-emulators",
            remedy="Install it with: pip install posdevkit-emulators",
        )

    _add_stand_in(commands, name, f"{about} (needs posdevkit-emulators)", run)


def _add_stand_in(
    commands: Commands[Parser], name: str, about: str, run: Callable[[argparse.Namespace], NoReturn]
) -> None:
    parser = commands.add_parser(name, help=about, description=about, prefix_chars="\0", add_help=False)
    parser.add_argument("anything", nargs="*")
    parser.set_defaults(run=run)
