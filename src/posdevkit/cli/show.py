"""`posdevkit show`: two lines on a customer display."""

from __future__ import annotations

import argparse

from . import exits
from .console import say, write_json
from .parsing import Commands, Parser, seconds

__all__ = ["register"]


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    about = "Show two lines of 20 places on a customer display. A display never confirms that it did."
    parser = commands.add_parser("show", help="show two lines on a customer display", description=about)
    parser.add_argument("url", metavar="URL", help="for example serial:///dev/ttyUSB0 or tcp://192.168.1.90:4001")
    parser.add_argument("line1", metavar="LINE1", help="upper line")
    parser.add_argument("line2", metavar="LINE2", nargs="?", default="", help="lower line")
    parser.add_argument("--display", default="cd5220", metavar="NAME", help="cd5220 or epson-dm-d (cd5220)")
    parser.add_argument("--code-page", default="", metavar="NAME", help="one that the display has")
    parser.add_argument("--brightness", type=int, choices=(1, 2, 3, 4), help="1 dim to 4")
    parser.add_argument("--timeout", type=seconds, default=5.0, metavar="S", help="seconds to wait at most (5)")
    parser.add_argument("--json", action="store_true", help="JSON")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.blocking import Display

    options = {"language": args.display, "code_page": args.code_page, "timeout": args.timeout}
    with Display.open(args.url, **options) as display:
        if args.brightness is not None:
            display.brightness(args.brightness, timeout=args.timeout)
        display.show(args.line1, args.line2, timeout=args.timeout)
        noise = display.noise
    if args.json:
        write_json({"ok": True, "url": args.url, "noise": noise or None})
    else:
        say(f"Shown; but {noise}." if noise else "Shown.")
    return exits.OK
