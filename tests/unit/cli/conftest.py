"""Running the command line: inside this process where that is enough, as a process where only that tells the truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from posdevkit.cli.main import main

PROGRAM = Path(sys.executable).with_name("posdevkit")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """The one JSON object that it wrote."""
        (line,) = self.out.splitlines()
        value = json.loads(line)
        assert isinstance(value, dict)
        return value


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process."""

    def run(*words: object) -> Done:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Done(code, captured.out, captured.err)

    return run


def environment(**more: str) -> dict[str, str]:
    """This process's, without what would change how the command line speaks."""
    dropped = ("NO_COLOR", "PYTHONIOENCODING", "PYTHONUTF8", "POSDEVKIT_TRACE", "LC_ALL", "LANG", "TERM")
    return {name: value for name, value in os.environ.items() if name not in dropped} | more


@pytest.fixture
def process(tmp_path: Path) -> Run:
    """Run a command line as a process of its own, in an empty folder."""

    def process(*words: object, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> Done:
        done = subprocess.run(
            [PROGRAM, *(str(word) for word in words)],
            input=stdin,
            cwd=tmp_path,
            env=environment(**(env or {})),
            capture_output=True,
            check=False,
            timeout=50,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return process


@contextmanager
def started(*words: object, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is told to end."""
    command = [str(PROGRAM), *(str(word) for word in words)]
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
