"""`posdevkit queue`: what stands in a print queue's file, and a person's word about what nobody can tell."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import exits
from .console import Json, clean, painted, say, write_json
from .parsing import Commands, Parser

if TYPE_CHECKING:
    from posdevkit.store import Store

__all__ = ["register"]


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("queue", help="look into a print queue's file", description="Look into a print queue.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    about = "List jobs, oldest first. Exit code 1 if any waits for a person, else 0."
    shown = actions.add_parser("list", help="list jobs", description=about)
    _common(shown)
    shown.set_defaults(run=_list)
    about = "Say whether a job that nobody can tell about is on paper. A running queue hears it within a second."
    released = actions.add_parser("release", help="give a person's word about a job", description=about)
    _common(released)
    released.add_argument("key", metavar="KEY", help="the job's key")
    word = released.add_mutually_exclusive_group(required=True)
    word.add_argument("--printed", action="store_true", help="it is on paper: never print it again")
    word.add_argument("--not-printed", action="store_true", help="it is not on paper: print it")
    released.set_defaults(run=_release)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the queue's file")
    parser.add_argument("--name", default="printer", metavar="NAME", help="which printer's jobs in it (printer)")
    parser.add_argument("--json", action="store_true", help="JSON, one object for each job")


def _list(args: argparse.Namespace) -> int:
    from posdevkit.printqueue import QueueState
    from posdevkit.printqueue.table import JobTable

    store = _store(args.file)
    try:
        with store.reading() as connection:
            jobs = JobTable(args.name).jobs(connection)
    finally:
        store.close()
    for job in jobs:
        if args.json:
            facts: dict[str, Json] = {
                "key": job.key,
                "state": job.state.value,
                "delivery": job.delivery.value,
                "evidence": job.evidence.value,
                "problem": job.problem or None,
                "attempts": job.attempts,
                "added_at": job.added_at,
                "changed_at": job.changed_at,
                "fingerprint": job.fingerprint,
            }
            write_json(facts)
        else:
            state = painted(job.state.value, "bold", sys.stdout)
            say(f"{clean(job.key)}: {state} ({job.delivery.value}, {job.attempts} sent)")
    return exits.CANNOT if any(job.state is QueueState.UNCONFIRMED for job in jobs) else exits.OK


def _release(args: argparse.Namespace) -> int:
    from posdevkit.printqueue.table import JobTable

    store = _store(args.file)
    try:
        with store.transaction() as transaction:
            job = JobTable(args.name).release(transaction, args.key, printed=args.printed)
    finally:
        store.close()
    if args.json:
        write_json({"ok": True, "key": job.key, "state": job.state.value})
    else:
        say(f"{clean(job.key)}: {job.state.value}")
    return exits.OK


def _store(path: str) -> Store:
    from posdevkit.errors import InputFailed
    from posdevkit.store import Store

    if not Path(path).is_file():
        raise InputFailed(f"{path}: no such file")
    return Store(path)
