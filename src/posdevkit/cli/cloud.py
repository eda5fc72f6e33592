"""`posdevkit cloud`: one command over several modules; each adds its own actions."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from .parsing import Commands, Parser

__all__ = ["ACTIONS", "register"]

ACTIONS: Final = ("posdevkit.cli.cloud_client", "posdevkit.cli.cloud_serve")
"""Modules with a `register(actions)`."""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    about = "The cloud: a server to try, and what a till has to say to one."
    parser = commands.add_parser("cloud", help="the cloud: carry facts there and back, or serve one", description=about)
    actions: Commands[Parser] = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for module in ACTIONS:
        import_module(module).register(actions)
