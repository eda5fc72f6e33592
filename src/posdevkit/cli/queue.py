"""`posdevkit queue`: what stands in a print queue's file, a person's words about it, and tickets for a kitchen."""

from __future__ import annotations

import argparse
import getpass
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import exits
from .console import Json, clean, painted, say, write_json
from .parsing import Commands, Parser, seconds

if TYPE_CHECKING:
    from posdevkit.printqueue import QueuedJob
    from posdevkit.printqueue.table import JobTable
    from posdevkit.store import Store

__all__ = ["register"]

T = TypeVar("T")

_DAY = 86400.0


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    about = "Look into a print queue, say what becomes of its jobs, and send a kitchen its tickets."
    parser = commands.add_parser("queue", help="look into a print queue's file", description=about)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(
        name: str, run: Callable[[argparse.Namespace], int], short: str, about: str, *, key: bool = True
    ) -> Parser:
        made = actions.add_parser(name, help=short, description=about)
        made.add_argument("file", metavar="FILE", help="the queue's file")
        if key:
            made.add_argument("key", metavar="KEY", help="the job's key")
        made.add_argument("--json", action="store_true", help="JSON, one object for each job")
        made.set_defaults(run=run)
        return made

    def one_queue(made: Parser) -> None:
        which = made.add_mutually_exclusive_group()
        which.add_argument("--name", default="printer", metavar="NAME", help="which printer's jobs in it (printer)")
        which.add_argument("--station", metavar="NAME", help="or which station's tickets")

    def word(made: Parser) -> None:
        made.add_argument("--by", default=None, metavar="WHO", help="whose word it is (who is logged in)")

    about = "List jobs, oldest first. Exit code 1 if any waits for a person, else 0."
    one_queue(action("list", _list, "list jobs", about, key=False))
    about = "Say whether a job that nobody can tell about is on paper. A running queue hears it within a second."
    released = action("release", _release, "give a person's word about a job", about)
    one_queue(released)
    word(released)
    which = released.add_mutually_exclusive_group(required=True)
    which.add_argument("--printed", action="store_true", help="it is on paper: never print it again")
    which.add_argument("--not-printed", action="store_true", help="it is not on paper: print it")
    about = "Take back a job of which not a byte has left. What has begun is refused."
    cancelled = action("cancel", _cancel, "take back a job that has not begun", about)
    one_queue(cancelled)
    word(cancelled)
    about = "Print a job that was sent once more, with the word for a copy above it."
    copied = action("reprint", _reprint, "print a copy of a job, marked as one", about)
    one_queue(copied)
    word(copied)
    copied.add_argument("--words", choices=("da", "en"), help="language of the mark (the job's own)")
    copied.add_argument("--as", dest="copy_key", default="", metavar="KEY", help="key of the copy: made once under it")
    about = "Count jobs by state, and say how long the oldest waits. Exit code 1 if any waits for a person, else 0."
    action("status", _status, "count jobs, and tell the oldest's age", about, key=False)
    about = "Take out finished jobs; what is unsettled, or waits for a person, always stays."
    pruned = action("prune", _prune, "take out finished jobs", about, key=False)
    pruned.add_argument("--days", type=float, metavar="DAYS", help="those older than so many days (30)")
    pruned.add_argument("--keep", type=int, metavar="JOBS", help="at most so many stay, except of the last hour")
    about = "Have another printer of its station print a ticket that has not begun."
    routed = action("route", _route, "give a ticket to another printer", about)
    word(routed)
    routed.add_argument("--station", required=True, metavar="NAME", help="whose ticket")
    routed.add_argument("--to", required=True, metavar="PRINTER", help="the printer by its name")
    about = "Promise an order's tickets to the stations of a shop, and print them. Exit code 1 if any is not on paper."
    sent = action("send", _send, "print an order's tickets at its stations", about, key=False)
    sent.add_argument("order", metavar="ORDER", help="the order as JSON; - for standard input")
    sent.add_argument("--shop", default="shop.toml", metavar="FILE", help="the shop's file (shop.toml)")
    sent.add_argument("--key", default="", metavar="KEY", help="its name in the queue (the order's number)")
    sent.add_argument("--priority", type=int, default=0, metavar="N", help="the higher goes first (0)")
    sent.add_argument("--timeout", type=seconds, default=60.0, metavar="SECONDS", help="how long to wait (60)")


def _list(args: argparse.Namespace) -> int:
    table = _table(args)
    jobs = _read(args, table.jobs)
    for job in jobs:
        _tell(args, job, whole=True)
    return exits.CANNOT if any(job.state.for_a_person for job in jobs) else exits.OK


def _release(args: argparse.Namespace) -> int:
    table = _table(args)
    return _said(args, lambda one: table.release(one, args.key, printed=args.printed, by=_who(args)))


def _cancel(args: argparse.Namespace) -> int:
    table = _table(args)
    return _said(args, lambda one: table.cancel(one, args.key, by=_who(args)))


def _reprint(args: argparse.Namespace) -> int:
    table = _table(args)
    return _said(
        args,
        lambda one: table.reprint(one, args.key, by=_who(args), language=args.words, copy_key=args.copy_key),
    )


def _route(args: argparse.Namespace) -> int:
    table = _table(args)
    return _said(args, lambda one: table.move(one, args.key, args.to, by=_who(args)))


def _status(args: argparse.Namespace) -> int:
    from posdevkit.printqueue.upkeep import queues, status_of

    found = _read(args, lambda connection: [status_of(connection, name) for name in queues(connection)])
    for status in found:
        counts: dict[str, Json] = {state.value: count for state, count in status.counts.items()}
        age = status.oldest_age()
        if args.json:
            write_json(
                {"queue": status.queue, "counts": counts, "oldest_seconds": None if age is None else round(age, 1)}
            )
        else:
            told = ", ".join(f"{count} {state}" for state, count in counts.items())
            oldest = "" if age is None else f"; the oldest waits for {age:.0f} s"
            say(f"{clean(status.queue)}: {told}{oldest}")
    return exits.CANNOT if any(status.for_a_person for status in found) else exits.OK


def _prune(args: argparse.Namespace) -> int:
    from posdevkit.errors import UsageError
    from posdevkit.printqueue import Keeping
    from posdevkit.printqueue.upkeep import prune, queues

    if (args.days is not None and not args.days >= 0) or (args.keep is not None and args.keep < 0):
        raise UsageError("prune: below 0", remedy="Give a number of days or jobs from 0.")
    days = 30.0 if args.days is None and args.keep is None else args.days
    keep = Keeping(None if days is None else days * _DAY, args.keep)
    store, total = _store(args.file), 0
    try:
        with store.reading() as connection:
            names = queues(connection)
        for name in names:
            while True:
                with store.transaction() as transaction:
                    gone = prune(transaction, name, keep)
                total += gone
                if not gone:
                    break
    finally:
        store.close()
    write_json({"ok": True, "pruned": total}) if args.json else say(f"{total} taken out")
    return exits.OK


def _send(args: argparse.Namespace) -> int:
    from posdevkit.blocking import Kitchen
    from posdevkit.errors import DeadlineExceeded
    from posdevkit.printqueue import QueueState
    from posdevkit.till.kitchen import kitchen_order_from_json

    from .documents import read_bytes

    order = kitchen_order_from_json(read_bytes(args.order))
    with Kitchen.open(args.file, args.shop) as kitchen:
        key = args.key or order.number
        kitchen.send(order, key=key, priority=args.priority)
        try:
            jobs = kitchen.wait(key, args.timeout)
        except DeadlineExceeded:
            jobs = kitchen.tickets(key)
    for job in jobs:
        _tell(args, job, whole=True)
    return exits.OK if all(job.state is QueueState.PRINTED for job in jobs) else exits.CANNOT


# What they share


def _table(args: argparse.Namespace) -> JobTable:
    from posdevkit.printqueue.kitchen import queue_of
    from posdevkit.printqueue.table import JobTable

    return JobTable(args.name if args.station is None else queue_of(args.station))


def _who(args: argparse.Namespace) -> str:
    return args.by if args.by is not None else getpass.getuser()


def _read(args: argparse.Namespace, question: Callable[[sqlite3.Connection], T]) -> T:
    store = _store(args.file)
    try:
        with store.reading() as connection:
            return question(connection)
    finally:
        store.close()


def _said(args: argparse.Namespace, change: Callable[[sqlite3.Connection], QueuedJob]) -> int:
    store = _store(args.file)
    try:
        with store.transaction() as transaction:
            job = change(transaction)
    finally:
        store.close()
    _tell(args, job)
    return exits.OK


def _tell(args: argparse.Namespace, job: QueuedJob, *, whole: bool = False) -> None:
    if args.json and whole:
        facts: dict[str, Json] = {
            "key": job.key,
            "queue": job.queue,
            "carrier": job.carrier,
            "state": job.state.value,
            "delivery": job.delivery.value,
            "evidence": job.evidence.value,
            "problem": job.problem or None,
            "attempts": job.attempts,
            "priority": job.priority,
            "copy_of": job.copy_of or None,
            "asked_by": job.asked_by or None,
            "added_at": job.added_at,
            "changed_at": job.changed_at,
            "fingerprint": job.fingerprint,
        }
        write_json(facts)
    elif args.json:
        write_json({"ok": True, "key": job.key, "state": job.state.value})
    elif whole:
        state = painted(job.state.value, "bold", sys.stdout)
        where = "" if job.carrier == job.queue else f" on {clean(job.carrier)}"
        say(f"{clean(job.key)}: {state}{where} ({job.delivery.value}, {job.attempts} sent)")
    else:
        say(f"{clean(job.key)}: {job.state.value}")


def _store(path: str) -> Store:
    from posdevkit.errors import InputFailed
    from posdevkit.store import Store

    if not Path(path).is_file():
        raise InputFailed(f"{path}: no such file")
    return Store(path)
