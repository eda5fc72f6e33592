"""The floors hold, for whoever runs the tests without `.ci/run`; and the rule for emulators notices what it forbids."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).parents[2]


def test_imports_go_downstairs_only() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=50
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """What import-linter is told."""
    told: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return told


@pytest.fixture
def graph(settings: dict[str, Any]) -> grimp.ImportGraph:
    """Both distributions as they are, to be spoilt by one test."""
    return grimp.build_graph(*settings["root_packages"], cache_dir=None)


def illegal(settings: dict[str, Any], graph: grimp.ImportGraph) -> list[str]:
    """What the rule for emulators finds."""
    [options] = [contract for contract in settings["contracts"] if contract["type"] == "only"]
    [where] = [line.partition(": ")[2] for line in settings["contract_types"] if line.startswith("only: ")]
    module, _, name = where.rpartition(".")
    check = getattr(import_module(module), name)(options["name"], settings, options).check(graph, verbose=False)
    assert check.kept is not bool(check.metadata["illegal"])
    found: list[str] = check.metadata["illegal"]
    return found


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("bench", "posdevkit.devices.receipt_printer"),
        ("printers.receipt", "posdevkit.layout"),
        ("wires.tcp", "posdevkit.links.tcp"),
        ("wires.tcp", "posdevkit.links.url_of_another_kind"),
        ("labels.zpl", "posdevkit.room_not_built_yet.first_file"),
        ("commands", "posdevkit"),
        ("bench", "posdevkit_emulators.demo.stage"),
        ("bench", "posdevkit_emulators.pytest_plugin"),
    ],
)
def test_an_emulator_that_takes_what_it_must_not_is_noticed(
    settings: dict[str, Any], graph: grimp.ImportGraph, importer: str, imported: str
) -> None:
    graph.add_import(importer=f"posdevkit_emulators.{importer}", imported=imported)
    assert illegal(settings, graph) == [f"posdevkit_emulators.{importer} -> {imported}"]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("wires.tcp", "posdevkit.links.url"),
        ("labels.zpl", "posdevkit.protocols.command_language_not_built_yet"),
        ("demo.stage", "posdevkit.devices.receipt_printer"),
        ("conformance.suite", "posdevkit"),
        ("demo.stage", "posdevkit_emulators.bench"),
    ],
)
def test_what_they_share_and_what_shows_them_passes(
    settings: dict[str, Any], graph: grimp.ImportGraph, importer: str, imported: str
) -> None:
    graph.add_import(importer=f"posdevkit_emulators.{importer}", imported=imported)
    assert illegal(settings, graph) == []
