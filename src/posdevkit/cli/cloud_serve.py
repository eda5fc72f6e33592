"""`posdevkit cloud serve` and `posdevkit cloud token`: the reference server, and who may use it."""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from posdevkit.errors import UsageError

from . import exits
from .console import Json, clean, note, say, write_json
from .parsing import Commands, Parser

if TYPE_CHECKING:
    from posdevkit.server import Database

__all__ = ["register"]

DATABASE = "posdevkit-cloud.db"


def register(actions: Commands[Parser]) -> None:
    """Add the actions."""
    about = (
        "Serve tills, apps and the owner's page until Ctrl-C. The first start makes a demo shop and prints its tokens,"
        " this once."
    )
    serve = actions.add_parser("serve", help="run the reference server", description=about)
    _database(serve)
    serve.add_argument("--port", type=_port, default=8420, metavar="N", help="port; 0: any free one (8420)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    serve.add_argument(
        "--demo-sales", type=_days, default=0, metavar="DAYS", help="sell so many days in a new demo shop"
    )
    serve.set_defaults(run=_serve)

    token = actions.add_parser("token", help="who may use the server", description="Tokens of the reference server.")
    verbs = token.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a token", description="Make a token and print it, this once.")
    _database(create)
    create.add_argument("--tenant", default="demo", help="the shop (demo)")
    create.add_argument("--role", choices=("owner", "terminal", "app"), required=True, help="what it is for")
    create.add_argument("--store", help="the one store that it opens")
    create.add_argument("--terminal", metavar="REGISTER", help="the register whose facts it may push")
    create.add_argument("--customer", metavar="ID", help="the customer that an app acts for")
    create.add_argument("--label", default="", help="a name for lists")
    create.set_defaults(run=_create)
    listed = verbs.add_parser("list", help="list tokens", description="List tokens, without what they are.")
    _database(listed)
    listed.add_argument("--json", action="store_true", help="JSON, one object for each token")
    listed.set_defaults(run=_list)
    revoke = verbs.add_parser("revoke", help="revoke a token", description="From now on the token opens nothing.")
    _database(revoke)
    revoke.add_argument("name", metavar="ID", help="as `list` shows it")
    revoke.set_defaults(run=_revoke)


def _database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get("POSDEVKIT_DATABASE", f"sqlite:///{DATABASE}"),
        help=f"sqlite:///FILE or postgresql://... (POSDEVKIT_DATABASE, else sqlite:///{DATABASE})",
    )


def _serve(args: argparse.Namespace) -> int:
    from posdevkit.server import create_shop, sell, serve

    with _open(args.database) as database:

        def prepare() -> None:
            tokens = create_shop(database)
            if tokens is None:
                return
            note("A demo shop was made. Its tokens are shown this once:")
            for name, token in tokens.items():
                say(f"{name}: {token.reveal()}")
            for seed, (name, token) in enumerate(tokens.items()):
                if args.demo_sales and name.startswith("till"):
                    sell(database, token, args.demo_sales, seed=seed)

        if not _loopback(args.host):
            note(f"warning: {args.host} is reached from other machines, and tokens cross the network in clear.")
            note("  Put a proxy with TLS in front of it.")
        host = f"[{args.host}]" if ":" in args.host else args.host
        # Tokens that are shown once are made when nothing else can go wrong any more.
        serve(
            database,
            args.host,
            args.port,
            lambda port: note(f"Serving on http://{host}:{port} (Ctrl-C ends it)"),
            prepare=prepare,
        )
    return exits.OK


def _create(args: argparse.Namespace) -> int:
    from posdevkit.server import create_token

    with _open(args.database) as database, database.writing() as connection:
        token = create_token(
            connection,
            args.tenant,
            args.role,
            store_id=args.store,
            terminal=args.terminal,
            customer=args.customer,
            label=args.label,
        )
    say(token.reveal())
    return exits.OK


def _list(args: argparse.Namespace) -> int:
    from posdevkit.server import list_tokens

    with _open(args.database) as database, database.reading() as connection:
        rows = list_tokens(connection)
    for row in rows:
        if args.json:
            facts: dict[str, Json] = {name: None if value is None else str(value) for name, value in row.items()}
            write_json(facts)
        else:
            scope = " ".join(str(row[name]) for name in ("tenant", "store", "terminal", "customer") if row[name])
            state = f"revoked {row['revoked_at']}" if row["revoked_at"] else f"since {row['created_at']}"
            say(clean(f"{row['id']}: {row['role']} of {scope}, {state} {row['label']}".rstrip()))
    return exits.OK


def _revoke(args: argparse.Namespace) -> int:
    from posdevkit.server import revoke_token

    with _open(args.database) as database, database.writing() as connection:
        if not revoke_token(connection, args.name):
            raise UsageError(f"no token {args.name!r} to revoke", remedy="See 'posdevkit cloud token list'.")
    say(f"{clean(args.name)}: revoked")
    return exits.OK


@contextmanager
def _open(url: str) -> Iterator[Database]:
    from posdevkit.server import Database

    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text[:6]) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")


def _days(text: str) -> int:
    if text.isascii() and text.isdecimal() and 0 <= int(text[:5]) <= 400:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 0 to 400")
