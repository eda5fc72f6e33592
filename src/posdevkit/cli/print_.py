"""`posdevkit print`: an order, a receipt, text, a picture or a page of a PDF onto paper."""

from __future__ import annotations

import argparse

from .parsing import Commands, Parser, number, seconds

__all__ = ["register"]

_ABOUT = """\
Print FILE and wait for the printer's own confirmation.

FILE is an order or a receipt in JSON ("kind": "order" or "receipt"), a text in UTF-8, a picture, a PDF (with the extra
"pdf"; --page says which page of several), or - for standard input. While the printer waits for a person, the remedy is
shown, and the same job goes on afterwards; it is never sent twice. At the deadline, or on Ctrl-C, the job is given up
and what the printer has not yet printed is cleared, so that nothing comes out later unseen.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser(
        "print", help="print an order, a receipt, text, a picture or a PDF", description=_ABOUT
    )
    parser.add_argument("file", metavar="FILE", help="JSON, text, picture or PDF; - for standard input")
    parser.add_argument("--page", type=number, metavar="N", help="which page of a PDF, from 1")
    parser.add_argument(
        "--margins",
        choices=("crop", "keep"),
        help="of a PDF's page: leave the white around it away (crop), or print it",
    )
    parser.add_argument("--to", metavar="URL", help="the printer, for example tcp://192.168.1.87")
    parser.add_argument("--printer", metavar="NAME", help="a printer of shop.toml; may be left out if it has one")
    parser.add_argument("--config", metavar="FILE", help="the shop's file (shop.toml)")
    parser.add_argument(
        "--profile", metavar="NAME", help="with --to: a name, a TOML file, or auto: ask it (generic-80mm)"
    )
    parser.add_argument(
        "--font",
        action="append",
        metavar="PATH",
        help="draw from this font or folder what the printer cannot set; again for more (the system's fonts)",
    )
    parser.add_argument("--key", default="", help="your name for the job")
    parser.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="seconds to wait at most (60)")
    parser.add_argument("--json", action="store_true", help="the result, or the error, as one JSON object")
    parser.add_argument("--dry-run", action="store_true", help="connect to nothing; show the receipt as text")
    parser.add_argument(
        "--out",
        metavar="PATH",
        help="with --dry-run: write a picture (.png), text (.txt), page (.html), JSON (.json) or the job's bytes",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from .printing import run  # asyncio and the devices, only now

    return run(args)
