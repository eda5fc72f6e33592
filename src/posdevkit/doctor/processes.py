"""Which programs hold a device, from /proc. Of other people's programs a user sees the names and not what they hold."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .machine import Process

__all__ = ["Running", "running"]

_TELLING: Final = frozenset({"ModemManager", "brltty", "cupsd", "pcscd"})
"""Programs whose running alone explains something."""
_HELD: Final = ("/dev/tty", "/dev/bus/usb/", "/dev/usb/", "/dev/hidraw", "/dev/input/event")


@dataclass(frozen=True, slots=True)
class Running:
    """What runs, as far as it matters for devices."""

    names: frozenset[str]
    holders: dict[str, tuple[Process, ...]]
    """Path of a node -> who has it open."""


def running(proc: Path) -> Running:
    """What runs now, this process left out."""
    names = set()
    held: dict[str, list[Process]] = defaultdict(list)
    for entry in _numbers(proc):
        folder = proc / entry
        name = _read(folder / "comm").strip()
        if name in _TELLING:
            names.add(name)
        if int(entry) == os.getpid():
            continue
        nodes = {target for target in _open_files(folder / "fd") if target.startswith(_HELD)}
        for node in nodes:
            ours = any(Path(word).name == "posdevkit" for word in _read(folder / "cmdline").split("\0"))
            held[node].append(Process(int(entry), "posdevkit" if ours else name, ours))
    return Running(frozenset(names), {node: tuple(found) for node, found in held.items()})


def _numbers(proc: Path) -> list[str]:
    try:
        return sorted((path.name for path in proc.iterdir() if path.name.isdecimal()), key=int)
    except OSError:
        return []


def _open_files(folder: Path) -> list[str]:
    try:
        links = list(folder.iterdir())
    except OSError:
        return []  # somebody else's, or it has ended
    found = []
    for link in links:
        try:
            found.append(str(link.readlink()))
        except OSError:
            continue  # closed meanwhile
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
