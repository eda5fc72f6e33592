"""`posdevkit scan`: what scanners read, as it comes."""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from posdevkit.errors import UsageError

from . import exits
from .console import Json, clean, note, say, write_json
from .meanings import scan_in_words
from .parsing import Commands, Parser, seconds

__all__ = ["register"]

_ABOUT = """\
Tell every code that scanners read, with its meaning, until Ctrl-C. Exit code 1 if --for ended it before --count codes.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("scan", help="tell what scanners read", description=_ABOUT)
    parser.add_argument(
        "urls", metavar="URL", nargs="+", help="serial:///dev/ttyUSB0, hid://05e0:1300, evdev:///dev/input/event3"
    )
    parser.add_argument("--count", type=_count, metavar="N", help="end after this many codes")
    parser.add_argument("--for", type=seconds, metavar="S", dest="quiet", help="end after this many quiet seconds")
    parser.add_argument("--timeout", type=seconds, default=5.0, metavar="S", help="seconds to connect at most (5)")
    parser.add_argument("--collecting", action="store_true", help="a payment is being collected")
    parser.add_argument("--json", action="store_true", help="one JSON object for each event")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.blocking import Scanner
    from posdevkit.codes import Misread, Scan
    from posdevkit.codes.telling import scan_json
    from posdevkit.events import DeviceEvent, LinkLost
    from posdevkit.runtime.subscription import merge_events

    def tell(event: DeviceEvent) -> None:
        if isinstance(event, Scan):
            if args.json:
                write_json({"event": "scan", "device": event.device, **scan_json(event)})
            else:
                say((f"{clean(event.device)}: " if len(args.urls) > 1 else "") + scan_in_words(event))
            return
        kind, reason = "link-restored", ""
        if isinstance(event, Misread):
            kind, reason = "misread", event.reason
        elif isinstance(event, LinkLost):
            kind, reason = "link-lost", event.reason
        if args.json:
            facts: dict[str, Json] = {"event": kind, "device": event.device, "reason": reason}
            write_json(facts)
        else:
            note(f"{clean(event.device)}: {kind.replace('-', ' ')}" + (f": {clean(reason)}" if reason else ""))

    if len(set(args.urls)) < len(args.urls):
        raise UsageError("the same URL stands there twice")
    left = args.count
    with ExitStack() as stack:
        scanners = [stack.enter_context(Scanner.open(url, timeout=args.timeout)) for url in args.urls]
        events = stack.enter_context(merge_events(*(scanner.events() for scanner in scanners)))
        if args.collecting:
            for scanner in scanners:
                stack.enter_context(scanner.collecting_payment())
        note(f"reading from {clean(', '.join(args.urls))}")
        for event in events.blocking(args.quiet):
            tell(event)
            if left is not None and isinstance(event, Scan):
                left -= 1
                if not left:
                    return exits.OK
    return exits.CANNOT if left else exits.OK


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 10**9):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)
