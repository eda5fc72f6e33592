"""`posdevkit doctor`: what is plugged in, what stands in its way, and the command that mends it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final, cast

from posdevkit.errors import OutputFailed, UsageError

from . import exits
from .console import Colour, Json, clean, note, painted, say, write_json
from .output import write_file
from .parsing import DEFAULT_CONFIG, Commands, Parser, seconds
from .progress import Progress

if TYPE_CHECKING:
    from posdevkit.doctor import Diagnosis, Finding, PluggedIn, Severity

__all__ = ["register"]

_ABOUT = """\
Look at this machine: what is plugged in, what would claim it, what is missing, and the one command that mends each
finding. Nothing is changed and no device is opened. Exit code 0 if all is well, 1 if something has to be mended.
"""
_UDEV: Final = "/etc/udev/rules.d/70-posdevkit.rules"
_WELL: Final[tuple[str, Colour]] = ("✓", "green")
_MARKS: Final[dict[str, tuple[str, Colour]]] = {"mend": ("✗", "red"), "advice": ("!", "yellow"), "note": _WELL}


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("doctor", help="find out what keeps devices from working", description=_ABOUT)
    parser.add_argument("--config", metavar="FILE", help="the shop's file (shop.toml, where there is one)")
    parser.add_argument("--only", action="append", default=[], metavar="CABLE", help="search this cable alone, as: usb")
    parser.add_argument(
        "--ask",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="the address that network searches ask, as 192.168.7.255, instead of this machine's own subnets",
    )
    parser.add_argument("--timeout", type=seconds, default=1.0, metavar="S", help="seconds to search at most (1)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--bundle", metavar="FILE", help="also write a redacted zip archive for support")
    parser.add_argument("--log", metavar="FILE", help="with --bundle: put the end of this log into it, redacted")
    parser.add_argument(
        "--write-udev",
        nargs="?",
        const=_UDEV,
        metavar="FILE",
        help=f"only write udev rules for the devices that are there ({_UDEV}); - prints them",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.log is not None and args.bundle is None:
        raise UsageError("--log goes with --bundle", remedy="Add --bundle FILE.zip.")
    if args.write_udev is not None:
        return _write_udev(args.write_udev)
    from posdevkit.blocking import diagnose
    from posdevkit.doctor import write_bundle
    from posdevkit.doctor.report import report_of

    config = args.config or (DEFAULT_CONFIG if Path(DEFAULT_CONFIG).exists() else None)
    progress = Progress(sys.stderr)
    found = 0

    def count(_: object) -> None:
        nonlocal found
        found += 1
        progress.update(f"Looking at this machine and its cables: {found} found ...")

    progress.update("Looking at this machine and its cables ...")
    try:
        diagnosis = diagnose(config=config, only=args.only, ask=args.ask, timeout=args.timeout, on_found=count)
    finally:
        progress.clear()
    if args.json:
        write_json(cast("Json", report_of(diagnosis, args.language)))
    else:
        _tell(diagnosis, args.language)
    if args.bundle is not None:
        names = write_bundle(args.bundle, diagnosis, log=args.log)
        note(f"wrote {clean(args.bundle)}: {', '.join(names)}. Look into it before you send it.")
    return exits.OK if diagnosis.well else exits.CANNOT


def _tell(diagnosis: Diagnosis, language: str) -> None:
    if diagnosis.devices:
        _tell_devices(diagnosis)
    else:
        say("No device was found.")
    for finding in diagnosis.findings:
        say()
        _tell_finding(finding, language)
    say()
    say(_summary(diagnosis))
    for skipped in diagnosis.survey.skipped:
        note(f"{skipped.source} was not searched: {clean(skipped.told(language))}")


def _tell_devices(diagnosis: Diagnosis) -> None:
    rows = [(one, (clean(one.what), one.place, clean(one.driver) or "-")) for one in diagnosis.devices]
    widths = [max(len(cells[column]) for _, cells in rows) for column in range(3)]
    for one, cells in rows:
        mark, colour = _mark_of(one, diagnosis)
        columns = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        url = "-" if one.url is None else painted(clean(one.url), "bold", sys.stdout)
        say(f"{painted(mark, colour, sys.stdout)} {columns}  {url}")


def _mark_of(one: PluggedIn, diagnosis: Diagnosis) -> tuple[str, Colour]:
    about = [finding.severity.value for finding in diagnosis.findings if one.label in finding.subject]
    return _MARKS[about[0]] if about else _WELL


def _tell_finding(finding: Finding, language: str) -> None:
    mark, colour = _MARKS[finding.severity.value]
    say(f"{painted(mark, colour, sys.stdout)} {clean(finding.message(language))}")
    say(f"  {clean(finding.remedy(language))}")
    if finding.command is not None:
        say(f"    {painted(clean(finding.command), 'bold', sys.stdout)}")


def _summary(diagnosis: Diagnosis) -> str:
    from posdevkit.doctor import Severity

    def count(severity: Severity) -> int:
        return sum(finding.severity is severity for finding in diagnosis.findings)

    devices = len(diagnosis.devices)
    mend, advice = count(Severity.MEND), count(Severity.ADVICE)
    parts = [f"{devices} device{'s' * (devices != 1)}"]
    parts.append(f"{mend} thing{'s' * (mend != 1)} to mend" if mend else "nothing to mend")
    if advice:
        parts.append(f"{advice} piece{'s' * (advice != 1)} of advice")
    return ", ".join(parts) + "."


def _write_udev(file: str) -> int:
    from posdevkit.doctor import udev_rules
    from posdevkit.doctor.systems import this_system
    from posdevkit.doctor.udev import MARK, RELOAD

    seen = this_system().look()
    rules = udev_rules(seen)
    if file == "-":
        say(rules.rstrip("\n"))
        return exits.OK
    if seen.system != "linux":
        raise UsageError("udev is a part of Linux alone", remedy="Write --write-udev - to see the rules.")
    path = Path(file)
    if path.is_file() and not path.read_text("utf-8", "replace").startswith(MARK):
        raise UsageError(
            f"{file} was written by another hand", remedy="Move it away, or give --write-udev another file."
        )
    try:
        write_file(path, rules.encode())
    except OutputFailed as problem:
        raise OutputFailed(
            problem.detail,
            remedy=f"As root: posdevkit doctor --write-udev - | sudo tee {quote(file)} >/dev/null && {RELOAD}",
        ) from problem
    say(f"wrote {clean(file)}. Now load it, and plug the devices in again:")
    say(f"  {painted(RELOAD, 'bold', sys.stdout)}")
    return exits.OK
