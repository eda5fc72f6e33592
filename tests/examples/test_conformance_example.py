"""The driver of the how-to page passes its suite, as its reader runs it, and the command tells what there is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = str(Path(sys.executable).with_name("posdevkit"))


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=50)


def test_somebodys_own_driver_passes(tmp_path: Path) -> None:
    path = tmp_path / "test_mine.py"
    path.write_text((ROOT / "examples" / "conforming_driver.py").read_text("utf-8"), "utf-8")
    done = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path), folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b7 passed", done.stdout)


def test_the_page_names_what_there_is() -> None:
    from posdevkit_emulators import conformance

    page = (ROOT / "docs" / "how-to" / "conformance.md").read_text("utf-8")
    for name in conformance.__all__:
        if name.isupper() or name.endswith("Rig"):
            assert f"`{name}`" in page


@pytest.mark.parametrize("words", [(), ("--run",)], ids=["listed", "run"])
def test_the_command(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(PROGRAM, "conformance", "scale", "--wire", "tcp", "--json", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    cells = [json.loads(line) for line in done.stdout.splitlines()]
    states = {cell["check"]: cell["state"] for cell in cells}
    assert states.pop("claimed_by_another") == "not on this wire"
    assert set(states.values()) == {"passed" if words else "runs"}
    assert "unplugged_while_weighing" in states


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    done = run(PROGRAM, "conformance", "scale", "--wire", "ble", folder=tmp_path)
    assert done.returncode == 2
    assert "receipt-printer" in done.stderr
