"""The command: sets the stage, plays the scenes, checks the account."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction

__all__ = ["demo"]

_ABOUT = """\
Print a café's receipts on an emulated printer, over a real socket on the loopback: one that is confirmed, the drawer,
and one in the middle of which the paper runs out. What comes out of the printer is written into DIR as pictures (PNG),
text and JSON. The exit code is 1 if a figure does not add up.
"""


def demo(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the command line's parser."""
    parser = subparsers.add_parser(
        "demo",
        help="print receipts on an emulated printer and show what comes out",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", metavar="DIR", default="demo-out", help="where the tickets go (%(default)s)")
    parser.add_argument("--json", action="store_true", help="the account as JSON, one object per line")
    parser.set_defaults(run=_run)


def _run(args: Namespace) -> int:
    from .narrator import Narrator
    from .play import play

    return play(args.out, Narrator(as_json=args.json))
