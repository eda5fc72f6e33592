"""Which emulated devices run on this machine: each `posdevkit emulate` announces itself in a directory of the user's.

One small JSON file for each process. One whose process is gone, or whose number another process has now, is removed by
whoever looks. Devices inside a program or a test are that program's own business and are not announced.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, cast, get_args

from posdevkit.discovery.base import Found, Kind
from posdevkit.errors import OutputFailed
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.threads import in_thread

__all__ = ["DIRECTORY", "EmulatorSource", "announced", "running", "runtime_directory"]

DIRECTORY: Final = "POSDEVKIT_RUNTIME_DIR"
"""Environment variable that names another directory."""
_NAME: Final = "posdevkit-emulators"
_PROCESSES: Final = Path("/proc/self/stat")
"""Linux has it; elsewhere a command is asked."""
_KINDS: Final = frozenset(get_args(Kind))


def runtime_directory() -> Path:
    """The directory of announcements, made if need be: for this user alone. Raises OutputFailed."""
    if named := os.environ.get(DIRECTORY):
        folder = Path(named)
    elif base := os.environ.get("XDG_RUNTIME_DIR"):
        folder = Path(base) / _NAME
    else:
        user = os.getuid() if hasattr(os, "getuid") else "user"
        folder = Path(tempfile.gettempdir()) / f"{_NAME}-{user}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as problem:
        raise OutputFailed(f"{folder}: {problem.strerror}") from None
    # Under a directory that everybody may write to, somebody else could have been there first.
    if hasattr(os, "getuid") and (
        not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077
    ):
        raise OutputFailed(
            f"{folder} is not this user's alone", remedy=f"Remove it, or name another directory in {DIRECTORY}."
        )
    return folder


@contextlib.contextmanager
def announced(url: str, *, kind: str, what: str, profile: str | None) -> Iterator[str]:
    """Announce a device of this process while this lasts. Gives why it could not be, empty if it was.

    `posdevkit emulate` does so for its device; a program whose bench others are to find wraps it in this. `kind` is one
    of discovery's words.
    """
    try:
        path = _announce({"url": url, "kind": kind, "what": what, "profile": profile})
    except OutputFailed as problem:
        yield problem.detail
        return
    try:
        yield ""
    finally:
        path.unlink(missing_ok=True)


def _announce(facts: dict[str, str | None]) -> Path:
    pid = os.getpid()
    path = runtime_directory() / f"{pid}-{facts['kind']}.json"
    if not (started := _started(pid)):
        raise OutputFailed("this system does not tell when a process was started", remedy="Install ps.")
    whole = {**facts, "pid": pid, "started": started}
    unfinished = path.with_suffix(".new")
    try:
        unfinished.write_text(json.dumps(whole) + "\n", "utf-8")
        unfinished.replace(path)  # whoever looks sees all of it or nothing
    except OSError as problem:
        raise OutputFailed(f"{path}: {problem.strerror}") from None
    return path


def running() -> list[Found]:
    """The devices that are announced and whose process lives. Raises OutputFailed."""
    found = []
    for path in sorted(runtime_directory().glob("*.json")):
        try:
            one = _read(path)
        except OSError:
            continue  # it ended meanwhile
        if one is not None:
            found.append(one)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    return found


def _read(path: Path) -> Found | None:
    """None for what is stale or no announcement."""
    try:
        facts = json.loads(path.read_text("utf-8"))
        url, kind, what, profile = (facts[key] for key in ("url", "kind", "what", "profile"))
        pid, started = facts["pid"], facts["started"]
    except (ValueError, KeyError, TypeError):
        return None
    if not (isinstance(url, str) and isinstance(what, str) and kind in _KINDS and isinstance(profile, str | None)):
        return None
    if not isinstance(pid, int) or not started or _started(pid) != started:
        return None
    return Found(url, cast(Kind, kind), what, profile, f"announced by the running process {pid}")


def _started(pid: int) -> str:
    """When a process started, in whatever words the system has for it; empty for one that is not there."""
    if _PROCESSES.exists():
        try:
            line = (_PROCESSES.parents[1] / str(pid) / "stat").read_text("ascii", "replace")
        except OSError:
            return ""
        # proc_pid_stat(5): field 22, in ticks since boot; field 3 is the state, and the name before it may hold blanks.
        fields = line.rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    command = (
        ["powershell", "-NoProfile", "-Command", f"(Get-Process -Id {pid}).StartTime.ToFileTimeUtc()"]
        if sys.platform == "win32"
        else ["ps", "-o", "lstart=", "-p", str(pid)]
    )
    # Whoever looks may have another language and time zone than who announced.
    told = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    try:
        done = subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603  # our words and a number
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


class EmulatorSource:
    """A discovery source for the emulated devices that run on this machine."""

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """Those that are there. Raises OutputFailed for a directory that cannot be trusted."""
        return await in_thread(running, name="posdevkit-emulator-search")
