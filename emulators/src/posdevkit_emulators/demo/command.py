"""The command: looks whether all that it needs is there, plays the morning, checks the account."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from posdevkit.errors import MissingExtra

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction

__all__ = ["demo"]

_ABOUT = """\
A morning in a shop whose devices are all emulated, over real sockets, ports and protocols: goods are scanned and
weighed, customers pay in cash, by card and with a wallet's code, receipts come out over TCP, USB and Bluetooth LE. The
paper ends, the terminal's answer is lost, the network is down; nothing is printed, charged or booked twice. Then the
owner reads the report, and every figure is held against an independent sum. Pictures of all that was printed, the
report and the whole account as a page are in DIR. The exit code is 1 if a figure does not add up.
"""
_NEEDED: Final = ("PIL", "qrcode", "serial", "usb", "bleak", "bumble", "httpx2", "fastapi", "sqlalchemy", "uvicorn")
"""Libraries that the extras bring."""


def demo(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the command line's parser."""
    parser = subparsers.add_parser(
        "demo",
        help="a morning in a shop, on emulated devices",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", metavar="DIR", default="demo-out", help="where everything goes (%(default)s)")
    parser.add_argument("--slow", action="store_true", help="pause after each step, to watch")
    parser.add_argument("--json", action="store_true", help="the account as JSON, one object per line")
    parser.set_defaults(run=_run)


def _run(args: Namespace) -> int:
    _look_for_extras()
    from .narrator import Narrator
    from .play import play
    from .scenes import SCENES

    with _own_words_alone():
        return play(args.out, Narrator(as_json=args.json, slow=args.slow, scenes=len(SCENES) + 1))


@contextmanager
def _own_words_alone() -> Iterator[None]:
    """What the loggers say is told by the account already; `-v` brings it back.

    A log without a handler goes to standard error as it is, and bumble sets one up for the whole process by itself.
    """
    root = logging.getLogger()
    if root.handlers:
        yield
        return
    silent = logging.NullHandler()
    root.addHandler(silent)
    try:
        yield
    finally:
        root.removeHandler(silent)


def _look_for_extras() -> None:
    """Raise MissingExtra, once for all that is missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"the demo needs {', '.join(missing)}",
            remedy="Install it with: pip install 'posdevkit[all]' 'posdevkit-emulators[all]'"
            " (in a checkout: pip install '.[all]' './emulators[all]').",
        )
