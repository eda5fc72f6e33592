"""`posdevkit status`: what a printer says about itself."""

from __future__ import annotations

import argparse
import sys

from . import exits
from .console import Json, clean, note, painted, say, write_json
from .parsing import Commands, Parser, seconds

__all__ = ["register"]

_ABOUT = """\
Ask a printer how it is. Exit code 0 if it can print or never says, 1 if it says that it cannot, 3 if it is not reached.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("status", help="ask a printer how it is", description=_ABOUT)
    parser.add_argument("url", metavar="URL", help="for example tcp://192.168.1.87")
    parser.add_argument("--profile", default="auto", metavar="NAME", help="name or TOML file (auto: it is asked)")
    parser.add_argument("--timeout", type=seconds, default=5.0, metavar="S", help="seconds to wait at most (5)")
    parser.add_argument("--recover", action="store_true", help="first have it go on after an error that was seen to")
    parser.add_argument("--watch", action="store_true", help="go on and tell every change, until Ctrl-C")
    parser.add_argument("--json", action="store_true", help="JSON, one object for each status")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.blocking import ReceiptPrinter
    from posdevkit.devices.telling import status_json
    from posdevkit.devices.troubles import trouble_of
    from posdevkit.events import DeviceEvent, LinkLost, PrinterStatus, StatusChanged
    from posdevkit.registry import check_url

    url = str(check_url(args.url))

    def tell(status: PrinterStatus) -> None:
        if args.json:
            write_json({"url": url, **status_json(status, args.language)})
            return
        trouble = trouble_of(status)
        said = status != PrinterStatus()
        say(f"{clean(url)}: {_coloured(status) if said else 'connected, and never says how it is'}")
        if trouble:
            say(f"  {trouble().message(args.language)}. {trouble().remedy(args.language)}")
        sys.stdout.flush()

    def tell_event(event: DeviceEvent) -> None:
        if isinstance(event, StatusChanged):
            tell(event.status)
        elif args.json:
            lost: dict[str, Json] = (
                {"url": url, "link": "lost", "reason": event.reason}
                if isinstance(event, LinkLost)
                else {"url": url, "link": "restored"}
            )
            write_json(lost)
        else:
            note(
                f"{clean(url)}: "
                + (f"connection lost: {clean(event.reason)}" if isinstance(event, LinkLost) else "connected again")
            )

    with ReceiptPrinter.open(url, profile=args.profile, timeout=args.timeout) as printer:
        events = printer.events()
        status = printer.recover(timeout=args.timeout) if args.recover else printer.status(timeout=args.timeout)
        identity = printer.identity
        words = [word for word in (identity.maker, identity.model, identity.firmware, identity.serial) if word]
        if words and not args.json:
            say(clean(" ".join(words)))
        tell(status)
        if args.watch:
            for event in events:
                tell_event(event)
        events.close()
    return exits.CANNOT if status.can_print is False else exits.OK


def _coloured(status: object) -> str:
    from posdevkit.events import PrinterStatus

    assert isinstance(status, PrinterStatus)
    return painted(str(status), "red" if status.can_print is False else "green", sys.stdout)
