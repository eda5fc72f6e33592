"""Windows and macOS as far as Linux can judge them: what is imported where, and what happens where something lacks.

Nothing here ran on either system. mypy reads the whole project as both (the step `types`); this plays the rest.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .as_windows import POSIX_MODULES

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("as_windows.py")
ELSEWHERE_TOO = ("src", "emulators/src", "examples", "tools", "tests")
LINUX_ALONE = "tests/stacks"
"""Rungs are collected on the machine that they are made for, and nowhere else."""


def unguarded(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Imports of POSIX's own modules that run with their module: outside functions, behind no check."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.If(test=ast.Compare(left=ast.Attribute(attr="platform"))):
                continue  # one of its two halves is POSIX's; mypy reads both, each on its system
            case ast.Import(names=names):
                found = [name.name for name in names]
            case ast.ImportFrom(module=str(module), level=0):
                found = [module]
            case _:
                waiting += ast.iter_child_nodes(node)
                continue
        yield from ((node.lineno, name) for name in found if name.partition(".")[0] in POSIX_MODULES)


def test_no_module_needs_posix_to_be_imported() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for folder in ELSEWHERE_TOO
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not path.is_relative_to(ROOT / LINUX_ALONE) and "node_modules" not in path.parts
        for line, name in unguarded(ast.parse(path.read_text("utf-8")))
    ]
    assert not found, "put it behind `if sys.platform != ...`, with what the other system gets"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import fcntl", [1]),
        ("class A:\n    from termios import TCSANOW", [2]),
        ("try:\n    import pty, os\nexcept ImportError:\n    pass", [2]),
        ("import sys\nif sys.argv:\n    import pwd", [3]),
        ("import sys\nif sys.platform != 'win32':\n    import fcntl", []),
        ("def f():\n    import tty", []),
        ("from .pty import name", []),
    ],
)
def test_what_counts_as_needing_it(text: str, lines: list[int]) -> None:
    assert [line for line, _ in unguarded(ast.parse(text))] == lines


@pytest.fixture(scope="module")
def windows() -> dict[str, Any]:
    """What a process found that was made to look like one on Windows."""
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_module_imports(windows: dict[str, Any]) -> None:
    assert windows["imported"] > 450
    assert windows["same"]


def test_a_receipt_is_printed_and_proved_where_a_socket_tells_less(windows: dict[str, Any]) -> None:
    assert windows["printed"] == "confirmed Kvittering"


def test_the_lock_between_processes_is_a_byte_at_the_start_of_the_file(windows: dict[str, Any]) -> None:
    """msvcrt.locking locks from where the file stands: two holders that stand elsewhere would not meet."""
    assert windows["locking"] == ["locking 2 1 at 0"] * 2
    assert windows["second lock"].startswith("Claimed: ")


@pytest.mark.parametrize(
    ("what", "remedy"),
    [
        ("keys", "Set the scanner to serial or HID POS."),
        ("pseudo terminal", "Use --listen tcp://127.0.0.1:0."),
        ("named pipe", "Use --listen tcp://127.0.0.1:0."),
    ],
)
def test_what_there_is_not_is_said_with_what_to_do(what: str, remedy: str, windows: dict[str, Any]) -> None:
    assert windows[what].startswith("Unsupported: ")
    assert remedy in windows[what]


def test_what_works_in_another_way(windows: dict[str, Any]) -> None:
    assert windows["subnets"] == ["255.255.255.255"]
    assert windows["keys without Enter"] is False
    assert windows["asked"] == [
        *("powershell", "-NoProfile", "-Command"),
        "(Get-Process -Id 4711).StartTime.ToFileTimeUtc()",
    ]
    assert {name.split()[0] for name in windows["left out"]} == {"keys", "pty"}
