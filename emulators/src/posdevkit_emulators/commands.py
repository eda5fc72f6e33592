"""`posdevkit emulate`: an emulated device in a terminal, with the keyboard for the hands of a person."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction

__all__ = ["emulate"]

_EPILOG = """\
While it runs, a person's hands are on standard input: keys in a terminal, words on a pipe.
  p paper   o paper out   n near end   c cover (cover open, cover close)   d drawer (drawer open, drawer close)
  j jam     x clear       w power      r resume    t tear off              q quit
"""


def emulate(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the command line's parser; `args.run(args)` carries it out and gives the exit code."""
    parser = subparsers.add_parser(
        "emulate",
        help="run an emulated device",
        description="Run an emulated device on this machine. The first line printed is the URL to open.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("device", choices=["receipt-printer"], help="what to emulate")
    parser.add_argument(
        "--listen", metavar="URL", default="tcp://127.0.0.1:9100", help="where; port 0 takes a free one (%(default)s)"
    )
    parser.add_argument(
        "--profile", metavar="NAME", default="epson-tm-t88v", help="model, or a TOML file (%(default)s)"
    )
    parser.add_argument("--fault", metavar="F", action="append", default=[], help="what goes wrong; repeatable")
    parser.add_argument("--scenario", metavar="NAME", help="faults and what a person does about them, or a TOML file")
    parser.add_argument("--save", metavar="DIR", help="write each ticket there as 0001.png, 0001.txt and 0001.json")
    parser.add_argument("--serial", metavar="TEXT", default="EMU0000001", help="serial number it tells (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.set_defaults(run=_run)


def _run(args: Namespace) -> int:
    from .console import Console, Wanted

    return Console(
        Wanted(
            listen=args.listen,
            profile=args.profile,
            faults=tuple(args.fault),
            scenario=args.scenario,
            save=args.save,
            serial=args.serial,
            as_json=args.json,
        )
    ).run()
