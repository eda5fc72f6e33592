"""`posdevkit emulate`: an emulated device in a terminal, with the keyboard for the hands of a person."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction

__all__ = ["DEVICES", "conformance", "emulate", "receipt_printer"]

DEVICES: Final = {
    "label-printer": "posdevkit_emulators.labels.console:label_printer",
    "receipt-printer": "posdevkit_emulators.commands:receipt_printer",
    "payment-terminal": "posdevkit_emulators.terminals.console:payment_terminal",
    "card-reader": "posdevkit_emulators.readers.stripe:card_reader",
    "scanner": "posdevkit_emulators.scanners.console:scanner",
    "display": "posdevkit_emulators.gadgets.console:display",
    "scale": "posdevkit_emulators.gadgets.console:scale",
}
"""What can be emulated, and what runs it: called with the arguments, it gives the exit code."""

_EPILOG = """\
While it runs, a person's hands are on standard input: keys in a terminal, words on a pipe.
  p paper   o paper out   n near end   c cover (cover open, cover close)   d drawer (drawer open, drawer close)
  j jam     x clear       w power      r resume    t tear off              q quit
A label printer takes lines: paper, paper out, head open, head close, pause, resume, power, quit.
A scanner takes lines: scan CODE (a code may begin with its AIM identifier, and <GS> stands for the group separator),
noise, unplug, plug, quit.
Faults of a printer's cable: stall-at=BYTE[:SECONDS] drop=BYTE[..BYTE] garble=BYTE[..BYTE] garble-sent=BYTE[..BYTE]
  split=BYTES close-at=BYTE power-cut-at=BYTE slow=BYTES_PER_SECOND; displays and scales have them too.
Faults of a printer: paper-out-after=LINES near-end-after=LINES cover-open-after=LINES cutter-jam[=CUT]
  pause-after=LABELS
A display takes --profile cd5220 or epson-dm-d. A scale takes lines: a weight in grams, moving, still, lost-zero,
found-zero, mute, speak, unplug, plug, quit.
"""


def emulate(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the command line's parser; `args.run(args)` carries it out and gives the exit code."""
    parser = subparsers.add_parser(
        "emulate",
        help="run an emulated device",
        description="Run an emulated device on this machine. The first line printed is the URL to open.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("device", choices=sorted(DEVICES), help="what to emulate")
    parser.add_argument(
        "--listen",
        metavar="URL",
        help="where; port 0 takes a free one (receipt-printer: tcp://127.0.0.1:9100; scanner: pty, fifo:PATH, tcp://...)",
    )
    parser.add_argument(
        "--profile", metavar="NAME", default="epson-tm-t88v", help="model, or a TOML file (%(default)s)"
    )
    parser.add_argument("--protocol", metavar="NAME", default="zvt", help="of a payment terminal (%(default)s)")
    parser.add_argument(
        "--language",
        dest="printer_language",
        choices=["zpl"],
        default="zpl",
        help="of a label printer (%(default)s)",
    )
    parser.add_argument("--fault", metavar="F", action="append", default=[], help="what goes wrong; repeatable")
    parser.add_argument("--scenario", metavar="NAME", help="faults and what a person does about them, or a TOML file")
    parser.add_argument("--save", metavar="DIR", help="write each ticket there as 0001.png, 0001.txt and 0001.json")
    parser.add_argument("--serial", metavar="TEXT", default="EMU0000001", help="serial number it tells (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.set_defaults(run=_run)


def _run(args: Namespace) -> int:
    module, _, name = DEVICES[args.device].partition(":")
    code: int = getattr(import_module(module), name)(args)
    return code


def conformance(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the command line's parser."""
    parser = subparsers.add_parser(
        "conformance",
        help="what every driver has to pass",
        description="List the checks that drivers have to pass, and why one is not run on a wire; with --run carry "
        "them out against the emulators. Exit code 1 when a check fails.",
    )
    parser.add_argument("device", nargs="?", metavar="DEVICE", help="one kind of device, such as receipt-printer")
    parser.add_argument("--wire", metavar="WIRE", help="one wire, such as usb")
    parser.add_argument("--run", dest="run_checks", action="store_true", help="carry the checks out")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.set_defaults(run=_conformance)


def _conformance(args: Namespace) -> int:
    from .conformance.command import run

    return run(args)


def receipt_printer(args: Namespace) -> int:
    """Run an emulated receipt printer until it is told to end."""
    from .console import Console, Wanted

    return Console(
        Wanted(
            listen=args.listen or "tcp://127.0.0.1:9100",
            profile=args.profile,
            faults=tuple(args.fault),
            scenario=args.scenario,
            save=args.save,
            serial=args.serial,
            as_json=args.json,
        )
    ).run()
