"""What the README promises exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PROGRAM = Path(sys.executable).with_name("posdevkit")


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def subcommands() -> list[str]:
    """Every `posdevkit NAME` of the README's shell blocks."""
    shell = "\n".join(blocks("sh") + blocks("powershell"))
    return sorted(set(re.findall(r"(?:/|\\)posdevkit ([a-z]+)", shell)))


@pytest.mark.parametrize("name", subcommands())
def test_each_command_exists(name: str) -> None:
    done = subprocess.run([PROGRAM, name, "--help"], capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stderr


def test_the_two_set_up_commands_make_their_own_environment() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if "pip install" in line]
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
        assert line.count("pip install") == 1
        assert "./emulators" in line


def test_windows_runs_the_same() -> None:
    unix = [line for block in blocks("sh") for line in block.splitlines() if "pip install" in line]
    windows = "".join(blocks("powershell")).splitlines()
    same = [
        line.replace(" && ", "; ").replace("python3", "py").replace(".venv/bin/", ".venv\\Scripts\\") for line in unix
    ]
    assert windows == same


def test_links_and_pictures_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", README)
    assert len(targets) >= 4
    for target in (link or picture for link, picture in targets):
        assert (ROOT / target).exists(), target


def test_the_receipt_of_the_first_steps_is_valid_json() -> None:
    (text,) = blocks("json")
    assert json.loads(text)["kind"] == "receipt"


def test_the_workflow_runs_the_tests_as_they_stand_here() -> None:
    """On Windows with the Python that was set up for it, which the launcher would not take."""
    ran = re.findall(r"^ +run: (.*)$", (ROOT / ".github/workflows/systems.yml").read_text("utf-8"), re.MULTILINE)
    lines = [line for text in blocks("powershell") + blocks("sh") for line in text.splitlines() if "-m pytest" in line]
    assert ran == [re.sub("^py ", "python ", line) for line in lines]
