"""Completion scripts, asked by the shells themselves where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import Run, environment

CASES = [
    ("posdevkit pr", {"print", "profile", "profiles"}),
    ("posdevkit config ", {"check", "show"}),
    ("posdevkit config check --j", {"--json"}),
    ("posdevkit print --profile epson-tm-t88v", {"epson-tm-t88v", "epson-tm-t88vi", "epson-tm-t88vii"}),
    ("posdevkit --language ", {"en", "da"}),
    ("posdevkit completion z", {"zsh"}),
    ("posdevkit emulate rec", {"receipt-printer"}),
    ("posdevkit profiles hprt-tp808", {"hprt-tp808"}),
]


def shell(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def ask(command: list[str], cwd: Path) -> set[str]:
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=True, timeout=30)
    assert not done.stderr, done.stderr
    return {line.split("\t")[0].strip() for line in done.stdout.splitlines() if line.strip()}


@pytest.mark.parametrize(("line", "found"), CASES)
def test_bash(line: str, found: set[str], run: Run, tmp_path: Path) -> None:
    (tmp_path / "script").write_text(run("completion", "bash").out)
    words = line.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    given = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}"
    ask_it = f"source ./script; {given}; _posdevkit; printf '%s\n' ${{COMPREPLY[@]}}"
    options = found if line.endswith(" ") else None
    seen = ask([shell("bash"), "--norc", "-c", ask_it], tmp_path)
    assert seen == found if options is None else seen >= found


@pytest.mark.parametrize(("line", "found"), CASES)
def test_fish(line: str, found: set[str], run: Run, tmp_path: Path) -> None:
    fish = shell("fish")
    (tmp_path / "script").write_text(run("completion", "fish").out)
    seen = ask([fish, "--no-config", "-c", f"source ./script; complete -C '{line}'"], tmp_path)
    assert seen >= found


def test_zsh_takes_the_script(run: Run, tmp_path: Path) -> None:
    zsh = shell("zsh")
    (tmp_path / "_posdevkit").write_text(run("completion", "zsh").out)
    check = "autoload -Uz compinit; compinit -D -u; source ./_posdevkit; print -- $_comps[posdevkit]"
    assert ask([zsh, "-f", "-c", check], tmp_path) == {"_posdevkit"}


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "powershell"])
def test_every_script_knows_every_command_and_option(name: str, run: Run) -> None:
    script = run("completion", name).out
    for word in ("print", "emulate", "demo", "check", "dry-run", "fault", "epson-tm-t88v", "generic-mute"):
        assert word in script
    assert script.isascii()


def test_scripts_are_given_only_for_shells_that_are_known(run: Run) -> None:
    assert run("completion", "csh").code == 2
