"""`posdevkit render`: a printer's bytes as a picture of the paper."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import exits
from .console import Json, note, say, write_json
from .parsing import Commands, Parser

__all__ = ["register"]

_ABOUT = """\
Show what a printer makes of FILE, which holds the bytes of a job. Where several tickets come out, the pictures are
numbered: name-1.png, name-2.png and so on.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("render", help="show a job's bytes as a picture of the paper", description=_ABOUT)
    parser.add_argument("file", metavar="FILE", help="a job's bytes; - for standard input")
    parser.add_argument("--out", metavar="PNG", help="the picture to write")
    parser.add_argument("--profile", default="generic-80mm", metavar="NAME", help="name or TOML file (generic-80mm)")
    parser.add_argument("--paper", action="store_true", help="a picture to look at, with the paper's edges")
    parser.add_argument("--text", action="store_true", help="the printed characters on standard output")
    parser.add_argument("--json", action="store_true", help="what came out, as JSON")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.errors import UsageError
    from posdevkit.paper import render_job
    from posdevkit.profiles import load_profile

    from .documents import read_bytes
    from .output import write_file

    if args.out is None and not args.text and not args.json:
        raise UsageError("nothing to show", remedy="Add --out PICTURE.png, --text or --json.")
    profile = load_profile(args.profile)
    tickets = render_job(read_bytes(args.file), profile)
    told: list[Json] = []
    for number, ticket in enumerate(tickets, 1):
        path = None if args.out is None else _numbered(Path(args.out), number, len(tickets))
        if path is not None:
            write_file(path, ticket.png(paper=args.paper))
        if args.json:
            told.append(
                {
                    "picture": None if path is None else str(path),
                    "dots": [ticket.width, ticket.height],
                    "cut": ticket.cut is not None,
                    "drawer": [kick.pin for kick in ticket.drawer_kicks],
                    "text": ticket.text(),
                }
            )
        elif args.text:
            say(ticket.text().rstrip("\n"))
        elif path is not None:
            say(f"{path}: {ticket.width} x {ticket.height} dots")
    if args.json:
        write_json({"ok": True, "profile": profile.name, "tickets": told})
    elif not tickets:
        note("Nothing is printed by these bytes; no picture was written.")
    return exits.OK if tickets else exits.CANNOT


def _numbered(path: Path, number: int, count: int) -> Path:
    return path if count == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
