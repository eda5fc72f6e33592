"""Two distributions, one version, and what they promise the installer."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import posdevkit
import posdevkit_emulators

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_both_carry_the_same_version() -> None:
    versions = {metadata.version(name) for name in ("posdevkit", "posdevkit-emulators")}
    assert versions == {posdevkit.__version__} == {posdevkit_emulators.__version__}
    assert f"posdevkit[imaging]=={posdevkit.__version__}" in (metadata.requires("posdevkit-emulators") or [])


def test_nothing_is_mandatory() -> None:
    assert PROJECT["dependencies"] == []


def test_all_names_every_extra_but_those_for_tests_or_without_wheels() -> None:
    extras = set(PROJECT["optional-dependencies"])
    (everything,) = PROJECT["optional-dependencies"]["all"]
    named = set(everything.removeprefix("posdevkit[").removesuffix("]").split(","))
    assert named == extras - {"all", "test", "pcsc"}


def test_every_entry_point_leads_somewhere() -> None:
    loaded = [
        point.load()
        for name in ("posdevkit", "posdevkit-emulators")
        for point in metadata.distribution(name).entry_points
    ]
    assert len(loaded) >= 4


def test_the_changelog_knows_the_version() -> None:
    assert f"\n## {posdevkit.__version__} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_both_hold_the_same_licence_texts() -> None:
    for name in ("LICENSE", "NOTICE"):
        assert (ROOT / name).read_bytes() == (ROOT / "emulators" / name).read_bytes()
