"""The seam to a system: whatever can take one look at it. And what every system's look has in common."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol, cast

from posdevkit.discovery.queues import printer_queues

from .machine import Account, Machine

__all__ = ["Looker", "Output", "missing_extras", "output_of", "queues_in_time", "this_system"]

_PATIENCE: Final = 1.5
"""Seconds that a program of the system has to answer: the whole look must not take longer than a visit allows."""
_MODULES: Final = {"usb": "usb", "serial": "serial", "hid": "hid", "ble": "bleak", "pcsc": "smartcard"}
"""What an extra of a cable installs."""

_LOOKERS: Final = {
    "linux": "posdevkit.doctor.linux:Linux",
    "win32": "posdevkit.doctor.windows:Windows",
    "darwin": "posdevkit.doctor.macos:MacOs",
}

Output = Callable[[Sequence[str]], bytes]
"""Runs a program of the system and gives what it wrote; empty where there is none or it failed."""


class Looker(Protocol):
    """Takes one look at a machine. It opens no device, changes nothing and needs no right."""

    def look(self) -> Machine:
        """What is there now, less what discovery and shop.toml say. It blocks for moments."""
        ...


def this_system() -> Looker:
    """What looks at the machine that this runs on."""
    target = _LOOKERS.get(sys.platform)
    if target is None:
        return _Unknown()
    module, _, name = target.partition(":")
    return cast(Looker, getattr(import_module(module), name)())


def missing_extras() -> frozenset[str]:
    """Extras of cables whose library is not installed."""
    return frozenset(extra for extra, module in _MODULES.items() if find_spec(module) is None)


def output_of(command: Sequence[str], seconds: float = _PATIENCE) -> bytes:
    """What a program of the system writes: an Output."""
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            list(command), capture_output=True, check=False, timeout=seconds, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout


def queues_in_time() -> list[tuple[str, str]]:
    """Name and URI of every print queue of CUPS; none where it does not answer in time."""
    return printer_queues(_PATIENCE)


class _Unknown:
    def look(self) -> Machine:
        return Machine("other", Account("", frozenset()), missing=missing_extras())
