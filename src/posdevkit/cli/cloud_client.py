"""`posdevkit cloud`, the till's side: how it stands, send, pull, watch, and a person's word about what was refused."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import exits
from .cloud_words import event_in_words, event_json, letter_json, status_in_words, status_json
from .console import clean, note, say, write_json
from .parsing import Commands, Parser, seconds
from .progress import Progress

if TYPE_CHECKING:
    from posdevkit.blocking import CloudClient
    from posdevkit.secret import Secret
    from posdevkit.store import Store

__all__ = ["register"]

TOKEN_VARIABLE: Final = "POSDEVKIT_CLOUD_TOKEN"  # noqa: S105  # its name


def register(actions: Commands[Parser]) -> None:
    """Add the actions."""
    for name, (about, add) in _ACTIONS.items():
        short = about.partition(".")[0]
        add(actions.add_parser(name, help=short[0].lower() + short[1:], description=about))


def _status_parser(parser: Parser) -> None:
    _store_option(parser)
    parser.set_defaults(run=_status)


def _push_parser(parser: Parser) -> None:
    _cloud_options(parser)
    parser.set_defaults(run=_push)


def _pull_parser(parser: Parser) -> None:
    _cloud_options(parser)
    parser.set_defaults(run=_pull)


def _watch_parser(parser: Parser) -> None:
    _cloud_options(parser)
    parser.add_argument("--for", type=seconds, metavar="S", dest="quiet", help="end after this many quiet seconds")
    parser.set_defaults(run=_watch)


def _dead_letters_parser(parser: Parser) -> None:
    words = parser.add_subparsers(dest="word", metavar="WORD")
    _store_option(parser)
    parser.set_defaults(run=_list)
    shown = words.add_parser("list", help="list them", description="List what waits for a person, oldest first.")
    retried = words.add_parser("retry", help="send one again", description="Something was mended: send it again.")
    retried.set_defaults(run=_retry)
    gone = words.add_parser("discard", help="never send one", description="Never send it; it stays on record.")
    gone.set_defaults(run=_discard)
    gone.add_argument("--reason", required=True, metavar="TEXT", help="why, for the journal")
    gone.add_argument("--by", required=True, metavar="NAME", help="who says so")
    for word in (shown, retried, gone):
        _store_option(word, below=True)
    for word in (retried, gone):
        word.add_argument("id", metavar="ID", help="the fact's identifier")


_ACTIONS: Final[dict[str, tuple[str, Callable[[Parser], None]]]] = {
    "status": ("Tell how it stands. Exit code 1 if facts are dead letters, else 0.", _status_parser),
    "push": ("Send what is pending. Exit code 1 if facts are dead letters afterwards.", _push_parser),
    "pull": ("Pull what has changed.", _pull_parser),
    "watch": ("Send and listen until Ctrl-C, and tell what happens.", _watch_parser),
    "dead-letters": ("What the cloud refused. Exit code 1 if any waits for a person.", _dead_letters_parser),
}


def _store_option(parser: Parser, *, below: bool = False) -> None:
    missing = argparse.SUPPRESS if below else None
    parser.add_argument("--store", metavar="FILE", default=missing, help="the till's file")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS if below else False, help="JSON")


def _cloud_options(parser: Parser) -> None:
    _store_option(parser)
    parser.add_argument("--url", required=True, metavar="URL", help="the cloud, for example https://cloud.example")
    parser.add_argument("--token-file", metavar="FILE", help=f"file with the till's token (else {TOKEN_VARIABLE})")
    parser.add_argument("--insecure", action="store_true", help="allow http:// to another machine")


def _status(args: argparse.Namespace) -> int:
    import time

    from posdevkit.cloud.states import Memory, read_status

    store = _store(args)
    try:
        with store.reading() as connection:
            status = read_status(connection, Memory.read(connection), time.time())
    finally:
        store.close()
    if args.json:
        write_json(status_json(status))
    else:
        for line in status_in_words(status):
            say(line)
    return exits.CANNOT if status.dead_letters else exits.OK


def _push(args: argparse.Namespace) -> int:
    from posdevkit.cloud import FactsPushed

    progress = Progress(sys.stderr)
    with _client(args) as client:
        before = client.status()

        def tell(event: object) -> None:
            if isinstance(event, FactsPushed):
                progress.update(f"{before.pending - event.pending} of {before.pending} facts sent")

        stop = client.events().on(tell)
        try:
            after = client.push()
        finally:
            stop()
            progress.clear()
    refused = after.dead_letters - before.dead_letters
    sent = before.pending - after.pending - refused
    if args.json:
        write_json({"ok": True, "sent": sent, "refused": refused, **status_json(after)})
    else:
        say(f"{sent} facts sent, {after.pending} pending, {after.dead_letters} dead letters.")
    return exits.CANNOT if after.dead_letters else exits.OK


def _pull(args: argparse.Namespace) -> int:
    with _client(args) as client:
        count = client.pull()
        cursor = client.status().cursor
    if args.json:
        write_json({"ok": True, "changes": count, "cursor": cursor})
    else:
        say(f"{count} changes, up to number {cursor}.")
    return exits.OK


def _watch(args: argparse.Namespace) -> int:
    with _client(args) as client, client.events() as events:
        client.start()  # not before somebody listens
        note(f"sending from {clean(str(args.store))} to {clean(args.url)}")
        try:
            for event in events.blocking(args.quiet):
                if args.json:
                    write_json(event_json(event))
                else:
                    say(event_in_words(event))
        finally:
            note(f"{client.close().pending} facts pending")
    return exits.OK


def _list(args: argparse.Namespace) -> int:
    from posdevkit.store import DeadLetters

    store = _store(args)
    try:
        with store.reading() as connection:
            letters = DeadLetters().waiting(connection)
    finally:
        store.close()
    for letter in letters:
        if args.json:
            write_json(letter_json(letter))
        else:
            say(f"{letter.id}: {clean(letter.code)} {clean(letter.detail)}".rstrip())
    return exits.CANNOT if letters else exits.OK


def _retry(args: argparse.Namespace) -> int:
    from posdevkit.store import DeadLetters

    store = _store(args)
    try:
        with store.transaction() as transaction:
            DeadLetters().retry(transaction, args.id)
    finally:
        store.close()
    return _settled(args, "is pending again")


def _discard(args: argparse.Namespace) -> int:
    from posdevkit.store import DeadLetters

    store = _store(args)
    try:
        with store.transaction() as transaction:
            DeadLetters().discard(transaction, args.id, by=args.by, reason=args.reason)
    finally:
        store.close()
    return _settled(args, "is discarded and stays on record")


def _settled(args: argparse.Namespace, what: str) -> int:
    if args.json:
        write_json({"ok": True, "id": args.id})
    else:
        say(f"{clean(args.id)} {what}.")
    return exits.OK


def _client(args: argparse.Namespace) -> CloudClient:
    from posdevkit.blocking import CloudClient

    _existing(args)
    return CloudClient.open(args.store, args.url, _token(args), background=False, insecure=args.insecure)


def _token(args: argparse.Namespace) -> Secret:
    from posdevkit.errors import InputFailed, UsageError
    from posdevkit.secret import Secret

    if args.token_file is None:
        if not (text := os.environ.get(TOKEN_VARIABLE, "")):
            raise UsageError("no token is given", remedy=f"Add --token-file FILE, or set {TOKEN_VARIABLE}.")
        return Secret(text.strip())
    try:
        return Secret(Path(args.token_file).read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "not a text"
        raise InputFailed(f"{args.token_file}: {reason}") from None


def _store(args: argparse.Namespace) -> Store:
    from posdevkit.store import Store

    return Store(_existing(args))


def _existing(args: argparse.Namespace) -> str:
    from posdevkit.errors import InputFailed, UsageError

    path: str | None = args.store
    if path is None:
        raise UsageError("--store FILE is missing", remedy="Name the till's file.")
    if not Path(path).is_file():
        raise InputFailed(f"{path}: no such file")
    return path
