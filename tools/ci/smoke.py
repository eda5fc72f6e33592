"""Does an installation without extras work? Run with its Python, from outside any checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("posdevkit")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The installed command, never a traceback."""
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=30, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def main() -> None:
    """Import, ask the version, list profiles, build a receipt, meet a closed port and a missing extra."""
    import posdevkit

    assert "site-packages" in str(posdevkit.__file__), posdevkit.__file__
    for words in (["--version"], ["--help"], ["profiles"]):
        done = run(*words)
        assert done.returncode == 0, (words, done)
        assert done.stdout.strip(), words
    assert posdevkit.__version__ in run("--version").stdout
    posdevkit.Receipt().title("x").row("y", "1").cut()
    Path("note.txt").write_text("hello\n", encoding="utf-8")
    closed = run("print", "note.txt", "--to", "tcp://127.0.0.1:1")
    assert closed.returncode not in (0, None), closed
    assert closed.stderr.strip(), closed
    print("smoke: well")


main()
