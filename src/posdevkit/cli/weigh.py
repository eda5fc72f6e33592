"""`posdevkit weigh`: what lies on a scale."""

from __future__ import annotations

import argparse

from . import exits
from .console import say, write_json
from .parsing import Commands, Parser, seconds

__all__ = ["register"]

_ABOUT = """\
Ask a scale (Mettler Toledo 8217) for its weight. Exit code 0 with a weight, 1 if the scale has none now, 3 if it is not
reached or does not answer.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("weigh", help="ask a scale for its weight", description=_ABOUT)
    parser.add_argument("url", metavar="URL", help="for example serial:///dev/ttyUSB0 or tcp://192.168.1.91:4001")
    parser.add_argument("--unit", choices=("kg", "lb"), default="kg", help="what the scale is set to (kg)")
    parser.add_argument("--timeout", type=seconds, default=5.0, metavar="S", help="seconds to wait at most (5)")
    parser.add_argument("--json", action="store_true", help="JSON")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.blocking import Scale
    from posdevkit.protocols.scales.mt8217 import NoWeight

    with Scale.open(args.url, unit=args.unit, timeout=args.timeout) as scale:
        answer = scale.weigh(args.timeout)
    if isinstance(answer, NoWeight):
        reasons = [reason.name.lower() for reason in answer.reasons]
        if args.json:
            write_json({"ok": False, "grams": None, "reasons": list(reasons)})
        else:
            say(f"No weight now: {', '.join(reasons).replace('_', ' ') or 'the scale does not say why'}.")
        return exits.CANNOT
    if args.json:
        write_json({"ok": True, "grams": str(answer.grams), "net": answer.net})
    else:
        say(f"{answer.grams} g{' net' if answer.net else ''}")
    return exits.OK
