"""`posdevkit decode`: what a code means, without a scanner."""

from __future__ import annotations

import argparse

from . import exits
from .console import say, write_json
from .meanings import scan_in_words
from .parsing import Commands, Parser

__all__ = ["register"]

_ABOUT = """\
Tell what the data of a code mean. Exit code 0 if they mean something, 1 if not.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("decode", help="tell what a code means", description=_ABOUT)
    parser.add_argument(
        "code", metavar="CODE", help="the data, with the AIM identifier in front if there is one; <GS> parts elements"
    )
    parser.add_argument("--collecting", action="store_true", help="a payment is being collected")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.codes import Scan, Unknown
    from posdevkit.codes.telling import scan_json
    from posdevkit.protocols.scan.decoded import code_of
    from posdevkit.secret import Secret

    data = args.code.replace("<GS>", "\x1d").encode("utf-8", "surrogateescape")
    code = code_of(data)
    scan = Scan("", 0.0, Secret(code.data.decode("latin-1")), code.aim, code.symbology, args.collecting)
    if args.json:
        write_json(scan_json(scan))
    else:
        say(scan_in_words(scan))
    return exits.CANNOT if isinstance(scan.meaning, Unknown) else exits.OK
