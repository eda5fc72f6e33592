"""The examples of display and scale, and their commands, run as a reader runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.careful import CAREFUL

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENT = {**os.environ, "PYTHONUTF8": "1", **CAREFUL}
PROGRAM = str(Path(sys.executable).with_name("posdevkit"))


class Emulator:
    """`posdevkit emulate`, with its URL and a person's words on standard input."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = self.line()

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def do(self, words: str) -> None:
        assert self._process.stdin is not None
        # What cannot be done is told; that tells that the words before it were done.
        self._process.stdin.write(f"{words}\nready\n")
        self._process.stdin.flush()
        assert self.line() == "nothing is done by 'ready'"


@contextmanager
def emulated(*words: str) -> Iterator[Emulator]:
    with subprocess.Popen(
        [PROGRAM, "emulate", *words, "--listen", "tcp://127.0.0.1:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=ENVIRONMENT,
    ) as process:
        try:
            yield Emulator(process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def run(*command: str) -> tuple[int, str]:
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False, timeout=50)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def example(name: str, *words: str) -> str:
    code, out = run(sys.executable, "-W", "error", str(EXAMPLES / name), *words)
    assert code == 0
    return out


@pytest.mark.parametrize("language", ["cd5220", "epson-dm-d"])
def test_customer_display(language: str, tmp_path: Path) -> None:
    with emulated("display", "--profile", language, "--save", str(tmp_path)) as display:
        assert example("customer_display.py", display.url, language).startswith("Shown")
        wanted = "|Flat white          |38,00               |"
        while display.line() != wanted:
            pass
        assert run(PROGRAM, "show", display.url, "På gensyn", "--display", language, "--json")[0] == 0
        while display.line() != "|På gensyn           |                    |":
            pass
    assert (tmp_path / "display.txt").read_text("utf-8") == "På gensyn           \n                    \n"
    assert (tmp_path / "display.png").read_bytes().startswith(b"\x89PNG")


def test_weigh() -> None:
    with emulated("scale") as scale:
        scale.do("1250")
        assert example("weigh.py", scale.url) == "1250 g\n"
        code, out = run(PROGRAM, "weigh", scale.url, "--json")
        assert (code, json.loads(out)) == (0, {"ok": True, "grams": "1250", "net": False})
        scale.do("moving")
        code, out = run(PROGRAM, "weigh", scale.url, "--json", "--timeout", "2")  # to connect, too
        assert (code, json.loads(out)) == (1, {"ok": False, "grams": None, "reasons": ["motion"]})
        scale.do("still")
        scale.do("99000")
        assert example("weigh.py", scale.url) == "no weight now: overload\n"
        scale.do("mute")
        code, out = run(PROGRAM, "weigh", scale.url, "--json", "--timeout", "0.3")
        assert (code, json.loads(out)["error"]["slug"]) == (3, "timeout")
