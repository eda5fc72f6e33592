"""`posdevkit hub`: lend a shop's devices to tablets, and see to who may use them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from . import exits
from .console import clean, note, painted, say, terminal, write_json
from .parsing import Commands, Parser

if TYPE_CHECKING:
    from posdevkit.hub.tokens import Tokens

__all__ = ["register"]

_QUIET_ZONE = 4
"""White modules around a QR code (ISO/IEC 18004)."""


def register(commands: Commands[Parser]) -> None:
    """Add the parsers."""
    parser = commands.add_parser(
        "hub", help="lend devices to tablets and browsers", description="Lend a shop's devices to tablets and browsers."
    )
    actions: Commands[Parser] = parser.add_subparsers(dest="action", required=True, metavar="ACTION", title="actions")
    about = "Lend the devices of a shop file until Ctrl-C, and show a code that lets the first tablet in."
    serve = actions.add_parser("serve", help="lend the devices of a shop file", description=about)
    _file(serve)
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=_port, default=8600, metavar="N", help="port, 0 for a free one (8600)")
    serve.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="host name by which tablets call it; repeatable"
    )
    serve.add_argument(
        "--origin", action="append", default=[], metavar="URL", help="page of another site that may use it; repeatable"
    )
    serve.add_argument(
        "--payments", action="store_true", help="give payment codes to a tablet that claims a scanner to collect one"
    )
    serve.set_defaults(run=_serve)
    about = "Make a code that lets one more tablet in within ten minutes. The code before it is void."
    pair = actions.add_parser("pair", help="make a code for another tablet", description=about)
    _file(pair)
    pair.set_defaults(run=_pair)
    tokens = actions.add_parser("tokens", help="list the paired tablets", description="List the paired tablets.")
    _file(tokens)
    tokens.set_defaults(run=_tokens)
    about = "Take a tablet's token back. A running hub heeds it with the next request."
    revoke = actions.add_parser("revoke", help="take a tablet's token back", description=about)
    revoke.add_argument("id", metavar="ID", help="the token's id, as `tokens` lists it")
    _file(revoke)
    revoke.set_defaults(run=_revoke)
    about = "Print the description of the hub's operations (OpenAPI 3.1)."
    openapi = actions.add_parser("openapi", help="print the OpenAPI document", description=about)
    openapi.set_defaults(run=_openapi)


def _file(parser: Parser) -> None:
    parser.add_argument("file", nargs="?", default="shop.toml", metavar="FILE", help="the shop file (shop.toml)")
    parser.add_argument("--json", action="store_true", help="JSON")


def _serve(args: argparse.Namespace) -> int:
    from posdevkit.blocking import Hub

    with Hub.open(
        args.file, host=args.host, port=args.port, names=args.name, origins=args.origin, payments=args.payments
    ) as hub:
        url = _reachable(hub.url)
        code = hub.pairing_code()
        if args.json:
            write_json({"url": url, "pairing_code": code})
        else:
            say(f"{url}  pairing code {painted(_spelled(code), 'bold', sys.stdout)}, good for ten minutes")
            if terminal(sys.stdout) and (picture := _qr(f"{url}/#pair={code}")):
                say(picture)
            say(f"another tablet: posdevkit hub pair {clean(args.file)}")
        sys.stdout.flush()
        hub.wait()
    return exits.OK


def _pair(args: argparse.Namespace) -> int:
    tokens = _opened(args.file)
    try:
        code = tokens.new_code()
    finally:
        tokens.close()
    if args.json:
        write_json({"pairing_code": code})
    else:
        say(f"pairing code {_spelled(code)}, good for ten minutes")
    return exits.OK


def _tokens(args: argparse.Namespace) -> int:
    from posdevkit.hub.telling import moment

    tokens = _opened(args.file)
    try:
        found = tokens.all()
    finally:
        tokens.close()
    for token in found:
        facts = {"id": token.id, "name": token.name, "created_at": moment(token.created_at)}
        if args.json:
            write_json({**facts, "expires_at": moment(token.expires_at)})
        else:
            say(f"{token.id}  {clean(token.name)}, since {facts['created_at'][:10]}")
    return exits.OK


def _revoke(args: argparse.Namespace) -> int:
    tokens = _opened(args.file)
    try:
        token = tokens.revoke(args.id)
    finally:
        tokens.close()
    if args.json:
        write_json({"ok": True, "id": token.id, "name": token.name})
    else:
        say(f"{token.id}  {clean(token.name)}: taken back")
    return exits.OK


def _openapi(args: argparse.Namespace) -> int:
    from posdevkit.hub.openapi import openapi_document
    from posdevkit.hub.table import OPERATIONS

    write_json(openapi_document(OPERATIONS))
    return exits.OK


def _opened(shop: str) -> Tokens:
    from pathlib import Path

    from posdevkit.errors import InputFailed
    from posdevkit.hub.hub import hub_file
    from posdevkit.hub.tokens import Tokens

    if not Path(shop).is_file():
        raise InputFailed(f"{shop}: no such file")
    return Tokens(hub_file(shop))


def _spelled(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _reachable(url: str) -> str:
    """The URL by which another machine finds a hub that listens on all addresses."""
    from urllib.parse import urlsplit

    from posdevkit.hub.address import own_address

    parts = urlsplit(url)
    if parts.hostname not in ("0.0.0.0", "::"):  # noqa: S104  # compared, not listened on
        return url
    return f"http://{own_address()}:{parts.port}"


def _qr(text: str) -> str:
    """A QR code for a terminal, two modules to a character; empty where it cannot be made or shown."""
    from posdevkit.errors import MissingExtra
    from posdevkit.imaging.symbols import qr_matrix

    try:
        matrix = qr_matrix(text.encode(), "M")
        "▀▄█".encode(sys.stdout.encoding or "ascii")
    except MissingExtra as problem:
        note(f"no QR code: {problem}")
        return ""
    except UnicodeEncodeError:
        return ""

    def dark(x: int, y: int) -> bool:
        x, y = x - _QUIET_ZONE, y - _QUIET_ZONE
        if not (0 <= x < matrix.width and 0 <= y < matrix.height):
            return False
        return bool(matrix.data[y * matrix.stride + x // 8] >> (7 - x % 8) & 1)

    side = matrix.width + 2 * _QUIET_ZONE
    lines = [
        "".join(" ▀▄█"[dark(x, y) + 2 * dark(x, y + 1)] for x in range(side)) for y in range(0, side + side % 2, 2)
    ]
    # Black on white, whatever the terminal's own colours are: cameras want dark modules on a light ground.
    return "\n".join(f"\x1b[30;107m{line}\x1b[0m" for line in lines)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)
