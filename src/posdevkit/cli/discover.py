"""`posdevkit discover`: which devices are there, and what to open them with."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, cast

from . import exits
from .console import Json, clean, note, painted, say, write_json
from .parsing import Commands, Parser, seconds

if TYPE_CHECKING:
    from posdevkit.discovery import Found

__all__ = ["register"]

_ABOUT = """\
Search the cables of this machine and its own subnets for devices. Nothing is printed and no device is opened that
another program may use. Exit code 0 if something was found, 1 if nothing was.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("discover", help="search this machine for devices", description=_ABOUT)
    parser.add_argument("--only", action="append", default=[], metavar="CABLE", help="search this cable alone, as: usb")
    parser.add_argument(
        "--ask",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="the address that network searches ask, as 192.168.7.255, instead of this machine's own subnets",
    )
    parser.add_argument("--timeout", type=seconds, default=5.0, metavar="S", help="seconds to search at most (5)")
    parser.add_argument("--watch", action="store_true", help="tell devices as they come and go, until Ctrl-C")
    parser.add_argument("--every", type=seconds, default=2.0, metavar="S", help="seconds between two searches (2)")
    parser.add_argument("--for", type=seconds, metavar="S", dest="quiet", help="end the watch after S quiet seconds")
    parser.add_argument("--json", action="store_true", help="one JSON object; with --watch one for each event")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.watch:
        return _watch(args)
    from posdevkit.blocking import discover

    tell = None if args.json else _tell
    survey = discover(only=args.only, ask=args.ask, timeout=args.timeout, on_found=tell)
    if args.json:
        write_json(
            {
                "found": [_facts(found) for found in survey.found],
                "skipped": [cast("Json", skipped.facts(args.language)) for skipped in survey.skipped],
            }
        )
        return exits.OK if survey.found else exits.CANNOT
    if not survey.found:
        note("Nothing was found.")
    for skipped in survey.skipped:
        note(f"{skipped.source} was not searched: {clean(skipped.told(args.language))}")
    return exits.OK if survey.found else exits.CANNOT


def _watch(args: argparse.Namespace) -> int:
    from posdevkit.blocking import DeviceWatch
    from posdevkit.discovery import DeviceCame, DeviceGone

    came = False
    with DeviceWatch.open(only=args.only, ask=args.ask, every=args.every) as watch, watch.events() as events:
        note("watching for devices")
        for event in events.blocking(args.quiet):
            if not isinstance(event, DeviceCame | DeviceGone):
                continue
            came = came or isinstance(event, DeviceCame)
            kind = "came" if isinstance(event, DeviceCame) else "gone"
            if args.json:
                write_json({"event": kind, **_facts(event.found)})
            elif kind == "came":
                _tell(event.found)
            else:
                say(f"{clean(event.device)}  gone")
    return exits.OK if came else exits.CANNOT


def _tell(found: Found) -> None:
    profile = f", --profile {found.profile}" if found.profile else ""
    say(f"{painted(clean(found.url), 'bold', sys.stdout)}  {found.kind}{profile}")
    say(f"  {clean(found.what)} ({clean(found.why)})")


def _facts(found: Found) -> dict[str, Json]:
    return {"url": found.url, "kind": found.kind, "what": found.what, "profile": found.profile, "why": found.why}
