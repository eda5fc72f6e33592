"""Recorded machines: laid out below a folder, and looked at as if they were this one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from posdevkit.doctor.linux import Linux
from posdevkit.doctor.machine import Account, Machine
from posdevkit.doctor.nodes import NodeRights

MACHINES = Path(__file__).parents[2] / "fixtures" / "machines"
CASHIER = Account("anna", frozenset({"anna", "users"}), frozenset({"anna", "users"}))


@dataclass(frozen=True)
class Around:
    """What a machine has besides USB."""

    account: Account = CASHIER
    shut: Mapping[str, str] = field(default_factory=dict)
    """Path of a node that this user may not use -> its group; empty for a group that may not either."""
    queues: tuple[tuple[str, str], ...] = ()
    running: Mapping[int, tuple[str, str, Iterable[str]]] = field(default_factory=dict)
    """Process -> name, command line, and what it has open."""
    files: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


def laid_out(root: Path, name: str) -> None:
    """Make the tree of a recording below `root`."""
    for block in (MACHINES / f"{name}.umockdev").read_text("utf-8").split("\n\n"):
        lines = [line.partition(": ") for line in block.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        assert lines[0][0] == "P"
        place = root / "sys" / lines[0][2].lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        node = ""
        for kind, _, value in lines[1:]:
            key, _, text = value.partition("=")
            match kind:
                case "A":
                    (place / key).parent.mkdir(exist_ok=True)
                    (place / key).write_text(f"{text}\n")
                case "H":
                    (place / key).write_bytes(bytes.fromhex(text))
                case "L":
                    (place / key).symlink_to(text)
                case "N":
                    node = value
                    touched(root / "dev" / value)
                case "S":
                    link = root / "dev" / value
                    link.parent.mkdir(parents=True, exist_ok=True)
                    link.symlink_to(os.path.relpath(root / "dev" / node, link.parent))
                case "E" if text == "usb":
                    devices = root / "sys/bus/usb/devices"
                    devices.mkdir(parents=True, exist_ok=True)
                    (devices / place.name).symlink_to(os.path.relpath(place, devices))


def touched(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def recorded(root: Path, *names: str, around: Around | None = None) -> Linux:
    """A recorded machine with what is around it, to be looked at."""
    around = around or Around()
    for name in names:
        laid_out(root, name)
    for path, text in around.files.items():
        touched(root / path)
        (root / path).write_text(text)
    for pid, (name, command, opened) in around.running.items():
        folder = root / "proc" / str(pid)
        (folder / "fd").mkdir(parents=True)
        (folder / "comm").write_text(f"{name}\n")
        (folder / "cmdline").write_text(command.replace(" ", "\0"))
        for number, target in enumerate(opened, 3):
            (folder / "fd" / str(number)).symlink_to(target)
    return Linux(
        root,
        account=around.account,
        rights=_rights(root, around.shut),
        queues=lambda: list(around.queues),
        missing=around.missing,
    )


def machine(root: Path, *names: str, around: Around | None = None) -> Machine:
    """What one look at it gives."""
    return recorded(root, *names, around=around).look()


def _rights(root: Path, shut: Mapping[str, str]) -> NodeRights:
    def rights(node: Path) -> tuple[str, bool, bool] | None:
        path = f"/{node.relative_to(root)}"
        if not node.exists():
            return None
        group = shut.get(path, "lp")
        return group or "root", bool(group), path not in shut

    return rights
