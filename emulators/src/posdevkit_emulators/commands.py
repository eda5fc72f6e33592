"""`posdevkit emulate`: an emulated device in a terminal, with the keyboard for the hands of a person."""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction

__all__ = ["DEVICES", "Device", "conformance", "emulate"]


@dataclass(frozen=True, slots=True)
class Device:
    """One device in the command's words. Plain text, so that a command line which emulates nothing loads nothing."""

    run: str
    """Called with the arguments, it gives the exit code."""
    listen: str
    """Where, unless --listen says otherwise."""
    saves: str
    """What stands in the directory of --save."""
    faults: str
    """What --fault can name."""
    hands: str
    """What can be written on standard input, besides `quit`."""
    also_listens: str = ""
    defaults: tuple[tuple[str, str | None], ...] = ()
    """Those of the other options that it takes, by the name of the argument, with what holds if nothing is said."""


_CABLE: Final = "stall-at, drop, garble, garble-sent, split, close-at, power-cut-at, slow"
DEVICES: Final = {
    "receipt-printer": Device(
        "posdevkit_emulators.printers.console:receipt_printer",
        "tcp://127.0.0.1:9100",
        "each ticket, as 0001.png, 0001.txt and 0001.json",
        f"paper-out-after, near-end-after, cover-open-after, cutter-jam, {_CABLE}, 'cutter after 1200 bytes'",
        "paper, paper out, near end, cover (open, close), drawer (open, close), jam, hot, error, voltage, clear, "
        "power, resume, tear off; in a terminal the keys p o n c d j h x w r t, and q for quit",
        also_listens="tls://127.0.0.1:0, rfc2217://127.0.0.1:0, pty",
        defaults=(("profile", "epson-tm-t88v"), ("scenario", None), ("serial", "EMU0000001"), ("speed", None)),
    ),
    "label-printer": Device(
        "posdevkit_emulators.labels.console:label_printer",
        "tcp://127.0.0.1:9100",
        "each label, as 0001.png, 0001.txt and 0001.json",
        f"paper-out-after, cover-open-after, pause-after, {_CABLE}",
        "paper, paper out, head open, head close, pause, resume, power",
        defaults=(("profile", "generic-zpl-203"), ("printer_language", "zpl")),
    ),
    "payment-terminal": Device(
        "posdevkit_emulators.terminals.console:payment_terminal",
        "zvt://127.0.0.1:20007",
        "customers' receipts, as 0001.txt, and ledger.jsonl; cards masked",
        "cut-before-message, cut-at-byte, cut-on-message, stall-before-message, decline, wait-for-card, card-removed, "
        "garbage, reverse-last, finish",
        "nothing else",
        defaults=(("protocol", "zvt"),),
    ),
    "card-reader": Device(
        "posdevkit_emulators.readers.console:card_reader",
        "tcp://127.0.0.1:0",
        "swipes.jsonl, cards masked",
        "garble-track-1, garble-track-2, no-end",
        "%B...?;...? draws a card through",
    ),
    "scanner": Device(
        "posdevkit_emulators.scanners.console:scanner",
        "pty",
        "each code, as 0001.json: its length and symbology, never itself",
        "split, garble, drop-suffix, no-aim",
        "scan CODE (which may begin with its AIM identifier; <GS> stands for the group separator), noise, unplug, plug",
        also_listens="fifo:PATH, tcp://127.0.0.1:0",
    ),
    "display": Device(
        "posdevkit_emulators.gadgets.console:display",
        "tcp://127.0.0.1:0",
        "what it shows, as display.png and display.txt",
        _CABLE,
        "resume, unplug, plug",
        also_listens="pty",
        defaults=(("profile", "cd5220"),),
    ),
    "scale": Device(
        "posdevkit_emulators.gadgets.console:scale",
        "tcp://127.0.0.1:0",
        "its answers, as readings.jsonl",
        _CABLE,
        "a weight in grams, moving, still, lost-zero, found-zero, mute, speak, resume, unplug, plug",
        also_listens="pty",
    ),
}
"""What can be emulated."""

_OPTIONS: Final = {
    "profile": "--profile",
    "protocol": "--protocol",
    "printer_language": "--language",
    "scenario": "--scenario",
    "serial": "--serial",
    "speed": "--speed",
}
"""What not every device takes."""
_VALUES: Final = (
    "paper-out-after=LINES near-end-after=LINES cover-open-after=LINES pause-after=LABELS cutter-jam[=CUT] "
    "stall-at=BYTE[:SECONDS] drop=BYTE[..BYTE] garble=BYTE[..BYTE] garble-sent=BYTE[..BYTE] split=BYTES close-at=BYTE "
    "power-cut-at=BYTE slow=BYTES_PER_SECOND"
)
"""How faults of printers and cables are written."""
_SENTENCES: Final = (
    "'cutter after 1200 bytes', 'paper-out at line 30', 'head after 2 tickets for 5 seconds': paper-out, near-end, "
    "cover-open, cutter, head, error, voltage, drawer-open, drawer-close; and after bytes stall, close, power-cut"
)


def emulate(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the command line's parser; `args.run(args)` carries it out and gives the exit code."""
    parser = subparsers.add_parser(
        "emulate",
        help="run an emulated device",
        description="Run an emulated device on this machine. The first line printed is the URL to open; "
        "'posdevkit discover' finds it while it runs.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("device", choices=sorted(DEVICES), help="what to emulate")
    parser.add_argument("--listen", metavar="URL", help="where; port 0 takes a free one")
    parser.add_argument("--fault", metavar="F", action="append", default=[], help="what goes wrong; repeatable")
    parser.add_argument("--save", metavar="DIR", help="write there what comes out of it")
    parser.add_argument("--profile", metavar="NAME", help="model or language, or a printer's TOML file")
    parser.add_argument("--protocol", metavar="NAME", help="of a payment terminal (zvt)")
    parser.add_argument("--language", dest="printer_language", choices=["zpl"], help="of a label printer (zpl)")
    parser.add_argument("--scenario", metavar="NAME", help="faults and what a person does about them, or a TOML file")
    parser.add_argument("--serial", metavar="TEXT", help="serial number it tells (EMU0000001)")
    parser.add_argument("--speed", metavar="S", help="how fast paper moves: real, or so many times as fast (no time)")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.set_defaults(run=_run)


def _epilog() -> str:
    parts = ["What each device does with that, and the words that it takes as lines on standard input (and 'quit'):"]
    for name, device in sorted(DEVICES.items()):
        taken = [f"{_OPTIONS[key]}{f' {default}' if default else ''}" for key, default in device.defaults]
        rows = {
            "--listen": device.listen + (f"; or {device.also_listens}" if device.also_listens else ""),
            "--save": device.saves,
            "--fault": device.faults,
            "also": ", ".join(taken),
            "input": device.hands,
        }
        parts.append(f"\n{name}:")
        parts += [
            textwrap.fill(text, 98, initial_indent=f"  {label:<10}", subsequent_indent=" " * 12, break_on_hyphens=False)
            for label, text in rows.items()
            if text
        ]
    parts += [
        "\nFaults of printers and cables with their values:",
        textwrap.fill(_VALUES, 98, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False),
        "\nFaults of receipt printers as sentences, several parted by commas:",
        textwrap.fill(_SENTENCES, 98, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False),
    ]
    return "\n".join(parts)


def _run(args: Namespace) -> int:
    from posdevkit.errors import UsageError

    device = DEVICES[args.device]
    defaults = dict(device.defaults)
    for name, option in _OPTIONS.items():
        if getattr(args, name) is None:
            setattr(args, name, defaults.get(name))
        elif name not in defaults:
            known = ", ".join(("--listen", "--fault", "--save", *(_OPTIONS[key] for key in defaults)))
            raise UsageError(f"a {args.device} takes no {option}", remedy=f"It takes {known}.")
    args.listen = args.listen or device.listen
    return _called(device.run, args)


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
    # By its name: what emulates knows nothing of what judges drivers.
    return _called("posdevkit_emulators.conformance.command:run", args)


def _called(place: str, args: Namespace) -> int:
    module, _, name = place.partition(":")
    code: int = getattr(import_module(module), name)(args)
    return code
