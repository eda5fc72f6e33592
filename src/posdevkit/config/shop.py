"""`shop.toml`: a shop's devices by name.

[printer.counter]
url = "tcp://192.168.1.87"
profile = "epson-tm-t88v"     # a name, or the path of a TOML file; a relative path starts at this file
fallback = "kitchen"          # gets a job of which not a byte has left for this one
options = { paper_mm = 58 }   # keys of a profile, for a device that differs from its model
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from posdevkit.errors import BadConfiguration
from posdevkit.links.url import DeviceUrl, parse_url

__all__ = ["DEFAULT_PROFILE", "DEVICE_KEYS", "KINDS", "DeviceConfig", "Problem", "ShopConfig", "check", "load_config"]

KINDS: Final = ("printer",)
"""The kinds of device that a shop can have: the first half of a table's name."""

DEVICE_KEYS: Final = ("url", "profile", "fallback", "options")
"""What can be said of a device. Only `url` has to be."""

DEFAULT_PROFILE: Final = "generic-80mm"
"""The profile of a device that names none."""

CheckUrl = Callable[[str], DeviceUrl]
"""Parses a URL, and may look further: `registry.check_url` also knows which schemes can be opened here."""


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device, checked."""

    name: str
    kind: str
    """One of KINDS."""
    url: DeviceUrl
    profile: str = DEFAULT_PROFILE
    """A profile's name or an absolute path."""
    fallback: str | None = None
    """The name of another device of the same kind."""
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Keys of a profile that this device overrides, as a profile file would have them."""


@dataclass(frozen=True, slots=True)
class ShopConfig:
    """A whole file, checked. Names are unique across kinds."""

    devices: Mapping[str, DeviceConfig]
    """By name, in the order of the file."""
    path: Path | None = None
    """Where it was read from."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong in a file. `str(problem)` names file, line, key and what is wrong, in English."""

    file: str
    line: int | None
    """From 1; None where the whole file is meant."""
    key: str
    """Dotted, empty where the whole file is meant."""
    what: str
    remedy: str | None = None
    """What mends it, where more is known than "correct the line"."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.key}: {self.what}" if self.key else f"{place}: {self.what}"


def load_config(path: str | Path, *, check_url: CheckUrl = parse_url) -> ShopConfig:
    """Read and check a file; connects to nothing.

    Raises BadConfiguration for the first thing that is wrong, with file, line and the nearest name; `check` tells all.
    """
    config, problems = _read(Path(path), check_url)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise BadConfiguration(f"{problems[0]}{more}", remedy=problems[0].remedy)
    return config


def check(path: str | Path, *, check_url: CheckUrl = parse_url) -> list[Problem]:
    """Everything that is wrong in a file, in the order of its lines; empty when all is well. Never raises PosError."""
    return _read(Path(path), check_url)[1]


def _read(path: Path, check_url: CheckUrl) -> tuple[ShopConfig, list[Problem]]:
    from .reading import read  # the parser and the profiles are wanted only when there is a file

    return read(path, check_url)
