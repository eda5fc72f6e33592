"""Where to print: `--to URL`, or a printer of a `shop.toml`. Checked in full before anything is connected."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from posdevkit.config import DeviceConfig, ShopConfig, load_config
from posdevkit.devices.receipt_printer import DEFAULT_PROFILE
from posdevkit.devices.receipt_printer_keys import profile_of
from posdevkit.errors import UsageError
from posdevkit.profiles import Profile, load_profile
from posdevkit.registry import check_url

from .parsing import DEFAULT_CONFIG

__all__ = ["Target", "chosen", "chosen_profile", "fonts_of"]


@dataclass(frozen=True, slots=True)
class Target:
    """A printer among the devices of a shop, which may be a shop of this one printer."""

    config: ShopConfig
    name: str
    profile: Profile


def chosen(args: argparse.Namespace) -> Target:
    """The printer that `--to`, `--printer`, `--config` and `--profile` name. Raises a UsageError."""
    if args.to is not None:
        if args.printer is not None or args.config is not None:
            raise UsageError("--to goes without --printer and --config", remedy="Name the printer in one way.")
        url = check_url(args.to)
        settings: dict[str, object] = {"profile": args.profile or DEFAULT_PROFILE}
        if (fonts := fonts_of(args)) is not None:
            settings["fonts"] = fonts
        device = DeviceConfig(str(url), "printer", url, settings)
        config = ShopConfig(MappingProxyType({device.name: device}))
        return Target(config, device.name, profile_of(device.settings))
    if args.profile is not None:
        raise UsageError("--profile goes with --to", remedy="A printer of a shop has its profile in shop.toml.")
    if fonts_of(args) is not None:
        raise UsageError("--font goes with --to", remedy="A printer of a shop has its fonts in shop.toml.")
    if args.printer is None and args.config is None and not Path(DEFAULT_CONFIG).exists():
        raise UsageError(
            "no printer is named", remedy="Add --to URL, for example --to tcp://192.168.1.87, or write a shop.toml."
        )
    config = load_config(args.config or DEFAULT_CONFIG)
    name = _printer_name(args.printer, config)
    device = config.devices[name]
    return Target(config, name, profile_of(device.settings))


def chosen_profile(args: argparse.Namespace) -> Profile:
    """The profile alone, where nothing is sent and no printer need be named."""
    if args.to is None and args.printer is None and args.config is None:
        return load_profile(args.profile or DEFAULT_PROFILE)
    return chosen(args).profile


def fonts_of(args: argparse.Namespace) -> tuple[Path, ...] | None:
    """The fonts that `--font` names, where a command has it; None for the system's."""
    named = getattr(args, "font", None)
    return None if named is None else tuple(map(Path, named))


def _printer_name(name: str | None, config: ShopConfig) -> str:
    printers = config.names("printer")
    remedy = f"Printers in {config.path}: {', '.join(printers) or 'none'}."
    if name is None:
        if len(printers) != 1:
            raise UsageError("--printer NAME is missing", remedy=remedy)
        return printers[0]
    if name not in printers:
        raise UsageError(f"no printer {name!r} in {config.path}", remedy=remedy)
    return name
