"""`posdevkit journal`: whether a register's journal is as it was written."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from . import exits
from .console import Json, say, write_json
from .parsing import Commands, Parser

__all__ = ["register"]


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    journal = commands.add_parser("journal", help="look into a register's journal", description="The journal.")
    words = journal.add_subparsers(dest="action", required=True, metavar="ACTION")
    about = "Check every row. Exit code 1 if one is not as it was written: the first such row is named."
    verify = words.add_parser("verify", help="check every row", description=about)
    verify.add_argument("file", metavar="FILE", help="the register's file, such as till.db")
    verify.add_argument("--key", metavar="PEM", type=Path, help="public key, where the journal is signed")
    verify.add_argument("--head", metavar="HASH", help="the last row's hash as it was kept, to see an end cut off")
    verify.add_argument("--json", action="store_true", help="one JSON object")
    verify.set_defaults(run=_verify)


def _verify(args: argparse.Namespace) -> int:
    from posdevkit.counter.book import verified
    from posdevkit.errors import InputFailed, UsageError
    from posdevkit.store.looking import looked_into
    from posdevkit.till.signing import Ed25519Verifier

    try:
        verifier = Ed25519Verifier.from_pem(args.key.read_bytes()) if args.key else None
    except OSError as problem:
        raise InputFailed(f"{args.key}: {problem.strerror}") from None
    if args.head is not None and not re.fullmatch("[0-9a-f]{64}", args.head):
        raise UsageError(f"--head {args.head[:20]}", remedy="Give the 64 digits that 'journal verify' told as head.")
    with looked_into(args.file, "journal") as connection:
        report = verified(connection, verifier=verifier, head=args.head)
    broken = report.broken
    if args.json:
        head = report.head.hash if report.head else None
        told: Json = None if broken is None else {"seq": broken.seq, "why": broken.why}
        write_json({"ok": broken is None, "rows": report.rows, "head": head, "broken": told})
    elif broken is None:
        say(f"{report.rows} rows, all as they were written" + (f"; head {report.head.hash}" if report.head else ""))
    else:
        say(f"row {broken.seq} is not as it was written: {broken.why}")
    return exits.OK if broken is None else exits.CANNOT
