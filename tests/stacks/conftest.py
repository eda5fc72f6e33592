"""Real operating-system stacks: libusb, hidapi, the tty layer, pcscd, and a Linux kernel in a machine of its own.

Not collected unless POSDEVKIT_STACKS names a rung (`usbfs`, `host`, `vm`), as the CI steps `stacks-host` and
`stacks-vm` do, which install and start what is needed. What is missing then is an error, not a skip.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

RUNGS = ("usbfs", "host", "vm")
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 120.0
"""Seconds for an answer, on an emulated processor too."""

_wanted = os.environ.get("POSDEVKIT_STACKS", "")
if _wanted and _wanted not in RUNGS:
    raise ValueError(f"POSDEVKIT_STACKS={_wanted!r}: one of {', '.join(RUNGS)}")
collect_ignore = [rung for rung in RUNGS if rung != _wanted]


class Emulators:
    """The emulators' process (`lab/bench.py`), asked by name."""

    def __init__(self, python: str, carrier: str) -> None:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'emulators' / 'src'}:{ROOT}"}
        environment.pop("UMOCKDEV_DIR", None)
        self._process = subprocess.Popen(
            [python, "-X", "faulthandler", str(HERE / "lab" / "bench.py"), carrier],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._asking = threading.Lock()
        self._reader = threading.Thread(target=self._read, name="emulators", daemon=True)
        self._reader.start()

    def ready(self) -> None:
        """Return when they are up. Raises RuntimeError, and queue.Empty."""
        if self._lines.get(timeout=PATIENCE) != "ready\n":
            raise RuntimeError("the emulators did not start; what they said is on standard error")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **options: self._ask(name, args, options)

    def _ask(self, name: str, args: Sequence[object], options: dict[str, object]) -> Any:
        assert self._process.stdin is not None
        with self._asking:
            self._process.stdin.write(json.dumps({"do": name, "args": args, "options": options}) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=PATIENCE)
        assert line, "the emulators' process ended; see above"
        answer = json.loads(line)
        assert "failed" not in answer, f"emulators, {name}: {answer['failed']}"
        return answer["ok"]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()


_EMULATORS = pytest.StashKey[Emulators]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the one process for the whole run: on the emulated processor of the virtual machine it takes seconds, and
    meanwhile the tests can be collected."""
    if _wanted in ("usbfs", "vm") and not session.config.option.collectonly:
        # umockdev's bindings belong to the system's Python.
        python, carrier = ("/usr/bin/python3", "umockdev") if _wanted == "usbfs" else (sys.executable, "vhci")
        session.config.stash[_EMULATORS] = Emulators(python, carrier)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (found := session.config.stash.get(_EMULATORS, None)) is not None:
        found.stop()


@pytest.fixture(scope="session")
def emulators_of_rung(pytestconfig: pytest.Config) -> Emulators:
    found = pytestconfig.stash[_EMULATORS]
    found.ready()
    return found
