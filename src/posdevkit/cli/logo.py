"""`posdevkit logo`: the pictures that a receipt printer keeps."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from . import exits
from .console import clean, say, write_json
from .parsing import Commands, Parser, seconds

if TYPE_CHECKING:
    from posdevkit.blocking import ReceiptPrinter

__all__ = ["register"]

_ABOUT = """\
Store a logo in a printer once, and print it by its key ({"type": "logo", "key": "01"}) without sending it again.
"""
_STORE = """\
Have the printer keep PICTURE under KEY. A key that is there already is left alone, since storing wears the printer's
memory: give --record FILE to have a changed picture stored anew, or --replace to store it in any case.
"""
_PROFILE = "epson-tm-t88v"


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("logo", help="store, list and delete a printer's logos", description=_ABOUT)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    store = actions.add_parser("store", help="have the printer keep a picture", description=_STORE)
    _common(store, _store)
    store.add_argument("key", metavar="KEY", help="two characters, for example 01")
    store.add_argument("picture", metavar="PICTURE", help="the picture's file")
    store.add_argument("--record", metavar="FILE", help="JSON file that remembers what was stored in which printer")
    store.add_argument("--replace", action="store_true", help="store it even if the key is there")
    listing = actions.add_parser(
        "list", help="tell the keys", description="Tell the keys that the printer keeps pictures under."
    )
    _common(listing, _list)
    delete = actions.add_parser(
        "delete", help="forget a picture", description="Have the printer forget the picture under KEY."
    )
    _common(delete, _delete)
    delete.add_argument("key", metavar="KEY", help="two characters")


def _common(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    parser.add_argument("url", metavar="URL", help="for example tcp://192.168.1.87")
    parser.add_argument("--profile", default=_PROFILE, metavar="NAME", help=f"name or TOML file ({_PROFILE})")
    parser.add_argument("--timeout", type=seconds, default=30.0, metavar="S", help="seconds to wait at most (30)")
    parser.add_argument(
        "--downloaded", action="store_true", help="in the working memory instead, until the next job initializes it"
    )
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    parser.set_defaults(run=run)


def _opened(args: argparse.Namespace) -> ReceiptPrinter:
    from posdevkit.blocking import ReceiptPrinter
    from posdevkit.registry import check_url

    return ReceiptPrinter.open(str(check_url(args.url)), profile=args.profile, timeout=args.timeout)


def _store(args: argparse.Namespace) -> int:
    with _opened(args) as printer:
        stored = printer.store_logo(
            args.key,
            Path(args.picture),
            record=args.record,
            replace=args.replace,
            downloaded=args.downloaded,
            timeout=args.timeout,
        )
    if args.json:
        write_json({"url": args.url, "key": args.key, "stored": stored})
    else:
        said = "stored" if stored else "was there already, and was not written again"
        say(f"{clean(args.url)}: {clean(args.key)} {said}")
    return exits.OK


def _list(args: argparse.Namespace) -> int:
    with _opened(args) as printer:
        keys = printer.logos(downloaded=args.downloaded, timeout=args.timeout)
    if args.json:
        write_json({"url": args.url, "keys": list(keys)})
    else:
        for key in keys:
            say(clean(key))
    return exits.OK


def _delete(args: argparse.Namespace) -> int:
    with _opened(args) as printer:
        deleted = printer.delete_logo(args.key, downloaded=args.downloaded, timeout=args.timeout)
    if args.json:
        write_json({"url": args.url, "key": args.key, "deleted": deleted})
    else:
        say(f"{clean(args.url)}: {clean(args.key)} {'deleted' if deleted else 'was not there'}")
    return exits.OK
