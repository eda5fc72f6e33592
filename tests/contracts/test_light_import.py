"""`import posdevkit` costs the standard library alone, and little of that."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# Told to Python before anything of ours is imported: these packages do not exist.
ABSENT = """
import importlib.abc, sys
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top != "posdevkit" and not top.startswith("_"):
            raise ModuleNotFoundError(f"absent on purpose: {name}", name=name)
sys.meta_path.insert(0, Absent())
"""


def imported_by(statement: str, preface: str = "") -> set[str]:
    """The modules that a fresh interpreter has loaded after `statement`, less those it had before."""
    report = "print(json.dumps(sorted(set(sys.modules) - before)))"
    program = f"{preface}\nimport sys, json\nbefore = set(sys.modules)\n{statement}\n{report}"
    command = [sys.executable, "-I", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_the_import_needs_nothing_beyond_the_standard_library() -> None:
    tops = {name.partition(".")[0] for name in imported_by("import posdevkit")}
    assert tops - set(sys.stdlib_module_names) == {"posdevkit"}


def test_the_import_loads_no_heavy_module() -> None:
    loaded = imported_by("import posdevkit")
    assert not loaded & {
        "asyncio",
        "socket",
        "ssl",
        "sqlite3",
        "tomllib",
        "logging",
        "argparse",
        "typing",
        "inspect",
    } - {"typing"}


def test_every_room_imports_without_any_extra() -> None:
    walk = """
import importlib, pkgutil, posdevkit
for found in pkgutil.walk_packages(posdevkit.__path__, "posdevkit."):
    # The server is its extra: without it the room says so, and its modules are nobody's business.
    if not found.name.endswith("__main__") and not found.name.startswith("posdevkit.server."):
        importlib.import_module(found.name)
"""
    loaded = imported_by(walk, ABSENT)
    assert "posdevkit.errors" in loaded


def test_the_server_says_what_to_install() -> None:
    imported_by(
        """
import posdevkit.server
from posdevkit.errors import MissingExtra
for name in posdevkit.server.__all__:
    try:
        getattr(posdevkit.server, name)
    except MissingExtra as problem:
        assert "posdevkit[server]" in str(problem)
    else:
        raise AssertionError(name)
""",
        ABSENT,
    )


@pytest.mark.parametrize("package", ["posdevkit", "posdevkit.aio", "posdevkit.blocking", "posdevkit.devices"])
def test_every_name_that_is_looked_up_late_resolves(package: str) -> None:
    imported_by(f"import {package} as package\nfor name in package.__all__: getattr(package, name)", ABSENT)
