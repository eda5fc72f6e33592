"""What the pages of support and proof say is tied to what is there: links, systems, tests, extras."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from posdevkit.registry import schemes

if TYPE_CHECKING:
    from support_page import Support

ROOT = Path(__file__).parents[2]
PROOF = ROOT / "docs" / "explanation" / "proof.md"
UNTRIED = ("raspberry", "windows", "macos")
"""Systems on which no test of ours has run. Whoever runs them there changes the table, and this."""


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The table's reader, imported from where the generator has it."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return import_module("support_page")


@pytest.fixture
def support(page: ModuleType) -> Support:
    found: Support = page.load()
    return found


def test_every_link_has_its_row(support: Support) -> None:
    missing = set(schemes()) - {scheme for link in support.links for scheme in link.schemes}
    assert not missing, f"add a [[link]] for {missing} to tools/support.toml, then run tools/generate_docs.py"


def test_every_row_has_its_link(support: Support) -> None:
    for link in support.links:
        built = any(cell.state != "no" for cell in link.cells.values())
        known = set(link.schemes) <= set(schemes())
        if link.module:
            assert import_module(link.module).__name__ == link.module
        else:
            assert known == built, f"tools/support.toml calls {link.name!r} {'' if built else 'not '}built"


def test_the_named_tests_are_there(support: Support) -> None:
    for link in support.links:
        for system, cell in link.cells.items():
            assert cell.state == "no" or cell.tests, f"{link.name} on {system}: by which test?"
            for test in cell.tests:
                assert "def test_" in (ROOT / test).read_text("utf-8"), f"{link.name} on {system}: {test}"


OF_NO_LINK = {"tests/stacks/vm/test_doctor.py"}
"""What reads the system and opens nothing."""


def test_every_rung_proves_a_link(support: Support) -> None:
    rungs = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "stacks").rglob("test_*.py")}
    proven = [cell for link in support.links for cell in link.cells.values() if cell.state == "proven"]
    told = {test for cell in proven for test in cell.tests}
    assert len(rungs) >= 4
    assert not rungs - told - OF_NO_LINK, (
        "say in tools/support.toml which link they prove, and in docs/explanation/proof.md how far"
    )
    assert not [rung for rung in rungs if f"`{rung}`" not in PROOF.read_text("utf-8")], (
        "tell of it on the page of proof"
    )


def test_nothing_is_called_proven_where_nobody_ran_it(support: Support) -> None:
    proven = {system for link in support.links for system, cell in link.cells.items() if cell.state == "proven"}
    assert proven == set(support.systems) - set(UNTRIED)


def test_a_cell_says_one_thing(page: ModuleType) -> None:
    assert page._cell("tcp", "linux", {"no": "why"}).why == "why"
    wrong: list[dict[str, object]] = [
        {},
        {"proven": []},
        {"proven": ["a"], "no": "why"},
        {"proven": ["a"], "when": "today"},
    ]
    for told in wrong:
        with pytest.raises(ValueError, match="exactly one of proven, unproven, no"):
            page._cell("tcp", "linux", told)


def test_the_wheels_are_those_of_the_extras(support: Support) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for extra in extras.keys() - {"all", "test"}:
        needed = {re.split("[><=]", need)[0] for need in extras[extra]}
        told = set(support.extras.get(extra, ()))
        assert needed <= told, f"look up {needed - told} as told above [wheels] in tools/support.toml"
    assert set(support.extras) == extras.keys() - {"all", "test"}


def test_what_the_page_of_proof_names_is_there() -> None:
    named = re.findall(r"`((?:tests|tools|examples|docs|\.github|\.ci)/[^`]*)`", PROOF.read_text("utf-8"))
    assert len(named) > 20
    assert not [path for path in named if not (ROOT / path).exists()]


def test_every_folder_of_tests_has_its_place_on_that_page() -> None:
    text = PROOF.read_text("utf-8")
    folders = [path for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.rglob("test_*.py"))]
    assert len(folders) > 10
    assert not [folder.name for folder in folders if f"`tests/{folder.name}" not in text], "say there what it proves"
