"""The house as Windows would find it, as far as another system can play it: `as_windows.py` prints facts as JSON.

Every library is loaded as usual first. Then what only POSIX has is taken away, `sys.platform` says win32, and our own
modules are imported anew. What Windows itself does (its sockets, its drivers, its console) nobody plays here.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

OURS = ("posdevkit", "posdevkit_emulators")
POSIX_MODULES = ("fcntl", "termios", "pty", "tty", "resource", "pwd", "grp", "syslog", "curses", "readline")
POSIX_NAMES: dict[ModuleType, tuple[str, ...]] = {
    os: (
        *("O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "chown", "fork", "geteuid", "getpgid", "getuid", "killpg", "mkfifo"),
        *("openpty", "register_at_fork", "setsid", "ttyname", "uname", "wait4"),
    ),
    signal: ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "pthread_kill", "setitimer", "pthread_sigmask"),
    socket: ("TCP_USER_TIMEOUT", "TCP_QUICKACK", "SO_REUSEPORT"),
}


def walk() -> Iterator[str]:
    """Every module of ours, imported."""
    for name in OURS:
        package = importlib.import_module(name)
        yield name
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
                yield found.name


def become_windows() -> list[str]:
    """Take POSIX away; return what will have been asked of the C library that Windows has instead."""
    calls: list[str] = []
    held: set[tuple[int, int]] = set()

    def locking(descriptor: int, mode: int, count: int) -> None:
        known = os.fstat(descriptor)
        key = (known.st_dev, known.st_ino)
        calls.append(f"locking {mode} {count} at {os.lseek(descriptor, 0, os.SEEK_CUR)}")
        if key in held:
            raise PermissionError(13, "Permission denied")  # as the documentation of msvcrt.locking: OSError
        held.add(key)

    library = ModuleType("msvcrt")
    vars(library).update(locking=locking, LK_NBLCK=2)
    sys.modules["msvcrt"] = library
    for name in POSIX_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say that there is none
    for module, names in POSIX_NAMES.items():
        for name in names:
            vars(module).pop(name, None)
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.platform = "win32"
    return calls


def refusal(make: Callable[[], Any]) -> str:
    """What a call is refused with, and what the caller is told to do."""
    try:
        made = make()
        if asyncio.iscoroutine(made):
            asyncio.run(made)
    except Exception as problem:  # the text is what is asked for
        return f"{type(problem).__name__}: {problem}"
    return "it works"


async def printed() -> str:
    """A receipt over TCP onto an emulated printer: neither side has what Linux tells of a socket."""
    import posdevkit as pos
    from posdevkit import aio
    from posdevkit_emulators.bench import ReceiptPrinterBench

    async with (
        ReceiptPrinterBench.tcp(profile="epson-tm-t88v") as bench,
        aio.ReceiptPrinter.open(bench.url, profile="epson-tm-t88v") as printer,
    ):
        outcome = await printer.print(pos.Receipt().text("Kvittering").cut())
        return f"{outcome.delivery.value} {bench.tickets[-1].text.split()[0]}"


def asked_when_a_process_began() -> list[str]:
    from posdevkit_emulators import running

    asked: list[list[str]] = []

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "133000000000000000\n", "")

    vars(running)["_PROCESSES"] = Path("/nonexistent")
    vars(subprocess)["run"] = run
    vars(running)["_started"](4711)
    return asked[0]


def main() -> None:
    before = sorted(walk())
    calls = become_windows()
    after = sorted(walk())

    from posdevkit.discovery.network import subnets
    from posdevkit.links.url import parse_url
    from posdevkit.registry import open_link
    from posdevkit.runtime.process_lock import ProcessLock
    from posdevkit_emulators.conformance.emulated import EVERYTHING, runs_here
    from posdevkit_emulators.scanners.wires import FifoWire, PtyWire
    from posdevkit_emulators.terminal_keys import keys_without_enter

    facts: dict[str, object] = {"imported": len(after), "same": before == after, "subnets": subnets()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue.lock"
        lock = ProcessLock(path, remedy="Wait.")
        facts["second lock"] = refusal(lambda: ProcessLock(path, remedy="Wait."))
        facts["locking"] = calls
        lock.release()
        pty, fifo = PtyWire(Path(folder)), FifoWire(Path(folder) / "event0")
        facts["pseudo terminal"], facts["named pipe"] = refusal(pty.plug), refusal(fifo.plug)
    facts["keys"] = refusal(lambda: open_link(parse_url("evdev:///dev/input/event0")))
    with keys_without_enter(True) as without:
        facts["keys without Enter"] = without
    facts["left out"] = sorted({wire.name for _, wires in EVERYTHING for wire in wires if not runs_here(wire)})
    facts["printed"] = asyncio.run(printed())
    facts["asked"] = asked_when_a_process_began()
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
