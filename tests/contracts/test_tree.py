"""The tree speaks of the product alone: no path of one machine, no host of one registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", "build", "dist", "_build", "demo-out"}
TEXTS = {".py", ".toml", ".md", ".json", ".txt", ".cfg", ".yml", ".yaml", ".sh", ".js", ""}
# Built so that this file does not match itself.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"(?<![\w.:}])/" + r"work/",
            r"(?<![\w.:}])/" + r"root/",
            r"(?<![\w.:}])/" + r"home/\w",
            "pypi" + r"\.org/simple",
            "registry" + r"\.npmjs",
            "files" + r"\.pythonhosted",
        )
    )
)


def files() -> Iterator[Path]:
    """Every text file of the tree."""
    queue = [ROOT]
    while queue:
        for path in queue.pop().iterdir():
            if path.name in SKIPPED or path.name.endswith((".egg-info", "_cache", ".hypothesis")):
                continue
            if path.is_dir():
                queue.append(path)
            elif path.suffix in TEXTS and path.stat().st_size < 2_000_000:
                yield path


def test_no_machine_and_no_registry_is_named() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert not found


def test_the_pattern_finds_what_it_is_for() -> None:
    for text in ("see /" + "work/x", '"https://registry' + '.npmjs.example/x"', "/" + "home/me/x"):
        assert FORBIDDEN.search(text), text
    assert not FORBIDDEN.search("tests/" + "work/homework/ and https://host/" + "home")


def test_modules_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("src", "emulators/src", "tools")
        for path in (ROOT / folder).rglob("*.py")
        if "blocking" not in path.parts and (count := len(path.read_text("utf-8").splitlines())) > 450
    }
    assert not long
