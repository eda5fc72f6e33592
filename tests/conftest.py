"""What every test is held to: the loopback alone, and no thread, task or descriptor left behind.

The one thread that may stay is the background loop that the library declares (`LOOP_THREAD`), since it serves
every blocking handle of a process and starts once.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import ipaddress
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from asyncio import runners
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

LOOP_THREAD = "posdevkit-loop"
# A selector and the two ends of the pair that wakes it.
LOOP_DESCRIPTORS = 3
SETTLE_SECONDS = 10.0

settings.register_profile(
    "posdevkit", deadline=None, max_examples=60, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", parent=settings.get_profile("posdevkit"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "posdevkit"))


# Fonts are those that a test names: what comes out must not hang on what is installed here.
os.environ["POSDEVKIT_FONTS"] = ""

# Emulators that tests start are announced among themselves, not to whoever works on this machine.
os.environ["POSDEVKIT_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="posdevkit-tests-")
atexit.register(shutil.rmtree, os.environ["POSDEVKIT_RUNTIME_DIR"], ignore_errors=True)


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background has its children ignore Ctrl-C, which some tests are about.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class OutsideLoopback(RuntimeError):
    """A test tried to reach another machine."""


_strays: list[str] = []


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_literal(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _guard_sockets(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = args[1]
        # Only internet addresses are tuples that begin with text; paths and netlink numbers are local.
        if not isinstance(address, tuple) or not address or _is_local(address[0]):
            return
        stray = f"{event} {address!r}"
    elif event == "socket.getaddrinfo":
        if _is_local(args[0]) or _is_literal(args[0]):
            return
        stray = f"{event} {args[0]!r}"
    else:
        return
    # Noted as well as raised: code under test may well swallow the error.
    _strays.append(stray)
    raise OutsideLoopback(stray)


sys.addaudithook(_guard_sockets)

_leftover_tasks: list[str] = []
_cancel_all_tasks = runners._cancel_all_tasks  # type: ignore[attr-defined]


def _note_tasks_then_cancel(loop: asyncio.AbstractEventLoop) -> None:
    # `asyncio.run` cancels what a test forgot, without a word; this is the word.
    _leftover_tasks.extend(repr(task) for task in asyncio.all_tasks(loop))
    _cancel_all_tasks(loop)


runners._cancel_all_tasks = _note_tasks_then_cancel  # type: ignore[attr-defined]


def _descriptors() -> dict[int, str]:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return {}
    found: dict[int, str] = {}
    for name in os.listdir(folder):
        try:
            target = os.readlink(folder / name)
        except OSError:
            continue  # the one that listed the folder
        found[int(name)] = target
    return found


def _pending_tasks() -> list[str]:
    """Tasks not done on any loop (a loop that runs in another thread included)."""
    known: Iterable[asyncio.Task[object]] = getattr(asyncio.tasks, "_all_tasks", ()) or getattr(
        asyncio.tasks, "_scheduled_tasks", ()
    )
    for _ in range(1000):  # as asyncio's own, since another thread's loop may begin a task at this moment
        try:
            return [repr(task) for task in list(known) if not task.done()]
        except RuntimeError:
            continue
    raise RuntimeError("tasks come faster than they can be listed")


def _loop_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == LOOP_THREAD]


class _Snapshot:
    """What the process holds at one moment."""

    def __init__(self) -> None:
        self.threads = {thread for thread in threading.enumerate() if thread.name != LOOP_THREAD}
        self.loops = len(_loop_threads())
        self.descriptors = _descriptors()
        self.tasks = set(_pending_tasks())

    def leaks(self) -> list[str]:
        now = _Snapshot()
        found = [f"thread {thread.name!r}" for thread in now.threads - self.threads if thread.is_alive()]
        if now.loops > 1:
            found.append(f"{now.loops} background loops")
        opened = {
            number: target for number, target in now.descriptors.items() if self.descriptors.get(number) != target
        }
        grown = len(now.descriptors) - len(self.descriptors)
        allowed = LOOP_DESCRIPTORS * max(0, now.loops - self.loops)
        if grown > allowed:
            found.append(f"{grown - allowed} descriptors of {opened}")
        found += [f"task {task}" for task in now.tasks - self.tasks]
        return found


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread, task or descriptor, or that called another machine."""
    _strays.clear()
    _leftover_tasks.clear()
    before = _Snapshot()
    yield
    assert not _strays, f"reached beyond the loopback: {_strays}"
    if request.node.get_closest_marker("may_leak"):
        return
    assert not _leftover_tasks, f"tasks left running: {_leftover_tasks}"
    leaks = before.leaks()
    if leaks:
        # What only the collector would close is a leak that warns, and warnings are errors here.
        gc.collect()
    deadline = time.monotonic() + SETTLE_SECONDS
    while (leaks := before.leaks()) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not leaks, f"left behind: {leaks}"
