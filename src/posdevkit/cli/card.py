"""`posdevkit card read`: a swipe, masked."""

from __future__ import annotations

import argparse

from . import exits
from .console import clean, note, say, write_json
from .parsing import Commands, Parser, seconds

__all__ = ["register"]

_ABOUT = """\
Wait for a card to be swiped and show its last four digits, never its number. Exit code 0 for a card, 1 for a swipe that
could not be read, 3 if none came.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    card = commands.add_parser("card", help="read a magnetic stripe", description=_ABOUT)
    words = card.add_subparsers(required=True, metavar="read")
    parser = words.add_parser("read", help="wait for a swipe", description=_ABOUT)
    parser.add_argument("url", metavar="URL", help="for example serial:///dev/ttyUSB0 or hid://0801:0002")
    parser.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="seconds to wait at most (60)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.blocking import CardReader
    from posdevkit.devices import GarbledSwipe

    with CardReader.open(args.url) as reader:
        swipe = reader.read(timeout=args.timeout)
    if isinstance(swipe, GarbledSwipe):
        if args.json:
            write_json({"card": None, "problems": list(swipe.problems)})
        else:
            note(clean(f"Not readable: {'; '.join(swipe.problems)}. Swipe again."))
        return exits.CANNOT
    if args.json:
        write_json({"card": str(swipe.number), "problems": list(swipe.problems)})
    else:
        say(clean(str(swipe.number)))
    return exits.OK
