"""`posdevkit label`: a label in JSON onto a label printer."""

from __future__ import annotations

import argparse

from .parsing import Commands, Parser, seconds

__all__ = ["register"]

_ABOUT = """\
Print the label in FILE ("kind": "label", lengths in millimetres) and wait for what the printer tells.

The best a ZPL printer tells is that no label waits any more, which does not prove that it is on paper: the outcome is
"sent". While the printer waits for a person, the remedy is shown, and the same job goes on afterwards; it is never sent
twice. At the deadline, or on Ctrl-C, the job is given up and what waits in the printer is cleared.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("label", help="print a label", description=_ABOUT)
    parser.add_argument("file", metavar="FILE", help="a label in JSON; - for standard input")
    parser.add_argument("--to", metavar="URL", help="the printer, for example tcp://192.168.1.90")
    parser.add_argument("--profile", metavar="NAME", default="generic-zpl-203", help="name or TOML file (%(default)s)")
    parser.add_argument("--copies", type=int, default=1, metavar="N", help="labels to print (1)")
    parser.add_argument("--key", default="", help="your name for the job")
    parser.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="seconds to wait at most (60)")
    parser.add_argument("--json", action="store_true", help="the result, or the error, as one JSON object")
    parser.add_argument("--dry-run", action="store_true", help="connect to nothing; show the ZPL")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from .labelling import run  # asyncio and the devices, only now

    return run(args)
