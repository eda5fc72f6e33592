"""`posdevkit config`: check and show a `shop.toml`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

from . import exits
from .console import Json, clean, note, painted, say, write_json
from .parsing import Commands, Parser

if TYPE_CHECKING:
    from posdevkit.config import DeviceConfig

__all__ = ["register"]


def register(commands: Commands[Parser]) -> None:
    """Add the parsers."""
    parser = commands.add_parser(
        "config", help="check or show a shop.toml", description="Work with the file that names a shop's devices."
    )
    actions: Commands[Parser] = parser.add_subparsers(dest="action", metavar="ACTION", title="actions")
    for name, about, run in (
        ("check", "find everything that is wrong in the file; connects to nothing", _check),
        ("show", "list the devices", _show),
    ):
        action = actions.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        action.add_argument("file", nargs="?", default="shop.toml", metavar="FILE", help="the file (shop.toml)")
        action.add_argument("--json", action="store_true", help="as JSON")
        action.set_defaults(run=run)
    parser.set_defaults(run=_missing)


def _missing(_args: argparse.Namespace) -> NoReturn:
    from posdevkit.errors import UsageError

    raise UsageError("config: an action is missing", remedy="Use 'posdevkit config check' or 'posdevkit config show'.")


def _check(args: argparse.Namespace) -> int:
    from posdevkit.config import check, load_config

    problems = check(args.file)
    if args.json:
        told: list[Json] = [
            {"file": p.file, "line": p.line, "key": p.key, "what": p.what, "remedy": p.remedy} for p in problems
        ]
        write_json({"ok": not problems, "problems": told})
    for problem in problems if not args.json else ():
        note(f"{painted('error:', 'red', sys.stderr)} {clean(str(problem))}")
        note(f"  {clean(problem.remedy or 'Correct the line.')}")
    if problems:
        return exits.USAGE
    if not args.json:
        devices = load_config(args.file).devices
        say(f"{clean(str(args.file))}: {len(devices)} device{'s' * (len(devices) != 1)}, nothing wrong")
    return exits.OK


def _show(args: argparse.Namespace) -> int:
    from posdevkit.config import load_config

    config = load_config(args.file)
    if args.json:
        write_json({"file": str(args.file), "devices": [_facts(device) for device in config.devices.values()]})
        return exits.OK
    for device in config.devices.values():
        say(f"{clean(device.name)} ({device.kind})")
        for key, value in _facts(device).items():
            if key in ("name", "kind") or value is None:
                continue
            for shown in [f"{one} = {of}" for one, of in value.items()] if isinstance(value, dict) else [value]:
                say(f"  {clean(key):<10}{clean(str(shown))}")
    if not config.devices:
        say("No devices.")
    return exits.OK


def _facts(device: DeviceConfig) -> dict[str, Json]:
    return {
        "name": device.name,
        "kind": device.kind,
        "url": str(device.url),
        **{key: _plain(value) for key, value in device.settings.items()},
        "fallback": device.fallback,
    }


def _plain(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
