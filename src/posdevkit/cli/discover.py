"""`posdevkit discover`: which devices are there, and what to open them with."""

from __future__ import annotations

import argparse
import sys

from . import exits
from .console import clean, note, painted, say, write_json
from .parsing import Commands, Parser, seconds

__all__ = ["register"]

_ABOUT = """\
Search the cables of this machine for devices. Nothing is printed and no device is opened that another program may use.
Exit code 0 if something was found, 1 if nothing was.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("discover", help="search this machine for devices", description=_ABOUT)
    parser.add_argument("--only", action="append", default=[], metavar="CABLE", help="search this cable alone, as: usb")
    parser.add_argument("--timeout", type=seconds, default=5.0, metavar="S", help="seconds to search at most (5)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from posdevkit.discovery import discover

    survey = asyncio.run(discover(only=args.only, timeout=args.timeout))
    if args.json:
        write_json(
            {
                "found": [
                    {"url": f.url, "kind": f.kind, "what": f.what, "profile": f.profile, "why": f.why}
                    for f in survey.found
                ],
                "skipped": [
                    {"cable": s.source, "problem": s.problem.slug, "remedy": s.problem.remedy(args.language)}
                    for s in survey.skipped
                ],
            }
        )
        return exits.OK if survey.found else exits.CANNOT
    for found in survey.found:
        profile = f", --profile {found.profile}" if found.profile else ""
        say(f"{painted(clean(found.url), 'bold', sys.stdout)}  {found.kind}{profile}")
        say(f"  {clean(found.what)} ({clean(found.why)})")
    if not survey.found:
        note("Nothing was found.")
    for skipped in survey.skipped:
        note(f"{skipped.source}: {clean(skipped.problem.remedy(args.language))}")
    return exits.OK if survey.found else exits.CANNOT
