"""`shop.toml`: a shop's devices by name.

[printer.counter]
url = "tcp://192.168.1.87"
profile = "epson-tm-t88v"     # a name, or the path of a TOML file; a relative path starts at this file
fallback = "kitchen"          # gets a job of which not a byte has left for this one
options = { paper_mm = 58 }   # keys of a profile, for a device that differs from its model

[station.grill]
printer = "kitchen"
fallback = ["counter"]        # get its tickets in turn while the kitchen's printer prints nothing
categories = ["food"]         # what is made there; or default = true for everything else
patience = 15                 # seconds until they do

[payment-terminal.till]
url = "zvt://192.168.1.90"
password = "000000"

Which kinds of device there are, and what can be said of each, is `registry.kinds`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from posdevkit.errors import BadConfiguration
from posdevkit.errors.inputs import path_of
from posdevkit.links.url import DeviceUrl
from posdevkit.till.kitchen import Station

__all__ = ["DeviceConfig", "Problem", "ShopConfig", "check", "load_config"]


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device, checked."""

    name: str
    kind: str
    """One of `registry.KINDS`."""
    url: DeviceUrl
    """Without the secrets that were written into it; they are settings."""
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What its driver takes besides the URL, defaults included; secrets are `Secret`, paths are absolute."""
    fallback: str | None = None
    """The name of another device of the same kind."""


@dataclass(frozen=True, slots=True)
class ShopConfig:
    """A whole file, checked. Names are unique across kinds: events and logs tell devices apart by them."""

    devices: Mapping[str, DeviceConfig]
    """By name, in the order of the file."""
    path: Path | None = None
    """Where it was read from."""
    stations: tuple[Station, ...] = ()
    """Places in the kitchen, in the order of the file."""

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of the devices of a kind."""
        return tuple(device.name for device in self.devices.values() if device.kind == kind)


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


def load_config(path: str | Path) -> ShopConfig:
    """Read and check a file; connects to nothing.

    Raises BadConfiguration for the first thing that is wrong, with file, line and the nearest name; `check` tells all.
    """
    config, problems = _read(path_of(path, "a shop's file", BadConfiguration))
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise BadConfiguration(f"{problems[0]}{more}", remedy=problems[0].remedy)
    return config


def check(path: str | Path) -> list[Problem]:
    """Everything that is wrong in a file, in the order of its lines; empty when all is well. Never raises PosError."""
    return _read(Path(path))[1]


def _read(path: Path) -> tuple[ShopConfig, list[Problem]]:
    from .reading import read  # the parser, the profiles and the devices are wanted only when there is a file

    return read(path)
